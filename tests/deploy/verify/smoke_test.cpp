#include <set>

#include "backends/deploy/verify/fields.h"
#include "compiler/ir/make_tree.h"
#include "tests/deploy/verify/fake_kube.h"

namespace gpuspec::deploy::verify {

namespace {

using ir::listOf;
using ir::mapOf;

using Smoke = VerifyTest;

// No node will do, and the scheduler says so.
void unschedulable(Tree&, Tree& pod) {
  setCondition(pod, "PodScheduled", "False", "Unschedulable",
               "0/2 nodes are available: 2 Insufficient example.com/gpu.");
}

TEST_F(Smoke, EachNodeRunsOne) {
  const Result result = verify();
  ASSERT_EQ(pool(result).smokes.size(), 2U);
  for (const SmokeResult& smoke : pool(result).smokes) {
    EXPECT_EQ(smoke.finding.verdict, Verdict::Holds) << smoke.finding.why;
    EXPECT_EQ(smoke.driver, "580.95.05");
    EXPECT_EQ(smoke.resource, kResource);
  }
  EXPECT_EQ(pool(result).smokes[0].node, "n1");
  EXPECT_EQ(pool(result).driver.text, "580.95.05");
  EXPECT_EQ(pool(result).driver.verdict, Verdict::Holds);
  EXPECT_TRUE(result.holds());
  expectClean();
}

TEST_F(Smoke, EachSliceTypeHasAJobOfItsOwn) {
  wanted_.pools[0].facts.allocatable = {{kResource, 8}, {kSlice, 7}, {"example.com/none", 0}};
  for (const char* name : {"n1", "n2"})
    kube_.at("Node", "", name)->at("status").at("allocatable").set(kSlice, "7");
  const Result result = verify();
  ASSERT_EQ(pool(result).smokes.size(), 3U);
  EXPECT_EQ(pool(result).smokes[2].resource, kSlice);
  EXPECT_EQ(pool(result).smokes[2].node, "");
  EXPECT_EQ(pool(result).smokes[2].finding.verdict, Verdict::Holds);
}

// The one node that a job may run on.
std::string hostOf(const Tree& job) {
  const Tree& term = listAt(*below(job, {"spec", "template", "spec"}),
                            {"affinity", "nodeAffinity",
                             "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"})
                         .front();
  const Tree& values = *term.find("matchExpressions")->asList().front().find("values");
  return values.asList().size() == 1 ? values.asList().front().asString() : "";
}

TEST_F(Smoke, AsksForOneDeviceOfOneNode) {
  wanted_.pools[0].tolerations = {mapOf("key", "sku", "operator", "Exists")};
  verify();
  const std::vector<Tree> jobs = kube_.created("Job");
  ASSERT_EQ(jobs.size(), 2U);
  std::set<std::string> hosts;  // jobs are made side by side
  for (const Tree& job : jobs) hosts.insert(hostOf(job));
  EXPECT_EQ(hosts, (std::set<std::string>{"host-n1", "host-n2"}));
  const Tree& spec = *below(jobs[0], {"spec", "template", "spec"});
  const Tree& container = spec.find("containers")->asList().front();
  EXPECT_EQ(*below(container, {"resources", "limits"})->find(kResource), Tree("1"));
  EXPECT_EQ(*container.find("command"), listOf(Tree("show-devices")));
  EXPECT_EQ(*below(spec, {"nodeSelector", "pool"}), Tree("h100"));
  EXPECT_EQ(*spec.find("tolerations"), listOf(mapOf("key", "sku", "operator", "Exists")));
}

TEST_F(Smoke, WhatItMakesCarriesTheMarksOfOwnership) {
  verify();
  for (const char* kind : {"Namespace", "Job"}) {
    for (const Tree& object : kube_.created(kind)) {
      EXPECT_EQ(model::ownerOfObject(*object.find("metadata"), wanted_.scope).kind,
                model::OwnerKind::Us);
      EXPECT_EQ(*below(object, {"metadata", "labels"})->find(model::kRecord), Tree("verify"));
    }
  }
  EXPECT_TRUE(nameOf(kube_.created("Namespace").at(0)).starts_with("gpuspec-verify-"));
}

TEST_F(Smoke, TheDriverIsTheOneThatIsExpected) {
  wanted_.pools[0].driver_version = "580";
  EXPECT_EQ(pool(verify()).driver.verdict, Verdict::Holds);
  wanted_.pools[0].driver_version = "58";
  const Finding found = pool(verify()).driver;
  EXPECT_EQ(found.verdict, Verdict::Fails);
  EXPECT_EQ(found.why, "node n1 runs driver 580.95.05, not 58");
}

TEST_F(Smoke, ALogThatDoesNotNameTheDriverProvesNothing) {
  wanted_.pools[0].smoke.driver_mark = "Firmware: ";
  const Result result = verify();
  EXPECT_EQ(pool(result).driver.verdict, Verdict::NotRun);
  EXPECT_EQ(pool(result).smokes[0].finding.verdict, Verdict::Holds);
}

TEST_F(Smoke, ReportsTheSchedulersWords) {
  kube_.run_job = unschedulable;
  const Result result = verify();
  EXPECT_EQ(pool(result).smokes[0].finding.verdict, Verdict::Fails);
  EXPECT_EQ(pool(result).smokes[0].finding.text, "not scheduled");
  EXPECT_EQ(pool(result).smokes[0].finding.why,
            "0/2 nodes are available: 2 Insufficient example.com/gpu.");
  EXPECT_LT(clock_.now(), wanted_.timeout);
  expectClean();
}

TEST_F(Smoke, DevicesThatAreAllInUseAreNoFault) {
  kube_.run_job = unschedulable;
  const auto busyPod = [&](const std::string& node, const char* amount, const char* phase) {
    Tree limits = Tree::map();
    limits.set(kResource, amount);
    Tree container = mapOf("resources", mapOf("limits", std::move(limits)));
    kube_.add("Pod", "team", "busy-" + node,
              mapOf("spec", mapOf("nodeName", node, "containers", listOf(std::move(container))),
                    "status", mapOf("phase", phase)));
  };
  busyPod("n1", "8", "Running");
  busyPod("n2", "8", "Succeeded");
  const Result result = verify();
  EXPECT_EQ(pool(result).smokes[0].finding.verdict, Verdict::NotRun);
  EXPECT_EQ(pool(result).smokes[0].finding.why, "all example.com/gpu are in use by running pods");
  EXPECT_EQ(pool(result).smokes[1].finding.verdict, Verdict::Fails);
}

TEST_F(Smoke, ANodeThatComesInTimeIsFine) {
  int steps = 0;
  kube_.run_job = [&](Tree& job, Tree& pod) {
    if (++steps < 10) return unschedulable(job, pod);
    setCondition(pod, "PodScheduled", "True");
    succeed(job, pod);
  };
  EXPECT_TRUE(verify().holds());
}

TEST_F(Smoke, SaysHowItsContainerEnded) {
  kube_.run_job = [&](Tree& job, Tree& pod) {
    setCondition(job, "Failed", "True");
    Tree status = mapOf("name", "smoke", "state", mapOf("terminated", mapOf("exitCode", 9)));
    pod.at("status").set("containerStatuses", listOf(std::move(status)));
    kube_.logs_of[textAt(pod, {"metadata", "namespace"}) + "/" + nameOf(pod)] =
        "looking\nno devices were found\n";
  };
  const Finding found = pool(verify()).smokes[0].finding;
  EXPECT_EQ(found.verdict, Verdict::Fails);
  EXPECT_EQ(found.why, "its container ended with exit code 9, after \"no devices were found\"");
  expectClean();
}

TEST_F(Smoke, DoesNotWaitForever) {
  kube_.run_job = [](Tree&, Tree& pod) {
    Tree waiting = mapOf("reason", "ImagePullBackOff", "message", "no such image");
    Tree status = mapOf("name", "smoke", "state", mapOf("waiting", std::move(waiting)));
    pod.at("status").set("containerStatuses", listOf(std::move(status)));
  };
  const Result result = verify();
  EXPECT_EQ(pool(result).smokes[0].finding.text, "timed out");
  EXPECT_NE(pool(result).smokes[0].finding.why.find("ImagePullBackOff: no such image"),
            std::string::npos);
  EXPECT_LT(clock_.now(), wanted_.timeout + std::chrono::seconds(60));
  expectClean();
}

TEST_F(Smoke, SaysThatItsTimeIsOver) {
  wanted_.timeout = std::chrono::seconds(1);
  kube_.run_job = [&](Tree& job, Tree&) {
    setCondition(job, "Failed", "True", "DeadlineExceeded",
                 "Job was active longer than specified deadline");
  };
  const Finding found = pool(verify()).smokes[0].finding;
  EXPECT_EQ(found.text, "timed out");
  EXPECT_TRUE(found.why.starts_with("not done within 1 s")) << found.why;
  EXPECT_TRUE(found.why.ends_with("; --smoke-timeout gives it longer")) << found.why;
  EXPECT_EQ(found.why.find("gone"), std::string::npos) << found.why;
  expectClean();
}

TEST_F(Smoke, AsksNoCordonedNode) {
  kube_.at("Node", "", "n1")->set("spec", mapOf("unschedulable", true));
  const Result result = verify();
  ASSERT_EQ(pool(result).smokes.size(), 1U);
  EXPECT_EQ(pool(result).smokes[0].node, "n2");
  EXPECT_EQ(pool(result).smokes[0].finding.verdict, Verdict::Holds);
}

TEST_F(Smoke, AJobThatIsRefusedFailsAlone) {
  kube_.refused["create Job"] = "admission webhook \"x\" denied the request";
  const Result result = verify();
  EXPECT_EQ(pool(result).smokes[0].finding.text, "refused");
  EXPECT_EQ(pool(result).nodes.verdict, Verdict::Holds);
  expectClean();
}

TEST_F(Smoke, WithoutTheRightToMakeANamespaceItIsNotRun) {
  kube_.refused["create Namespace"] = "namespaces is forbidden";
  const Result result = verify();
  EXPECT_EQ(pool(result).smokes[0].finding.verdict, Verdict::NotRun);
  EXPECT_EQ(pool(result).smokes[0].finding.why, "namespaces is forbidden");
  EXPECT_TRUE(result.holds());
}

TEST_F(Smoke, WithoutAReadyNodeItIsNotRun) {
  for (const char* name : {"n1", "n2"}) setCondition(*kube_.at("Node", "", name), "Ready", "False");
  const Result result = verify();
  ASSERT_EQ(pool(result).smokes.size(), 1U);
  EXPECT_EQ(pool(result).smokes[0].finding.why, "the pool has no ready node that takes pods");
  EXPECT_TRUE(kube_.created("Namespace").empty());
}

TEST_F(Smoke, AnInterruptionLeavesNothingBehind) {
  kube_.run_job = [&](Tree&, Tree&) { cancel_.cancel(); };
  const Result result = verify();
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(pool(result).smokes[0].finding.verdict, Verdict::NotRun);
  EXPECT_EQ(pool(result).smokes[0].finding.why, "interrupted");
  expectClean();
}

TEST_F(Smoke, SaysWhatItCouldNotRemove) {
  kube_.refused["remove Namespace"] = "namespaces is forbidden";
  const Result result = verify();
  ASSERT_EQ(result.left_behind.size(), 1U);
  EXPECT_TRUE(result.left_behind[0].starts_with("Namespace gpuspec-verify-"));
  EXPECT_TRUE(result.left_behind[0].ends_with(" could not be removed: namespaces is forbidden"));
}

TEST_F(Smoke, RemovesWhatAKilledRunLeft) {
  const auto leftover = [&](const char* name, const char* project, const char* made) {
    Tree labels = mapOf(model::kManagedBy, "gpuspec", model::kProject, project, model::kEnvironment,
                        "prod", model::kRecord, "verify");
    kube_.add("Namespace", "", name,
              mapOf("metadata", mapOf("labels", std::move(labels), "creationTimestamp", made)));
  };
  leftover("gpuspec-verify-old", "lab", "2020-01-01T00:00:00Z");
  leftover("gpuspec-verify-now", "lab", "2999-01-01T00:00:00Z");
  leftover("gpuspec-verify-else", "other", "2020-01-01T00:00:00Z");
  verify();
  EXPECT_EQ(kube_.at("Namespace", "", "gpuspec-verify-old"), nullptr);
  EXPECT_NE(kube_.at("Namespace", "", "gpuspec-verify-now"), nullptr);
  EXPECT_NE(kube_.at("Namespace", "", "gpuspec-verify-else"), nullptr);
}

TEST_F(Smoke, ManyNodesAreSampled) {
  wanted_.pools[0].facts.max_nodes = 40;
  for (int i = 3; i <= 40; ++i) addNode("n" + std::to_string(i));
  EXPECT_EQ(pool(verify()).smokes.size(), wanted_.nodes_per_pool);
}

}  // namespace

}  // namespace gpuspec::deploy::verify
