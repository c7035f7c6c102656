#include "compiler/passes/passes.h"

#include "compiler/passes/checks.h"
#include "compiler/passes/place_steps.h"

namespace gpuspec::passes {

namespace {

void checkDeclared(const ir::Spec& spec, const std::string& as_of, diag::Sink& sink) {
  checkClusters(spec, sink);
  checkClusterLimits(spec, sink);
  checkPoolNames(spec, sink);
  checkPools(spec, sink);
  checkPoolOs(spec, sink);
  checkSystemPools(spec, sink);
  checkLabels(spec, sink);
  checkTaints(spec, sink);
  checkRetirement(spec, as_of, sink);
  checkTeams(spec, sink);
  checkMembers(spec, sink);
  checkNetworkRules(spec, sink);
  checkReachability(spec, sink);
  checkWorkloadNames(spec, sink);
  checkImages(spec, sink);
}

}  // namespace

std::optional<ir::Placement> runPasses(const ir::Spec& spec, const ir::VendorSet& vendors,
                                       const Options& options, diag::Sink& sink) {
  checkDeclared(spec, options.as_of.empty() ? kFactsDate : options.as_of, sink);
  std::optional<ir::Placement> placement = place(spec, vendors, sink);
  if (!placement) return std::nullopt;
  checkCapacity(*placement, sink);
  checkWorkloads(*placement, sink);
  return placement;
}

}  // namespace gpuspec::passes
