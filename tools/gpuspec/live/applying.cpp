#include "tools/gpuspec/live/applying.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <iostream>

#include <unistd.h>

#include "backends/deploy/apply/journal.h"
#include "backends/deploy/apply/views.h"
#include "backends/deploy/helm/helm_client.h"
#include "compiler/ir/json.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/guarded_view.h"
#include "tools/gpuspec/live/interrupt.h"
#include "tools/gpuspec/version.h"

namespace gpuspec::cli {

namespace {

namespace apply = deploy::apply;
namespace kube = deploy::kube;
namespace model = deploy::model;
namespace plan = deploy::plan;

// "alice@build-7, pid 4711"
std::string holderName() {
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  const char* user = std::getenv("USER");
  return std::string(user != nullptr && *user != '\0' ? user : "somebody") + "@" + host + ", pid " +
         std::to_string(::getpid());
}

std::string utcNow() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

// Finds the client of each change; prepares a cluster before the first of its objects is made.
class Clients {
 public:
  Clients(Session& session, const plan::Plan& plan, Locks& locks, apply::Journal journal)
      : session_(session), plan_(plan), locks_(locks), journal_(std::move(journal)) {}

  apply::ResourceClient* of(const plan::Change& change) {
    if (change.key.system == model::System::Azure) return session_.azure();
    if (llvm::Error error = prepare(change.key.cluster)) return failing(std::move(error));
    llvm::Expected<kube::KubeClient*> client = session_.kube(change.key.cluster);
    if (!client) return failing(client.takeError());
    return change.key.system == model::System::Kubernetes ? *client : helm(change.key.cluster);
  }

  // The journals of the clusters that were touched. Where nothing is left, the books go, too.
  void finish(const apply::Result& result, bool destroyed) {
    apply::countInto(result, journal_);
    journal_.finished = utcNow();
    const bool all_gone = destroyed && session_.live().only.empty() &&
                          result.count(apply::State::Done) == plan_.changes.size();
    for (const std::string& cluster : prepared_)
      llvm::consumeError(all_gone ? removeBooks(cluster) : writeJournal(cluster));
  }

 private:
  class Failing final : public apply::ResourceClient {
   public:
    explicit Failing(std::string text) : text_(std::move(text)) {}
    llvm::Error perform(const plan::Change&, const apply::Progress&,
                        const deploy::http::CancelToken&) override {
      return llvm::make_error<apply::ApiError>(apply::ApiError::Kind::Unreachable, 0, "", text_);
    }

   private:
    std::string text_;
  };

  apply::ResourceClient* failing(llvm::Error error) {
    const std::lock_guard lock(mutex_);
    failing_.push_back(std::make_unique<Failing>(llvm::toString(std::move(error))));
    return failing_.back().get();
  }

  // Lock, inventory and journal stand before anything else does.
  llvm::Error prepare(const std::string& cluster) {
    const std::lock_guard lock(prepare_mutex_);
    if (std::find(prepared_.begin(), prepared_.end(), cluster) != prepared_.end())
      return llvm::Error::success();
    if (llvm::Error error = locks_.take(cluster)) return error;
    llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
    if (!client) return client.takeError();
    for (const auto& [name, members] : plan_.members) {
      if (name != cluster) continue;
      if (llvm::Error error = (*client)->writeInventory(session_.scope(), members)) return error;
    }
    if (llvm::Error error = writeJournal(cluster)) return error;
    prepared_.push_back(cluster);
    return llvm::Error::success();
  }

  llvm::Error writeJournal(const std::string& cluster) {
    llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
    if (!client) return client.takeError();
    const kube::ApiResource* maps = (*client)->find("", "ConfigMap");
    if (maps == nullptr) return llvm::Error::success();
    llvm::Expected<ir::Tree> written =
        (*client)->applyObject(*maps, apply::journalObject(session_.scope(), journal_), true);
    return written ? llvm::Error::success() : written.takeError();
  }

  llvm::Error removeBooks(const std::string& cluster) {
    llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
    if (!client) return client.takeError();
    const kube::ApiResource* maps = (*client)->find("", "ConfigMap");
    if (maps == nullptr) return llvm::Error::success();
    const std::string name = model::recordName(session_.scope()), where(model::kRecordNamespace);
    llvm::Error journal = (*client)->remove(*maps, where, name + "-journal", "");
    return llvm::joinErrors(std::move(journal), (*client)->remove(*maps, where, name, ""));
  }

  apply::ResourceClient* helm(const std::string& cluster) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<apply::ResourceClient>& runner = helm_[cluster];
    if (runner) return runner.get();
    const std::string program = deploy::helm::findHelm();
    if (program.empty()) {
      runner = deploy::helm::makeMissingHelm();
      return runner.get();
    }
    llvm::Expected<std::string> config = session_.kubeconfigOf(cluster);
    llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
    if (!config || !client) {
      runner = std::make_unique<Failing>(
          llvm::toString(llvm::joinErrors(config.takeError(), client.takeError())));
    } else {
      runner = deploy::helm::makeHelmRunner(
          {program, *config, "", session_.scope(), session_.live().timeout, *client});
    }
    return runner.get();
  }

  Session& session_;
  const plan::Plan& plan_;
  Locks& locks_;
  apply::Journal journal_;
  std::mutex mutex_, prepare_mutex_;
  std::vector<std::string> prepared_;
  std::vector<std::unique_ptr<Failing>> failing_;
  std::map<std::string, std::unique_ptr<apply::ResourceClient>> helm_;
};

std::unique_ptr<apply::View> viewOf(const plan::Plan& plan, const RunOptions& options,
                                    Terminal& terminal) {
  if (options.format == "jsonl") {
    return apply::makeJsonlView([&terminal](std::string_view text) {
      terminal.out(text);
      terminal.flush();
    });
  }
  const apply::Write write = [&terminal](std::string_view text) { terminal.err(text); };
  if (options.quiet) return apply::makePlainView({}, [](std::string_view) {});
  if (::isatty(STDERR_FILENO) != 0 && options.format == "human")
    return apply::makeTerminalView(plan, {terminal.color(), terminal.unicode(), terminal.width()},
                                   write);
  return apply::makePlainView(plan, write);
}

// What was refused because of other owners, or because it is not what the plan saw any more.
bool isRefusal(const apply::Outcome& outcome) {
  static constexpr std::array<std::string_view, 4> kCodes = {"NamespaceShared", "MovedOn",
                                                             "Replaced", "FieldManagerConflict"};
  return std::find(kCodes.begin(), kCodes.end(), outcome.code) != kCodes.end();
}

int exitCodeOf(const apply::Result& result) {
  bool failed = false, refused = false;
  for (const apply::Outcome& outcome : result.outcomes) {
    if (outcome.state != apply::State::Failed) continue;
    (isRefusal(outcome) ? refused : failed) = true;
  }
  return failed ? kWorldSaysNo : refused ? kRefused : kDone;
}

}  // namespace

bool Locks::takeAll(Terminal& terminal) {
  for (const model::Target& target : session_.desired().targets) {
    if (!session_.isThere(target.cluster)) continue;
    if (llvm::Error error = take(target.cluster)) {
      code_ = reportFailure(std::move(error), terminal);
      return false;
    }
  }
  return true;
}

llvm::Error Locks::take(const std::string& cluster) {
  const std::lock_guard guard(mutex_);
  if (held_.contains(cluster)) return llvm::Error::success();
  llvm::Expected<kube::KubeClient*> client = session_.kube(cluster);
  if (!client) return client.takeError();
  if (llvm::Expected<const std::vector<kube::ApiResource>*> known = (*client)->discover(); !known)
    return known.takeError();
  static const deploy::http::CancelToken kNever;
  kube::LockOptions options;
  options.holder = holderName();
  options.wait = session_.live().lock_timeout;
  llvm::Expected<std::unique_ptr<kube::Lock>> lock =
      kube::takeLock(**client, session_.scope(), options, kNever);
  if (!lock) return lock.takeError();
  held_[cluster] = std::move(*lock);
  return llvm::Error::success();
}

bool Locks::anyLost() const {
  const std::lock_guard guard(mutex_);
  return std::any_of(held_.begin(), held_.end(),
                     [](const auto& entry) { return entry.second->lost(); });
}

int carryOut(Session& session, const plan::Plan& plan, Locks& locks, const RunOptions& options,
             Terminal& terminal) {
  apply::Journal journal;
  journal.holder = holderName();
  journal.run_id = utcNow() + "-" + std::to_string(::getpid());
  journal.started = utcNow();
  journal.state = "running";
  journal.gpuspec_version = kVersion;
  journal.changes = static_cast<std::int64_t>(plan.changes.size());
  Clients clients(session, plan, locks, journal);
  Interrupts interrupts;
  apply::ExecuteOptions execute;
  execute.parallel = session.live().parallel;
  execute.client_for = [&](const plan::Change& change) { return clients.of(change); };
  execute.drain = &interrupts.drain();
  execute.stop = &interrupts.stop();
  apply::Result result;
  std::string ended;
  {
    GuardedView view(viewOf(plan, options, terminal),
                     {session.live().timeout, [&locks] { return locks.anyLost(); },
                      [&interrupts] { interrupts.end(); }});
    result = apply::execute(plan, execute, view, apply::systemClock());
    ended = view.why();
  }
  clients.finish(result, options.destroys);
  if (options.format == "jsonl") {
    terminal.out(apply::summaryEvent(plan, result));
  } else if (options.format == "json") {
    terminal.out(ir::toJson(apply::summaryTree(plan, result)) + "\n");
  } else {
    terminal.err("\n" + apply::summaryText(plan, result, options.next));
  }
  if (!ended.empty()) {
    terminal.complain("stopped: " + ended);
    return kWorldSaysNo;
  }
  const bool stopped = result.interrupted || result.count(apply::State::Interrupted) > 0;
  if (stopped) return kInterrupted;
  return exitCodeOf(result);
}

bool confirmed(const std::string& question, const std::string& word, Terminal& terminal) {
  if (::isatty(STDIN_FILENO) == 0) {
    reportNobodyToAsk(terminal);
    return false;
  }
  terminal.err(question + " Type `" + word + "` to go on: ");
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == word) return true;
  terminal.err("Not confirmed: nothing was changed.\n");
  return false;
}

}  // namespace gpuspec::cli
