#pragma once

// Placement to Kubernetes objects. A cluster's objects come in components, one file each: the
// cluster roles, the priorities, namespaces that charts need, each vendor stack's own objects, each
// team (namespace, quota, limits, role bindings, network policies), each team's workloads, and what
// the spec passes through. Beyond 100 teams the teams share 64 files, by a hash of the name, so
// that one team more changes one file. Objects are made one at a time: a fleet never stands in
// memory whole.

#include <functional>
#include <string>
#include <vector>

#include "backends/artifact/artifact.h"
#include "compiler/ir/placement.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::kubernetes {

struct Component {
  std::string file;   // "team-ml.yaml"
  std::string title;  // "team ml"
  std::vector<source::Location> declared_at;
  std::vector<ir::Tree> objects;
};

// Takes the components that have objects, one after the other, in the order of the list above.
class ComponentVisitor {
 public:
  virtual ~ComponentVisitor() = default;
  virtual void begin(const Component& component) = 0;  // without its objects
  virtual void take(ir::Tree object) = 0;
  virtual void end() = 0;
};
void visitComponents(const ir::Placement& placement, ir::ClusterId cluster_id,
                     ComponentVisitor& visitor);

// The same, each component whole.
void forEachComponent(const ir::Placement& placement, ir::ClusterId cluster_id,
                      const std::function<void(Component)>& visit);

// What Kubernetes cannot express, beyond what the passes found.
void checkLimits(const ir::Placement& placement, diag::Sink& sink);

// "kubernetes/kustomization.yaml" and the components' files, below the cluster's folder; nothing
// when there is no object. Reports objects that are made twice and names that are too long.
std::vector<artifact::File> emit(const ir::Placement& placement, ir::ClusterId cluster_id,
                                 const source::SourceMap& sources, diag::Sink& sink);

// Comment lines for the top of a file: what it is, where it comes from, that edits are refused.
std::string fileHeader(const std::string& title, const std::vector<source::Location>& declared_at,
                       const source::SourceMap& sources);

}  // namespace gpuspec::kubernetes
