#include <set>

#include "tests/deploy/sandbox_cluster/fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

using live::kDeployment;
using live::kJob;
using live::kPod;
using live::kReplicaSet;

class WorkloadsTest : public ClusterTest {
 protected:
  void SetUp() override {
    addPool("a", 2);
    ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 2; }));
  }
  void putDeployment(std::string_view extra = "") {
    put(kDeployment, R"({"metadata": {"name": "web"}, "spec": {"replicas": 4, )" +
                         std::string(extra) +
                         R"("selector": {"matchLabels": {"app": "web"}},
      "template": {"metadata": {"labels": {"app": "web"}},
                   "spec": {"containers": [{"name": "c", "image": "web:1"}]}}}})");
  }
  bool isRolledOut() {
    const auto web = get(kDeployment, "web");
    return intAt(*web, {"status", "availableReplicas"}) == 4 &&
           intAt(*web, {"status", "updatedReplicas"}) == 4 &&
           intAt(*web, {"status", "replicas"}) == 4 &&
           intAt(*web, {"status", "observedGeneration"}) == intAt(*web, {"metadata", "generation"});
  }
  std::string condition(const live::Kind& kind, const std::string& name, std::string_view type) {
    const auto object = get(kind, name);
    return object ? live::conditionStatus(*object, type) : "";
  }
  std::set<std::string> images() {
    std::set<std::string> out;
    for (const Tree& pod : list(kPod)) {
      out.insert(textAt(listAt(pod, {"spec", "containers"})[0], {"image"}));
    }
    return out;
  }
};

TEST_F(WorkloadsTest, ADeploymentRunsItsPods) {
  putDeployment();
  ASSERT_TRUE(eventually([&] { return isRolledOut(); }));
  EXPECT_EQ(condition(kDeployment, "web", "Available"), "True");
  EXPECT_EQ(condition(kDeployment, "web", "Progressing"), "True");
  std::set<std::string> addresses;
  for (const Tree& pod : list(kPod)) {
    addresses.insert(textAt(pod, {"status", "podIP"}));
    EXPECT_FALSE(textAt(pod, {"metadata", "labels", "pod-template-hash"}).empty());
  }
  EXPECT_EQ(addresses.size(), 4U);
}

TEST_F(WorkloadsTest, ANewTemplateReplacesPodsAndNeverHasTooFew) {
  putDeployment(R"("strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},)");
  ASSERT_TRUE(eventually([&] { return isRolledOut(); }));
  patch(kDeployment, "web", R"({"spec": {"template": {"spec": {"containers": [
    {"name": "c", "image": "web:2"}]}}}})");
  std::int64_t least = 4, most = 4;
  ASSERT_TRUE(eventually([&] {
    least = std::min(least, countPods("Running"));
    most = std::max(most, static_cast<std::int64_t>(list(kPod).size()));
    return isRolledOut() && images() == std::set<std::string>{"web:2"};
  }));
  EXPECT_EQ(least, 4);
  EXPECT_EQ(most, 5);
  EXPECT_EQ(list(kReplicaSet).size(), 2U);
  EXPECT_EQ(textAt(*get(kDeployment, "web"),
                   {"metadata", "annotations", "deployment.kubernetes.io/revision"}),
            "2");
}

TEST_F(WorkloadsTest, RecreateStartsNothingBeforeTheOldIsGone) {
  putDeployment(R"("strategy": {"type": "Recreate"},)");
  ASSERT_TRUE(eventually([&] { return isRolledOut(); }));
  bool mixed = false;
  patch(kDeployment, "web", R"({"spec": {"template": {"spec": {"containers": [
    {"name": "c", "image": "web:2"}]}}}})");
  ASSERT_TRUE(eventually([&] {
    mixed |= images().size() > 1;
    return isRolledOut() && images() == std::set<std::string>{"web:2"};
  }));
  EXPECT_FALSE(mixed);
}

TEST_F(WorkloadsTest, ADeletedPodComesBack) {
  putDeployment();
  ASSERT_TRUE(eventually([&] { return isRolledOut(); }));
  const std::string victim = nameOf(list(kPod)[0]);
  ASSERT_TRUE(static_cast<bool>(objects().remove(kPod.id(), "default", victim, "Background")));
  EXPECT_TRUE(eventually([&] { return countPods("Running") == 4 && !get(kPod, victim); }));
}

TEST_F(WorkloadsTest, AJobCompletesAndItsLogSaysWhereItRan) {
  put(kJob, R"({"metadata": {"name": "smoke"}, "spec": {"completions": 1, "template": {"spec": {
    "restartPolicy": "Never", "containers": [{"name": "c", "image": "c", "resources": {"limits": {"acme.com/gpu": 2}}}]}}}})");
  ASSERT_TRUE(eventually([&] { return condition(kJob, "smoke", "Complete") == "True"; }));
  const Tree job = *get(kJob, "smoke");
  EXPECT_EQ(intAt(job, {"status", "succeeded"}), 1);
  EXPECT_FALSE(textAt(job, {"status", "completionTime"}).empty());
  const Tree pod = list(kPod)[0];
  EXPECT_EQ(textAt(pod, {"metadata", "labels", "batch.kubernetes.io/job-name"}), "smoke");
  const auto log = cluster_->logs("default", nameOf(pod), "c");
  ASSERT_TRUE(log);
  EXPECT_NE(log->find("Node: " + textAt(pod, {"spec", "nodeName"})), std::string::npos);
  EXPECT_NE(log->find("Driver Version: 12.34.56"), std::string::npos);
  EXPECT_NE(log->find("GPU 1: acme.com/gpu (UUID: GPU-"), std::string::npos);
  EXPECT_EQ(log->find("GPU 2:"), std::string::npos);
  EXPECT_EQ(cluster_->logs("default", nameOf(pod), "c"), log);
  EXPECT_FALSE(cluster_->logs("default", nameOf(pod), "other"));
  EXPECT_FALSE(cluster_->logs("default", "no-such-pod", "c"));
}

TEST_F(WorkloadsTest, AFailingJobStopsAtItsLimit) {
  put(kJob,
      R"({"metadata": {"name": "bad"}, "spec": {"completions": 1, "backoffLimit": 1, "template": {
    "metadata": {"annotations": {"sandbox.gpuspec.dev/exit-code": "1"}},
    "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "c"}]}}}})");
  ASSERT_TRUE(eventually([&] { return condition(kJob, "bad", "Failed") == "True"; }));
  EXPECT_EQ(intAt(*get(kJob, "bad"), {"status", "failed"}), 2);
  EXPECT_EQ(countPods("Failed"), 2);
}

TEST_F(WorkloadsTest, AnIndexedJobRunsEachIndexOnce) {
  put(kJob, R"({"metadata": {"name": "many"}, "spec": {"completions": 5, "parallelism": 2,
    "completionMode": "Indexed", "template": {"spec": {"restartPolicy": "Never",
    "containers": [{"name": "c", "image": "c"}]}}}})");
  std::size_t most = 0;
  ASSERT_TRUE(eventually([&] {
    most = std::max<std::size_t>(
        most, static_cast<std::size_t>(intAt(*get(kJob, "many"), {"status", "active"})));
    return condition(kJob, "many", "Complete") == "True";
  }));
  EXPECT_LE(most, 2U);
  EXPECT_EQ(textAt(*get(kJob, "many"), {"status", "completedIndexes"}), "0-4");
  EXPECT_EQ(list(kPod).size(), 5U);
}

TEST_F(WorkloadsTest, ASuspendedJobHasNoPodsUntilItIsResumed) {
  put(kJob,
      R"({"metadata": {"name": "later"}, "spec": {"completions": 1, "suspend": true, "template": {
    "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "c"}]}}}})");
  ASSERT_TRUE(eventually([&] { return condition(kJob, "later", "Suspended") == "True"; }));
  EXPECT_TRUE(list(kPod).empty());
  patch(kJob, "later", R"({"spec": {"suspend": false}})");
  EXPECT_TRUE(eventually([&] { return condition(kJob, "later", "Complete") == "True"; }));
}

TEST_F(WorkloadsTest, AJobPastItsDeadlineFails) {
  put(kJob, R"({"metadata": {"name": "slow"}, "spec": {"completions": 1, "activeDeadlineSeconds": 1,
    "template": {"metadata": {"annotations": {"sandbox.gpuspec.dev/run-time": "forever"}},
    "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "c"}]}}}})");
  ASSERT_TRUE(eventually([&] { return condition(kJob, "slow", "Failed") == "True"; }));
  EXPECT_TRUE(list(kPod).empty());
}

TEST_F(WorkloadsTest, WorkGoesOnAfterARestart) {
  cluster_->stop();
  putDeployment();
  restart();
  EXPECT_TRUE(eventually([&] { return isRolledOut(); }));
}

TEST_F(WorkloadsTest, WhatDoesNotFitWaitsWithTheReasonUntilRoomIsMade) {
  put(kPod, R"({"metadata": {"name": "big"}, "spec": {"containers": [{"name": "c", "image": "c",
    "resources": {"limits": {"acme.com/gpu": 8}}}]}})");
  put(kPod, R"({"metadata": {"name": "bigger"}, "spec": {"containers": [{"name": "c", "image": "c",
    "resources": {"limits": {"acme.com/gpu": 8}}}]}})");
  ASSERT_TRUE(eventually([&] { return countPods("Running") == 2; }));
  put(kPod, R"({"metadata": {"name": "third"}, "spec": {"containers": [{"name": "c", "image": "c",
    "resources": {"limits": {"acme.com/gpu": 1}}}]}})");
  ASSERT_TRUE(eventually([&] { return !schedulingMessage("third").empty(); }));
  EXPECT_EQ(
      schedulingMessage("third"),
      "0/2 nodes are available: 2 Insufficient acme.com/gpu. preemption: 0/2 nodes are available: "
      "2 No preemption victims found for incoming pod.");
  EXPECT_TRUE(eventually([&] {
    const auto events = list(live::kEvent);
    return std::any_of(events.begin(), events.end(), [](const Tree& event) {
      return textAt(event, {"reason"}) == "FailedScheduling" &&
             textAt(event, {"involvedObject", "name"}) == "third";
    });
  }));
  ASSERT_TRUE(static_cast<bool>(objects().remove(kPod.id(), "default", "big", "Background")));
  EXPECT_TRUE(eventually([&] { return countPods("Running") == 2; }));
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
