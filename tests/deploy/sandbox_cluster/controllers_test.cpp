#include <algorithm>
#include <set>

#include "tests/deploy/sandbox_cluster/fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

using live::kPod;

constexpr live::Kind kVolume{"", "v1", "persistentvolumes", "PersistentVolume"};

class ControllersTest : public ClusterTest {
 protected:
  void SetUp() override {
    addPool("a", 3, R"({"nodeLabels": {"disk": "fast"}})");
    ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("a") == 3; }));
  }
  bool remove(const live::Kind& kind, const std::string& name, std::string_view propagation) {
    auto removed = objects().remove(kind.id(), "default", name, propagation);
    if (!removed) llvm::consumeError(removed.takeError());
    return true;
  }
  std::set<std::string> podNames() {
    std::set<std::string> out;
    for (const Tree& pod : list(kPod)) out.insert(nameOf(pod));
    return out;
  }
  void putWeb(std::string_view kind_fields) {
    put(live::kStatefulSet, R"({"metadata": {"name": "db"}, "spec": {"serviceName": "db", )" +
                                std::string(kind_fields) +
                                R"("selector": {"matchLabels": {"app": "db"}},
      "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"name": "c", "image": "c"}]}}}})");
  }
};

TEST_F(ControllersTest, AStatefulSetComesUpInOrderWithItsClaims) {
  putWeb(R"("replicas": 3, "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
    "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}}],)");
  bool in_order = true;
  ASSERT_TRUE(eventually([&] {
    const auto there = podNames();
    if (there.contains("db-1")) {
      const auto first = get(kPod, "db-0");
      in_order &= first && live::conditionStatus(*first, "Ready") == "True";
    }
    return intAt(*get(live::kStatefulSet, "db"), {"status", "readyReplicas"}) == 3;
  }));
  EXPECT_TRUE(in_order);
  EXPECT_EQ(podNames(), (std::set<std::string>{"db-0", "db-1", "db-2"}));
  ASSERT_TRUE(eventually([&] {
    const auto claim = get(live::kClaim, "data-db-2");
    return claim && textAt(*claim, {"status", "phase"}) == "Bound";
  }));
  patch(live::kStatefulSet, "db", R"({"spec": {"replicas": 1}})");
  EXPECT_TRUE(eventually([&] { return podNames() == std::set<std::string>{"db-0"}; }));
  EXPECT_TRUE(get(live::kClaim, "data-db-2"));
}

TEST_F(ControllersTest, AStatefulSetReplacesPodsOfAnOlderTemplate) {
  putWeb(R"("replicas": 2,)");
  const auto updated = [&] {
    const auto set = get(live::kStatefulSet, "db");
    return intAt(*set, {"status", "updatedReplicas"}) == 2 &&
           intAt(*set, {"status", "readyReplicas"}) == 2;
  };
  ASSERT_TRUE(eventually(updated));
  const std::string before = textAt(*get(kPod, "db-0"), {"metadata", "uid"});
  patch(live::kStatefulSet, "db",
        R"({"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}})");
  EXPECT_TRUE(eventually([&] {
    const auto pod = get(kPod, "db-0");
    return updated() && pod && textAt(*pod, {"metadata", "labels", "v"}) == "2";
  }));
  EXPECT_NE(textAt(*get(kPod, "db-0"), {"metadata", "uid"}), before);
}

TEST_F(ControllersTest, ADaemonSetRunsOnceOnEveryNodeThatItMayUse) {
  put(live::kDaemonSet,
      R"({"metadata": {"name": "agent"}, "spec": {"selector": {"matchLabels": {"app": "agent"}},
    "template": {"metadata": {"labels": {"app": "agent"}}, "spec": {"nodeSelector": {"disk": "fast"},
    "containers": [{"name": "c", "image": "c"}]}}}})");
  const auto ready = [&](std::int64_t count) {
    const auto set = get(live::kDaemonSet, "agent");
    return intAt(*set, {"status", "numberReady"}) == count &&
           intAt(*set, {"status", "desiredNumberScheduled"}) == count;
  };
  ASSERT_TRUE(eventually([&] { return ready(3); }));
  std::set<std::string> nodes;
  for (const Tree& pod : list(kPod)) nodes.insert(textAt(pod, {"spec", "nodeName"}));
  EXPECT_EQ(nodes.size(), 3U);
  addPool("b", 1, R"({"nodeLabels": {"disk": "fast"}, "nodeTaints": ["gpu=yes:NoSchedule"]})");
  ASSERT_TRUE(eventually([&] { return cluster_->readyNodes("b") == 1; }));
  EXPECT_EQ(list(kPod).size(), 3U);
  patch(live::kDaemonSet, "agent", R"({"spec": {"template": {"spec": {"tolerations": [
    {"key": "gpu", "operator": "Exists"}]}}}})");
  ASSERT_TRUE(eventually([&] { return ready(4); }));
  addPool("a", 1, R"({"nodeLabels": {"disk": "fast"}})");
  EXPECT_TRUE(eventually([&] { return ready(2) && list(kPod).size() == 2; }));
}

TEST_F(ControllersTest, BackgroundDeletionTakesWhatWasOwned) {
  put(live::kDeployment, R"({"metadata": {"name": "web"}, "spec": {"replicas": 2,
    "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "c"}]}}}})");
  ASSERT_TRUE(eventually([&] { return countPods("Running") == 2; }));
  ASSERT_TRUE(remove(live::kDeployment, "web", "Background"));
  EXPECT_TRUE(eventually([&] { return list(live::kReplicaSet).empty() && list(kPod).empty(); }));
}

TEST_F(ControllersTest, ForegroundDeletionEndsWithTheOwner) {
  put(live::kReplicaSet, R"({"metadata": {"name": "web"}, "spec": {"replicas": 2,
    "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "c"}]}}}})");
  ASSERT_TRUE(eventually([&] { return countPods("Running") == 2; }));
  ASSERT_TRUE(remove(live::kReplicaSet, "web", "Foreground"));
  bool outlived = false;
  EXPECT_TRUE(eventually([&] {
    const bool gone = !get(live::kReplicaSet, "web");
    outlived |= gone && !list(kPod).empty();
    return gone;
  }));
  EXPECT_FALSE(outlived);
}

TEST_F(ControllersTest, OrphansStay) {
  put(live::kReplicaSet, R"({"metadata": {"name": "web"}, "spec": {"replicas": 2,
    "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "c"}]}}}})");
  ASSERT_TRUE(eventually([&] { return countPods("Running") == 2; }));
  ASSERT_TRUE(remove(live::kReplicaSet, "web", "Orphan"));
  ASSERT_TRUE(eventually([&] { return !get(live::kReplicaSet, "web"); }));
  EXPECT_EQ(countPods("Running"), 2);
  for (const Tree& pod : list(kPod))
    EXPECT_TRUE(listAt(pod, {"metadata", "ownerReferences"}).empty());
}

TEST_F(ControllersTest, AServiceFindsItsPods) {
  put(live::kService, R"({"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"},
    "ports": [{"name": "http", "port": 80, "targetPort": "serve"}]}})");
  put(kPod, R"({"metadata": {"name": "p", "labels": {"app": "web"}}, "spec": {"containers": [
    {"name": "c", "image": "c", "ports": [{"name": "serve", "containerPort": 8080}]}]}})");
  ASSERT_TRUE(eventually([&] {
    const auto endpoints = get(live::kEndpoints, "web");
    const auto slices = list(live::kEndpointSlice);
    if (!endpoints || slices.size() != 1 || listAt(slices[0], {"endpoints"}).empty()) return false;
    const auto& subsets = listAt(*endpoints, {"subsets"});
    return !subsets.empty() && !listAt(subsets[0], {"addresses"}).empty() &&
           intAt(listAt(subsets[0], {"ports"})[0], {"port"}) == 8080;
  }));
  ASSERT_TRUE(remove(live::kService, "web", "Background"));
  EXPECT_TRUE(eventually(
      [&] { return !get(live::kEndpoints, "web") && list(live::kEndpointSlice).empty(); }));
}

TEST_F(ControllersTest, AVolumeGoesWithItsClaim) {
  put(live::kClaim, R"({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
    "resources": {"requests": {"storage": "1Gi"}}}})");
  const auto volumes = [&] { return objects().list(kVolume.id()).size(); };
  ASSERT_TRUE(eventually([&] { return volumes() == 1; }));
  ASSERT_TRUE(remove(live::kClaim, "data", "Background"));
  EXPECT_TRUE(eventually([&] { return volumes() == 0; }));
}

TEST_F(ControllersTest, ANamespaceGetsItsAccount) {
  put(live::kNamespace, R"({"metadata": {"name": "team"}})");
  EXPECT_TRUE(eventually(
      [&] { return objects().get(live::kServiceAccount.id(), "team", "default").has_value(); }));
}

TEST_F(ControllersTest, APodThatCrashesIsNotReadyAndCountsRestarts) {
  put(kPod, R"({"metadata": {"name": "bad", "annotations": {"sandbox.gpuspec.dev/exit-code": "1"}},
    "spec": {"containers": [{"name": "c", "image": "c"}]}})");
  EXPECT_TRUE(eventually([&] {
    const auto pod = get(kPod, "bad");
    const auto& statuses = listAt(*pod, {"status", "containerStatuses"});
    return !statuses.empty() && intAt(statuses[0], {"restartCount"}) >= 2 &&
           textAt(statuses[0], {"state", "waiting", "reason"}) == "CrashLoopBackOff" &&
           live::conditionStatus(*pod, "Ready") == "False";
  }));
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
