// The programs that the language was designed with: each sentence of their headers, held against
// what comes out.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/output.h"
#include "tests/support/shuffle.h"

namespace gpuspec::test {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(GPUSPEC_SHARED) / "design" / "corpus";

#define NEEDS_DESIGN_CORPUS() \
  if (!fs::exists(kFolder)) GTEST_SKIP() << "skipped: needs " << kFolder.string()

std::string readDesign(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(kFolder / name).rdbuf();
  return text.str();
}

Outcome compileDesign(const std::string& name) {
  return compileText(readDesign(name));
}

std::vector<NamedFile> fleetFiles() {
  return {{"main.gpuspec", readDesign("08-fleet/main.gpuspec")},
          {"region.gpuspec", readDesign("08-fleet/region.gpuspec")}};
}

Outcome compileFleet(const std::string& environment, std::vector<NamedFile> files) {
  CompileRequest request;
  request.files = std::move(files);
  request.environment = environment;
  return compileInMemory(request);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

std::set<std::string> codesOf(const Outcome& outcome, const std::string& level) {
  std::set<std::string> out;
  for (const Finding& finding : outcome.findings) {
    if (finding.level == level) out.insert(finding.code);
  }
  return out;
}

std::set<std::string> clusterFolders(const Outcome& outcome) {
  std::set<std::string> out;
  for (const artifact::File& file : outcome.files)
    out.insert(file.path.substr(0, file.path.find('/')));
  return out;
}

bool tolerates(const ir::Tree& tolerations, const std::string& key, const std::string& value) {
  if (!tolerations.isList()) return false;
  for (const ir::Tree& toleration : tolerations.asList()) {
    if (at(toleration, {"key"}) != ir::Tree(key)) continue;
    if (at(toleration, {"operator"}) == ir::Tree("Exists") ||
        at(toleration, {"value"}) == ir::Tree(value))
      return true;
  }
  return false;
}

ir::Tree podOf(const ir::Tree& job) {
  return at(job, {"spec", "template", "spec"});
}

// The one expression of the required node affinity: `{"key":...,"operator":"In","values":[...]}`.
std::string affinityOf(const ir::Tree& pod) {
  return text(pod, {"affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution",
                    "nodeSelectorTerms", "0", "matchExpressions", "0"});
}

TEST(FirstPool, OnePoolAndNoCluster) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("01-first-pool.gpuspec");
  ASSERT_EQ(outcome.list(), "") << "no errors, no warnings";
  EXPECT_TRUE(armResources(outcome, "ml", "managedClusters").empty());
  const std::vector<Json> pools = armResources(outcome, "ml", "agentPools");
  ASSERT_EQ(pools.size(), 1u);
  EXPECT_EQ(pools[0].at("name"), "ml/gpunp");
  const Json& properties = pools[0].at("properties");
  EXPECT_EQ(properties.at("vmSize"), "Standard_NC4as_T4_v3");
  EXPECT_EQ(properties.at("enableAutoScaling"), true);
  EXPECT_EQ(properties.at("minCount"), 1);
  EXPECT_EQ(properties.at("maxCount"), 3);
  EXPECT_EQ(properties.at("nodeTaints"), Json::array({"sku=gpu:NoSchedule"}));
}

TEST(FirstPool, DevicePluginToleratesBothTaints) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("01-first-pool.gpuspec");
  const ir::Tree tolerations = at(values(outcome, "ml", "nvidia-device-plugin"), {"tolerations"});
  EXPECT_TRUE(tolerates(tolerations, "sku", "gpu"));
  EXPECT_TRUE(tolerates(tolerations, "nvidia.com/gpu", "present"));
}

TEST(FirstPool, JobAsksForOneGpuOfThePool) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("01-first-pool.gpuspec");
  const ir::Tree job = objectNamed(objects(outcome, "ml"), "Job", "mnist");
  EXPECT_EQ(text(job, {"metadata", "namespace"}), "\"default\"");
  const ir::Tree pod = podOf(job);
  EXPECT_EQ(text(pod, {"containers", "0", "resources", "limits"}), R"({"nvidia.com/gpu":"1"})");
  EXPECT_EQ(text(pod, {"containers", "0", "args"}), R"(["--max_steps","500"])");
  EXPECT_TRUE(tolerates(at(pod, {"tolerations"}), "sku", "gpu"));
  EXPECT_EQ(affinityOf(pod),
            R"({"key":"kubernetes.azure.com/agentpool","operator":"In","values":["gpunp"]})");
}

class TwoTeams : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS_DESIGN_CORPUS();
    outcome_ = compileDesign("02-two-teams.gpuspec");
    ASSERT_EQ(outcome_.list(), "");
    objects_ = objects(outcome_, "shared");
  }

  // The only object of the kind in the namespace, or the one of that name.
  ir::Tree inNamespace(const std::string& kind, const std::string& object_namespace,
                       const std::string& name = "") {
    std::vector<ir::Tree> found = objectsOf(objects_, kind, object_namespace);
    if (!name.empty())
      std::erase_if(
          found, [&](const ir::Tree& o) { return at(o, {"metadata", "name"}) != ir::Tree(name); });
    EXPECT_EQ(found.size(), 1u) << kind << " " << name << " in " << object_namespace;
    return found.size() == 1 ? found.front() : ir::Tree();
  }

  struct Team {
    std::string name, label, group;
    std::string space() const { return "team-" + name + "-gpu"; }
  };
  const std::vector<Team> teams_ = {{"ml", "ml", "a3d7c1f8-4b52-4a60-9a0e-5d1f7c2b9e44"},
                                    {"vision", "cv", "0b9e6d2a-7c18-4e35-b1f4-92a7d5c3e871"}};
  Outcome outcome_;
  std::vector<ir::Tree> objects_;
};

TEST_F(TwoTeams, ClusterHasAPolicyEngineAndASystemPool) {
  const std::vector<Json> clusters = armResources(outcome_, "shared", "managedClusters");
  ASSERT_EQ(clusters.size(), 1u);
  const Json& properties = clusters[0].at("properties");
  EXPECT_EQ(properties.at("networkProfile").at("networkPolicy"), "cilium");
  EXPECT_EQ(properties.at("networkProfile").at("networkDataplane"), "cilium");
  EXPECT_EQ(clusters[0].at("sku").at("tier"), "Standard");
  ASSERT_EQ(properties.at("agentPoolProfiles").size(), 1u);
  const Json& system = properties.at("agentPoolProfiles")[0];
  EXPECT_EQ(system.at("mode"), "System");
  EXPECT_EQ(system.at("count"), 3);
  EXPECT_EQ(system.at("availabilityZones"), Json::array({"1", "2", "3"}));
}

TEST_F(TwoTeams, GpuPoolHasTheVendorsTaint) {
  const std::vector<Json> pools = armResources(outcome_, "shared", "agentPools");
  ASSERT_EQ(pools.size(), 1u);
  EXPECT_EQ(pools[0].at("properties").at("nodeTaints"),
            Json::array({"nvidia.com/gpu=present:NoSchedule"}));
  EXPECT_EQ(pools[0].at("properties").at("maxCount"), 2);
  EXPECT_EQ(pools[0].at("properties").at("nodeLabels").at("tier"), "training");
  EXPECT_EQ(pools[0].at("properties").at("gpuProfile").at("driver"), "None")
      << "the operator brings the driver";
}

TEST_F(TwoTeams, EachTeamHasItsNamespaceQuotaAndLimits) {
  for (const Team& team : teams_) {
    const ir::Tree space = objectNamed(objects_, "Namespace", team.space());
    EXPECT_EQ(text(space, {"metadata", "labels", "team"}), "\"" + team.label + "\"");
    EXPECT_EQ(text(space, {"metadata", "labels", "pod-security.kubernetes.io/enforce"}),
              "\"restricted\"");
    const ir::Tree hard = at(inNamespace("ResourceQuota", team.space()), {"spec", "hard"});
    EXPECT_EQ(text(hard, {"requests.nvidia.com/gpu"}), "\"8\"");
    EXPECT_EQ(text(hard, {"requests.cpu"}), "\"88\"");
    EXPECT_EQ(text(hard, {"requests.memory"}), "\"1600Gi\"");
    EXPECT_EQ(text(inNamespace("LimitRange", team.space()), {"spec", "limits", "0", "type"}),
              "\"Container\"");
  }
}

TEST_F(TwoTeams, GroupsGetARoleOfGpuspecsOwn) {
  for (const Team& team : teams_) {
    const ir::Tree binding = inNamespace("RoleBinding", team.space());
    EXPECT_EQ(text(binding, {"subjects", "0", "kind"}), "\"Group\"");
    EXPECT_EQ(text(binding, {"subjects", "0", "name"}), "\"" + team.group + "\"");
    EXPECT_EQ(text(binding, {"roleRef", "kind"}), "\"ClusterRole\"");
    const std::string role = at(binding, {"roleRef", "name"}).asString();
    EXPECT_TRUE(role.starts_with("gpuspec:")) << role;
    objectNamed(objects_, "ClusterRole", role);
  }
}

bool holds(const ir::Tree& list, std::string_view item) {
  if (!list.isList()) return false;
  for (const ir::Tree& entry : list.asList()) {
    if (entry == ir::Tree(item)) return true;
  }
  return false;
}

TEST_F(TwoTeams, NoRoleMayOpenAWall) {
  const std::vector<ir::Tree> roles = objectsOf(objects_, "ClusterRole");
  EXPECT_FALSE(roles.empty());
  for (const ir::Tree& role : roles) {
    const ir::Tree rules = at(role, {"rules"});
    ASSERT_TRUE(rules.isList());
    for (const ir::Tree& rule : rules.asList()) {
      for (const char* list : {"apiGroups", "resources", "verbs"})
        EXPECT_FALSE(holds(at(rule, {list}), "*"));
      for (const char* verb : {"escalate", "bind", "impersonate"})
        EXPECT_FALSE(holds(at(rule, {"verbs"}), verb));
      bool guarded = false;
      for (const char* wall : {"networkpolicies", "resourcequotas", "limitranges", "namespaces",
                               "roles", "rolebindings"}) {
        guarded = guarded || holds(at(rule, {"resources"}), wall);
      }
      if (!guarded) continue;
      for (const char* verb : {"create", "update", "patch", "delete", "deletecollection"})
        EXPECT_FALSE(holds(at(rule, {"verbs"}), verb)) << verb;
    }
  }
}

TEST_F(TwoTeams, WallsStandAndOnlyTheAllowedPasses) {
  for (const Team& team : teams_) {
    const ir::Tree deny = at(inNamespace("NetworkPolicy", team.space(), "default-deny"), {"spec"});
    EXPECT_EQ(text(deny, {}), R"({"podSelector":{},"policyTypes":["Ingress","Egress"]})");
    std::set<std::string> rules;
    for (const ir::Tree& policy : objectsOf(objects_, "NetworkPolicy", team.space())) {
      EXPECT_EQ(text(policy, {"spec", "podSelector"}), "{}");
      for (const char* direction : {"ingress", "egress"}) {
        const ir::Tree entries = at(policy, {"spec", direction});
        if (!entries.isList()) continue;
        for (const ir::Tree& entry : entries.asList())
          rules.insert(direction + (" " + text(entry, {})));
      }
    }
    const std::set<std::string> expected = {
        R"(egress {"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}},"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}}}],"ports":[{"protocol":"UDP","port":53},{"protocol":"TCP","port":53}]})",
        R"(egress {"to":[{"podSelector":{}}]})", R"(ingress {"from":[{"podSelector":{}}]})",
        R"(ingress {"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"monitoring"}}}],"ports":[{"protocol":"TCP","port":9400}]})"};
    EXPECT_EQ(rules, expected) << team.name;
  }
}

TEST_F(TwoTeams, ProofThatNoPathExists) {
  EXPECT_NE(outcome_.dump.find("team.ml to team.vision: closed"), std::string::npos)
      << outcome_.dump;
  EXPECT_NE(outcome_.dump.find("team.vision to team.ml: closed"), std::string::npos);
}

TEST(MigUniform, TwoPoolsOfOneProfile) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("03-mig-uniform.gpuspec");
  ASSERT_EQ(outcome.list(), "");
  const std::vector<Json> pools = armResources(outcome, "ml", "agentPools");
  ASSERT_EQ(pools.size(), 2u);
  for (const Json& pool : pools) EXPECT_EQ(pool.at("properties").at("gpuInstanceProfile"), "MIG1g");
}

TEST(MigUniform, TheValuesHaveTheStrategyOfEachPoolsNodes) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("03-mig-uniform.gpuspec");
  const ir::Tree chart = values(outcome, "ml", "nvidia-device-plugin");
  EXPECT_EQ(text(chart, {"gfd", "enabled"}), "true") << "discovery = true";
  const std::map<std::string, std::string> strategies = {{"ml/one", "single"},
                                                         {"ml/mixed", "mixed"}};
  for (const Json& pool : armResources(outcome, "ml", "agentPools")) {
    const std::string name = pool.at("name");
    const std::string entry =
        pool.at("properties").at("nodeLabels").at("nvidia.com/device-plugin.config");
    const std::vector<ir::Tree> config = readYaml(at(chart, {"config", "map", entry}).asString());
    ASSERT_EQ(config.size(), 1u) << name;
    EXPECT_EQ(text(config[0], {"flags", "migStrategy"}), "\"" + strategies.at(name) + "\"") << name;
  }
}

TEST(MigUniform, PodsAskByTheNameThatTheStrategyGives) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("03-mig-uniform.gpuspec");
  const std::vector<ir::Tree> all = objects(outcome, "ml");
  const auto limits = [&](const char* job) {
    return text(podOf(objectNamed(all, "Job", job)), {"containers", "0", "resources", "limits"});
  };
  EXPECT_EQ(limits("nvidia-single"), R"({"nvidia.com/gpu":"1"})");
  EXPECT_EQ(limits("nvidia-mixed"), R"({"nvidia.com/mig-1g.5gb":"1"})");
  EXPECT_NE(outcome.dump.find("pool.one\n  allocatable nvidia.com/gpu = 56\n"), std::string::npos)
      << outcome.dump;
  EXPECT_NE(outcome.dump.find("pool.mixed\n  allocatable nvidia.com/mig-1g.5gb = 56\n"),
            std::string::npos)
      << outcome.dump;
}

TEST(MigPlanned, OnlyWhatIsNotCompiledYetIsWrong) {
  NEEDS_DESIGN_CORPUS();
  EXPECT_EQ(codesOf(compileDesign("04-mig-planned.gpuspec"), "error"),
            std::set<std::string>{"GS2008"});
}

TEST(TwoVendors, FindsWhatItsHeaderNames) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("05-amd.gpuspec");
  EXPECT_EQ(codesOf(outcome, "error"), std::set<std::string>{}) << outcome.list();
  EXPECT_EQ(codesOf(outcome, "warning"), (std::set<std::string>{"AMD0001", "GS3239"}))
      << outcome.list();
  EXPECT_NE(outcome.list().find("Azure does not confirm"), std::string::npos) << outcome.list();
}

TEST(TwoVendors, EachPoolGetsItsVendorsTaintAndDriver) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("05-amd.gpuspec");
  std::map<std::string, Json> pools;
  for (const Json& pool : armResources(outcome, "mixed", "agentPools"))
    pools[pool.at("name")] = pool.at("properties");
  ASSERT_EQ(pools.size(), 2u);
  EXPECT_EQ(pools["mixed/mi300x"].at("gpuProfile"), (Json{{"driver", "None"}}));
  EXPECT_EQ(pools["mixed/mi300x"].at("nodeTaints"),
            Json::array({"amd.com/gpu=present:NoSchedule"}));
  EXPECT_EQ(pools["mixed/t4"].at("gpuProfile").at("driver"), "Install");
  EXPECT_EQ(pools["mixed/t4"].at("nodeTaints"), Json::array({"nvidia.com/gpu=present:NoSchedule"}));
}

TEST(TwoVendors, TheOperatorsNamespaceIsMade) {
  NEEDS_DESIGN_CORPUS();
  const ir::Tree space =
      objectNamed(objects(compileDesign("05-amd.gpuspec"), "mixed"), "Namespace", "kube-amd-gpu");
  EXPECT_EQ(text(space, {"metadata", "labels", "pod-security.kubernetes.io/enforce"}),
            "\"privileged\"");
}

TEST(TwoVendors, TheOperatorsDeviceConfigCutsAndCounts) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("05-amd.gpuspec");
  const ir::Tree chart = values(outcome, "mixed", "amd-gpu-operator");
  EXPECT_EQ(text(chart, {"deviceConfig", "spec", "driver", "enable"}), "true");
  EXPECT_EQ(text(chart, {"deviceConfig", "spec", "metricsExporter", "enable"}), "true");
  EXPECT_EQ(text(chart, {"deviceConfig", "spec", "configManager", "enable"}), "true");
  const Json profiles =
      Json::parse(at(chart, {"defaultDCMConfigMap", "data", "config.json"}).asString());
  std::string profile;
  for (const Json& pool : armResources(outcome, "mixed", "agentPools")) {
    if (pool.at("name") == "mixed/mi300x")
      profile = pool.at("properties").at("nodeLabels").at("dcm.amd.com/gpu-config-profile");
  }
  EXPECT_EQ(profiles.at("gpu-config-profiles").at(profile).at("profiles"),
            Json::parse(R"([{"computePartition": "CPX", "memoryPartition": "NPS4"}])"));
  EXPECT_NE(outcome.dump.find("pool.mi300x\n  allocatable amd.com/gpu = 64\n"), std::string::npos)
      << outcome.dump;
  const ir::Tree job = objectNamed(objects(outcome, "mixed"), "Job", "rocm-check");
  EXPECT_EQ(text(podOf(job), {"containers", "0", "resources", "limits"}), R"({"amd.com/gpu":"1"})");
}

TEST(Inference, OnlyWhatIsNotCompiledYetIsWrong) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("06-inference.gpuspec");
  EXPECT_EQ(codesOf(outcome, "error"), std::set<std::string>{"GS2008"}) << outcome.list();
}

// Without what is not compiled yet.
TEST(Inference, FindsWhatItsHeaderNames) {
  NEEDS_DESIGN_CORPUS();
  std::string spec = readDesign("06-inference.gpuspec");
  spec = replaced(spec, "budget = $40_000 per month", "");
  spec = replaced(spec, "max_monthly_cost = $120_000", "");
  spec = replaced(spec, "scale_on gpu_utilization > 70%", "");
  spec = replaced(
      spec, R"(model phi { team = team.chat  preset = "phi-4-mini-instruct"  pool = pool.a100 })",
      "");
  const Outcome outcome = compileText(spec);
  EXPECT_EQ(codesOf(outcome, "error"), std::set<std::string>{}) << outcome.list();
  EXPECT_EQ(codesOf(outcome, "warning"), (std::set<std::string>{"GS3101", "GS3237", "GS3246"}))
      << outcome.list();
  EXPECT_NE(outcome.list().find("22 of `nvidia.com/gpu` for team `chat`"), std::string::npos);
}

TEST(Windows, OneResourceOfAPreviewVersionAndNoStack) {
  NEEDS_DESIGN_CORPUS();
  const Outcome outcome = compileDesign("07-windows.gpuspec");
  EXPECT_EQ(outcome.codes(), "GS3240") << outcome.list();
  const std::vector<Json> pools = armResources(outcome, "vdi", "agentPools");
  ASSERT_EQ(pools.size(), 1u);
  EXPECT_EQ(pools[0].at("properties").at("osType"), "Windows");
  EXPECT_EQ(pools[0].at("properties").at("gpuProfile").at("driverType"), "GRID");
  EXPECT_TRUE(pools[0].at("apiVersion").get<std::string>().ends_with("-preview"));
  EXPECT_TRUE(outcome.filesNamed("values.yaml").empty());
}

TEST(Windows, MigAndTheOperatorAreRefused) {
  NEEDS_DESIGN_CORPUS();
  const std::string spec = readDesign("07-windows.gpuspec");
  const Outcome operated =
      compileText(spec + "\naccelerator nvidia { cluster = vdi  stack = gpu_operator }\n");
  EXPECT_TRUE(codesOf(operated, "error").contains("GS3236")) << operated.list();
  std::string cut = spec;
  cut.insert(cut.rfind('}'), " mig { strategy = single  profile = 1g.6gb } ");
  EXPECT_FALSE(codesOf(compileText(cut), "error").empty());
}

TEST(Fleet, OneFolderForEachCluster) {
  NEEDS_DESIGN_CORPUS();
  const Outcome dev = compileFleet("dev", fleetFiles());
  EXPECT_EQ(dev.list(), "");
  EXPECT_EQ(clusterFolders(dev), std::set<std::string>{"swedencentral.gpu"});
  EXPECT_EQ(armResources(dev, "swedencentral.gpu", "agentPools").size(), 1u);
  const Outcome prod = compileFleet("prod", fleetFiles());
  EXPECT_EQ(prod.list(), "");
  EXPECT_EQ(clusterFolders(prod).size(), 12u);
  for (const std::string& cluster : clusterFolders(prod)) {
    EXPECT_EQ(armResources(prod, cluster, "agentPools").size(), 6u) << cluster;
    EXPECT_EQ(objectsOf(objects(prod, cluster), "ResourceQuota").size(), 6u) << cluster;
  }
}

std::string withoutRegion(std::string text, const std::string& region) {
  for (std::size_t i = text.find(region); i != std::string::npos; i = text.find(region, i))
    text.replace(i, region.size(), "REGION");
  return text;
}

TEST(Fleet, ClustersDifferInTheirRegionOnly) {
  NEEDS_DESIGN_CORPUS();
  const Outcome prod = compileFleet("prod", fleetFiles());
  std::map<std::string, std::string> by_region;
  for (const artifact::File& file : prod.files) {
    const std::string region = file.path.substr(0, file.path.find('.'));
    by_region[region] += withoutRegion(file.path + "\n" + file.bytes, region);
  }
  ASSERT_EQ(by_region.size(), 12u);
  for (const auto& [region, text] : by_region) EXPECT_EQ(text, by_region.begin()->second) << region;
}

TEST(Fleet, OutputDoesNotDependOnAnyOrder) {
  NEEDS_DESIGN_CORPUS();
  const std::string expected = allBytes(compileFleet("prod", fleetFiles()));
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    std::vector<NamedFile> files = fleetFiles();
    for (NamedFile& file : files) file.text = shuffled(file.text, seed);
    EXPECT_EQ(allBytes(compileFleet("prod", files)), expected) << files[0].text << files[1].text;
  }
  std::vector<NamedFile> files = fleetFiles();
  files[0].text = replaced(files[0].text, "\"eastus\", \"eastus2\", \"westus3\"",
                           "\"westus3\", \"eastus2\", \"eastus\"");
  files[0].text =
      replaced(files[0].text, "\"alpha\", \"beta\", \"gamma\"", "\"gamma\", \"beta\", \"alpha\"");
  EXPECT_EQ(allBytes(compileFleet("prod", files)), expected)
      << "loops over the same lists in another order";
}

}  // namespace
}  // namespace gpuspec::test
