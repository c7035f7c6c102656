// What the sandbox lets change is what the planner says can change: both read the same rules.

#include "backends/deploy/model/arm_rules.h"
#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

class ChangeTest : public ArmTest {
 protected:
  ChangeTest() { makeCluster(); }
};

struct PoolChange {
  const char* path;
  const char* from;  // JSON; "" = not given
  const char* to;
};

// One valid change for each property that a pool can have in a stable version.
constexpr PoolChange kChanges[] = {
    {"vmSize", R"("Standard_ND96isr_H100_v5")", R"("Standard_ND96isr_H200_v5")"},
    {"count", "1", "2"},
    {"scaleDownMode", R"("Delete")", R"("Deallocate")"},
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
    {"upgradeSettings", R"({"maxSurge":"1"})", R"({"maxSurge":"2"})"},
    {"gpuInstanceProfile", R"("MIG1g")", R"("MIG2g")"},
    {"gpuInstanceProfile", "", R"("MIG2g")"},
    {"gpuProfile.driver", R"("Install")", R"("None")"},
    {"gpuProfile.driver", "", R"("None")"},
    {"proximityPlacementGroupID", R"("/a")", R"("/b")"},
    {"hostGroupID", R"("/a")", R"("/b")"},
    {"capacityReservationGroupID", R"("/a")", R"("/b")"},
    {"enableUltraSSD", "false", "true"},
    {"enableEncryptionAtHost", "true", "false"},
    {"enableFIPS", "false", "true"},
    {"enableNodePublicIP", "false", "true"},
    {"kubeletConfig", R"({"cpuManagerPolicy":"none"})", R"({"cpuManagerPolicy":"static"})"},
    {"linuxOSConfig", R"({"swapFileSizeMB":1})", R"({"swapFileSizeMB":2})"},
    {"workloadRuntime", R"("OCIContainer")", R"("KataVmIsolation")"},
    {"securityProfile.enableVTPM", "false", "true"},
    {"creationData.sourceResourceId", R"("/a")", R"("/b")"},
    {"messageOfTheDay", R"("YQ==")", R"("Yg==")"},
};

TEST_F(ChangeTest, FollowsTheSharedRules) {
  int number = 0;
  for (const PoolChange& change : kChanges) {
    const std::string path = std::string("properties.") + change.path,
                      name = "p" + std::to_string(number++);
    Tree before = poolBody(), after = poolBody();
    if (*change.from != '\0') before.setPath(path, json(change.from));
    after.setPath(path, json(change.to));
    const Reply made = put(poolPath(name), before);
    ASSERT_EQ(made.status, 201) << path << ir::toJson(made.body);
    ASSERT_EQ(finish(made), "Succeeded");
    const bool fixed =
        model::armRule("managedClusters/agentPools", path).change == model::Change::Immutable;
    const Reply changed = put(poolPath(name), after);
    EXPECT_EQ(changed.status, fixed ? 400 : 200) << path << ir::toJson(changed.body);
    if (fixed) {
      EXPECT_EQ(changed.code(), "PropertyChangeNotAllowed");
      EXPECT_EQ(changed.text("error.target").find(path), 0u) << changed.text("error.target");
    } else {
      EXPECT_EQ(finish(changed), "Succeeded");
    }
  }
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

TEST_F(ChangeTest, SpellingIsNoChange) {
  EXPECT_EQ(finish(put(poolPath("h100"), poolBody())), "Succeeded");
  Tree body = poolBody();
  body.setPath("properties.vmSize", "standard_nd96isr_h100_v5");
  body.setPath("properties.osType", "linux");
  body.setPath("properties.osDiskSizeGB", 0);
  EXPECT_EQ(finish(put(poolPath("h100"), body)), "Succeeded");
  EXPECT_EQ(get(poolPath("h100")).text("properties.osType"), "Linux");
}

TEST_F(ChangeTest, OfTheClusterFollowsTheSharedRules) {
  Tree body = clusterBody();
  body.setPath("properties.dnsPrefix", "other");
  const Reply refused = put(clusterPath(), body);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "PropertyChangeNotAllowed");
  EXPECT_EQ(refused.text("error.target"), "properties.dnsPrefix");
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
