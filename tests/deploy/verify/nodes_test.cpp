#include "backends/deploy/verify/fields.h"
#include "compiler/ir/make_tree.h"
#include "tests/deploy/verify/fake_kube.h"

namespace gpuspec::deploy::verify {

namespace {

using ir::mapOf;

class Nodes : public VerifyTest {
 protected:
  Nodes() { wanted_.pools[0].smoke = {}; }
  Tree& node(const std::string& name) { return *kube_.at("Node", "", name); }
  PoolCheck& check() { return wanted_.pools[0]; }
};

TEST_F(Nodes, AreAsPlanned) {
  const Result result = verify();
  EXPECT_EQ(pool(result).nodes.text, "2 of 2");
  EXPECT_EQ(pool(result).nodes.verdict, Verdict::Holds);
  EXPECT_EQ(pool(result).allocatable.text, "example.com/gpu 8, as planned");
  EXPECT_EQ(pool(result).labels.text, "");
  EXPECT_TRUE(result.holds());
}

TEST_F(Nodes, OfOtherPoolsDoNotCount) {
  addNode("n3").at("metadata").at("labels").set("pool", "other");
  EXPECT_EQ(pool(verify()).nodes.text, "2 of 2");
}

TEST_F(Nodes, AreAsManyAsTheSpecSays) {
  addNode("n3");
  const Result result = verify();
  EXPECT_EQ(pool(result).nodes.verdict, Verdict::Fails);
  EXPECT_EQ(pool(result).nodes.why, "the spec wants 1..2 nodes; there are 3");
  EXPECT_FALSE(result.holds());
}

TEST_F(Nodes, AreReady) {
  setCondition(node("n2"), "Ready", "False", "KubeletNotReady", "no\nnetwork yet");
  const Finding found = pool(verify()).nodes;
  EXPECT_EQ(found.text, "1 of 2");
  EXPECT_EQ(found.verdict, Verdict::Fails);
  EXPECT_EQ(found.why, "node n2 is not ready: no network yet");
}

TEST_F(Nodes, ThatAreCordonedAreToldApart) {
  node("n1").set("spec", mapOf("unschedulable", true));
  const Finding found = pool(verify()).nodes;
  EXPECT_EQ(found.text, "1 of 2, 1 cordoned");
  EXPECT_EQ(found.verdict, Verdict::Fails);
  EXPECT_EQ(
      found.why,
      "node n1 is cordoned, and nothing new is placed on it; `kubectl uncordon n1` ends that");
  node("n1").set("spec", mapOf("unschedulable", false));
  EXPECT_EQ(pool(verify()).nodes.text, "2 of 2");
}

TEST_F(Nodes, EachOffersWhatTheSpecImplies) {
  node("n2").at("status").at("allocatable").set(kResource, "7");
  const Finding found = pool(verify()).allocatable;
  EXPECT_EQ(found.verdict, Verdict::Fails);
  EXPECT_EQ(found.text, "example.com/gpu 7, not 8");
  EXPECT_EQ(found.why, "node n2 offers example.com/gpu 7; the spec implies 8");
}

TEST_F(Nodes, ThatOfferNothingFail) {
  node("n1").at("status").erase("allocatable");
  EXPECT_EQ(pool(verify()).allocatable.text, "example.com/gpu 0, not 8");
}

TEST_F(Nodes, WithoutTheReleaseThatBringsItProveNothing) {
  node("n1").at("status").erase("allocatable");
  check().releases = {"device-plugin"};
  EXPECT_EQ(pool(verify()).allocatable.verdict, Verdict::Fails);
  wanted_.skip_helm = true;
  wanted_.pools[0].smoke = {"image", {"show-devices"}, ""};
  const Result result = verify();
  EXPECT_EQ(pool(result).allocatable.verdict, Verdict::NotRun);
  EXPECT_EQ(
      pool(result).allocatable.why,
      "node n1 offers example.com/gpu 0; the spec implies 8, and release device-plugin is left "
      "out");
  EXPECT_EQ(pool(result).smokes.front().finding.verdict, Verdict::NotRun);
  EXPECT_TRUE(kube_.created("Job").empty());
  EXPECT_TRUE(result.holds());
}

TEST_F(Nodes, OfferNothingElseOfTheSameMakers) {
  node("n1").at("status").at("allocatable").set("example.com/slice-2g", "3");
  EXPECT_EQ(pool(verify()).allocatable.text, "example.com/slice-2g 3, not planned");
  node("n1").at("status").at("allocatable").set("example.com/slice-2g", "0");
  node("n1").at("status").at("allocatable").set("other.com/nic", "1");
  EXPECT_EQ(pool(verify()).allocatable.verdict, Verdict::Holds);
}

TEST_F(Nodes, QuantitiesAreComparedByMeaning) {
  node("n1").at("status").at("allocatable").set(kResource, "8000m");
  EXPECT_EQ(pool(verify()).allocatable.verdict, Verdict::Holds);
}

TEST_F(Nodes, CarryTheirLabels) {
  check().labels = {{"example.com/partition.state", "success"}};
  node("n1").at("metadata").at("labels").set("example.com/partition.state", "success");
  node("n2").at("metadata").at("labels").set("example.com/partition.state", "pending");
  EXPECT_EQ(pool(verify()).labels.why,
            "label example.com/partition.state of node n2 is `pending`, not `success`");
  node("n2").at("metadata").at("labels").set("example.com/partition.state", "success");
  EXPECT_EQ(pool(verify()).labels.verdict, Verdict::Holds);
}

TEST_F(Nodes, AnEmptyPoolThatMayBeEmptyHolds) {
  check().facts.min_nodes = 0;
  check().facts.selector = {{"pool", "none"}};
  const Result result = verify();
  EXPECT_EQ(pool(result).nodes.text, "0 of 0");
  EXPECT_EQ(pool(result).nodes.verdict, Verdict::Holds);
  EXPECT_EQ(pool(result).allocatable.verdict, Verdict::NotRun);
}

TEST_F(Nodes, APoolWithoutSelectorHasNoNodes) {
  check().facts.selector.clear();
  EXPECT_EQ(pool(verify()).nodes.text, "0 of 0");
}

TEST_F(Nodes, AreLookedAtAgainUntilTheyAreReady) {
  setCondition(node("n2"), "Ready", "False");
  int sleeps = 0;
  clock_.on_sleep = [&] {
    if (++sleeps == 3) setCondition(node("n2"), "Ready", "True");
  };
  EXPECT_EQ(pool(verify()).nodes.verdict, Verdict::Holds);
  EXPECT_EQ(sleeps, 3);
}

TEST_F(Nodes, AreNotWaitedForForever) {
  setCondition(node("n2"), "Ready", "False");
  EXPECT_EQ(pool(verify()).nodes.verdict, Verdict::Fails);
  EXPECT_EQ(clock_.now(), wanted_.settle);
}

TEST_F(Nodes, AnApiThatDoesNotAnswerIsAnError) {
  kube_.refused["list Node"] = "nodes is forbidden";
  const auto ignore = [](const std::string&) {};
  llvm::Expected<Result> result = verify::verify(kube_, wanted_, ignore, cancel_, clock_);
  ASSERT_FALSE(static_cast<bool>(result));
  EXPECT_EQ(llvm::toString(result.takeError()), "nodes is forbidden");
}

class Stacks : public Nodes {
 protected:
  Stacks() {
    wanted_.stacks = {{"plugin", "gpu-system", {}}};
    Tree labels = mapOf("owner", "helm", "status", "deployed", "name", "plugin");
    kube_.add("Secret", "gpu-system", "sh.helm.release.v1.plugin.v1",
              mapOf("metadata", mapOf("labels", std::move(labels))));
    kube_.add("DaemonSet", "gpu-system", "device-plugin",
              mapOf("metadata", mapOf("generation", 2), "status",
                    mapOf("observedGeneration", 2, "desiredNumberScheduled", 2, "numberReady", 2,
                          "updatedNumberScheduled", 2)));
  }
  Finding found() { return verify().stacks.at(0).finding; }
  Tree& status() { return kube_.at("DaemonSet", "gpu-system", "device-plugin")->at("status"); }
};

TEST_F(Stacks, AreHealthy) {
  EXPECT_EQ(found().verdict, Verdict::Holds);
  EXPECT_EQ(found().text, "1 of 1 DaemonSet ready");
}

TEST_F(Stacks, AreReadyOnEachNode) {
  status().set("numberReady", 1);
  EXPECT_EQ(found().why, "DaemonSet device-plugin is ready on 1 of 2 nodes");
}

TEST_F(Stacks, AreUpToDate) {
  status().set("updatedNumberScheduled", 1);
  EXPECT_EQ(found().why, "DaemonSet device-plugin is up to date on 1 of 2 nodes");
  status().set("observedGeneration", 1);
  EXPECT_EQ(found().why, "the controller has not yet seen the latest DaemonSet device-plugin");
}

TEST_F(Stacks, HoldWhatTheVendorNames) {
  wanted_.stacks[0].daemon_sets = {"device-plugin", "labeller"};
  EXPECT_EQ(found().verdict, Verdict::Fails);
  EXPECT_EQ(found().why, "there is no DaemonSet labeller in gpu-system");
}

TEST_F(Stacks, AreInstalled) {
  wanted_.stacks[0].release = "operator";
  EXPECT_EQ(found().verdict, Verdict::Fails);
  EXPECT_EQ(found().why, "there is no deployed release operator in gpu-system");
}

TEST_F(Stacks, ThatAreLeftOutAreNotRunAndFailNothing) {
  wanted_.skip_helm = true;
  status().set("numberReady", 0);
  const Result result = verify();
  EXPECT_EQ(result.stacks.at(0).finding.verdict, Verdict::NotRun);
  EXPECT_TRUE(result.holds());
}

TEST_F(Stacks, WithoutADaemonSetProveNothing) {
  wanted_.stacks.push_back({"certificates", "certificates", {}});
  kube_.add("Secret", "certificates", "x",
            mapOf("metadata", mapOf("labels", mapOf("owner", "helm", "status", "deployed", "name",
                                                    "certificates"))));
  EXPECT_EQ(verify().stacks.at(1).finding.verdict, Verdict::NotRun);
}

}  // namespace

}  // namespace gpuspec::deploy::verify
