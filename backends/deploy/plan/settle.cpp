#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::plan {

namespace {

bool isOnItsWayOut(const Tree& metadata) {
  const Tree* since = metadata.find("deletionTimestamp");
  return since != nullptr && !since->empty();
}

}  // namespace

void settle(const model::Desired& desired, model::Live& live) {
  const Tree* metadata = live.body.find("metadata");
  if (live.key.system != model::System::Kubernetes || live.owner.kind != model::OwnerKind::Us ||
      live.metadata_only || metadata == nullptr || isOnItsWayOut(*metadata) ||
      !diffFields(desired, live).empty())
    return;
  Tree kept = Tree::map();
  // Who would take it along, asked when everything goes.
  if (const Tree* owners = metadata->find("ownerReferences"))
    kept.at("metadata").set("ownerReferences", *owners);
  live.body = std::move(kept);
  live.field_owners = {};
  live.settled = true;
}

}  // namespace gpuspec::deploy::plan
