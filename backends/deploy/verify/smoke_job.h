#pragma once

// The Job that tries a device, and what its pod tells; internal to the library.

#include "backends/deploy/verify/checks.h"

namespace gpuspec::deploy::verify {

inline constexpr const char* kSmokeLabel = "gpuspec.dev/smoke";  // on the pod: the Job's name
inline constexpr const char* kHostLabel = "kubernetes.io/hostname";

// Asks for one of `resource` on one of these hosts: never on a node that an autoscaler would have
// to add.
Tree smokeJob(const PoolCheck& pool, const std::string& resource, const std::string& name,
              const std::string& object_namespace, const std::vector<std::string>& hosts,
              std::chrono::seconds timeout);

bool hasPassed(const Tree& job);
bool hasFailed(const Tree& job);
bool ranOutOfTime(const Tree& job);  // its activeDeadlineSeconds are over
// In the scheduler's own words; "" when the pod has a node or nobody has said anything yet.
std::string whyUnscheduled(const Tree& pod);
// Why its container does not run, or how it ended; "" when there is nothing to say.
std::string whyStuck(const Tree& pod);
// What follows the mark, up to a blank; "" when it is not there.
std::string driverIn(const std::string& log, const std::string& mark);
std::string lastLineOf(const std::string& log);
// How many of the resource running pods hold on these hosts' nodes.
std::int64_t inUse(const std::vector<Tree>& pods, const std::string& resource,
                   const std::vector<std::string>& node_names);

}  // namespace gpuspec::deploy::verify
