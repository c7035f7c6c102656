#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/verify/scratch.h"
#include "backends/deploy/verify/smoke_job.h"

namespace gpuspec::deploy::verify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPoll{300};

struct Smoke {
  const PoolCheck* pool = nullptr;
  SmokeResult* result = nullptr;
  std::string job;
  std::vector<std::string> hosts, nodes;  // where it may run: the hosts' labels, the nodes' names
  milliseconds began{0}, unscheduled_since{-1};
  bool done = false;
};

class Smokes {
 public:
  Smokes(const Cluster& cluster, Scratch& scratch, std::vector<PoolResult>& results)
      : cluster_(cluster), scratch_(scratch), results_(results) {}

  void run() {
    for (std::size_t i = 0; i < results_.size(); ++i) plan(cluster_.wanted.pools[i], results_[i]);
    if (!smokes_.empty()) {
      if (llvm::Error error = prepare()) {
        endAll(notRun(reasonOf(std::move(error))));
      } else {
        createJobs();
        waitForJobs();
      }
    }
    for (std::size_t i = 0; i < results_.size(); ++i)
      results_[i].driver = driverOf(cluster_.wanted.pools[i], results_[i]);
  }

 private:
  // Results first: smokes point at them.
  void plan(const PoolCheck& pool, PoolResult& result) {
    std::vector<const Tree*> nodes = nodesOf(cluster_, pool);
    std::erase_if(nodes, [](const Tree* node) { return !isReady(*node) || isCordoned(*node); });
    const std::size_t each = std::min(nodes.size(), cluster_.wanted.nodes_per_pool);
    bool first = true;
    for (const auto& [resource, amount] : pool.facts.allocatable) {
      if (amount <= 0) continue;
      const std::size_t jobs = first && each > 0 ? each : 1;
      for (std::size_t i = 0; i < jobs; ++i)
        result.smokes.push_back({resource, {}, "", first && each > 0 ? nameOf(*nodes[i]) : "", {}});
      first = false;
    }
    for (SmokeResult& smoke : result.smokes) {
      if (pool.smoke.image.empty()) {
        smoke.finding = notRun("the vendor names no smoke test");
      } else if (nodes.empty()) {
        smoke.finding = notRun("the pool has no ready node that takes pods");
      } else if (result.allocatable.verdict == Verdict::NotRun) {
        smoke.finding = notRun(result.allocatable.why);
      } else {
        add(pool, smoke, nodes);
      }
    }
  }

  void add(const PoolCheck& pool, SmokeResult& result, const std::vector<const Tree*>& nodes) {
    Smoke smoke;
    smoke.pool = &pool;
    smoke.result = &result;
    smoke.job = "smoke-" + std::to_string(smokes_.size());
    for (const Tree* node : nodes) {
      if (!result.node.empty() && nameOf(*node) != result.node) continue;
      const Tree* labels = below(*node, {"metadata", "labels"});
      const Tree* host = labels != nullptr ? labels->find(kHostLabel) : nullptr;
      if (host != nullptr && host->isString()) smoke.hosts.push_back(host->asString());
      smoke.nodes.push_back(nameOf(*node));
    }
    smokes_.push_back(std::move(smoke));
  }

  llvm::Error prepare() {
    jobs_ = cluster_.client.find("batch", "Job");
    pods_ = cluster_.client.find("", "Pod");
    if (jobs_ == nullptr || pods_ == nullptr)
      return llvm::make_error<apply::ApiError>(apply::ApiError::Kind::Server, 0, "",
                                               "the cluster serves no Jobs");
    return scratch_.open();
  }

  void createJobs() {
    cluster_.progress(countText(smokes_.size(), "smoke job") + " on " +
                      countText(results_.size(), "pool"));
    forEach(smokes_.size(), cluster_.wanted.parallel, [this](std::size_t index) {
      Smoke& smoke = smokes_[index];
      smoke.began = cluster_.clock.now();
      if (cluster_.cancel.cancelled()) return;
      llvm::Expected<Tree> made =
          scratch_.create(*jobs_, smokeJob(*smoke.pool, smoke.result->resource, smoke.job,
                                           scratch_.space(), smoke.hosts, cluster_.wanted.timeout));
      if (!made) end(smoke, fails("refused", reasonOf(made.takeError())));
    });
  }

  // Two requests tell about all of them.
  void waitForJobs() {
    while (!allDone() && !cluster_.cancel.cancelled()) {
      llvm::Expected<std::vector<Tree>> jobs = cluster_.client.list(*jobs_, scratch_.space(), "");
      llvm::Expected<std::vector<Tree>> pods = cluster_.client.list(*pods_, scratch_.space(), "");
      if (jobs && pods) {
        for (Smoke& smoke : smokes_) {
          if (!smoke.done) look(smoke, *jobs, *pods);
        }
      } else {
        const std::string why = reasonOf(llvm::joinErrors(jobs.takeError(), pods.takeError()));
        for (Smoke& smoke : smokes_) endWhenLate(smoke, why);
      }
      if (!allDone()) cluster_.clock.sleep(kPoll, cluster_.cancel);
    }
    if (cluster_.cancel.cancelled()) endAll(notRun("interrupted"));
  }

  void look(Smoke& smoke, const std::vector<Tree>& jobs, const std::vector<Tree>& pods) {
    const auto job = std::find_if(jobs.begin(), jobs.end(),
                                  [&](const Tree& one) { return nameOf(one) == smoke.job; });
    const auto pod = std::find_if(pods.begin(), pods.end(), [&](const Tree& one) {
      const Tree* labels = below(one, {"metadata", "labels"});
      const Tree* label = labels != nullptr ? labels->find(kSmokeLabel) : nullptr;
      return label != nullptr && *label == Tree(smoke.job);
    });
    const Tree* of_job = pod != pods.end() ? &*pod : nullptr;
    if (job != jobs.end() && hasPassed(*job)) return pass(smoke, of_job);
    if (job != jobs.end() && ranOutOfTime(*job)) return endOverdue(smoke, of_job);
    if (job != jobs.end() && hasFailed(*job)) return fail(smoke, of_job);
    if (of_job != nullptr && foundNoNode(smoke, *of_job)) return;
    endWhenLate(smoke, of_job != nullptr ? whyStuck(*of_job) : "the job has made no pod");
  }

  milliseconds age(const Smoke& smoke) const { return cluster_.clock.now() - smoke.began; }

  void pass(Smoke& smoke, const Tree* pod) {
    smoke.result->took = age(smoke);
    if (pod != nullptr) smoke.result->driver = driverIn(logOf(*pod), smoke.pool->smoke.driver_mark);
    end(smoke, holds("passed, " + secondsText(smoke.result->took.count())));
  }

  void fail(Smoke& smoke, const Tree* pod) {
    smoke.result->took = age(smoke);
    std::string why = pod != nullptr ? whyStuck(*pod) : "its pod is gone";
    const std::string said = pod != nullptr ? lastLineOf(logOf(*pod)) : "";
    if (!said.empty()) why += ", after \"" + said + "\"";
    end(smoke, fails("failed", why));
  }

  // Kubernetes ends such a job itself, and its pod goes with it.
  void endOverdue(Smoke& smoke, const Tree* pod) {
    const std::string why = pod != nullptr ? whyStuck(*pod) : "";
    end(smoke, fails("timed out",
                     "not done within " + std::to_string(cluster_.wanted.timeout.count()) + " s" +
                         (why.empty() ? "" : ": " + why) + "; --smoke-timeout gives it longer"));
  }

  // Where the scheduler keeps saying that no node will do, waiting longer changes nothing.
  bool foundNoNode(Smoke& smoke, const Tree& pod) {
    const std::string why = whyUnscheduled(pod);
    if (why.empty()) {
      smoke.unscheduled_since = milliseconds(-1);
      return false;
    }
    if (smoke.unscheduled_since.count() < 0) smoke.unscheduled_since = cluster_.clock.now();
    if (cluster_.clock.now() - smoke.unscheduled_since < cluster_.wanted.schedule) return false;
    end(smoke, isFull(smoke)
                   ? notRun("all " + smoke.result->resource + " are in use by running pods")
                   : fails("not scheduled", why));
    return true;
  }

  bool isFull(const Smoke& smoke) const {
    llvm::Expected<std::vector<Tree>> pods = cluster_.client.list(*pods_, "", "");
    if (!pods) {
      llvm::consumeError(pods.takeError());
      return false;
    }
    std::int64_t planned = 0;
    for (const auto& [resource, amount] : smoke.pool->facts.allocatable) {
      if (resource == smoke.result->resource)
        planned = amount * static_cast<std::int64_t>(smoke.nodes.size());
    }
    return inUse(*pods, smoke.result->resource, smoke.nodes) >= planned;
  }

  void endWhenLate(Smoke& smoke, const std::string& why) {
    if (smoke.done || age(smoke) <= cluster_.wanted.timeout) return;
    end(smoke,
        fails("timed out", "not done after " + secondsText(age(smoke).count()) + ": " + why));
  }

  std::string logOf(const Tree& pod) const {
    llvm::Expected<std::string> log =
        cluster_.client.logs(scratch_.space(), nameOf(pod), {"smoke", 200});
    if (log) return std::move(*log);
    llvm::consumeError(log.takeError());
    return "";
  }

  static void end(Smoke& smoke, Finding finding) {
    smoke.result->finding = std::move(finding);
    smoke.done = true;
  }
  void endAll(const Finding& finding) {
    for (Smoke& smoke : smokes_) {
      if (!smoke.done) end(smoke, finding);
    }
  }
  bool allDone() const {
    return std::all_of(smokes_.begin(), smokes_.end(),
                       [](const Smoke& smoke) { return smoke.done; });
  }

  static bool isVersion(const std::string& found, const std::string& wanted) {
    return wanted.empty() || found == wanted || found.starts_with(wanted + ".");
  }

  static Finding driverOf(const PoolCheck& pool, const PoolResult& result) {
    if (result.smokes.empty()) return {};
    std::set<std::string> versions;
    for (const SmokeResult& smoke : result.smokes) {
      if (smoke.driver.empty()) continue;
      versions.insert(smoke.driver);
      if (!isVersion(smoke.driver, pool.driver_version))
        return fails(smoke.driver, (smoke.node.empty() ? "a node" : "node " + smoke.node) +
                                       " runs driver " + smoke.driver + ", not " +
                                       pool.driver_version);
    }
    if (versions.empty()) return notRun("no smoke job has told the driver's version");
    const std::string more =
        versions.size() > 1 ? " and " + std::to_string(versions.size() - 1) + " more" : "";
    return holds(*versions.begin() + more);
  }

  const Cluster& cluster_;
  Scratch& scratch_;
  std::vector<PoolResult>& results_;
  std::vector<Smoke> smokes_;
  const kube::ApiResource* jobs_ = nullptr;
  const kube::ApiResource* pods_ = nullptr;
};

}  // namespace

void runSmokes(const Cluster& cluster, Scratch& scratch, std::vector<PoolResult>& results) {
  Smokes(cluster, scratch, results).run();
}

}  // namespace gpuspec::deploy::verify
