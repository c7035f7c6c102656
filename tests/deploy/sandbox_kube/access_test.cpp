// Access reviews answer from the RBAC objects that are there.

#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

constexpr const char* kReviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
constexpr const char* kRbac = "/apis/rbac.authorization.k8s.io/v1";

class AccessTest : public ApiTest {
 protected:
  AccessTest() {
    apply("/api/v1/namespaces/team",
          R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}})");
  }

  void bind(const std::string& role_kind, const std::string& role, const std::string& subject) {
    const Reply made = create(
        std::string(kRbac) + "/namespaces/team/rolebindings",
        R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":")" +
            role_kind + R"(","name":")" + role + R"("},"subjects":[)" + subject + "]}");
    ASSERT_EQ(made.status, 201) << made.text;
  }
  void role(const std::string& path, const std::string& kind, const std::string& name,
            const std::string& more) {
    const Reply made = create(std::string(kRbac) + path,
                              R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":")" + kind +
                                  R"(","metadata":{"name":")" + name + R"(","labels":{"part":")" +
                                  name + R"("}},)" + more + "}");
    ASSERT_EQ(made.status, 201) << made.text;
  }
  Reply ask(const std::string& who, const std::string& attributes) {
    return create(
        kReviews,
        R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{)" + who +
            R"(,"resourceAttributes":{)" + attributes + "}}}");
  }
  bool may(const std::string& who, const std::string& attributes) {
    const Reply answer = ask(who, attributes);
    EXPECT_EQ(answer.status, 201) << answer.text;
    return answer.at("status.allowed") == Tree(true);
  }
};

constexpr const char* kVision = R"("user":"u","groups":["vision"])";
constexpr const char* kGroupSubject =
    R"({"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"vision"})";
constexpr const char* kGetPods = R"("namespace":"team","verb":"get","resource":"pods")";
constexpr const char* kGetSecrets = R"("namespace":"team","verb":"get","resource":"secrets")";

TEST_F(AccessTest, NobodyMayWithoutABinding) {
  EXPECT_FALSE(may(kVision, kGetPods));
  EXPECT_TRUE(may(R"("user":"root","groups":["system:masters"])", kGetSecrets));
}

TEST_F(AccessTest, ABindingReachesItsNamespaceAndNoOther) {
  bind("ClusterRole", "view", kGroupSubject);
  EXPECT_TRUE(may(kVision, kGetPods));
  EXPECT_FALSE(may(kVision, kGetSecrets));
  EXPECT_FALSE(may(kVision, R"("namespace":"team","verb":"create","resource":"pods")"));
  EXPECT_FALSE(may(kVision, R"("namespace":"default","verb":"get","resource":"pods")"));
  EXPECT_FALSE(may(kVision, R"("verb":"get","resource":"pods")"));
  EXPECT_FALSE(may(R"("user":"u","groups":["speech"])", kGetPods));
  EXPECT_EQ(ask(kVision, kGetPods).textAt("status.reason"),
            "RBAC: allowed by RoleBinding \"b/team\" of ClusterRole \"view\" to Group \"vision\"");
}

TEST_F(AccessTest, EditReadsSecretsAndWritesNoRoles) {
  bind("ClusterRole", "edit", kGroupSubject);
  EXPECT_TRUE(may(kVision, kGetSecrets));
  EXPECT_TRUE(
      may(kVision, R"("namespace":"team","verb":"create","resource":"jobs","group":"batch")"));
  EXPECT_FALSE(may(
      kVision,
      R"("namespace":"team","verb":"create","resource":"rolebindings","group":"rbac.authorization.k8s.io")"));
}

TEST_F(AccessTest, ARoleOfItsOwnWithNamesSubresourcesAndAServiceAccount) {
  role(
      "/namespaces/team/roles", "Role", "r",
      R"("rules":[{"apiGroups":[""],"resources":["configmaps"],"resourceNames":["settings"],"verbs":["get"]},
                   {"apiGroups":[""],"resources":["*/log"],"verbs":["*"]}])");
  bind("Role", "r", R"({"kind":"ServiceAccount","name":"runner","namespace":"team"})");
  const std::string runner = R"("user":"system:serviceaccount:team:runner")";
  EXPECT_TRUE(
      may(runner, R"("namespace":"team","verb":"get","resource":"configmaps","name":"settings")"));
  EXPECT_FALSE(
      may(runner, R"("namespace":"team","verb":"get","resource":"configmaps","name":"others")"));
  EXPECT_FALSE(may(runner, R"("namespace":"team","verb":"get","resource":"configmaps")"));
  EXPECT_TRUE(
      may(runner, R"("namespace":"team","verb":"get","resource":"pods","subresource":"log")"));
  EXPECT_FALSE(may(runner, kGetPods));
}

TEST_F(AccessTest, AnAggregatedRoleIsTheSumOfOthers) {
  role(
      "/clusterroles", "ClusterRole", "sum",
      R"("aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"part":"piece"}}]},"rules":[])");
  bind("ClusterRole", "sum", kGroupSubject);
  EXPECT_FALSE(may(kVision, kGetPods));
  role("/clusterroles", "ClusterRole", "piece",
       R"("rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}])");
  EXPECT_TRUE(may(kVision, kGetPods));
}

TEST_F(AccessTest, AQuestionHasToBeOne) {
  EXPECT_EQ(
      create(
          kReviews,
          R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"u"}})")
          .status,
      422);
  EXPECT_EQ(ask(R"("user":"")", kGetPods).status, 422);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
