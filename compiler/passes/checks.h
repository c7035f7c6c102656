#pragma once

// The checks, one function for each check_*.cpp. Each reports and changes nothing; their order does
// not matter.

#include <string>

#include "compiler/ir/placement.h"
#include "compiler/ir/spec.h"

namespace gpuspec::diag {
class Sink;
}

namespace gpuspec::passes {

// Over what was declared.
void checkClusters(const ir::Spec& spec, diag::Sink& sink);  // names, network, tier, login, tags
void checkClusterLimits(const ir::Spec& spec,
                        diag::Sink& sink);  // sizes of a cluster, versions of its pools
void checkPoolNames(const ir::Spec& spec, diag::Sink& sink);  // legal, and one pool each
void checkPools(const ir::Spec& spec,
                diag::Sink& sink);  // node counts, zones, upgrades, InfiniBand
void checkPoolOs(const ir::Spec& spec,
                 diag::Sink& sink);  // operating system against VM size and cluster
void checkSystemPools(const ir::Spec& spec,
                      diag::Sink& sink);  // that there is one, and that it can be one
void checkLabels(const ir::Spec& spec, diag::Sink& sink);  // of pools, teams and workloads
void checkTaints(const ir::Spec& spec, diag::Sink& sink);
void checkRetirement(const ir::Spec& spec, const std::string& as_of,
                     diag::Sink& sink);  // facts with dates
void checkTeams(const ir::Spec& spec,
                diag::Sink& sink);  // namespaces, limits, priorities, missing quotas
void checkMembers(const ir::Spec& spec, diag::Sink& sink);
void checkNetworkRules(const ir::Spec& spec,
                       diag::Sink& sink);  // each rule by itself, and its engine
void checkReachability(const ir::Spec& spec,
                       diag::Sink& sink);  // rules against what has to be reached
void checkWorkloadNames(const ir::Spec& spec,
                        diag::Sink& sink);  // names, environment, mounts, ports
void checkImages(const ir::Spec& spec, diag::Sink& sink);

// Over what was placed.
void checkCapacity(const ir::Placement& placement, diag::Sink& sink);  // quotas against pools
void checkWorkloads(const ir::Placement& placement,
                    diag::Sink& sink);  // requests against quotas, nodes and limits

}  // namespace gpuspec::passes
