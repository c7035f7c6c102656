#pragma once

// The controllers that make pods, and those that make what makes pods.

#include <memory>

#include "backends/deploy/sandbox/cluster/controller.h"

namespace gpuspec::deploy::sandbox::live {

std::unique_ptr<Controller> makeReplicaSets(World& world);
std::unique_ptr<Controller> makeDeployments(World& world);
std::unique_ptr<Controller> makeStatefulSets(World& world);
std::unique_ptr<Controller> makeDaemonSets(World& world);
std::unique_ptr<Controller> makeJobs(World& world);
std::unique_ptr<Controller> makeCronJobs(World& world);

inline constexpr std::string_view kManager = "kube-controller-manager";
// At most so many objects in one step: the queue then turns to others, and a stop is noticed.
inline constexpr std::int64_t kBatch = 25;

// A pod from the owner's spec.template, under a fresh name that begins with `base`. A refusal
// (quota, admission) is told as an Event of the owner.
[[nodiscard]] llvm::Expected<Object> createPod(World& world, const Tree& owner, const Kind& kind,
                                               Tree pod, const std::string& base);
// Pods that are not deleted yet and have not ended.
std::vector<Object> activePods(const World& world, const Tree& owner);

}  // namespace gpuspec::deploy::sandbox::live
