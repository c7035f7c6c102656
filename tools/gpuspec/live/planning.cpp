#include "tools/gpuspec/live/planning.h"

#include <algorithm>

#include "backends/deploy/helm/helm_client.h"
#include "backends/deploy/kube/others.h"
#include "backends/deploy/plan/pattern.h"
#include "backends/deploy/plan/render.h"
#include "compiler/ir/json.h"
#include "lang/diag/diagnostic.h"
#include "tools/gpuspec/live/findings.h"

namespace gpuspec::cli {

namespace model = deploy::model;
namespace plan = deploy::plan;

namespace {

// Clusters that the spec builds on, wants something of, and that are not there.
std::vector<model::Target> missingClusters(const Session& session, const model::LiveSet& live) {
  const model::DesiredSet& desired = session.desired();
  std::vector<model::Target> missing;
  for (const model::Target& target : desired.targets) {
    if (!target.existing || target.platform != ir::Platform::Aks) continue;
    const bool exists = std::any_of(
        live.clusters.begin(), live.clusters.end(),
        [&](const auto& cluster) { return cluster.cluster == target.cluster && cluster.exists; });
    const bool wanted =
        std::any_of(desired.resources.begin(), desired.resources.end(), [&](const auto& resource) {
          return resource.key.cluster == target.cluster &&
                 plan::isSelected(session.live().only, resource.address.str());
        });
    if (!exists && wanted) missing.push_back(target);
  }
  return missing;
}

// What others have in what the plan takes away; none of it where nothing goes.
llvm::Error readOthers(Session& session, const plan::Plan& planned, model::LiveSet& live) {
  for (const auto& [name, emptied] : plan::emptiedBy(planned)) {
    const auto cluster = std::find_if(live.clusters.begin(), live.clusters.end(),
                                      [&](const auto& each) { return each.cluster == name; });
    if (cluster == live.clusters.end() || !cluster->reachable) continue;
    llvm::Expected<deploy::kube::KubeClient*> client = session.kube(name);
    if (!client) return client.takeError();
    const std::int64_t before = (*client)->requestCount();
    const model::Scope scope = session.scope();
    if (llvm::Error error =
            emptied.cluster
                ? deploy::kube::readNeighbours(**client, scope, *cluster)
                : deploy::kube::readOthersIn(**client, scope, emptied.namespaces, *cluster))
      return error;
    live.kubernetes_requests += (*client)->requestCount() - before;
  }
  return llvm::Error::success();
}

// A pattern that chooses nothing is a slip of the pen, and not a wish to do nothing.
bool onlyChooses(const Session& session, const model::LiveSet& live, Terminal& terminal) {
  const std::vector<std::string> addresses = plan::addressesOf(session.desired(), live);
  bool all = true;
  for (const std::string& pattern : session.live().only) {
    if (std::any_of(addresses.begin(), addresses.end(),
                    [&](const std::string& address) { return plan::matches(pattern, address); }))
      continue;
    all = false;
    const std::vector<std::string> near = diag::nearest(pattern, addresses);
    terminal.complain("`--only " + pattern + "` matches no address" +
                      (near.empty() ? "; addresses look like `team.vision` and `team.*`"
                                    : "; did you mean `" + near[0] + "`?"));
  }
  return all;
}

bool changesReleases(const plan::Plan& plan) {
  return std::any_of(plan.changes.begin(), plan.changes.end(), [](const plan::Change& change) {
    return change.key.system == model::System::Helm;
  });
}

}  // namespace

std::optional<Planned> makePlan(Session& session, Purpose purpose, Terminal& terminal, int& code) {
  const auto failed = [&](llvm::Error error) {
    code = kWorldSaysNo;
    reportFailure(std::move(error), terminal);
    return std::nullopt;
  };
  llvm::Expected<model::LiveSet> live = session.read();
  if (!live) return failed(live.takeError());
  if (!onlyChooses(session, *live, terminal)) {
    code = kUsage;
    return std::nullopt;
  }
  if (const auto missing = missingClusters(session, *live);
      purpose != Purpose::Look && !missing.empty()) {
    code = reportMissing(missing, session.live().sandbox, terminal);
    return std::nullopt;
  }
  const LiveSettings& settings = session.live();
  plan::PlanOptions options;
  options.adopt = settings.adopt;
  options.allow_replace = settings.allow_replace;
  options.destroy = purpose == Purpose::Destroy;
  options.only = settings.only;
  plan::Plan plan = plan::makePlan(session.desired(), *live, options);
  if (!plan::emptiedBy(plan).empty()) {
    if (llvm::Error error = readOthers(session, plan, *live)) return failed(std::move(error));
    plan = plan::makePlan(session.desired(), *live, options);
  }
  Planned planned{std::move(plan), std::move(*live)};
  planned.plan.subscription = session.subscription();
  if (settings.skip_helm) {
    planned.plan.left_out.push_back("Helm releases (--skip-helm)");
  } else if (changesReleases(planned.plan)) {
    const std::string reason = deploy::helm::whyNoHelm(deploy::helm::findHelm());
    if (!reason.empty())
      planned.plan.not_checked.push_back(
          "Helm releases, and what waits for them: " + reason +
          ", so apply carries out the rest and fails for these; install Helm " +
          deploy::helm::kOldestHelm + " or newer (helm.sh), or leave them out with --skip-helm");
  }
  return planned;
}

void showPlan(const plan::Plan& plan, const std::string& format, Terminal& terminal) {
  if (format == "json" || format == "jsonl") {
    terminal.out(ir::toJson(plan::renderJson(plan)) + "\n");
  } else if (format == "markdown") {
    terminal.out(plan::renderMarkdown(plan));
  } else {
    terminal.out(
        plan::renderHuman(plan, {terminal.colorOut(), terminal.unicode(), terminal.width()}));
  }
  terminal.flush();
}

}  // namespace gpuspec::cli
