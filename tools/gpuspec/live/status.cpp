// gpuspec status: what is deployed of a spec, who runs, who ran last.

#include "backends/deploy/apply/journal.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"
#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/next_command.h"
#include "tools/gpuspec/live/planning.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
namespace apply = deploy::apply;
namespace kube = deploy::kube;
namespace model = deploy::model;
namespace plan = deploy::plan;
using ir::Tree;

constexpr const char* kHelp =
    "Shows, for each cluster of the spec, whether it is there, what of it belongs to the spec's "
    "project and environment, who holds the\n"
    "lock, and how the last run ended. Reads only, but for --rebuild-inventory.\n\n"
    "Examples:\n"
    "  gpuspec status --env prod\n"
    "  gpuspec status --format json\n"
    "  gpuspec status --rebuild-inventory     after somebody deleted it\n";

std::string textAt(const Tree* tree, std::string_view key) {
  const Tree* value = tree != nullptr ? tree->find(key) : nullptr;
  return value != nullptr && value->isString() ? value->asString() : "";
}

struct ClusterStatus {
  std::string cluster, version, state, holder, identity;
  bool exists = false, reachable = false;
  std::map<std::string, std::int64_t> owned;  // kind -> count
  std::vector<std::string> in_flight;         // "pool h100 is being created"
  std::vector<Tree> releases;                 // {namespace, name, chart, version, status}
  std::int64_t nodes = 0, ready_nodes = 0;
  std::optional<apply::Journal> journal;
};

class StatusCommand final : public Command {
 public:
  explicit StatusCommand(bool help_wanted)
      : Command("status", "Show what is deployed", kHelp, help_wanted),
        options_(*this, "human or json"),
        live_(*this, false),
        rebuild_("rebuild-inventory",
                 cl::desc("Write each cluster's inventory anew from what is there"), cl::sub(sub()),
                 cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  static ClusterStatus statusOf(Session& session, const Planned& planned,
                                const model::LiveCluster& cluster);
  static void addRecords(Session& session, ClusterStatus& status);
  int rebuild(Session& session, const Planned& planned, Terminal& terminal) const;
  static std::string humanText(const ClusterStatus& status);
  static Tree tree(const ClusterStatus& status);

  ProjectOptions options_;
  LiveOptions live_;
  cl::opt<bool> rebuild_;
};

bool isReady(const Tree& node) {
  const Tree* status = node.find("status");
  const Tree* conditions = status != nullptr ? status->find("conditions") : nullptr;
  if (conditions == nullptr || !conditions->isList()) return false;
  return std::any_of(
      conditions->asList().begin(), conditions->asList().end(), [](const Tree& condition) {
        return textAt(&condition, "type") == "Ready" && textAt(&condition, "status") == "True";
      });
}

// The lock, the inventory and the journal are bookkeeping, not what the spec declares.
bool isRecord(const Tree& object) {
  const Tree* metadata = object.find("metadata");
  const Tree* labels = metadata != nullptr ? metadata->find("labels") : nullptr;
  return labels != nullptr && labels->find(model::kRecord) != nullptr;
}

// As Helm's own Secret says; of one that cannot be read only the name.
Tree releaseOf(const model::Live& release) {
  return ir::mapOf("namespace", release.key.scope, "name", release.key.name, "chart",
                   textAt(&release.body, "chart"), "version", textAt(&release.body, "version"),
                   "status", textAt(&release.body, "status"));
}

std::string releaseText(const Tree& release) {
  return "  release    " + textAt(&release, "namespace") + "/" + textAt(&release, "name") + ": " +
         textAt(&release, "chart") + " " + textAt(&release, "version") + ", " +
         textAt(&release, "status") + "\n";
}

// Who is making the cluster, or taking it away.
std::string claimOf(Session& session, const std::string& cluster) {
  for (const model::Target& target : session.desired().targets) {
    if (target.cluster != cluster || target.platform != ir::Platform::Aks) continue;
    llvm::Expected<std::string> holder = session.azure()->claimedBy(target);
    if (holder) return *holder;
    llvm::consumeError(holder.takeError());
  }
  return "";
}

ClusterStatus StatusCommand::statusOf(Session& session, const Planned& planned,
                                      const model::LiveCluster& cluster) {
  const model::LiveSet& live = planned.live;
  ClusterStatus status;
  status.cluster = cluster.cluster;
  status.exists = cluster.exists;
  status.state = cluster.state;
  status.reachable = cluster.reachable;
  status.version = cluster.server_version;
  status.nodes = static_cast<std::int64_t>(cluster.nodes.size());
  status.ready_nodes = std::count_if(cluster.nodes.begin(), cluster.nodes.end(), isReady);
  for (const model::Live& resource : live.resources) {
    if (resource.key.cluster == cluster.cluster && resource.owner.kind == model::OwnerKind::Us &&
        !isRecord(resource.body)) {
      ++status.owned[resource.key.kindName()];
      if (resource.key.system == model::System::Helm)
        status.releases.push_back(releaseOf(resource));
    }
  }
  for (const plan::Change& change : planned.plan.changes) {
    if (change.key.cluster == cluster.cluster && change.action == plan::Action::Wait)
      status.in_flight.push_back(plan::titleOf(change.key) + " " + change.reason);
  }
  if (status.reachable) addRecords(session, status);
  status.identity = session.identityOf(cluster.cluster);
  if (status.holder.empty()) status.holder = claimOf(session, cluster.cluster);
  return status;
}

void StatusCommand::addRecords(Session& session, ClusterStatus& status) {
  llvm::Expected<kube::KubeClient*> client = session.kube(status.cluster);
  if (!client) {
    llvm::consumeError(client.takeError());
    return;
  }
  const std::string name = model::recordName(session.scope());
  const std::string where(model::kRecordNamespace);
  const auto get = [&](const char* group, const char* kind, const std::string& object) {
    const kube::ApiResource* resource = (*client)->find(group, kind);
    std::optional<Tree> found;
    if (resource == nullptr) return found;
    llvm::Expected<Tree> answer = (*client)->get(*resource, where, object);
    if (answer) {
      found = std::move(*answer);
    } else {
      llvm::consumeError(answer.takeError());
    }
    return found;
  };
  if (const std::optional<Tree> lease = get("coordination.k8s.io", "Lease", name))
    status.holder = kube::lockHolder(*lease, (*client)->serverTime());
  if (const std::optional<Tree> journal = get("", "ConfigMap", name + "-journal"))
    status.journal = apply::readJournal(*journal);
}

// Kubernetes' kinds as they are; of an ARM type its own part.
std::string peopleSay(const std::string& kind) {
  if (kind.ends_with("/agentPools")) return "pool";
  if (kind.ends_with("/managedClusters")) return "cluster";
  return kind.substr(kind.rfind('/') + 1);
}

std::string StatusCommand::humanText(const ClusterStatus& status) {
  std::string out = status.cluster;
  if (!status.reachable) {
    out += !status.exists               ? "   not there\n"
           : status.state == "Creating" ? "   is being created\n"
           : status.state == "Deleting" ? "   is being deleted\n"
                                        : "   there, but its API was not asked\n";
    return out + (status.holder.empty() ? "" : "  lock       held by " + status.holder + "\n");
  }
  out += "   Kubernetes " + status.version;
  if (status.nodes > 0)
    out += ", " + std::to_string(status.ready_nodes) + " of " + std::to_string(status.nodes) +
           " nodes ready";
  out += "\n";
  if (!status.identity.empty()) out += "  access     " + status.identity + "\n";
  std::int64_t all = 0;
  std::string kinds;
  for (const auto& [kind, count] : status.owned) {
    all += count;
    kinds += (kinds.empty() ? "" : ", ") + std::to_string(count) + " " + peopleSay(kind);
  }
  out += "  owned      " + (all == 0 ? "nothing" : std::to_string(all) + ": " + kinds) + "\n";
  for (const Tree& release : status.releases) out += releaseText(release);
  out += "  lock       " + (status.holder.empty() ? "free" : "held by " + status.holder) + "\n";
  for (const std::string& text : status.in_flight) out += "  in Azure   " + text + "\n";
  if (status.journal) {
    const apply::Journal& journal = *status.journal;
    const bool cut_off = journal.state == "running" && !status.holder.starts_with(journal.holder);
    out += "  last run   " + (cut_off ? "cut off" : journal.state) + ", " +
           std::to_string(journal.done) + " of " + std::to_string(journal.changes) +
           " changes, by " + journal.holder + ", begun " + journal.started + "\n";
  }
  return out;
}

Tree StatusCommand::tree(const ClusterStatus& status) {
  Tree owned = Tree::map();
  for (const auto& [kind, count] : status.owned) owned.set(kind, count);
  Tree out =
      ir::mapOf("cluster", status.cluster, "exists", status.exists, "reachable", status.reachable,
                "version", status.version, "nodes", status.nodes, "ready_nodes", status.ready_nodes,
                "owned", std::move(owned), "lock_holder", status.holder, "state", status.state,
                "in_flight", Tree::strings(status.in_flight));
  if (!status.identity.empty()) out.set("access", status.identity);
  Tree releases = Tree::list();
  for (const Tree& release : status.releases) releases.push(release);
  out.set("releases", std::move(releases));
  if (status.journal) {
    out.set("last_run",
            ir::mapOf("state", status.journal->state, "holder", status.journal->holder, "started",
                      status.journal->started, "finished", status.journal->finished, "changes",
                      status.journal->changes, "done", status.journal->done));
  }
  return out;
}

int StatusCommand::rebuild(Session& session, const Planned& planned, Terminal& terminal) const {
  for (const auto& [cluster, members] : planned.plan.members) {
    llvm::Expected<kube::KubeClient*> client = session.kube(cluster);
    llvm::Error error =
        client ? (*client)->writeInventory(session.scope(), members) : client.takeError();
    if (error) return reportFailure(std::move(error), terminal);
  }
  return kDone;
}

int StatusCommand::run(Terminal& terminal) {
  if (!options_.valid(terminal, {"human", "json"})) return kUsage;
  std::optional<driver::CompileOptions> compile = options_.compileOptions(terminal);
  const std::optional<LiveSettings> live = live_.settings(terminal);
  if (!compile || !live) return kUsage;
  const LoadedVendors vendors = options_.loadVendors(terminal);
  if (!vendors) return vendors.exitCode();
  Session session(projectSettings(options_, std::move(*compile)), *live, *vendors, terminal);
  if (const std::optional<int> stop = session.compile()) return *stop;
  if (const std::optional<int> stop = session.connect()) return *stop;
  int failure = kDone;
  const std::optional<Planned> planned = makePlan(session, Purpose::Look, terminal, failure);
  if (!planned) return failure;
  if (rebuild_) {
    if (const int code = rebuild(session, *planned, terminal); code != kDone) return code;
  }
  Tree clusters = Tree::list();
  std::string text;
  for (const model::LiveCluster& cluster : planned->live.clusters) {
    const ClusterStatus status = statusOf(session, *planned, cluster);
    clusters.push(tree(status));
    text += humanText(status);
  }
  const auto waiting = static_cast<std::int64_t>(planned->plan.changes.size());
  const std::string next = commandFor("plan", session) + "\n";
  const std::string azure = session.azureIdentity();
  if (options_.format == "json") {
    Tree document = ir::mapOf("schema", "gpuspec.status/1", "project", session.desired().project,
                              "environment", session.desired().environment, "clusters",
                              std::move(clusters), "changes_waiting", waiting);
    if (!azure.empty()) document.set("azure_access", azure);
    terminal.out(ir::toJson(document) + "\n");
    return kDone;
  }
  if (!azure.empty()) text = "Azure   signed in with " + azure + "\n" + text;
  terminal.out(text + (waiting == 0   ? "Everything is as the spec says.\n"
                       : waiting == 1 ? "1 change waits: " + next
                                      : std::to_string(waiting) + " changes wait: " + next));
  return kDone;
}

}  // namespace

std::unique_ptr<Command> makeStatusCommand(bool help_wanted) {
  return std::make_unique<StatusCommand>(help_wanted);
}

}  // namespace gpuspec::cli
