#include "tests/deploy/sandbox_cluster/fixture.h"

#include <algorithm>

namespace gpuspec::deploy::sandbox {
namespace {

std::string scopeOf(const live::Kind& kind) {
  const bool in_cluster = kind.resource == "nodes" || kind.resource == "namespaces" ||
                          kind.resource == "priorityclasses" ||
                          kind.resource == "customresourcedefinitions";
  return in_cluster ? "" : "default";
}

}  // namespace

Tree json(std::string_view text) {
  auto tree = ir::parseJson(text);
  if (!tree) ADD_FAILURE() << llvm::toString(tree.takeError());
  return tree ? *tree : Tree();
}

ClusterTest::ClusterTest() {
  options_.node_start = std::chrono::milliseconds(20);
  options_.pod_start = std::chrono::milliseconds(5);
  options_.run_time = std::chrono::milliseconds(20);
  options_.drain_limit = std::chrono::seconds(20);
  options_.region = "eastus";
  store_ = makeMemoryStore();
  api_ = makeKubeApi(*store_, {"rg.test", {"token"}}, nullptr);
  cluster_ = makeCluster("rg.test", facts_, options_);
  cluster_->start(*api_);
}

void ClusterTest::restart() {
  cluster_->stop();
  cluster_ = makeCluster("rg.test", facts_, options_);
  cluster_->start(*api_);
}

Tree ClusterTest::put(const live::Kind& kind, std::string_view object) {
  Tree tree = json(object);
  tree.set("apiVersion", kind.apiVersion()).set("kind", kind.kind);
  auto made = objects().create(kind.id(), scopeOf(kind), std::move(tree), {});
  if (!made) ADD_FAILURE() << llvm::toString(made.takeError());
  return made ? *made : Tree();
}

void ClusterTest::patch(const live::Kind& kind, const std::string& name,
                        std::string_view merge_patch) {
  auto written = objects().mergePatch(kind.id(), scopeOf(kind), name, json(merge_patch), {});
  if (!written) ADD_FAILURE() << llvm::toString(written.takeError());
}

void ClusterTest::addPool(const std::string& name, std::int64_t count,
                          std::string_view properties) {
  cluster_->setPool({name, count, json(properties)});
}

std::optional<Tree> ClusterTest::get(const live::Kind& kind, const std::string& name) const {
  return objects().get(kind.id(), scopeOf(kind), name);
}

std::vector<Tree> ClusterTest::list(const live::Kind& kind) const {
  return objects().list(kind.id(), scopeOf(kind));
}

bool ClusterTest::eventually(const std::function<bool()>& holds) {
  const auto watch = objects().watch({});
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    watch->next(std::chrono::milliseconds(100));
  }
  return true;
}

std::int64_t ClusterTest::countPods(std::string_view phase) const {
  const auto pods = list(live::kPod);
  return std::count_if(pods.begin(), pods.end(), [phase](const Tree& pod) {
    return textAt(pod, {"status", "phase"}) == phase;
  });
}

std::string ClusterTest::schedulingMessage(const std::string& pod) const {
  const auto found = get(live::kPod, pod);
  if (!found) return "";
  for (const Tree& condition : listAt(*found, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) == "PodScheduled") return textAt(condition, {"message"});
  }
  return "";
}

}  // namespace gpuspec::deploy::sandbox
