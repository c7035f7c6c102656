// gpuspec verify: proof that what was applied works.

#include "backends/deploy/verify/verify.h"

#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"
#include "compiler/passes/paths.h"
#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/declared_objects.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/interrupt.h"
#include "tools/gpuspec/live/planning.h"
#include "tools/gpuspec/live/session.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
namespace kube = deploy::kube;
namespace model = deploy::model;
namespace verify = deploy::verify;

constexpr const char* kHelp =
    "Asks the clusters: are the nodes of each pool there and ready, do they offer what the spec "
    "implies, does a smoke job really get a\n"
    "device, are the vendors' DaemonSets healthy, are all objects as declared, are teams kept "
    "apart. "
    "Exit code 0 only when all of it holds;\n"
    "what the target cannot run is listed as not run. Makes one namespace for its jobs and removes "
    "it again.\n\n"
    "Examples:\n"
    "  gpuspec verify --env prod\n"
    "  gpuspec verify --format json | jq .holds\n"
    "  gpuspec verify examples/two-teams --sandbox --skip-helm\n";

class VerifyCommand final : public Command {
 public:
  explicit VerifyCommand(bool help_wanted)
      : Command("verify", "Prove that what was applied works", kHelp, help_wanted),
        options_(*this, "human or json"),
        live_(*this, false),
        smoke_timeout_("smoke-timeout", cl::desc("Longest wait for one smoke job (default: 5m)"),
                       cl::value_desc("duration"), cl::init("5m"), cl::sub(sub()),
                       cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  static void addPools(const Session& session, const ir::VendorSet& vendors,
                       verify::Wanted& wanted);
  static void addPaths(const Session& session, verify::Wanted& wanted);
  static verify::Wanted wantedOf(const Session& session, const ir::VendorSet& vendors,
                                 const std::string& cluster);
  static void addStacks(const Session& session, verify::Wanted& wanted);

  ProjectOptions options_;
  LiveOptions live_;
  cl::opt<std::string> smoke_timeout_;
};

const char* effectText(ir::TaintEffect effect) {
  switch (effect) {
    case ir::TaintEffect::NoSchedule:
      return "NoSchedule";
    case ir::TaintEffect::PreferNoSchedule:
      return "PreferNoSchedule";
    case ir::TaintEffect::NoExecute:
      return "NoExecute";
  }
  return "";
}

ir::Tree tolerationOf(const ir::Taint& taint) {
  return ir::mapOf("key", taint.key, "operator", "Exists", "effect", effectText(taint.effect));
}

void VerifyCommand::addPools(const Session& session, const ir::VendorSet& vendors,
                             verify::Wanted& wanted) {
  const ir::Placement& placement = session.placement();
  for (std::uint32_t i = 0; i < placement.spec->pools.size(); ++i) {
    const ir::Pool& pool = placement.spec->pools[i];
    for (const model::PoolFacts& facts : session.desired().pools) {
      if (facts.address != pool.address || facts.cluster != wanted.cluster) continue;
      verify::PoolCheck check;
      check.facts = facts;
      for (const auto& [key, value] : placement.pools[i].labels)
        check.labels.emplace_back(key, *value);
      for (const auto* taints : {&placement.pools[i].taints, &placement.pools[i].platform_taints}) {
        for (const ir::Taint& taint : *taints) check.tolerations.push_back(tolerationOf(taint));
      }
      if (const ir::Vendor* vendor = vendors.find(pool.vendor())) {
        const ir::SmokeTest smoke = vendor->smokeTest();
        check.smoke = {smoke.image, smoke.command, smoke.driver_mark};
      }
      wanted.pools.push_back(std::move(check));
    }
  }
}

std::string vendorOf(const ir::Placement& placement, const verify::PoolCheck& check) {
  for (const ir::Pool& pool : placement.spec->pools) {
    if (pool.address == check.facts.address) return pool.vendor();
  }
  return "";
}

void VerifyCommand::addStacks(const Session& session, verify::Wanted& wanted) {
  const ir::Placement& placement = session.placement();
  for (const ir::PlacedStack& stack : placement.stacks) {
    const ir::Accelerator& accelerator = (*placement.spec)[stack.accelerator_id];
    if ((*placement.spec)[accelerator.cluster_id].address.shortName() != wanted.cluster) continue;
    for (const ir::ReleasePlan& release : stack.plan.releases) {
      wanted.stacks.push_back({release.name, release.release_namespace, {}});
      for (verify::PoolCheck& pool : wanted.pools) {
        if (vendorOf(placement, pool) == accelerator.vendor) pool.releases.push_back(release.name);
      }
    }
  }
}

void VerifyCommand::addPaths(const Session& session, verify::Wanted& wanted) {
  const ir::Placement& placement = session.placement();
  const auto here = std::find_if(
      placement.paths.begin(), placement.paths.end(), [&](const ir::ClusterPaths& paths) {
        return (*placement.spec)[paths.cluster_id].address.shortName() == wanted.cluster;
      });
  if (here == placement.paths.end()) return;
  for (const ir::TeamPath& path : passes::allPaths(*placement.spec, *here)) {
    const ir::Team& from = (*placement.spec)[path.from_id];
    const ir::Team& to = (*placement.spec)[path.to_id];
    verify::TeamPath check;
    check.from = from.address.shortName();
    check.to = to.address.shortName();
    check.from_namespace = *from.namespaces.front();
    check.to_namespace = *to.namespaces.front();
    check.open = path.open;
    check.reason = path.reason;
    for (const ir::Member& member : from.members)
      check.subjects.push_back({member.group, member.subject});
    wanted.paths.push_back(std::move(check));
  }
}

verify::Wanted VerifyCommand::wantedOf(const Session& session, const ir::VendorSet& vendors,
                                       const std::string& cluster) {
  verify::Wanted wanted;
  wanted.cluster = cluster;
  wanted.scope = session.scope();
  wanted.skip_helm = session.live().skip_helm;
  // A server that accepts connections and nothing else, and a client that makes one.
  wanted.probe = {"docker.io/library/busybox:1.37",
                  {"httpd", "-f", "-p", "8080"},
                  "nc -z -w 3 $host $port",
                  8080};
  addPools(session, vendors, wanted);
  addStacks(session, wanted);
  addPaths(session, wanted);
  return wanted;
}

int VerifyCommand::run(Terminal& terminal) {
  if (!options_.valid(terminal, {"human", "json"})) return kUsage;
  std::optional<driver::CompileOptions> compile = options_.compileOptions(terminal);
  const std::optional<LiveSettings> live = live_.settings(terminal);
  const auto timeout = parseLimit("smoke-timeout", smoke_timeout_, terminal);
  if (!compile || !live || !timeout) return kUsage;
  const LoadedVendors vendors = options_.loadVendors(terminal);
  if (!vendors) return vendors.exitCode();
  Session session(projectSettings(options_, std::move(*compile)), *live, *vendors, terminal);
  if (const std::optional<int> stop = session.compile()) return *stop;
  if (const std::optional<int> stop = session.connect()) return *stop;
  int failure = kDone;
  const std::optional<Planned> planned = makePlan(session, Purpose::Look, terminal, failure);
  if (!planned) return failure;
  const Interrupts interrupts;
  std::vector<verify::Result> results;
  for (const model::Target& target : session.desired().targets) {
    verify::Wanted wanted = wantedOf(session, *vendors, target.cluster);
    wanted.timeout = *timeout;
    wanted.objects = declaredObjects(session.desired(), planned->plan, target.cluster);
    llvm::Expected<kube::KubeClient*> client = session.kube(target.cluster);
    llvm::Expected<verify::Result> result =
        client ? verify::verify(
                     **client, wanted,
                     [&](const std::string& text) {
                       if (!options_.quiet) terminal.err("  " + text + "\n");
                     },
                     interrupts.drain())
               : llvm::Expected<verify::Result>(client.takeError());
    if (!result) return reportFailure(result.takeError(), terminal);
    results.push_back(std::move(*result));
  }
  if (options_.format == "json") {
    terminal.out(ir::toJson(verify::renderJson(results)) + "\n");
  } else {
    terminal.out(
        verify::renderHuman(results, {terminal.colorOut(), terminal.unicode(), terminal.width()}));
  }
  if (interrupts.drain().cancelled()) return kInterrupted;
  const bool holds = std::all_of(results.begin(), results.end(),
                                 [](const auto& result) { return result.holds(); });
  return holds ? kDone : kSpecWrong;
}

}  // namespace

std::unique_ptr<Command> makeVerifyCommand(bool help_wanted) {
  return std::make_unique<VerifyCommand>(help_wanted);
}

}  // namespace gpuspec::cli
