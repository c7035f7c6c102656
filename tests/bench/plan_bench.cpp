// How long a plan takes and how much memory: teams of 100 objects each (quotas, walls, Jobs), in a
// cluster where all of them are new, all differ, none does, or all go.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "backends/deploy/model/managed_fields.h"
#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/plan.h"
#include "backends/deploy/plan/render.h"
#include "compiler/ir/make_tree.h"

namespace {

using gpuspec::ir::listOf;
using gpuspec::ir::mapOf;
using gpuspec::ir::Tree;
namespace model = gpuspec::deploy::model;
namespace plan = gpuspec::deploy::plan;
using Clock = std::chrono::steady_clock;

constexpr int kPerTeam = 100;

Tree specOf(const std::string& kind, const std::string& value) {
  if (kind == "ResourceQuota")
    return mapOf("hard", mapOf("requests.example.com/gpu", value, "pods", "200"));
  if (kind == "NetworkPolicy")
    return mapOf("podSelector", Tree::map(), "policyTypes", listOf("Ingress"), "ingress",
                 listOf(mapOf("ports", listOf(mapOf("port", value, "protocol", "TCP")))));
  Tree container = mapOf("name", "main", "image", "registry.example.com/train:1.4.2", "args",
                         listOf("--shards=8", "--mode", "train"), "resources",
                         mapOf("limits", mapOf("example.com/gpu", 8, "memory", "64Gi")));
  return mapOf("parallelism", value, "template",
               mapOf("spec", mapOf("containers", listOf(std::move(container)), "nodeSelector",
                                   mapOf("pool", "train"))));
}

model::Desired objectOf(int team, int number, const std::string& value) {
  static constexpr std::pair<const char*, const char*> kKinds[] = {
      {"", "ResourceQuota"},
      {"networking.k8s.io", "NetworkPolicy"},
      {"batch", "Job"},
      {"batch", "Job"}};
  auto [group, kind] = kKinds[number % 4];
  const std::string space = "team-" + std::to_string(team);
  std::string name = "object-" + std::to_string(number);
  const bool is_space = number == 0;
  if (is_space) group = "", kind = "Namespace", name = space;
  model::Desired desired;
  desired.key = {model::System::Kubernetes, "shared", group, kind, is_space ? "" : space, name};
  desired.api_version = *group == '\0' ? "v1" : std::string(group) + "/v1";
  desired.address = {"", "team", std::to_string(team)};
  desired.body = mapOf("apiVersion", desired.api_version, "kind", kind, "metadata",
                       mapOf("name", name, "namespace", desired.key.scope, "labels",
                             mapOf(model::kManagedBy, "gpuspec", model::kProject, "fleet"),
                             "annotations", mapOf(model::kAddress, desired.address.str())),
                       "spec", is_space ? Tree::map() : specOf(kind, value));
  return desired;
}

model::DesiredSet desiredSet(int objects, const std::string& value) {
  model::DesiredSet set;
  set.project = "fleet";
  model::Target target;
  target.cluster = "shared";
  set.targets.push_back(target);
  for (int i = 0; i < objects; ++i)
    set.resources.push_back(objectOf(i / kPerTeam, i % kPerTeam, value));
  return set;
}

model::LiveSet liveSet(const model::DesiredSet& desired) {
  model::LiveSet live;
  model::LiveCluster cluster;
  cluster.cluster = "shared";
  cluster.exists = cluster.reachable = true;
  live.clusters.push_back(cluster);
  for (const model::Desired& wanted : desired.resources) {
    model::Live found;
    found.key = wanted.key;
    found.api_version = wanted.api_version;
    found.body = wanted.body;
    found.uid = wanted.key.name;
    found.owner = {model::OwnerKind::Us, ""};
    found.address = wanted.address.str();
    found.field_owners.push_back({std::string(model::kFieldManager), "Apply", "",
                                  model::leavesOf(wanted.key.kind, wanted.body),
                                  wanted.api_version});
    live.resources.push_back(std::move(found));
  }
  return live;
}

long peakKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

void run(const char* name, const model::DesiredSet& desired, const model::LiveSet& live) {
  plan::PlanOptions options;
  options.allow_replace = true;
  const auto begin = Clock::now();
  const plan::Plan made = plan::makePlan(desired, live, options);
  const auto middle = Clock::now();
  const std::string text = plan::renderHuman(made, {});
  const auto end = Clock::now();
  std::size_t edges = 0;
  for (const plan::Change& change : made.changes)
    edges += change.after.size() + change.gates.size();
  for (const plan::Gate& gate : made.gates) edges += gate.after.size();
  const auto milliseconds = [](auto from, auto to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
  };
  std::printf("%-10s %6zu changes %7zu edges  plan %8.1f ms  text %6.1f ms  peak %4ld MB\n", name,
              made.changes.size(), edges, milliseconds(begin, middle), milliseconds(middle, end),
              peakKilobytes() / 1024);
}

}  // namespace

int main(int count, char** arguments) {
  for (const int objects : {5'000, 20'000}) {
    if (count > 1 && std::atoi(arguments[1]) != objects) continue;
    std::printf("%d objects\n", objects);
    const model::DesiredSet desired = desiredSet(objects, "8"), other = desiredSet(objects, "4");
    model::DesiredSet none = desiredSet(0, "");
    const model::LiveSet live = liveSet(desired), empty = liveSet(none);
    run("create", desired, empty);
    run("unchanged", desired, live);
    run("update", other, live);
    run("delete", none, live);
  }
}
