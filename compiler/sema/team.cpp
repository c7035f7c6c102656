#include <algorithm>
#include <tuple>

#include "compiler/sema/analysis.h"

namespace gpuspec::sema {

namespace {

void readClusters(Analysis& analysis, const eval::Block& block, ir::Team& team) {
  std::vector<const eval::Value*> seen;
  for (const eval::Value* item : itemsOf(block.value("clusters"))) {
    const auto same = std::find_if(seen.begin(), seen.end(), [&](const eval::Value* other) {
      return other->asRef() == item->asRef();
    });
    if (same != seen.end()) {
      analysis.sink
          .report(item->at(), diag::TeamClusterTwice, block.label,
                  analysis.program[item->asRef()].label)
          .note((*same)->at(), "the first time");
      continue;
    }
    seen.push_back(item);
    team.cluster_ids.push_back(analysis.clusterOf(*item));
  }
  std::sort(team.cluster_ids.begin(), team.cluster_ids.end());
  if (!team.cluster_ids.empty() || mayBeBroken(block, "clusters")) return;
  if (const eval::Value* list = block.value("clusters");
      list && list->is(eval::ValueKind::List) && !list->asList().empty())
    return;
  auto report = analysis.sink.report(block.at, diag::TeamWithoutCluster, block.label);
  std::vector<std::string> known;
  for (const ir::Cluster& cluster : analysis.spec.clusters) known.push_back(cluster.address.name);
  report.help(known.size() == 1 ? "write `clusters = [" + known[0] + "]`"
                                : "say where it works: `clusters = [...]`");
}

void readNamespaces(Analysis& analysis, const eval::Block& block, ir::Team& team) {
  for (ir::Placed<std::string>& name : placedTexts(block, "namespaces")) {
    const auto same = std::find_if(team.namespaces.begin(), team.namespaces.end(),
                                   [&](const auto& other) { return *other == *name; });
    if (same != team.namespaces.end()) {
      analysis.sink.report(name.at, diag::NamespaceTwice, *name, block.label)
          .note(same->at, "the first time");
    } else {
      team.namespaces.push_back(std::move(name));
    }
  }
  if (team.namespaces.empty()) team.namespaces.push_back({block.label, block.at});
}

void readMembers(const eval::Block& block, ir::Team& team) {
  const eval::Block* members = block.child("members");
  if (!members) return;
  for (const eval::Attribute& member : members->attributes) {
    if (member.value.isPoison()) continue;
    team.members.push_back(
        {member.name == "group", member.label, member.value.asText(), member.name_at});
  }
  std::sort(team.members.begin(), team.members.end(), [](const ir::Member& a, const ir::Member& b) {
    return std::tie(b.group, a.subject, a.role) < std::tie(a.group, b.subject, b.role);
  });
}

ir::QuotaKind quotaKind(const std::string& name) {
  if (name == "gpu") return ir::QuotaKind::Gpu;
  if (name == "slice") return ir::QuotaKind::Slice;
  if (name == "cpu") return ir::QuotaKind::Cpu;
  if (name == "memory") return ir::QuotaKind::Memory;
  if (name == "storage") return ir::QuotaKind::Storage;
  return ir::QuotaKind::Pods;
}

// nullopt when an argument is poisoned, or names a pool that has no GPU.
std::optional<ir::QuotaItem> readQuotaItem(Analysis& analysis, const eval::Attribute& written) {
  ir::QuotaItem item;
  item.kind = quotaKind(written.name);
  item.amount = written.value.asInt();
  item.at = written.value.at();
  item.pool_at = written.name_at;
  if (written.args.empty()) return item;
  for (const eval::Value& arg : written.args) {
    if (arg.isPoison()) return std::nullopt;
  }
  const eval::Value& reference = written.args[0];
  item.pool_id = analysis.poolOf(reference);
  item.pool_at = reference.at();
  if (written.args.size() > 1) item.profile = written.args[1].asText();
  const ir::Pool& pool = analysis.spec[item.pool_id];
  if (!nodesAreKnown(analysis, pool)) return std::nullopt;
  if (pool.vendor().empty()) {
    auto report = analysis.sink.report(reference.at(), diag::QuotaOfPlainPool, pool.address.name);
    report.note(pool.vm->empty() ? pool.at : pool.vm.at, "has no GPU");
    return std::nullopt;
  }
  return item;
}

void readQuota(Analysis& analysis, const eval::Block& block, ir::Team& team) {
  const eval::Block* quota = block.child("quota");
  team.quota_at = quota ? quota->at : block.at;
  if (!quota) return;
  for (const eval::Attribute& written : quota->attributes) {
    if (written.value.isPoison()) continue;
    const auto item = readQuotaItem(analysis, written);
    if (!item) continue;
    const auto same =
        std::find_if(team.quota.begin(), team.quota.end(), [&](const ir::QuotaItem& other) {
          return std::tie(other.kind, other.pool_id, other.profile) ==
                 std::tie(item->kind, item->pool_id, item->profile);
        });
    if (same != team.quota.end()) {
      analysis.sink.report(item->at, diag::QuotaTwice, written.name, block.label)
          .note(same->at, "the first time")
          .help("keep one amount");
    } else {
      team.quota.push_back(*item);
    }
  }
  std::sort(
      team.quota.begin(), team.quota.end(), [](const ir::QuotaItem& a, const ir::QuotaItem& b) {
        return std::tie(a.kind, a.pool_id, a.profile) < std::tie(b.kind, b.pool_id, b.profile);
      });
}

void readLimits(const eval::Block& block, ir::Team& team) {
  const eval::Block* limits = block.child("limits");
  team.limits.at = limits ? limits->at : block.at;
  if (!limits) return;
  team.limits.declared = true;
  if (const eval::Block* standard = limits->child("default")) {
    team.limits.default_cpu_m = intOf(*standard, "cpu");
    team.limits.default_memory = intOf(*standard, "memory");
  }
  if (const eval::Block* request = limits->child("default_request")) {
    team.limits.default_request_cpu_m = intOf(*request, "cpu");
    team.limits.default_request_memory = intOf(*request, "memory");
  }
  if (const eval::Block* most = limits->child("max")) {
    team.limits.max_cpu_m = intOf(*most, "cpu");
    team.limits.max_memory = intOf(*most, "memory");
    team.limits.max_gpus = intOf(*most, "gpus");
  }
}

}  // namespace

ir::Team teamFrom(Analysis& analysis, const eval::Block& block) {
  ir::Team team;
  team.at = block.at;
  team.address = addressOf(block);
  readClusters(analysis, block, team);
  readNamespaces(analysis, block, team);
  team.adopt = boolOf(block, "adopt");
  team.labels = placedLabels(block, "labels");
  readMembers(block, team);
  readQuota(analysis, block, team);
  readLimits(block, team);
  team.network = networkFrom(analysis, block);
  team.pod_security = placedText(block, "pod_security");
  if (const auto priority = maybeInt(block, "priority"))
    team.priority = {*priority, block.value("priority")->at()};
  return team;
}

}  // namespace gpuspec::sema
