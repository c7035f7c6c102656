#include "backends/deploy/verify/fields.h"
#include "tests/deploy/verify/fake_kube.h"

namespace gpuspec::deploy::verify {

namespace {

class Isolation : public VerifyTest {
 protected:
  Isolation() {
    wanted_.pools.clear();
    addTeams();
  }
  // Everything that verify itself makes may be reached.
  static bool isOurs(const std::string& name) { return name.starts_with("gpuspec-verify-"); }
  void keepApart() {
    kube_.packets = [](const std::string& from, const std::string&) {
      return isOurs(from) ? 3 : 0;
    };
  }
  static bool hasGroup(const Tree& review, const std::string& group) {
    for (const Tree& one : listAt(review, {"spec", "groups"})) {
      if (one == Tree(group)) return true;
    }
    return false;
  }
};

TEST_F(Isolation, HoldsWhereNoPacketGetsThrough) {
  keepApart();
  const Result result = verify();
  for (const PathResult& path : result.paths) {
    EXPECT_EQ(path.network.verdict, Verdict::Holds) << path.network.why;
    EXPECT_EQ(path.network.text, "refused (3 of 3)");
    EXPECT_EQ(path.access.verdict, Verdict::Holds) << path.access.why;
    EXPECT_EQ(path.access.text, "refused");
  }
  EXPECT_TRUE(result.holds());
  expectClean();
}

TEST_F(Isolation, FailsWhereOnePacketGetsThrough) {
  wanted_.paths[0].reason = "default deny on both sides";
  kube_.packets = [](const std::string& from, const std::string&) {
    return isOurs(from) ? 3 : from == "ml" ? 1 : 0;
  };
  const Result result = verify();
  EXPECT_EQ(result.paths[0].network.verdict, Verdict::Fails);
  EXPECT_EQ(result.paths[0].network.text, "connects (1 of 3)");
  EXPECT_EQ(result.paths[0].network.why,
            "ml must not reach vision (default deny on both sides), but a connection was made");
  EXPECT_EQ(result.paths[1].network.verdict, Verdict::Holds);
  EXPECT_FALSE(result.holds());
}

TEST_F(Isolation, WhatMustConnectDoes) {
  wanted_.paths[0].open = wanted_.paths[1].open = true;
  kube_.packets = [](const std::string& from, const std::string&) {
    return from == "vision" ? 0 : 3;
  };
  const Result result = verify();
  EXPECT_EQ(result.paths[0].network.verdict, Verdict::Holds);
  EXPECT_EQ(result.paths[0].network.text, "connects (3 of 3)");
  EXPECT_EQ(result.paths[1].network.verdict, Verdict::Fails);
  EXPECT_EQ(result.paths[1].network.text, "refused (3 of 3)");
}

TEST_F(Isolation, ARefusalProvesNothingWhereNoPacketFlowsAtAll) {
  const Result result = verify();
  for (const PathResult& path : result.paths) {
    EXPECT_EQ(path.network.verdict, Verdict::NotRun);
    EXPECT_EQ(path.network.why, "no packet gets through where nothing stops it");
  }
  for (const Tree& pod : kube_.created("Pod"))
    EXPECT_TRUE(isOurs(textAt(pod, {"metadata", "namespace"}))) << "no probe among the teams";
  expectClean();
}

TEST_F(Isolation, TheSandboxSendsNoPacketButReviewsAccess) {
  kube_.server_version = "1.35.4+sandbox";
  kube_.allows = [](const Tree&) { return true; };
  const Result result = verify();
  for (const PathResult& path : result.paths) {
    EXPECT_EQ(path.network.verdict, Verdict::NotRun);
    EXPECT_EQ(path.access.verdict, Verdict::Fails);
  }
  EXPECT_TRUE(kube_.created("Pod").empty());
}

TEST_F(Isolation, AProbeThatFindsNoNodeIsNotRun) {
  keepApart();
  kube_.stuck = {"vision"};
  const Result result = verify();
  EXPECT_EQ(result.paths[0].network.verdict, Verdict::NotRun);
  EXPECT_EQ(result.paths[0].network.why,
            "vision: the probe's pod did not start in time: 0/2 nodes are available");
  EXPECT_EQ(result.paths[1].network.verdict, Verdict::NotRun);
  expectClean();
}

TEST_F(Isolation, AProbeWithoutAnAnswerIsNotRun) {
  kube_.packets = [](const std::string& from, const std::string&) {
    return isOurs(from) ? 3 : from == "ml" ? -1 : 0;
  };
  const Result result = verify();
  EXPECT_EQ(result.paths[0].network.verdict, Verdict::NotRun);
  EXPECT_EQ(result.paths[1].network.verdict, Verdict::Holds);
  expectClean();
}

TEST_F(Isolation, WithoutAnImageNoPacketIsSent) {
  wanted_.probe = {};
  const Result result = verify();
  EXPECT_EQ(result.paths[0].network.why, "no image to probe with is given");
  EXPECT_EQ(result.paths[0].access.verdict, Verdict::Holds);
  EXPECT_TRUE(kube_.created("Pod").empty());
}

TEST_F(Isolation, ProbesMeetTheStrictestPodSecurity) {
  keepApart();
  verify();
  const std::vector<Tree> pods = kube_.created("Pod");
  EXPECT_EQ(pods.size(), 6U) << "a listener and a caller in the scratch namespace and in each team";
  for (const Tree& pod : pods) {
    const Tree& container = listAt(pod, {"spec", "containers"}).front();
    EXPECT_EQ(*below(container, {"securityContext", "runAsNonRoot"}), Tree(true));
    EXPECT_EQ(*below(container, {"securityContext", "allowPrivilegeEscalation"}), Tree(false));
    EXPECT_EQ(model::ownerOfObject(*pod.find("metadata"), wanted_.scope).kind,
              model::OwnerKind::Us);
  }
}

TEST_F(Isolation, AnInterruptionLeavesNoProbeBehind) {
  kube_.packets = [this](const std::string& from, const std::string&) {
    if (!isOurs(from)) cancel_.cancel();
    return isOurs(from) ? 3 : -1;
  };
  const Result result = verify();
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.paths[0].network.why, "interrupted");
  EXPECT_EQ(result.paths[0].access.why, "interrupted");
  expectClean();
}

TEST_F(Isolation, AccessThatIsOpenNamesWhoMayDoWhat) {
  keepApart();
  kube_.allows = [](const Tree& review) {
    return hasGroup(review, "group-ml") &&
           textAt(review, {"spec", "resourceAttributes", "resource"}) == "secrets";
  };
  const Result result = verify();
  EXPECT_EQ(result.paths[0].access.verdict, Verdict::Fails);
  EXPECT_EQ(result.paths[0].access.why, "group group-ml may get secrets in vision");
  EXPECT_EQ(result.paths[1].access.verdict, Verdict::Holds);
}

TEST_F(Isolation, ATeamsServiceAccountIsAskedForToo) {
  keepApart();
  kube_.allows = [](const Tree& review) {
    return textAt(review, {"spec", "user"}) == "system:serviceaccount:vision:default";
  };
  EXPECT_EQ(verify().paths[1].access.why, "service account vision/default may get pods in ml");
}

TEST_F(Isolation, AMemberOfBothTeamsMayDoBoth) {
  keepApart();
  for (TeamPath& path : wanted_.paths) path.subjects = {{true, "both"}, {false, "alice"}};
  kube_.allows = [](const Tree& review) {
    return hasGroup(review, "both") || textAt(review, {"spec", "user"}) == "alice";
  };
  for (const PathResult& path : verify().paths) EXPECT_EQ(path.access.verdict, Verdict::Holds);
}

TEST_F(Isolation, AReviewThatIsNotPossibleIsNotRun) {
  keepApart();
  kube_.not_served = {"SubjectAccessReview"};
  EXPECT_EQ(verify().paths[0].access.why, "the cluster reviews no access");
  kube_.not_served.clear();
  kube_.refused["create SubjectAccessReview"] = "forbidden";
  EXPECT_EQ(verify().paths[0].access.why, "forbidden");
}

}  // namespace

}  // namespace gpuspec::deploy::verify
