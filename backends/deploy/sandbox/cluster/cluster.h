#pragma once

// What makes a sandbox cluster live: controllers for Deployments, ReplicaSets, StatefulSets,
// DaemonSets, Jobs and CronJobs, a scheduler, kubelets that run pods in name only, namespace
// deletion, garbage collection, budgets, endpoints; and Node objects for agent pools.
//
// Containers do not run. Pods with restartPolicy Always run until they are deleted; others end
// after `run_time` with exit code 0. Annotations of a pod change that:
//   sandbox.gpuspec.dev/exit-code  "1"       its containers end with this code
//   sandbox.gpuspec.dev/run-time   "2500ms"  ms, s, m or "forever": how long they run

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/kube/kube_api.h"

namespace gpuspec::deploy::sandbox {

// What a node of a pool looks like once its stack has run.
struct NodeCapacity {
  std::map<std::string, std::string>
      capacity;  // "cpu": "96", "memory": "1900Gi", "vendor/gpu": "8"
  std::map<std::string, std::string> allocatable;
  std::map<std::string, std::string> labels;  // that kubelet, cloud and stack set
  std::string driver_version;                 // "" = no GPU driver
  std::string driver_mark;  // what a program that tries a device writes before the version
};

// A pool as the cloud knows it; `properties` are agentPools' own (vmSize, nodeLabels, nodeTaints,
// gpuInstanceProfile, gpuProfile ...).
struct NodePool {
  std::string name;
  std::int64_t count = 0;
  Tree properties;
};

// Facts about sizes and vendors come from outside: the sandbox knows none.
class NodeFacts {
 public:
  virtual ~NodeFacts() = default;
  virtual NodeCapacity capacityOf(const NodePool& pool) const = 0;
};

class Cluster : public PodLogs {
 public:
  // Starts the controllers' threads.
  virtual void start(KubeApi& api) = 0;
  virtual void stop() = 0;
  // Makes the Nodes of the pool as they should be: adds, relabels, drains and removes. Nodes become
  // Ready shortly after.
  virtual void setPool(const NodePool& pool) = 0;
  virtual void removePool(const std::string& name) = 0;
  virtual std::int64_t readyNodes(const std::string& pool) const = 0;
};

// The time that CronJobs, deadlines and waiting go by. Tests tick one by hand.
class Clock {
 public:
  using TimePoint = std::chrono::system_clock::time_point;
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // Until `deadline`, or until `wake` is notified; may return early.
  virtual void waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                         TimePoint deadline) const = 0;
};
const Clock& systemClock();

struct ClusterOptions {
  std::chrono::milliseconds node_start{200};    // from the Node object to Ready
  std::chrono::milliseconds pod_start{30};      // from the binding to Running
  std::chrono::milliseconds run_time{300};      // of containers that end by themselves
  std::chrono::milliseconds drain_limit{3000};  // then pods go whatever their budgets say
  std::string kubernetes_version = "1.35.4";    // of kubelets in pools that name none
  std::string region;                           // "" = nodes get no region label from here
  const Clock* clock = nullptr;                 // null = systemClock()
};

// `facts` (and the options' clock) outlive the cluster.
std::unique_ptr<Cluster> makeCluster(std::string name, const NodeFacts& facts,
                                     ClusterOptions options = {});

}  // namespace gpuspec::deploy::sandbox
