#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

constexpr const char* kPods = "/api/v1/namespaces/team/pods";

class AdmissionTest : public ApiTest {
 protected:
  AdmissionTest() { label("{}"); }

  void label(const std::string& labels) {
    apply("/api/v1/namespaces/team",
          R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team","labels":)" + labels +
              "}}");
  }
  static std::string pod(const std::string& name, const std::string& resources,
                         const std::string& more = "") {
    return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
           R"("},"spec":{"containers":[{"name":"c","image":"i","resources":)" + resources + "}]" +
           more + "}}";
  }
  void quota(const std::string& hard) {
    const Reply made = create(
        "/api/v1/namespaces/team/resourcequotas",
        R"({"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q"},"spec":{"hard":)" +
            hard + "}}");
    ASSERT_EQ(made.status, 201) << made.text;
  }
  Tree used(const std::string& name) {
    const Tree status = get("/api/v1/namespaces/team/resourcequotas/q").at("status.used");
    const Tree* found = status.find(name);
    return found == nullptr ? Tree() : *found;
  }
};

TEST_F(AdmissionTest, QuotaIsCountedAndHeld) {
  quota(R"({"requests.example.com/gpu":"4","pods":"3"})");
  EXPECT_EQ(used("pods"), Tree("0"));
  ASSERT_EQ(create(kPods, pod("a", R"({"limits":{"example.com/gpu":3}})")).status, 201);
  EXPECT_EQ(used("requests.example.com/gpu"), Tree("3"));
  const Reply refused = create(kPods, pod("b", R"({"limits":{"example.com/gpu":2}})"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(
      refused.message(),
      "pods \"b\" is forbidden: exceeded quota: q, requested: requests.example.com/gpu=2, used: "
      "requests.example.com/gpu=3, limited: requests.example.com/gpu=4");
  ASSERT_EQ(create(kPods, pod("c", "{}")).status, 201);
  merge(std::string(kPods) + "/a/status", R"({"status":{"phase":"Succeeded"}})");
  EXPECT_EQ(used("requests.example.com/gpu"), Tree("0"));
  EXPECT_EQ(used("pods"), Tree("1"));
  remove(std::string(kPods) + "/c");
  EXPECT_EQ(used("pods"), Tree("0"));
}

TEST_F(AdmissionTest, ComputeQuotaWantsToBeSpokenOf) {
  quota(R"({"requests.cpu":"2","count/configmaps":"2"})");
  EXPECT_EQ(create(kPods, pod("a", "{}")).message(),
            "pods \"a\" is forbidden: failed quota: q: must specify requests.cpu");
  EXPECT_EQ(create(kPods, pod("a", R"({"requests":{"cpu":"500m"}})")).status, 201);
  EXPECT_EQ(used("requests.cpu"), Tree("500m"));
  EXPECT_EQ(used("count/configmaps"), Tree("1"));
}

TEST_F(AdmissionTest, LimitRangesGiveDefaultsAndBounds) {
  create(
      "/api/v1/namespaces/team/limitranges",
      R"({"apiVersion":"v1","kind":"LimitRange","metadata":{"name":"l"},"spec":{"limits":[{"type":"Container","default":{"memory":"1Gi"},"max":{"memory":"2Gi"}}]}})");
  const Reply made = create(kPods, pod("a", "{}"));
  EXPECT_EQ(made.textAt("spec.containers.0.resources.limits.memory"), "1Gi");
  EXPECT_EQ(made.textAt("spec.containers.0.resources.requests.memory"), "1Gi");
  const Reply refused = create(kPods, pod("b", R"({"limits":{"memory":"3Gi"}})"));
  EXPECT_EQ(refused.message(),
            "pods \"b\" is forbidden: maximum memory usage per Container is 2Gi, but limit is 3Gi");
}

TEST_F(AdmissionTest, PriorityClassesAreResolved) {
  EXPECT_EQ(create(kPods, pod("a", "{}", R"(,"priorityClassName":"none")")).message(),
            "pods \"a\" is forbidden: no PriorityClass with name none was found");
  create(
      "/apis/scheduling.k8s.io/v1/priorityclasses",
      R"({"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"high"},"value":1000})");
  EXPECT_EQ(create(kPods, pod("a", "{}", R"(,"priorityClassName":"high")")).at("spec.priority"),
            Tree(1000));
  EXPECT_EQ(create(kPods, pod("b", "{}")).at("spec.priority"), Tree(0));
}

TEST_F(AdmissionTest, PodSecurityHoldsItsLevel) {
  label(R"({"pod-security.kubernetes.io/enforce":"restricted"})");
  const Reply refused = create(kPods, pod("a", "{}"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.message(),
            "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": "
            "allowPrivilegeEscalation != false "
            "(container \"c\" must set securityContext.allowPrivilegeEscalation=false), "
            "unrestricted capabilities "
            "(container \"c\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot "
            "!= true (pod or container "
            "\"c\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "
            "\"c\" must set "
            "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")");
  label(R"({"pod-security.kubernetes.io/enforce":"baseline"})");
  EXPECT_EQ(create(kPods, pod("a", "{}")).status, 201);
  EXPECT_NE(create(kPods, pod("b", "{}", R"(,"hostNetwork":true)"))
                .message()
                .find("host namespaces (hostNetwork=true)"),
            std::string::npos);
}

TEST_F(AdmissionTest, AdmissionPoliciesDecide) {
  const Reply policy =
      create("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", R"json({
    "apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"most"},
    "spec":{"failurePolicy":"Fail","matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"]}]},
    "variables":[{"name":"containers","expression":"object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])"}],
    "validations":[{"expression":"variables.containers.all(c, !has(c.resources) || !has(c.resources.limits) || !('example.com/gpu' in c.resources.limits) || quantity(c.resources.limits['example.com/gpu']).compareTo(quantity('2')) <= 0)",
    "message":"at most 2","reason":"Invalid"}]}})json");
  ASSERT_EQ(policy.status, 201) << policy.text;
  ASSERT_EQ(create("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", R"({
    "apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"most"},
    "spec":{"policyName":"most","validationActions":["Deny"],"matchResources":{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"team"}}}}})")
                .status,
            201);
  const Reply refused = create(kPods, pod("a", R"({"limits":{"example.com/gpu":3}})"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.message(),
            "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'most' with binding 'most' denied "
            "request: at most 2");
  EXPECT_EQ(create(kPods, pod("a", R"({"limits":{"example.com/gpu":2}})")).status, 201);
  EXPECT_EQ(
      create("/api/v1/namespaces/default/pods", pod("a", R"({"limits":{"example.com/gpu":3}})"))
          .status,
      201);
}

TEST_F(AdmissionTest, EvictionKeepsABudget) {
  create("/apis/policy/v1/namespaces/team/poddisruptionbudgets",
         R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget",
    "metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"}}}})");
  for (const std::string name : {"a", "b"}) {
    create(kPods,
           R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
               R"(","labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}})");
    merge(std::string(kPods) + "/" + name + "/status",
          R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})");
  }
  const std::string body =
      R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a"}})";
  EXPECT_EQ(create(std::string(kPods) + "/a/eviction", body).status, 201);
  const Reply refused = create(std::string(kPods) + "/b/eviction", body);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.message(), "Cannot evict pod as it would violate the pod's disruption budget.");
  EXPECT_EQ(refused.textAt("details.causes.0.message"),
            "The disruption budget b needs 1 healthy pods and has 1 currently");
  EXPECT_EQ(get(std::string(kPods) + "/b").status, 200);
}

TEST_F(AdmissionTest, BoundPodsEndGracefully) {
  create(kPods, pod("a", "{}"));
  EXPECT_EQ(
      create(
          std::string(kPods) + "/a/binding",
          R"({"apiVersion":"v1","kind":"Binding","metadata":{"name":"a"},"target":{"kind":"Node","name":"n1"}})")
          .status,
      201);
  EXPECT_EQ(get(std::string(kPods) + "/a").textAt("spec.nodeName"), "n1");
  EXPECT_EQ(remove(std::string(kPods) + "/a").at("metadata.deletionGracePeriodSeconds"), Tree(30));
  EXPECT_EQ(get(std::string(kPods) + "/a").status, 200);
  ASSERT_TRUE(
      static_cast<bool>(api_->objects().remove({"", "v1", "pods"}, "team", "a", "Background")));
  EXPECT_EQ(get(std::string(kPods) + "/a").status, 404);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
