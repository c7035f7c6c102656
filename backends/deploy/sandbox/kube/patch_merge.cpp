#include "backends/deploy/sandbox/kube/patch.h"
#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// A patch's own nulls never reach the object.
Tree withoutNulls(const Tree& value) {
  if (!value.isMap()) return value;
  Tree out = Tree::map();
  for (const auto& [key, child] : value.asMap()) {
    if (!child.isNull()) out.set(key, withoutNulls(child));
  }
  return out;
}

void mergeInto(Tree& live, const Tree& patch) {
  for (const auto& [key, value] : patch.asMap()) {
    if (value.isNull()) {
      live.erase(key);
      continue;
    }
    Tree* there = live.find(key);
    if (there != nullptr && there->isMap() && value.isMap()) {
      mergeInto(*there, value);
    } else {
      live.set(key, withoutNulls(value));
    }
  }
}

}  // namespace

llvm::Expected<Tree> patchedByMerge(const Tree& live, const Tree& patch) {
  if (!patch.isMap()) return badRequest("the merge patch is no JSON object");
  Tree out = live;
  mergeInto(out, patch);
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
