#include <gtest/gtest.h>

#include "backends/deploy/model/compare.h"
#include "tests/deploy/model/json.h"

namespace gpuspec::deploy::model {
namespace {

using test::json;

struct Case {
  const char *kind, *path, *value, *item;
  bool is_default;
};

TEST(Defaults, WhatTheServerWritesByItself) {
  static constexpr Case kCases[] = {
      {"NetworkPolicy", "spec.ingress.ports.protocol", R"("TCP")", R"({"port": 80})", true},
      {"NetworkPolicy", "spec.ingress.ports.protocol", R"("UDP")", R"({"port": 80})", false},
      {"Service", "spec.ports.protocol", R"("TCP")", "{}", false},
      {"RoleBinding", "subjects.apiGroup", R"("rbac.authorization.k8s.io")", "{}", true},
      {"RoleBinding", "subjects.apiGroup", R"("example.com")", "{}", false},
      {"ValidatingAdmissionPolicy", "spec.failurePolicy", R"("Fail")", "{}", true},
      {"ValidatingAdmissionPolicy", "spec.failurePolicy", R"("Ignore")", "{}", false},
      {"ValidatingAdmissionPolicy", "spec.matchConstraints.objectSelector", "{}", "{}", true},
      {"ValidatingAdmissionPolicy", "spec.matchConstraints.objectSelector",
       R"({"matchLabels": {"a": "b"}})", "{}", false},
      // Types follow from the rules that are there.
      {"NetworkPolicy", "spec.policyTypes", R"(["Ingress"])", R"({"podSelector": {}})", true},
      {"NetworkPolicy", "spec.policyTypes", R"(["Ingress", "Egress"])", R"({"egress": []})", true},
      {"NetworkPolicy", "spec.policyTypes", R"(["Ingress", "Egress"])", R"({"ingress": []})",
       false},
      {"NetworkPolicy", "spec.policyTypes", R"(["Egress"])", R"({"ingress": []})", false},
      // A LimitRange's defaults follow from its limits.
      {"LimitRange", "spec.limits.default", R"({"cpu": "1"})", R"({"max": {"cpu": "1000m"}})",
       true},
      {"LimitRange", "spec.limits.default", R"({"cpu": "2"})", R"({"max": {"cpu": "1"}})", false},
      {"LimitRange", "spec.limits.default", R"({"cpu": "2"})", R"({"min": {"cpu": "2"}})", false},
      {"LimitRange", "spec.limits.defaultRequest", R"({"cpu": "1"})",
       R"({"default": {"cpu": "1"}})", true},
      {"LimitRange", "spec.limits.defaultRequest", R"({"cpu": "1"})", R"({"max": {"cpu": "2"}})",
       false},
      // Nothing is nobody's.
      {"NetworkPolicy", "spec.egress", "[]", "{}", true},
      {"NetworkPolicy", "spec.ingress", R"([{}])", "{}", false},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(isServerDefault(c.kind, c.path, json(c.value), json(c.item)), c.is_default)
        << c.kind << " " << c.path << " " << c.value << " in " << c.item;
}

TEST(Defaults, WhatOpensADoorIsGuarded) {
  for (const auto& [kind, path] : std::initializer_list<std::pair<const char*, const char*>>{
           {"NetworkPolicy", "spec"},
           {"NetworkPolicy", "spec.ingress.from"},
           {"CiliumNetworkPolicy", "spec.egress"},
           {"Role", "rules"},
           {"Role", "rules[0].verbs"},
           {"ClusterRoleBinding", "subjects"},
           {"ResourceQuota", "spec.hard.cpu"},
           {"LimitRange", "spec.limits"},
           {"ValidatingAdmissionPolicyBinding", "spec.matchResources"}})
    EXPECT_TRUE(isGuarded(kind, path)) << kind << " " << path;
  for (const auto& [kind, path] : std::initializer_list<std::pair<const char*, const char*>>{
           {"NetworkPolicy", "metadata.labels.x"},
           {"NetworkPolicy", "specification"},
           {"Deployment", "spec.replicas"},
           {"Role", "rulesOfOthers"},
           {"ResourceQuota", "status.used"}})
    EXPECT_FALSE(isGuarded(kind, path)) << kind << " " << path;
}

TEST(Defaults, WhatCannotChange) {
  for (const auto& [kind, path] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Job", "spec.template.spec.containers.image"},
           {"Job", "spec.completions"},
           {"Deployment", "spec.selector.matchLabels.app"},
           {"StatefulSet", "spec.volumeClaimTemplates"},
           {"RoleBinding", "roleRef.name"},
           {"PriorityClass", "value"},
           {"Pod", "spec.containers.resources.limits.cpu"},
           {"Pod", "spec.nodeName"}})
    EXPECT_TRUE(isImmutable(kind, path)) << kind << " " << path;
  for (const auto& [kind, path] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Job", "spec.parallelism"},
           {"Job", "spec.suspend"},
           {"Job", "spec.templates"},
           {"Deployment", "spec.template.spec.containers.image"},
           {"RoleBinding", "subjects"},
           {"Pod", "spec.containers.image"},
           {"Pod", "spec.tolerations"},
           {"Pod", "metadata.labels.x"},
           {"ConfigMap", "data.x"}})
    EXPECT_FALSE(isImmutable(kind, path)) << kind << " " << path;
}

}  // namespace
}  // namespace gpuspec::deploy::model
