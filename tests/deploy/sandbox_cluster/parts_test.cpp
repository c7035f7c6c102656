// The pure parts: quantities, selectors, schedules, and the scheduler's rules.

#include "backends/deploy/sandbox/cluster/cron_schedule.h"
#include "backends/deploy/sandbox/cluster/fit.h"
#include "backends/deploy/sandbox/cluster/selectors.h"
#include "backends/deploy/sandbox/cluster/world.h"
#include "tests/deploy/sandbox_cluster/fixture.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

TEST(Quantity, ReadsWhatKubernetesWrites) {
  EXPECT_EQ(milliOf(std::string_view("1")), 1000);
  EXPECT_EQ(milliOf(std::string_view("500m")), 500);
  EXPECT_EQ(milliOf(std::string_view("1.5")), 1500);
  EXPECT_EQ(milliOf(std::string_view("1Ki")), 1024'000);
  EXPECT_EQ(milliOf(std::string_view("2e3")), 2'000'000);
  EXPECT_EQ(milliOf(std::string_view("1900Gi")), 1900LL * 1024 * 1024 * 1024 * 1000);
  EXPECT_EQ(milliOf(std::string_view("1u")), 1);
  EXPECT_FALSE(milliOf(std::string_view("")));
  EXPECT_FALSE(milliOf(std::string_view("Gi")));
  EXPECT_FALSE(milliOf(std::string_view("1 Gi")));
  EXPECT_FALSE(milliOf(std::string_view("1..5")));
}

TEST(Quantity, WritesTheCanonicalForm) {
  EXPECT_EQ(quantityText(500, false), "500m");
  EXPECT_EQ(quantityText(8000, false), "8");
  EXPECT_EQ(quantityText(2'000'000, false), "2k");
  EXPECT_EQ(quantityText(1024'000, true), "1Ki");
  EXPECT_EQ(quantityText(1025'000, true), "1025");
  EXPECT_EQ(quantityText(0, true), "0");
}

TEST(Quantity, APodNeedsItsContainersOrItsLargestStart) {
  const Tree pod = json(R"({"spec": {
    "initContainers": [{"resources": {"requests": {"cpu": "3"}}},
                       {"restartPolicy": "Always", "resources": {"requests": {"cpu": "500m"}}},
                       {"resources": {"requests": {"cpu": "1"}}}],
    "containers": [{"resources": {"requests": {"cpu": "1"}}}, {"resources": {"limits": {"cpu": "250m"}}}],
    "overhead": {"cpu": "100m"}}})");
  EXPECT_EQ(requestsOf(pod).at("cpu"), 3100);
  EXPECT_EQ(requestsOf(pod).at("pods"), 1000);
}

TEST(Selectors, FollowTheirOperators) {
  const Labels labels = {{"a", "1"}, {"b", "x"}};
  const auto holds = [&](std::string_view text) {
    const Tree selector = json(text);
    return matches(&selector, labels);
  };
  EXPECT_TRUE(holds("{}"));
  EXPECT_TRUE(holds(R"({"matchLabels": {"a": "1"}})"));
  EXPECT_FALSE(holds(R"({"matchLabels": {"a": "2"}})"));
  EXPECT_TRUE(
      holds(R"({"matchExpressions": [{"key": "b", "operator": "In", "values": ["x", "y"]}]})"));
  EXPECT_TRUE(
      holds(R"({"matchExpressions": [{"key": "c", "operator": "NotIn", "values": ["x"]}]})"));
  EXPECT_TRUE(holds(R"({"matchExpressions": [{"key": "c", "operator": "DoesNotExist"}]})"));
  EXPECT_FALSE(holds(R"({"matchExpressions": [{"key": "c", "operator": "Exists"}]})"));
  EXPECT_FALSE(matches(nullptr, labels));
}

TEST(Tolerations, MatchByKeyValueAndEffect) {
  const Tree taint = json(R"({"key": "gpu", "value": "yes", "effect": "NoSchedule"})");
  const auto holds = [&](std::string_view toleration) {
    return tolerates(json(R"({"spec": {"tolerations": [)" + std::string(toleration) + "]}}"),
                     taint);
  };
  EXPECT_TRUE(holds(R"({"operator": "Exists"})"));
  EXPECT_TRUE(holds(R"({"key": "gpu", "operator": "Exists", "effect": "NoSchedule"})"));
  EXPECT_TRUE(holds(R"({"key": "gpu", "value": "yes"})"));
  EXPECT_FALSE(holds(R"({"key": "gpu", "value": "no"})"));
  EXPECT_FALSE(holds(R"({"key": "gpu", "operator": "Exists", "effect": "NoExecute"})"));
}

TEST(CronSchedule, FindsTheNextTime) {
  const auto next = [](std::string_view schedule, std::string_view after) {
    const auto parsed = CronSchedule::parse(schedule);
    if (!parsed) return std::string("no schedule");
    const auto time = parsed->after(*timeOf(after));
    return time ? timeText(*time) : std::string("never");
  };
  EXPECT_EQ(next("*/15 * * * *", "2026-11-21T05:16:05Z"), "2026-11-21T05:30:00Z");
  EXPECT_EQ(next("0 3 * * *", "2026-11-21T05:16:05Z"), "2026-11-22T03:00:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "2026-11-21T05:16:05Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 9 * * mon-fri", "2026-11-21T05:16:05Z"), "2026-11-23T09:00:00Z");
  EXPECT_EQ(next("0 0 1 * sun", "2026-11-21T05:16:05Z"), "2026-11-22T00:00:00Z");
  EXPECT_EQ(next("@monthly", "2026-11-21T05:16:05Z"), "2026-12-01T00:00:00Z");
  EXPECT_EQ(next("0 0 31 feb *", "2026-11-21T05:16:05Z"), "never");
  EXPECT_EQ(next("60 * * * *", "2026-11-21T05:16:05Z"), "no schedule");
  EXPECT_EQ(next("* * * *", "2026-11-21T05:16:05Z"), "no schedule");
  EXPECT_EQ(next("*/0 * * * *", "2026-11-21T05:16:05Z"), "no schedule");
}

class RulesTest : public testing::Test {
 protected:
  void addNode(const std::string& name, std::string_view fields) {
    Tree node = json(fields);
    setAt(node, {"metadata", "name"}, name);
    setAt(node, {"metadata", "labels", "kubernetes.io/hostname"}, name);
    NodeState state;
    state.node = std::make_shared<const Tree>(std::move(node));
    state.allocatable = {{"cpu", 4000}, {"pods", 10'000}, {"acme.com/gpu", 8000}};
    nodes_[name] = std::move(state);
  }
  void addPod(const std::string& node, std::string_view fields) {
    Tree pod = json(fields);
    setAt(pod, {"metadata", "namespace"}, "default");
    const std::string uid = "uid-" + std::to_string(++uids_);
    setAt(pod, {"metadata", "uid"}, uid);
    add(nodes_[node].used, requestsOf(pod));
    nodes_[node].pods[uid] = std::make_shared<const Tree>(std::move(pod));
  }
  // "" = it fits.
  std::string reason(std::string_view pod_fields, const std::string& node) {
    Tree pod = json(pod_fields);
    setAt(pod, {"metadata", "namespace"}, "default");
    const PodRules rules(pod, nodes_, cache_);
    std::string out;
    for (const std::string& each : rules.check(nodes_.at(node)).reasons)
      out += (out.empty() ? "" : "; ") + each;
    return out;
  }

  NodeStates nodes_;
  Cache cache_;
  int uids_ = 0;
};

TEST_F(RulesTest, NodesMustMatchAndTolerate) {
  addNode("a", R"({"metadata": {"labels": {"disk": "fast"}}})");
  addNode("b", R"({"spec": {"taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]}})");
  addNode("c", R"({"spec": {"unschedulable": true}})");
  const std::string picky = R"({"spec": {"nodeSelector": {"disk": "fast"}}})";
  EXPECT_EQ(reason(picky, "a"), "");
  EXPECT_EQ(reason("{}", "b"), "node(s) had untolerated taint {gpu: yes}");
  EXPECT_EQ(reason("{}", "c"), "node(s) were unschedulable");
  addNode("d", "{}");
  EXPECT_EQ(reason(picky, "d"), "node(s) didn't match Pod's node affinity/selector");
}

TEST_F(RulesTest, AllThatIsShortIsNamed) {
  addNode("a", "{}");
  addPod(
      "a",
      R"({"spec": {"containers": [{"resources": {"requests": {"cpu": "3500m", "acme.com/gpu": 8}}}]}})");
  EXPECT_EQ(
      reason(
          R"({"spec": {"containers": [{"resources": {"requests": {"cpu": 1, "acme.com/gpu": 1}}}]}})",
          "a"),
      "Insufficient acme.com/gpu; Insufficient cpu");
  EXPECT_EQ(
      reason(R"({"spec": {"containers": [{"resources": {"limits": {"acme.com/slice": 1}}}]}})",
             "a"),
      "Insufficient acme.com/slice");
}

TEST_F(RulesTest, AntiAffinityKeepsApartInBothDirections) {
  addNode("a", "{}");
  addNode("b", "{}");
  const std::string apart =
      R"({"metadata": {"labels": {"app": "web"}}, "spec": {"affinity": {"podAntiAffinity": {
    "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname",
    "labelSelector": {"matchLabels": {"app": "web"}}}]}}}})";
  addPod("a", apart);
  EXPECT_EQ(reason(apart, "a"), "node(s) didn't match pod anti-affinity rules");
  EXPECT_EQ(reason(apart, "b"), "");
  EXPECT_EQ(reason(R"({"metadata": {"labels": {"app": "web"}}})", "a"),
            "node(s) didn't satisfy existing pods anti-affinity rules");
}

TEST_F(RulesTest, AffinityGathersExceptForTheFirst) {
  addNode("a", "{}");
  addNode("b", "{}");
  const std::string near =
      R"({"metadata": {"labels": {"app": "ring"}}, "spec": {"affinity": {"podAffinity": {
    "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname",
    "labelSelector": {"matchLabels": {"app": "ring"}}}]}}}})";
  EXPECT_EQ(reason(near, "a"), "");
  addPod("b", near);
  EXPECT_EQ(reason(near, "a"), "node(s) didn't match pod affinity rules");
  EXPECT_EQ(reason(near, "b"), "");
}

TEST_F(RulesTest, SpreadKeepsTheSkewSmall) {
  addNode("a", R"({"metadata": {"labels": {"zone": "1"}}})");
  addNode("b", R"({"metadata": {"labels": {"zone": "2"}}})");
  addNode("c", "{}");
  const std::string spread =
      R"({"metadata": {"labels": {"app": "web"}}, "spec": {"topologySpreadConstraints": [
    {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
     "labelSelector": {"matchLabels": {"app": "web"}}}]}})";
  addPod("a", spread);
  EXPECT_EQ(reason(spread, "a"), "node(s) didn't match pod topology spread constraints");
  EXPECT_EQ(reason(spread, "b"), "");
  EXPECT_EQ(reason(spread, "c"),
            "node(s) didn't match pod topology spread constraints (missing required label)");
}

TEST_F(RulesTest, HostPortsAreTakenOnce) {
  addNode("a", "{}");
  const std::string pod =
      R"({"spec": {"containers": [{"ports": [{"containerPort": 80, "hostPort": 80}]}]}})";
  addPod("a", pod);
  EXPECT_EQ(reason(pod, "a"), "node(s) didn't have free ports for the requested pod ports");
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox::live
