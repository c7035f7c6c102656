#include "backends/deploy/model/compare.h"

#include <gtest/gtest.h>

#include "tests/deploy/model/json.h"

namespace gpuspec::deploy::model {
namespace {

using test::json;

struct Case {
  System system;
  const char *kind, *path, *a, *b;
};

std::string shown(const Case& c) {
  return std::string(c.kind) + " " + c.path + ": " + c.a + " and " + c.b;
}

bool same(const Case& c) {
  const Tree a = json(c.a), b = json(c.b);
  const bool forth = sameValue(c.system, c.kind, c.path, a, b);
  return forth;
}

TEST(Compare, SameInKubernetes) {
  static constexpr Case kCases[] = {
      {System::Kubernetes, "ResourceQuota", "spec.hard.requests.cpu", R"("1000m")", "1"},
      {System::Kubernetes, "ResourceQuota", "spec.hard.memory", R"("1Gi")", R"("1073741824")"},
      {System::Kubernetes, "Job", "spec.template.spec.containers.resources.limits.cpu", "2",
       R"("2")"},
      {System::Kubernetes, "LimitRange", "spec.limits.default.cpu", R"("0.5")", R"("500m")"},
      {System::Kubernetes, "PersistentVolumeClaim", "spec.resources.requests.storage", R"("1Ti")",
       R"("1024Gi")"},
      {System::Kubernetes, "Job", "spec.template.spec.volumes.emptyDir.sizeLimit", R"("1Gi")",
       R"("1024Mi")"},
      {System::Kubernetes, "HorizontalPodAutoscaler", "spec.metrics.pods.target.averageValue",
       R"("1")", R"("1000m")"},
      {System::Kubernetes, "HorizontalPodAutoscaler", "spec.metrics.object.target.value", R"("1")",
       R"("1000m")"},
      {System::Kubernetes, "HTTPRoute", "spec.rules.timeouts.requestTimeout", R"("60s")",
       R"("1m0s")"},
      {System::Kubernetes, "Gate", "spec.interval", R"("1.5h")", R"("1h30m0s")"},
      {System::Kubernetes, "Gate", "spec.duration", R"("1500ms")", R"("1.5s")"},
      {System::Kubernetes, "Gate", "spec.weight", "1", "1.0"},
      {System::Kubernetes, "NetworkPolicy", "spec.policyTypes", R"(["Ingress","Egress"])",
       R"(["Egress","Ingress"])"},
      {System::Kubernetes, "Role", "rules.verbs", R"(["get","list"])", R"(["list","get"])"},
      {System::Kubernetes, "Namespace", "metadata.finalizers", R"(["a","b"])", R"(["b","a"])"},
  };
  for (const Case& c : kCases) {
    EXPECT_TRUE(same(c)) << shown(c);
    EXPECT_TRUE(same({c.system, c.kind, c.path, c.b, c.a})) << shown(c);
  }
}

TEST(Compare, DifferentInKubernetes) {
  static constexpr Case kCases[] = {
      {System::Kubernetes, "ResourceQuota", "spec.hard.requests.cpu", R"("1000m")", "2"},
      {System::Kubernetes, "ConfigMap", "data.limits.cpu", R"("1000m")", R"("1")"},
      {System::Kubernetes, "Pod", "metadata.annotations.example.com/limits.cpu", R"("1000m")",
       R"("1")"},
      {System::Kubernetes, "Job", "spec.template.spec.containers.image", R"("a:1")", R"("a:1.0")"},
      {System::Kubernetes, "Gate", "spec.interval", R"("1h")", R"("61m")"},
      {System::Kubernetes, "Gate", "spec.interval", R"("soon")", R"("later")"},
      {System::Kubernetes, "Gate", "spec.interval", R"("99999999999999999999h")",
       R"("99999999999999999998h")"},
      {System::Kubernetes, "Gate", "spec.interval", R"("1")", R"("1s")"},
      {System::Kubernetes, "Job", "spec.template.spec.containers.args", R"(["a","b"])",
       R"(["b","a"])"},
      {System::Kubernetes, "Role", "rules.verbs", R"(["get","get"])", R"(["get","list"])"},
      {System::Kubernetes, "Role", "rules.verbs", R"(["get"])", R"(["get","list"])"},
      {System::Kubernetes, "Service", "spec.ports.targetPort", "80", R"("80")"},
      {System::Kubernetes, "Job", "spec.suspend", "true", R"("true")"},
      {System::Kubernetes, "Gate", "spec.x", "{}", "[]"},
  };
  for (const Case& c : kCases) {
    EXPECT_FALSE(same(c)) << shown(c);
    EXPECT_FALSE(same({c.system, c.kind, c.path, c.b, c.a})) << shown(c);
  }
}

TEST(Compare, SameInAzure) {
  static constexpr Case kCases[] = {
      {System::Azure, "managedClusters", "location", R"("South Central US")",
       R"("southcentralus")"},
      {System::Azure, "managedClusters", "properties.kubernetesVersion", R"("1.36")",
       R"("1.36.2")"},
      {System::Azure, "managedClusters/agentPools", "properties.orchestratorVersion", R"("1.36.1")",
       R"("1.36.1")"},
      {System::Azure, "managedClusters/agentPools", "properties.vmSize", R"("Standard_D4s_v5")",
       R"("standard_d4s_v5")"},
      {System::Azure, "managedClusters/agentPools", "properties.vnetSubnetID",
       R"("/subscriptions/S/resourceGroups/G")", R"("/subscriptions/S/resourcegroups/g")"},
      {System::Azure, "managedClusters/agentPools", "properties.availabilityZones", R"(["1","2"])",
       R"(["2","1"])"},
      {System::Azure, "managedClusters/agentPools", "properties.nodeTaints",
       R"(["a=b:NoSchedule","c=d:NoSchedule"])", R"(["c=d:NoSchedule","a=b:NoSchedule"])"},
      {System::Azure, "managedClusters/agentPools", "properties.spotMaxPrice", "-1", "-1.0"},
      {System::Azure, "managedClusters/agentPools", "properties.spotMaxPrice", R"("0.5")", "0.5"},
  };
  for (const Case& c : kCases) EXPECT_TRUE(same(c)) << shown(c);
}

TEST(Compare, DifferentInAzure) {
  static constexpr Case kCases[] = {
      {System::Azure, "managedClusters", "location", R"("westus")", R"("westus2")"},
      {System::Azure, "managedClusters", "properties.kubernetesVersion", R"("1.3")", R"("1.36.2")"},
      {System::Azure, "managedClusters", "properties.kubernetesVersion", R"("1")", R"("1.36.2")"},
      {System::Azure, "managedClusters", "properties.kubernetesVersion", R"("1.36.2")",
       R"("1.36")"},
      {System::Azure, "managedClusters", "properties.kubernetesVersion", R"("1.36.1")",
       R"("1.36.10")"},
      {System::Azure, "managedClusters", "tags.team", R"("ML")", R"("ml")"},
      {System::Azure, "managedClusters/agentPools", "properties.nodeLabels.team", R"("ML")",
       R"("ml")"},
      {System::Azure, "managedClusters/agentPools", "properties.nodeTaints",
       R"(["a=B:NoSchedule"])", R"(["a=b:NoSchedule"])"},
      {System::Azure, "managedClusters", "properties.linuxProfile.ssh.publicKeys.keyData",
       R"("ssh-rsa AA")", R"("ssh-rsa aa")"},
      {System::Azure, "managedClusters/agentPools", "properties.enableFIPS", "true", R"("true")"},
  };
  for (const Case& c : kCases) EXPECT_FALSE(same(c)) << shown(c);
}

TEST(Compare, ValuesOfReleasesAreTakenAsTheyAre) {
  EXPECT_TRUE(same({System::Helm, "Release", "values.resources.limits.cpu", R"("1")", R"("1")"}));
  EXPECT_FALSE(
      same({System::Helm, "Release", "values.resources.limits.cpu", R"("1000m")", R"("1")"}));
}

struct Absence {
  const char *kind, *path, *value;
  bool same;
};

TEST(Compare, WhatMeansTheSameAsNothing) {
  static constexpr Absence kCases[] = {
      {"Deployment", "spec.template.spec.hostNetwork", "false", true},
      {"Deployment", "spec.template.spec.volumes.configMap.defaultMode", "null", true},
      {"Deployment", "spec.template.spec.nodeSelector", "{}", true},
      {"Deployment", "spec.template.spec.containers.command", "[]", true},
      {"Deployment", "spec.template.spec.hostname", R"("")", true},
      {"Deployment", "spec.template.spec.hostNetwork", "true", false},
      // A quota of nothing is a quota.
      {"ResourceQuota", "spec.hard.requests.example.com/gpu", "0", false},
      {"ResourceQuota", "spec.hard.requests.example.com/gpu", "null", true},
      // An empty selector selects everything.
      {"NetworkPolicy", "spec.podSelector", "{}", false},
      {"NetworkPolicy", "spec.ingress.from.namespaceSelector", "{}", false},
      {"NetworkPolicy", "spec.egress", "[]", true},
      // Custom resources keep what was written.
      {"CiliumNetworkPolicy", "spec.egress", "[]", false},
      // Absent, these are allowed, unlimited or on.
      {"ServiceAccount", "automountServiceAccountToken", "false", false},
      {"Pod", "spec.automountServiceAccountToken", "false", false},
      {"Pod", "spec.hostUsers", "false", false},
      {"Pod", "spec.containers.securityContext.allowPrivilegeEscalation", "false", false},
      {"Pod", "spec.securityContext.runAsUser", "0", false},
      {"Job", "spec.ttlSecondsAfterFinished", "0", false},
      {"Job", "spec.backoffLimit", "0", false},
      {"Deployment", "spec.replicas", "0", false},
      {"PodDisruptionBudget", "spec.maxUnavailable", "0", false},
      // A label with an empty value is a label.
      {"Namespace", "metadata.labels.example.com/gpu", R"("")", false},
      {"Namespace", "metadata.annotations.note", R"("")", false},
      {"Pod", "spec.nodeSelector.example.com/gpu", R"("")", false},
      {"Deployment", "spec.selector.matchLabels.x", R"("")", false},
      {"ConfigMap", "data.empty", R"("")", false},
      {"Secret", "data.empty", R"("")", false},
      {"Namespace", "metadata.labels", "{}", true},
  };
  for (const Absence& c : kCases)
    EXPECT_EQ(isSameAsAbsent(System::Kubernetes, c.kind, c.path, json(c.value)), c.same)
        << c.kind << " " << c.path << " " << c.value;
}

TEST(Compare, WhatMeansTheSameAsNothingInAzure) {
  const auto same = [](const char* path, const char* value) {
    return isSameAsAbsent(System::Azure, "managedClusters/agentPools", path, json(value));
  };
  EXPECT_TRUE(same("properties.enableFIPS", "false"));
  EXPECT_TRUE(same("properties.nodeTaints", "[]"));
  EXPECT_FALSE(same("properties.enableFIPS", "true"));
  EXPECT_FALSE(same("properties.nodeLabels.example.com/gpu", R"("")"));
  EXPECT_FALSE(same("tags.empty", R"("")"));
}

TEST(Compare, ListsThatAreMaps) {
  using Keys = std::vector<std::string>;
  const auto keys = [](const char* kind, const char* path) {
    return listKeys(System::Kubernetes, kind, path);
  };
  EXPECT_EQ(keys("Job", "spec.template.spec.containers"), Keys{"name"});
  EXPECT_EQ(keys("Job", "spec.template.spec.containers.env"), Keys{"name"});
  EXPECT_EQ(keys("Job", "spec.template.spec.containers.volumeMounts"), Keys{"mountPath"});
  EXPECT_EQ(keys("Job", "spec.template.spec.containers.ports"),
            (Keys{"containerPort", "protocol"}));
  EXPECT_EQ(keys("Service", "spec.ports"), (Keys{"port", "protocol"}));
  EXPECT_EQ(keys("NetworkPolicy", "spec.ingress.ports"), Keys{});
  EXPECT_EQ(keys("Job", "spec.template.spec.containers.args"), Keys{});
  EXPECT_EQ(keys("ServiceAccount", "secrets"), Keys{"name"});
  EXPECT_EQ(keys("Pod", "spec.secrets"), Keys{});
  EXPECT_EQ(listKeys(System::Azure, "managedClusters", "properties.agentPoolProfiles"),
            Keys{"name"});
  EXPECT_EQ(listKeys(System::Azure, "managedClusters", "properties.containers"), Keys{});
}

TEST(Compare, ItemsByTheirKeys) {
  const Tree http = json(R"({"port": 80})"), dns = json(R"({"port": 53, "protocol": "UDP"})");
  const Tree tcp80 = json(R"({"port": 80, "protocol": "TCP"})");
  EXPECT_TRUE(hasListKeys(http, tcp80)) << "TCP is the default";
  EXPECT_TRUE(hasListKeys(json(R"({"port": 80, "protocol": "TCP", "name": "x"})"), tcp80));
  EXPECT_FALSE(hasListKeys(dns, tcp80));
  EXPECT_FALSE(hasListKeys(dns, json(R"({"port": 53, "protocol": "TCP"})")));
  EXPECT_FALSE(hasListKeys(http, json(R"({"name": "x"})")));
}

TEST(Compare, KeysOfAnItem) {
  const std::vector<std::string> keys = {"containerPort", "protocol"};
  EXPECT_EQ(listKeysOf(json(R"({"containerPort": 80, "name": "x"})"), keys),
            json(R"({"containerPort": 80, "protocol": "TCP"})"));
  EXPECT_EQ(listKeysOf(json(R"({"protocol": "UDP", "containerPort": 80})"), keys),
            json(R"({"containerPort": 80, "protocol": "UDP"})"));
  EXPECT_EQ(listKeysOf(json(R"({"image": "x"})"), {"name"}), json("{}"));
}

}  // namespace
}  // namespace gpuspec::deploy::model
