#include "backends/deploy/sandbox/cluster/cluster.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "backends/deploy/sandbox/cluster/disruption.h"
#include "backends/deploy/sandbox/cluster/engine.h"
#include "backends/deploy/sandbox/cluster/housekeeping.h"
#include "backends/deploy/sandbox/cluster/kubelet.h"
#include "backends/deploy/sandbox/cluster/node_objects.h"
#include "backends/deploy/sandbox/cluster/nodes.h"
#include "backends/deploy/sandbox/cluster/scheduler.h"
#include "backends/deploy/sandbox/cluster/workloads.h"

namespace gpuspec::deploy::sandbox {
namespace {

class SystemClock : public Clock {
 public:
  TimePoint now() const override { return std::chrono::system_clock::now(); }
  void waitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                 TimePoint deadline) const override {
    wake.wait_until(lock, deadline);
  }
};

// Everything that belongs to one run of the controllers.
struct Running {
  Running(const std::string& name, Objects& objects_of, const NodeFacts& facts,
          const ClusterOptions& options, const Clock& clock)
      : objects(objects_of),
        world(name, objects_of, options, clock),
        engine(world, objects_of, clock, makeControllers(facts)) {}

  live::Engine::Controllers makeControllers(const NodeFacts& facts) {
    live::Engine::Controllers all;
    auto made = std::make_unique<live::Nodes>(world, facts);
    nodes = made.get();
    all.push_back(std::move(made));
    all.push_back(live::makeDeployments(world));
    all.push_back(live::makeReplicaSets(world));
    all.push_back(live::makeStatefulSets(world));
    all.push_back(live::makeDaemonSets(world));
    all.push_back(live::makeCronJobs(world));
    all.push_back(live::makeJobs(world));
    all.push_back(live::makeScheduler(world));
    all.push_back(live::makeKubelet(world));
    all.push_back(live::makeBudgets(world));
    all.push_back(live::makeGarbageCollector(world));
    all.push_back(live::makeNamespaces(world));
    all.push_back(live::makeEndpoints(world));
    all.push_back(live::makeServiceAccounts(world));
    all.push_back(live::makeVolumes(world));
    return all;
  }

  Objects& objects;
  live::World world;
  live::Nodes* nodes = nullptr;
  live::Engine engine;
};

class LiveCluster : public Cluster {
 public:
  LiveCluster(std::string name, const NodeFacts& facts, ClusterOptions options)
      : name_(std::move(name)), facts_(facts), options_(std::move(options)) {}

  ~LiveCluster() override { stop(); }

  void start(KubeApi& api) override {
    const std::lock_guard lock(mutex_);
    if (running_ != nullptr) return;
    const Clock& clock = options_.clock == nullptr ? systemClock() : *options_.clock;
    running_ = std::make_shared<Running>(name_, api.objects(), facts_, options_, clock);
    running_->engine.start();
    for (const auto& [name, pool] : std::exchange(waiting_, {})) apply(*running_, pool);
  }

  void stop() override {
    std::shared_ptr<Running> running;
    {
      const std::lock_guard lock(mutex_);
      running = std::exchange(running_, nullptr);
    }
    if (running != nullptr) running->engine.stop();
  }

  void setPool(const NodePool& pool) override {
    std::shared_ptr<Running> running;
    {
      const std::lock_guard lock(mutex_);
      running = running_;
      if (running == nullptr) waiting_[pool.name] = pool;
    }
    if (running != nullptr) apply(*running, pool);
  }

  void removePool(const std::string& name) override { setPool({name, 0, Tree::map()}); }

  std::int64_t readyNodes(const std::string& pool) const override {
    const auto running = runningNow();
    if (running == nullptr) return 0;
    const auto nodes = running->objects.list(live::kNode.id());
    return std::count_if(nodes.begin(), nodes.end(), [&pool](const Tree& node) {
      return live::textAt(node, {"metadata", "labels", live::kPoolLabel}) == pool &&
             live::isReady(node) && !live::isRemoving(node);
    });
  }

  std::optional<std::string> logs(std::string_view object_namespace, std::string_view pod,
                                  std::string_view container) const override {
    const auto running = runningNow();
    if (running == nullptr) return std::nullopt;
    const auto found = running->objects.get(live::kPod.id(), object_namespace, pod);
    if (!found) return std::nullopt;
    const std::string node_name = live::textAt(*found, {"spec", "nodeName"});
    const auto node = running->objects.get(live::kNode.id(), "", node_name);
    return live::containerLog(*found, node ? &*node : nullptr, container);
  }

 private:
  std::shared_ptr<Running> runningNow() const {
    const std::lock_guard lock(mutex_);
    return running_;
  }

  static void apply(Running& running, const NodePool& pool) {
    running.engine.run([&] { running.nodes->setPool(pool); });
  }

  const std::string name_;
  const NodeFacts& facts_;
  const ClusterOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<Running> running_;
  std::map<std::string, NodePool> waiting_;  // set before the start
};

}  // namespace

const Clock& systemClock() {
  static const SystemClock kClock;
  return kClock;
}

std::unique_ptr<Cluster> makeCluster(std::string name, const NodeFacts& facts,
                                     ClusterOptions options) {
  return std::make_unique<LiveCluster>(std::move(name), facts, std::move(options));
}

}  // namespace gpuspec::deploy::sandbox
