#include <algorithm>

#include "backends/kubernetes/parts.h"
#include "backends/kubernetes/quantity.h"

namespace gpuspec::kubernetes {

namespace {

using ir::mapOf;
using ir::Tree;

// A quota on CPU or memory makes the API server refuse pods that say nothing about it. These stand
// in for them.
constexpr std::int64_t kCpuRequest = 250;  // millicores
constexpr std::int64_t kCpuLimit = 1000;
constexpr std::int64_t kMemoryRequest = std::int64_t{256} << 20;  // bytes
constexpr std::int64_t kMemoryLimit = std::int64_t{1} << 30;

// One resource of a LimitRange; 0 = not given.
struct Range {
  std::int64_t limit = 0, request = 0, max = 0;
};

bool hasKey(const ir::PlacedQuota* quota, const std::string& key) {
  return quota && std::any_of(quota->hard.begin(), quota->hard.end(),
                              [&](const auto& item) { return item.first == key; });
}

// Kubernetes takes an absent default limit from `max`, and an absent default request from that
// limit: a maximum alone would make every small container ask for all of it. So a maximum brings a
// modest request along.
Range complete(Range written, const ir::PlacedQuota* quota, const std::string& name,
               std::int64_t modest_request, std::int64_t modest_limit) {
  Range range = written;
  if (range.limit == 0 && range.max > 0) range.limit = range.max;
  if (range.limit == 0 && hasKey(quota, "limits." + name)) range.limit = modest_limit;
  const bool request_follows = written.limit > 0;
  const bool request_needed = range.limit > 0 || hasKey(quota, "requests." + name);
  if (range.request == 0 && !request_follows && request_needed) {
    range.request = range.limit > 0 ? std::min(modest_request, range.limit) : modest_request;
  }
  return range;
}

void addAmounts(Tree& item, const char* field, std::int64_t cpu, std::int64_t memory,
                const source::Location& at) {
  Tree amounts = Tree::map();
  if (cpu > 0) amounts.set("cpu", Tree(cpuText(cpu)).from(at));
  if (memory > 0) amounts.set("memory", Tree(bytesText(memory)).from(at));
  if (!amounts.empty()) item.set(field, std::move(amounts));
}

}  // namespace

void addQuota(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
              const ir::PlacedQuota* quota, Objects& objects) {
  if (!quota || quota->hard.empty()) return;
  Tree::Map hard;
  hard.reserve(quota->hard.size());
  for (const auto& [key, amount] : quota->hard)
    hard.emplace_back(key, Tree(*amount).from(amount.at));
  Tree object = newObject("v1", "ResourceQuota", "team-quota", team_namespace,
                          teamLabels(scope.spec(), team), team.quota_at);
  object.set("spec", mapOf("hard", Tree(std::move(hard))));
  objects.add(std::move(object));
}

void addLimitRange(const Scope& scope, const ir::Team& team, const std::string& team_namespace,
                   const ir::PlacedQuota* quota, Objects& objects) {
  const ir::Limits& written = team.limits;
  const Range cpu =
      complete({written.default_cpu_m, written.default_request_cpu_m, written.max_cpu_m}, quota,
               "cpu", kCpuRequest, kCpuLimit);
  const Range memory =
      complete({written.default_memory, written.default_request_memory, written.max_memory}, quota,
               "memory", kMemoryRequest, kMemoryLimit);
  const source::Location& at = written.declared ? written.at : team.quota_at;
  Tree item = mapOf("type", "Container");
  addAmounts(item, "default", cpu.limit, memory.limit, at);
  addAmounts(item, "defaultRequest", cpu.request, memory.request, at);
  addAmounts(item, "max", cpu.max, memory.max, at);
  if (item.asMap().size() == 1) return;
  Tree object = newObject("v1", "LimitRange", "team-limits", team_namespace,
                          teamLabels(scope.spec(), team), at);
  object.set("spec", mapOf("limits", ir::listOf(std::move(item))));
  objects.add(std::move(object));
}

}  // namespace gpuspec::kubernetes
