#include <algorithm>

#include "backends/deploy/plan/planner.h"

namespace gpuspec::deploy::plan {

using model::Live;
using model::System;

std::string addressOf(const Live& live) {
  if (!live.address.empty()) return live.address;
  if (live.key.system != System::Azure) return {};
  const std::size_t slash = live.key.name.find('/');
  return slash == std::string::npos ? "cluster." + live.key.cluster
                                    : "pool." + live.key.name.substr(slash + 1);
}

std::vector<std::string> addressesOf(const model::DesiredSet& desired, const model::LiveSet& live) {
  std::set<std::string> addresses;
  for (const model::Desired& resource : desired.resources) addresses.insert(resource.address.str());
  for (const model::Target& target : desired.targets) addresses.insert(target.address.str());
  for (const Live& resource : live.resources) {
    if (resource.owner.kind == model::OwnerKind::Us) addresses.insert(addressOf(resource));
  }
  addresses.erase("");
  return {addresses.begin(), addresses.end()};
}

std::map<std::string, Emptied> emptiedBy(const Plan& plan) {
  std::map<std::string, Emptied> emptied;
  for (const Change& change : plan.changes) {
    if (change.action != Action::Delete) continue;
    if (change.key.system == System::Azure && change.key.kind == "managedClusters")
      emptied[change.key.cluster].cluster = true;
    if (change.key.system == System::Kubernetes && change.key.kind == "Namespace")
      emptied[change.key.cluster].namespaces.insert(change.key.name);
  }
  return emptied;
}

}  // namespace gpuspec::deploy::plan
