#pragma once

// One kind of check each; internal to the library.

#include <optional>

#include "backends/deploy/verify/fields.h"
#include "backends/deploy/verify/verify.h"

namespace gpuspec::deploy::verify {

struct Cluster {
  kube::KubeClient& client;
  const Wanted& wanted;
  const std::function<void(const std::string&)>& progress;
  const http::CancelToken& cancel;
  apply::Clock& clock;
  std::vector<Tree> nodes;
  bool sandbox = false;  // a stand-in: no packet flows, no right is checked
};

class Scratch;

// nodes.cpp: pure, on cluster.nodes.
void checkNodes(const Cluster& cluster, const PoolCheck& pool, PoolResult& result);
std::vector<const Tree*> nodesOf(const Cluster& cluster, const PoolCheck& pool);
bool isReady(const Tree& node_or_pod);
// Nothing new is placed on it.
bool isCordoned(const Tree& node);

// stacks.cpp
void checkStacks(const Cluster& cluster, std::vector<StackResult>& results);

// smoke.cpp: a Job on the nodes of each pool for its first resource, one for each other resource,
// all side by side. `results` are parallel to wanted.pools.
void runSmokes(const Cluster& cluster, Scratch& scratch, std::vector<PoolResult>& results);

// access.cpp, network.cpp: `results` are parallel to wanted.paths.
void checkAccess(const Cluster& cluster, std::vector<PathResult>& results);
void probeNetwork(const Cluster& cluster, Scratch& scratch, std::vector<PathResult>& results);

Finding holds(std::string text);
Finding fails(std::string text, std::string why);
Finding notRun(std::string why);
// Without line breaks and control characters.
std::string reasonOf(llvm::Error error);

}  // namespace gpuspec::deploy::verify
