#include <algorithm>

#include "compiler/passes/place_steps.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::PlacedWorkload;
using ir::Placement;
using ir::Pool;
using ir::PoolId;
using ir::Workload;

struct Candidate {
  PoolId pool_id;
  Offer offer;
};

std::string askedText(const ir::GpuRequest& gpus) {
  return gpus.profile.empty() ? counted(gpus.count, "GPU")
                              : std::to_string(gpus.count) + " x " + gpus.profile;
}

void reportNoOffer(const Workload& workload, const Pool& pool, const ir::PoolPlan& plan,
                   diag::Sink& sink) {
  const std::string& name = workload.address.name;
  if (!hasGpu(pool)) {
    sink.report(workload.gpus.at, diag::PoolWithoutGpu, name, pool.address.name)
        .note(workload.pool_at, "it is to run here")
        .note(pool.at, "no GPU on these nodes")
        .help("name a pool with GPUs, or leave `gpus` out");
  } else if (workload.gpus.profile.empty()) {
    auto report = sink.report(workload.gpus.at, diag::RequestNeedsProfile, pool.address.name, name);
    report.note(pool.at, slicesText(plan));
    if (!plan.slices.empty())
      report.help("ask for slices: `gpus = 1 x " + plan.slices.front().profile + "`");
  } else {
    sink.report(workload.gpus.at, diag::ProfileNotOffered, pool.address.name, workload.gpus.profile)
        .note(pool.at, slicesText(plan))
        .help(plan.slices.empty() ? "ask for whole GPUs: `gpus = 1`"
                                  : "ask for a profile that it has");
  }
}

std::optional<Candidate> namedPool(const Placement& placement, const Workload& workload,
                                   diag::Sink& sink) {
  const Pool& pool = (*placement.spec)[workload.pool_id];
  const ir::PoolPlan& plan = placement[workload.pool_id].plan;
  const auto offer = offerOf(plan, workload.gpus.profile);
  if (!offer) {
    reportNoOffer(workload, pool, plan, sink);
    return std::nullopt;
  }
  if (offer->per_node < workload.gpus.count) {
    sink.report(workload.gpus.at, diag::RequestExceedsNode, workload.address.name,
                workload.gpus.count, offer->resource, pool.address.name, offer->per_node)
        .note(pool.at, plan.summary.empty() ? "the pool" : plan.summary)
        .help(
            "a pod runs on one node: spread the work over more pods, or over nodes with `nodes = "
            "...`");
    return std::nullopt;
  }
  return Candidate{workload.pool_id, *offer};
}

bool mayUse(const Pool& pool, ir::TeamId team_id) {
  return pool.only_for.empty() ||
         std::find(pool.only_for.begin(), pool.only_for.end(), team_id) != pool.only_for.end();
}

// Why a pool that nobody named is not taken; "" when it is.
std::string refusal(const Placement& placement, PoolId id, const Workload& workload) {
  const Pool& pool = (*placement.spec)[id];
  const auto offer = offerOf(placement[id].plan, workload.gpus.profile);
  if (!hasGpu(pool)) return "has no GPU";
  if (!offer)
    return workload.gpus.profile.empty() ? "hands out slices only" : slicesText(placement[id].plan);
  if (offer->per_node < workload.gpus.count)
    return "has " + std::to_string(offer->per_node) + " on a node";
  if (pool.nodes.max == 0) return "has no node";
  if (isWindows(pool)) return "runs Windows; name it if that is meant";
  return mayUse(pool, workload.team_id) ? "" : "is for other teams";
}

// Work goes to spare capacity or to a shared GPU only when it says so, or when nothing else is
// there.
void preferPlainPools(const Placement& placement, std::vector<Candidate>& candidates) {
  const auto plain = [&](const Candidate& candidate) {
    return !placement[candidate.pool_id].plan.shared && !(*placement.spec)[candidate.pool_id].spot;
  };
  if (std::none_of(candidates.begin(), candidates.end(), plain)) return;
  std::erase_if(candidates, [&](const Candidate& candidate) { return !plain(candidate); });
}

bool oneResource(const Placement& placement, const Workload& workload,
                 const std::vector<Candidate>& candidates, diag::Sink& sink) {
  const Candidate& first = candidates.front();
  for (const Candidate& other : candidates) {
    if (other.offer.resource == first.offer.resource) continue;
    const Pool& first_pool = (*placement.spec)[first.pool_id];
    const Pool& other_pool = (*placement.spec)[other.pool_id];
    sink.report(workload.gpus.at, diag::RequestAmbiguous, workload.address.name,
                first.offer.resource, first_pool.address.name, other.offer.resource,
                other_pool.address.name)
        .note(first_pool.at, "one pool")
        .note(other_pool.at, "the other")
        .help("write `pool = pool." + first_pool.address.name + "`, or the other one");
    return false;
  }
  return true;
}

std::vector<Candidate> anyPool(const Placement& placement, const Workload& workload,
                               diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  std::vector<Candidate> candidates;
  std::vector<std::string> refusals;
  for (PoolId id : spec.poolsOf(workload.cluster_id)) {
    const std::string why = refusal(placement, id, workload);
    if (why.empty()) {
      candidates.push_back({id, *offerOf(placement[id].plan, workload.gpus.profile)});
    } else if (refusals.size() < 6) {
      refusals.push_back("`" + spec[id].address.name + "` " + why);
    }
  }
  preferPlainPools(placement, candidates);
  if (candidates.empty()) {
    auto report = sink.report(workload.gpus.at, diag::NoPoolForRequest,
                              spec[workload.cluster_id].address.shortName(), workload.address.name);
    report.mark(askedText(workload.gpus));
    for (const std::string& why : refusals) report.fact(why);
    report.help("ask for what a pool has, or declare a pool that has it");
  } else if (!oneResource(placement, workload, candidates, sink)) {
    candidates.clear();
  }
  return candidates;
}

void tolerate(const Placement& placement, PlacedWorkload& placed) {
  for (PoolId id : placed.pool_ids) {
    for (const std::vector<ir::Taint>* taints :
         {&placement[id].taints, &placement[id].platform_taints}) {
      placed.tolerated.insert(placed.tolerated.end(), taints->begin(), taints->end());
    }
  }
  auto& all = placed.tolerated;
  std::sort(all.begin(), all.end(),
            [](const ir::Taint& a, const ir::Taint& b) { return a.str() < b.str(); });
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

bool placeOne(const Placement& placement, const Workload& workload, PlacedWorkload& placed,
              diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  placed.workload_namespace =
      workload.team_id ? *spec[workload.team_id].namespaces.front() : "default";
  const bool any_pool = workload.gpus.count > 0 && !workload.pool_id;
  if (any_pool && !spec.hasAll("pool"))
    return true;  // the one that it needs may have been left out
  std::vector<Candidate> candidates;
  if (workload.gpus.count == 0) {
    if (workload.pool_id) candidates.push_back({workload.pool_id, {}});
  } else if (workload.pool_id) {
    if (const auto named = namedPool(placement, workload, sink)) candidates.push_back(*named);
  } else {
    candidates = anyPool(placement, workload, sink);
  }
  if (workload.gpus.count > 0 && candidates.empty()) return false;
  if (workload.gpus.count > 0) placed.resource = candidates.front().offer.resource;
  placed.amount = workload.gpus.count;
  for (const Candidate& candidate : candidates) placed.pool_ids.push_back(candidate.pool_id);
  tolerate(placement, placed);
  return true;
}

}  // namespace

bool placeWorkloads(Placement& placement, diag::Sink& sink) {
  const ir::Spec& spec = *placement.spec;
  placement.workloads.resize(spec.workloads.size());
  bool complete = true;
  for (std::size_t i = 0; i < spec.workloads.size(); ++i) {
    complete &= placeOne(placement, spec.workloads[i], placement.workloads[i], sink);
  }
  return complete;
}

}  // namespace gpuspec::passes
