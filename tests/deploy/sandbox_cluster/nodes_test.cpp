#include <set>

#include "tests/deploy/sandbox_cluster/fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

using live::kNode;
using live::kPod;

class NodesTest : public ClusterTest {
 protected:
  Tree onlyNode() {
    const auto nodes = list(kNode);
    EXPECT_EQ(nodes.size(), 1U);
    return nodes.empty() ? Tree() : nodes.front();
  }
  std::string label(const Tree& node, std::string_view key) {
    return textAt(node, {"metadata", "labels", key});
  }
};

TEST_F(NodesTest, APoolBringsUpReadyNodes) {
  addPool("h100", 2, R"({"vmSize": "Standard_X", "mode": "User", "availabilityZones": ["1", "3"],
                         "nodeLabels": {"team": "ml"}, "nodeTaints": ["sku=gpu:NoSchedule"],
                         "orchestratorVersion": "1.36"})");
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("h100") == 2; }));
  const Tree node = list(kNode)[1];
  EXPECT_EQ(nameOf(node).substr(0, 9), "aks-h100-");
  EXPECT_EQ(nameOf(node).substr(17), "-vmss000001");
  EXPECT_EQ(label(node, "agentpool"), "h100");
  EXPECT_EQ(label(node, "kubernetes.azure.com/agentpool"), "h100");
  EXPECT_EQ(label(node, "kubernetes.azure.com/mode"), "user");
  EXPECT_EQ(label(node, "node.kubernetes.io/instance-type"), "Standard_X");
  EXPECT_EQ(label(node, "topology.kubernetes.io/region"), "eastus");
  EXPECT_EQ(label(node, "topology.kubernetes.io/zone"), "eastus-3");
  EXPECT_EQ(label(node, "kubernetes.io/hostname"), nameOf(node));
  EXPECT_EQ(label(node, "team"), "ml");
  EXPECT_EQ(label(node, "acme.com/gpu.count"), "8");
  EXPECT_EQ(textAt(node, {"status", "allocatable", "acme.com/gpu"}), "8");
  EXPECT_EQ(textAt(node, {"status", "nodeInfo", "kubeletVersion"}), "v1.36.0");
  const auto& taints = listAt(node, {"spec", "taints"});
  ASSERT_EQ(taints.size(), 1U);
  EXPECT_EQ(textAt(taints[0], {"key"}), "sku");
  EXPECT_EQ(textAt(taints[0], {"value"}), "gpu");
}

TEST_F(NodesTest, ANodeIsNotReadyAtOnceAndTakesNoPodsUntilThen) {
  options_.node_start = std::chrono::hours(1);
  restart();
  addPool("a", 1);
  put(kPod,
      R"({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "c"}]}})");
  ASSERT_TRUE(eventually([&] { return !schedulingMessage("p").empty(); }));
  EXPECT_EQ(
      schedulingMessage("p"),
      "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }. "
      "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.");
  EXPECT_EQ(cluster_->readyNodes("a"), 0);
}

TEST_F(NodesTest, AnUpdateRelabelsAndRetaintsButKeepsWhatOthersSet) {
  addPool("a", 1,
          R"({"nodeLabels": {"old": "1", "both": "1"}, "nodeTaints": ["old=1:NoSchedule"]})");
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 1; }));
  const std::string name = nameOf(onlyNode());
  patch(kNode, name, R"({"metadata": {"labels": {"theirs": "x"}}, "spec": {"taints": [
    {"key": "old", "value": "1", "effect": "NoSchedule"}, {"key": "theirs", "effect": "NoSchedule"}]}})");
  addPool("a", 1,
          R"({"nodeLabels": {"new": "1", "both": "2"}, "nodeTaints": ["new=1:NoSchedule"]})");
  ASSERT_TRUE(eventually([&] { return label(onlyNode(), "new") == "1"; }));
  const Tree node = onlyNode();
  EXPECT_EQ(nameOf(node), name);
  EXPECT_EQ(findAt(node, {"metadata", "labels", "old"}), nullptr);
  EXPECT_EQ(label(node, "both"), "2");
  EXPECT_EQ(label(node, "theirs"), "x");
  std::set<std::string> keys;
  for (const Tree& taint : listAt(node, {"spec", "taints"})) keys.insert(textAt(taint, {"key"}));
  EXPECT_EQ(keys, (std::set<std::string>{"new", "theirs"}));
}

TEST_F(NodesTest, ScalingDownMovesPodsAndRemovesTheLastNodes) {
  addPool("a", 2);
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 2; }));
  put(live::kReplicaSet, R"({"metadata": {"name": "web"}, "spec": {"replicas": 4,
    "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "c"}]}}}})");
  ASSERT_TRUE(eventually([&] { return countPods("Running") == 4; }));
  addPool("a", 1);
  ASSERT_TRUE(eventually([&] { return list(kNode).size() == 1 && countPods("Running") == 4; }));
  for (const Tree& pod : list(kPod))
    EXPECT_EQ(textAt(pod, {"spec", "nodeName"}), nameOf(onlyNode()));
}

TEST_F(NodesTest, ABudgetHoldsUpADrainUntilAnotherPodIsReady) {
  addPool("a", 2, R"({"vmSize": "small"})");
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 2; }));
  put(live::kReplicaSet, R"({"metadata": {"name": "web"}, "spec": {"replicas": 2,
    "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "c", "resources": {"requests": {"cpu": "1500m"}}}]}}}})");
  put(live::kBudget, R"({"metadata": {"name": "web"}, "spec": {"minAvailable": 2,
    "selector": {"matchLabels": {"app": "web"}}}})");
  ASSERT_TRUE(eventually([&] {
    const auto budget = get(live::kBudget, "web");
    return intAt(*budget, {"status", "currentHealthy"}) == 2;
  }));
  addPool("a", 1, R"({"vmSize": "small"})");
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 1; }));
  EXPECT_EQ(list(kNode).size(), 2U);
  EXPECT_EQ(countPods("Running"), 2);
  patch(live::kBudget, "web", R"({"spec": {"minAvailable": 1}})");
  // Any change of a pod makes the drain look again.
  patch(kPod, nameOf(list(kPod)[0]), R"({"metadata": {"labels": {"x": "y"}}})");
  ASSERT_TRUE(eventually([&] { return list(kNode).size() == 1; }));
}

TEST_F(NodesTest, ARemovalThatWasCutShortGoesOnAfterARestart) {
  addPool("a", 3);
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 3; }));
  cluster_->stop();
  patch(
      kNode, nameOf(list(kNode)[2]),
      R"({"metadata": {"annotations": {"sandbox.gpuspec.dev/removing": "2026-11-21T05:16:05Z"}}})");
  restart();
  EXPECT_TRUE(eventually([&] { return list(kNode).size() == 2; }));
  cluster_->removePool("a");
  EXPECT_TRUE(eventually([&] { return list(kNode).empty(); }));
}

TEST_F(NodesTest, NoExecuteExpelsWhatDoesNotTolerateIt) {
  addPool("a", 1);
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 1; }));
  put(kPod,
      R"({"metadata": {"name": "weak"}, "spec": {"containers": [{"name": "c", "image": "c"}]}})");
  put(kPod, R"({"metadata": {"name": "tough"}, "spec": {"containers": [{"name": "c", "image": "c"}],
                "tolerations": [{"operator": "Exists"}]}})");
  ASSERT_TRUE(eventually([&] { return countPods("Running") == 2; }));
  patch(kNode, nameOf(onlyNode()),
        R"({"spec": {"taints": [{"key": "bad", "effect": "NoExecute"}]}})");
  EXPECT_TRUE(eventually([&] { return !get(kPod, "weak"); }));
  EXPECT_TRUE(get(kPod, "tough"));
}

TEST_F(NodesTest, StoppingIsQuick) {
  addPool("a", 50);
  const auto before = std::chrono::steady_clock::now();
  cluster_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(200));
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
