// What the sandbox lets change is what the planner says can change, and both are what AKS does:
// aks_changes.def.

#include <algorithm>
#include <cctype>

#include "backends/deploy/model/arm_rules.h"
#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

class ChangeTest : public ArmTest {
 protected:
  ChangeTest() { makeCluster(); }
};

// One attempt at a change; JSON, "" = not given.
struct Attempt {
  std::string_view property;
  const char *from, *to;
  const char* both = "";  // further properties, before and after
};

void PrintTo(const Attempt& attempt, std::ostream* out) {
  *out << attempt.property << ' ' << attempt.from << " to " << attempt.to;
}

constexpr const char* kGpu = R"({"vmSize":"Standard_NC24ads_A100_v4"})";
constexpr const char* kSpot = R"({"scaleSetPriority":"Spot"})";
constexpr const char* kScaling = R"({"enableAutoScaling":true,"minCount":1,"maxCount":5})";
constexpr const char* kMixed =
    R"({"type":"VirtualMachines","virtualMachinesProfile":{"scale":{"manual":[]}}})";

constexpr Attempt kAttempts[] = {
    {"type", R"("VirtualMachineScaleSets")", R"("VirtualMachines")"},
    {"mode", R"("User")", R"("System")"},
    {"vmSize", R"("Standard_ND96isr_H100_v5")", R"("Standard_ND96isr_H200_v5")"},
    {"count", "1", "2"},
    {"enableAutoScaling", "false", "true", ""},
    {"minCount", "1", "0", kScaling},
    {"maxCount", "5", "6", kScaling},
    {"scaleDownMode", R"("Delete")", R"("Deallocate")"},
    {"osType", R"("Linux")", R"("Windows")"},
    {"osSKU", R"("Ubuntu")", R"("AzureLinux")"},
    {"osDiskType", R"("Managed")", R"("Ephemeral")"},
    {"osDiskSizeGB", "128", "256"},
    {"osDiskSizeGB", "", "256"},
    {"kubeletDiskType", R"("OS")", R"("Temporary")"},
    {"maxPods", "100", "110"},
    {"vnetSubnetID", R"("/a")", R"("/b")"},
    {"podSubnetID", R"("/a")", R"("/b")"},
    {"availabilityZones", R"(["1"])", R"(["1","2"])"},
    {"nodeLabels", R"({"a":"b"})", R"({"a":"c"})"},
    {"nodeTaints", R"(["a=b:NoSchedule"])", R"(["a=c:NoSchedule"])"},
    {"tags", R"({"a":"b"})", R"({"a":"c"})"},
    {"orchestratorVersion", R"("1.34")", R"("1.35")"},
    {"upgradeSettings.maxSurge", R"("1")", R"("2")"},
    {"upgradeSettings.maxUnavailable", R"("1")", R"("2")"},
    {"upgradeSettings.drainTimeoutInMinutes", "30", "60"},
    {"upgradeSettings.nodeSoakDurationInMinutes", "0", "5"},
    {"upgradeSettings.undrainableNodeBehavior", R"("Schedule")", R"("Cordon")"},
    {"upgradeStrategy", R"("Rolling")", R"("BlueGreen")"},
    {"upgradeSettingsBlueGreen", R"({"drainBatchSize":"1"})", R"({"drainBatchSize":"2"})"},
    {"scaleSetPriority", R"("Regular")", R"("Spot")"},
    {"scaleSetEvictionPolicy", R"("Delete")", R"("Deallocate")", kSpot},
    {"spotMaxPrice", "-1", "0.5", kSpot},
    {"gpuInstanceProfile", R"("MIG1g")", R"("MIG2g")", kGpu},
    {"gpuInstanceProfile", "", R"("MIG2g")", kGpu},
    {"gpuProfile.driver", R"("Install")", R"("None")"},
    {"gpuProfile.driver", "", R"("None")"},
    {"gpuProfile.driverType", R"("CUDA")", R"("GRID")"},
    {"gpuProfile.nvidia.managementMode", R"("Unmanaged")", R"("Managed")"},
    {"gpuProfile.nvidia.migStrategy", R"("Single")", R"("Mixed")", kGpu},
    {"gpuProfile.nvidia.migProfiles", R"(["MIG1g"])", R"(["MIG1g","MIG2g"])", kGpu},
    {"capacityReservationGroupID", R"("/a")", R"("/b")"},
    {"proximityPlacementGroupID", R"("/a")", R"("/b")"},
    {"hostGroupID", R"("/a")", R"("/b")"},
    {"enableUltraSSD", "false", "true"},
    {"enableEncryptionAtHost", "true", "false"},
    {"enableFIPS", "false", "true"},
    {"enableNodePublicIP", "false", "true"},
    {"nodePublicIPPrefixID", R"("/a")", R"("/b")", R"({"enableNodePublicIP":true})"},
    {"kubeletConfig", R"({"cpuManagerPolicy":"none"})", R"({"cpuManagerPolicy":"static"})"},
    {"linuxOSConfig", R"({"swapFileSizeMB":1})", R"({"swapFileSizeMB":2})"},
    {"workloadRuntime", R"("OCIContainer")", R"("KataVmIsolation")"},
    {"securityProfile.enableSecureBoot", "false", "true"},
    {"securityProfile.enableVTPM", "false", "true"},
    {"securityProfile.sshAccess", R"("LocalUser")", R"("Disabled")"},
    {"networkProfile", R"({"allowedHostPorts":[{"portStart":1,"portEnd":2}]})",
     R"({"allowedHostPorts":[{"portStart":1,"portEnd":3}]})"},
    {"networkProfile.dranet.mode", R"("Unmanaged")", R"("Managed")"},
    {"virtualMachinesProfile", R"({"scale":{"manual":[{"size":"Standard_D4s_v5","count":1}]}})",
     R"({"scale":{"manual":[{"size":"Standard_D4s_v5","count":2}]}})", kMixed},
    {"artifactStreamingProfile.enabled", "false", "true"},
    {"localDNSProfile", R"({"mode":"Preferred"})", R"({"mode":"Required"})"},
    {"creationData.sourceResourceId", R"("/a")", R"("/b")"},
    {"powerState.code", R"("Running")", R"("Stopped")"},
    {"windowsProfile.disableOutboundNat", "false", "true"},
    {"messageOfTheDay", R"("YQ==")", R"("Yg==")"},
    {"provisioningState", "", R"("Failed")"},
    {"currentOrchestratorVersion", "", R"("9.9.9")"},
    {"nodeImageVersion", "", R"("mine")"},
    {"eTag", "", R"("mine")"},
    {"status.provisioningError", "", R"({"code":"mine"})"},
    {"virtualMachineNodesStatus", "", R"([{"size":"mine","count":7}])"},
};

struct Fact {
  std::string_view property, change;
};
constexpr Fact kFacts[] = {
#define AKS_CHANGE(property, change) {property, change},
#include "tests/deploy/sandbox_arm/aks_changes.def"
#undef AKS_CHANGE
};

model::Change planned(std::string_view change) {
  if (change.starts_with('R')) return model::Change::Immutable;
  return change == "-" ? model::Change::ReadOnly : model::Change::Updatable;
}

std::string pathOf(std::string_view property) {
  return "properties." + std::string(property);
}

TEST(AksChanges, ArePlannedAsAksTakesThem) {
  for (const Fact& fact : kFacts)
    EXPECT_EQ(model::armRule("managedClusters/agentPools", pathOf(fact.property)).change,
              planned(fact.change))
        << fact.property;
}

TEST(AksChanges, ThePlannersTableHasNoOthers) {
  const auto below = [](std::string_view path, std::string_view other) {
    return path == other || path.starts_with(std::string(other) + ".");
  };
  for (const model::ArmRule& rule : model::armRules()) {
    if (rule.kind != "managedClusters/agentPools") continue;
    EXPECT_TRUE(std::ranges::any_of(kFacts, [&](const Fact& fact) {
      const std::string path = pathOf(fact.property);
      return below(path, rule.path) || below(rule.path, path);
    })) << rule.path;
  }
}

TEST_F(ChangeTest, ThereIsAnAttemptForEachProperty) {
  for (const Fact& fact : kFacts) {
    if (fact.property == "nodeInitializationTaints") continue;  // through the cluster: below
    EXPECT_NE(std::ranges::find(kAttempts, fact.property, &Attempt::property), std::end(kAttempts))
        << fact.property;
  }
  for (const Attempt& attempt : kAttempts)
    EXPECT_NE(std::ranges::find(kFacts, attempt.property, &Fact::property), std::end(kFacts))
        << attempt.property;
}

class PoolChangeTest : public ChangeTest, public ::testing::WithParamInterface<Attempt> {
 protected:
  static Tree body(const char* value) {
    Tree made = poolBody();
    const Tree both = json(*GetParam().both == '\0' ? "{}" : GetParam().both);
    for (const auto& [key, child] : both.asMap()) made.at("properties").set(key, child);
    if (*value != '\0') made.setPath(path(), json(value));
    const bool scales = GetParam().property == "enableAutoScaling" && *value == 't';
    if (scales) made.at("properties").set("minCount", 1).set("maxCount", 2);
    return made;
  }
  static std::string path() { return pathOf(GetParam().property); }

  static std::string_view fact() {
    return std::ranges::find(kFacts, GetParam().property, &Fact::property)->change;
  }
};

TEST_P(PoolChangeTest, IsTakenAsAksTakesIt) {
  api_version_ = "2026-05-02-preview";
  const Reply made = put(poolPath("p"), body(GetParam().from));
  ASSERT_EQ(made.status, 201) << ir::toJson(made.body);
  ASSERT_EQ(finish(made), "Succeeded");
  const Reply changed = put(poolPath("p"), body(GetParam().to));
  if (fact().starts_with('R')) {
    EXPECT_EQ(changed.status, 400);
    EXPECT_EQ(changed.code(), "PropertyChangeNotAllowed") << ir::toJson(changed.body);
    EXPECT_TRUE(changed.text("error.target").starts_with(path())) << changed.text("error.target");
    return;
  }
  // Reading it back and sending it again is fine; a rollback to another image has its own refusal.
  const bool rollback = GetParam().property == "nodeImageVersion";
  ASSERT_EQ(changed.status, rollback ? 400 : 200) << ir::toJson(changed.body);
  EXPECT_EQ(finish(changed), rollback ? "InvalidParameter" : "Succeeded");
  const Reply now = get(poolPath("p"));
  const Tree* value = now.at(path());
  const Tree wanted = json(GetParam().to);
  EXPECT_EQ(value != nullptr && *value == wanted, fact() != "-")
      << (value == nullptr ? "(none)" : ir::toJson(*value));
}

INSTANTIATE_TEST_SUITE_P(Every, PoolChangeTest, ::testing::ValuesIn(kAttempts),
                         [](const auto& one) {
                           std::string name = std::to_string(one.index) + "_";
                           for (const char c : one.param.property)
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name;
                         });

// Initialization taints stand in the cluster's body: in a pool's own they are refused.
TEST_F(ChangeTest, InitializationTaintsAreTheClusters) {
  api_version_ = "2026-05-02-preview";
  Tree pool = poolBody();
  pool.setPath("properties.nodeInitializationTaints", Tree::strings({"a=b:NoSchedule"}));
  EXPECT_EQ(put(poolPath("p"), pool).text("error.target"),
            "agentPoolProfile.nodeInitializationTaints");
  Tree cluster = clusterBody();
  cluster.at("properties")
      .at("agentPoolProfiles")
      .asList()[0]
      .set("nodeInitializationTaints", Tree::strings({"a=b:NoSchedule"}));
  EXPECT_EQ(finish(put(clusterPath(), cluster)), "Succeeded");
  const Reply system = get(poolPath("system"));
  EXPECT_EQ(system.text("properties.nodeInitializationTaints.0"), "a=b:NoSchedule");
  Tree again = ir::mapOf("properties", *system.at("properties"));
  EXPECT_EQ(finish(put(poolPath("system"), again)), "Succeeded");
  again.at("properties").erase("nodeInitializationTaints");
  EXPECT_EQ(finish(put(poolPath("system"), again)), "Succeeded");
  EXPECT_EQ(get(poolPath("system")).text("properties.nodeInitializationTaints.0"),
            "a=b:NoSchedule");
}

TEST_F(ChangeTest, LeavingAFixedPropertyOutKeepsIt) {
  Tree body = poolBody();
  body.setPath("properties.gpuInstanceProfile", "MIG1g");
  body.setPath("properties.kubeletConfig", json(R"({"cpuManagerPolicy": "static"})"));
  EXPECT_EQ(finish(put(poolPath("h100"), body)), "Succeeded");
  body.at("properties").erase("gpuInstanceProfile");
  body.at("properties").erase("kubeletConfig");
  body.at("properties").erase("nodeLabels");
  EXPECT_EQ(finish(put(poolPath("h100"), body)), "Succeeded");
  const Reply pool = get(poolPath("h100"));
  EXPECT_EQ(pool.text("properties.gpuInstanceProfile"), "MIG1g");
  EXPECT_EQ(pool.text("properties.kubeletConfig.cpuManagerPolicy"), "static");
  EXPECT_EQ(pool.at("properties.nodeLabels"), nullptr) << "the rest is written whole";
}

// Whoever reads with an older version does not see what it does not know, and does not undo it by
// sending back what it read.
TEST_F(ChangeTest, WhatAPreviewSetOutlivesAnOlderClient) {
  const auto preview = [this](const std::string& path) {
    return get(poolPath("p") + "?api-version=2026-05-02-preview").text(path);
  };
  Tree body = poolBody();
  body.setPath("properties.gpuProfile.driverType", "CUDA");
  EXPECT_EQ(finish(send("PUT", poolPath("p") + "?api-version=2026-05-02-preview", body)),
            "Succeeded");
  const Reply read = get(poolPath("p"));
  EXPECT_EQ(read.text("properties.gpuProfile.driver"), "Install");
  EXPECT_EQ(read.at("properties.gpuProfile.driverType"), nullptr);
  EXPECT_EQ(preview("properties.gpuProfile.driverType"), "CUDA");
  for (const std::string& list :
       {clusterPath() + "/agentPools", clusterPath(),
        std::string("/providers/Microsoft.ContainerService/managedClusters")})
    EXPECT_EQ(ir::toJson(get(list).body).find("driverType"), std::string::npos) << list;
  EXPECT_EQ(finish(put(poolPath("p"), ir::mapOf("properties", *read.at("properties")))),
            "Succeeded");
  Tree cluster = get(clusterPath()).body;
  EXPECT_EQ(finish(put(clusterPath(), cluster)), "Succeeded");
  EXPECT_EQ(preview("properties.gpuProfile.driverType"), "CUDA");
}

TEST_F(ChangeTest, SpellingIsNoChange) {
  EXPECT_EQ(finish(put(poolPath("h100"), poolBody())), "Succeeded");
  Tree body = poolBody();
  body.setPath("properties.vmSize", "standard_nd96isr_h100_v5");
  body.setPath("properties.osType", "linux");
  body.setPath("properties.osDiskSizeGB", 0);
  EXPECT_EQ(finish(put(poolPath("h100"), body)), "Succeeded");
  EXPECT_EQ(get(poolPath("h100")).text("properties.osType"), "Linux");
}

// A change of each cluster property that the planner's table calls fixed, or fixed from one value
// on.
constexpr Attempt kClusterAttempts[] = {
    {"dnsPrefix", R"("c1")", R"("other")"},
    {"fqdnSubdomain", R"("a")", R"("b")"},
    {"nodeResourceGroup", R"("a")", R"("b")"},
    {"networkProfile.networkPlugin", R"("azure")", R"("none")"},
    {"networkProfile.podCidr", R"("10.244.0.0/16")", R"("10.245.0.0/16")"},
    {"networkProfile.serviceCidr", R"("10.0.0.0/16")", R"("10.1.0.0/16")"},
    {"networkProfile.dnsServiceIP", R"("10.0.0.10")", R"("10.0.0.11")"},
    {"apiServerAccessProfile.enablePrivateCluster", "false", "true"},
    {"linuxProfile", R"({"adminUsername":"a","ssh":{"publicKeys":[{"keyData":"k"}]}})",
     R"({"adminUsername":"b","ssh":{"publicKeys":[{"keyData":"k"}]}})"},
    {"networkProfile.networkDataplane", R"("cilium")", R"("azure")"},
    {"oidcIssuerProfile.enabled", "true", "false"},
};

class ClusterChangeTest : public ArmTest, public ::testing::WithParamInterface<Attempt> {
 protected:
  static Tree body(const char* value) {
    Tree made = clusterBody();
    made.setPath(pathOf(GetParam().property), json(value));
    return made;
  }
};

TEST_P(ClusterChangeTest, IsRefusedAsThePlannerSays) {
  makeGroup();
  const std::string path = pathOf(GetParam().property);
  const Tree from = json(GetParam().from), to = json(GetParam().to);
  EXPECT_EQ(model::armChange("managedClusters", path, &from, &to), model::Change::CreateOnly);
  const Reply made = put(clusterPath(), body(GetParam().from));
  ASSERT_EQ(finish(made), "Succeeded") << ir::toJson(made.body);
  const Reply refused = put(clusterPath(), body(GetParam().to));
  EXPECT_EQ(refused.code(), "PropertyChangeNotAllowed") << ir::toJson(refused.body);
  EXPECT_TRUE(refused.text("error.target").starts_with(GetParam().property))
      << refused.text("error.target");
  EXPECT_EQ(finish(put(clusterPath(), body(GetParam().from))), "Succeeded");
}

INSTANTIATE_TEST_SUITE_P(Every, ClusterChangeTest, ::testing::ValuesIn(kClusterAttempts),
                         [](const auto& one) {
                           std::string name(one.param.property);
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

TEST(AksChanges, OfClustersAreAllTried) {
  for (const model::ArmRule& rule : model::armRules()) {
    const bool fixed = rule.change == model::Change::CreateOnly || !rule.once.empty();
    if (rule.kind != "managedClusters" || !fixed || rule.path == "location") continue;
    if (rule.path == "properties.networkProfile.networkPluginMode") continue;  // has one value
    EXPECT_TRUE(std::ranges::any_of(kClusterAttempts, [&](const Attempt& attempt) {
      return pathOf(attempt.property) == rule.path;
    })) << rule.path;
  }
}

TEST_F(ChangeTest, OneWayIsTaken) {
  Tree body = clusterBody();
  body.setPath("properties.networkProfile.networkDataplane", "azure");
  body.setPath("properties.networkProfile.networkPolicy", "none");
  body.setPath("properties.oidcIssuerProfile.enabled", false);
  body.setPath("name", "other");
  const Reply made = put(clusterPath("other"), body);
  ASSERT_EQ(finish(made), "Succeeded") << ir::toJson(made.body);
  body.setPath("properties.networkProfile.networkDataplane", "cilium");
  body.setPath("properties.networkProfile.networkPolicy", "cilium");
  body.setPath("properties.oidcIssuerProfile.enabled", true);
  EXPECT_EQ(finish(put(clusterPath("other"), body)), "Succeeded");
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
