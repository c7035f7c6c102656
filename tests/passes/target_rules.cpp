#include "tests/passes/rules.h"

// Rules about names, limits and combinations, and the facts with dates.

namespace gpuspec::passes {

namespace {

using source::Location;

constexpr const char* kGroups = "properties.aadProfile.adminGroupObjectIDs";
constexpr const char* kGuid = "6f2e0a1c-9d3b-4f57-8a61-0c2d4e8b7f10";

void rename(World& world, const std::string& pool, const std::string& name) {
  world.pool(pool).address.name = name;
}

std::vector<Rule> nameRules() {
  return {
      {diag::PoolNameInvalid.info,
       [](World& world) {
         rename(world, "gpu", "aksMigNode");
         return world.pool("aksMigNode").at;
       },
       [](World& world) { rename(world, "gpu", "aksmignode"); },
       {},
       ""},
      {diag::PoolNameInvalid.info,
       [](World& world) {
         rename(world, "gpu", "thirteenchars");
         return world.pool("thirteenchars").at;
       },
       [](World& world) { rename(world, "gpu", "twelve9chars"); },
       {},
       ""},
      {diag::PoolNameInvalid.info,
       [](World& world) {
         rename(world, "gpu", "wingpu2");
         world.pool("wingpu2").os.value = "windows2025";
         return world.pool("wingpu2").at;
       },
       [](World& world) {
         rename(world, "gpu", "wingpu");
         world.pool("wingpu").os.value = "windows2025";
       },
       {4012, 4013},
       ""},
      {diag::ClusterNameInvalid.info,
       [](World& world) {
         world.cluster().name = "shared-";
         return world.cluster().at;
       },
       [](World& world) { world.cluster().name = "Shared_1"; },
       {},
       ""},
      {diag::ResourceGroupInvalid.info,
       [](World& world) {
         world.cluster().resource_group = "rg.";
         return world.cluster().at;
       },
       [](World& world) { world.cluster().resource_group = "rg.(a)"; },
       {},
       ""},
      {diag::NodeGroupTooLong.info,
       [](World& world) {
         world.cluster().resource_group =
             std::string(56, 'r');  // MC_ + 56 + _shared_ + southcentralus = 81
         return world.cluster().at;
       },
       [](World& world) { world.cluster().resource_group = std::string(55, 'r'); },
       {},
       ""},
      {diag::PoolNameTaken.info,
       [](World& world) {
         world.addPool("gpu").address.module = "zone";
         return world.spec.pools.back().at;
       },
       [](World& world) { world.addPool("gpu2").address.module = "zone"; },
       {},
       ""},
      {diag::ClusterTwice.info,
       [](World& world) {
         world.addCluster("other").existing = true;
         world.cluster("other").name = "SHARED";
         return world.cluster("other").at;
       },
       [](World& world) { world.addCluster("other").existing = true; },
       {},
       ""},
      {diag::TooManyPools.info,
       [](World& world) {
         for (int i = 0; i < 99; ++i) world.addPool("p" + std::to_string(i));
         return world.cluster().at;
       },
       [](World& world) {
         for (int i = 0; i < 98; ++i) world.addPool("p" + std::to_string(i));
       },
       {},
       ""},
      {diag::TooManyNodes.info,
       [](World& world) {
         world.cluster().tier = "free";
         world.pool("gpu").nodes.max = 998;
         return world.cluster().at;
       },
       [](World& world) { world.pool("gpu").nodes.max = 998; },
       {},
       ""},
  };
}

std::vector<Rule> versionRules() {
  constexpr const char* kPoolVersion = "properties.orchestratorVersion";
  return {
      {diag::VersionInvalid.info,
       [](World& world) {
         world.cluster().version.value = "v1.36";
         return world.cluster().version.at;
       },
       [](World& world) { world.cluster().version.value = "1.36.1"; },
       {},
       ""},
      {diag::PoolVersionSkew.info,
       [](World& world) { return world.set(world.pool("gpu").settings, kPoolVersion, "1.37"); },
       [](World& world) { world.set(world.pool("gpu").settings, kPoolVersion, "1.36.9"); },
       {},
       ""},
      {diag::PoolVersionSkew.info,
       [](World& world) { return world.set(world.pool("gpu").settings, kPoolVersion, "1.32"); },
       [](World& world) { world.set(world.pool("gpu").settings, kPoolVersion, "1.33"); },
       {},
       ""},
      {diag::KubernetesEnded.info,
       [](World& world) {
         world.cluster().version.value = "1.33";
         return world.cluster().version.at;
       },
       [](World& world) {
         world.cluster().version.value = "1.33";
         world.cluster().tier = "premium";
         world.set(world.cluster().settings, "properties.supportPlan", "AKSLongTermSupport");
       },
       {},
       ""},
      {diag::KubernetesEnded.info,
       [](World& world) {
         world.cluster().version.value = "1.29";
         return world.cluster().version.at;
       },
       [](World& world) {
         world.cluster().version.value = "1.29";
         world.cluster().existing = true;
       },
       {},
       ""},
      {diag::KubernetesEnding.info,
       [](World& world) {
         world.cluster().version.value = "1.34.2";
         return world.cluster().version.at;
       },
       [](World& world) { world.cluster().version.value = "1.35"; },
       {},
       ""},
      {diag::KubernetesUnknown.info,
       [](World& world) {
         world.cluster().version.value = "1.38";
         return world.cluster().version.at;
       },
       [](World& world) { world.cluster().version.value = "1.37"; },
       {},
       ""},
  };
}

std::vector<Rule> networkRules() {
  constexpr const char* kAdvanced =
      "properties.networkProfile.advancedNetworking.security.advancedNetworkPolicies";
  return {
      {diag::NetworkCombination.info,
       [](World& world) {
         world.cluster().network_policy.value = "calico";
         return world.cluster().network_policy.at;
       },
       [](World& world) {
         world.cluster().network_policy.value = "calico";
         world.cluster().network_dataplane.value = "azure";
       },
       {},
       ""},
      {diag::NetworkCombination.info,
       [](World& world) {
         world.cluster().network_dataplane.value = "";
         return world.cluster().network_policy.at;
       },
       [](World& world) {
         world.cluster().network_dataplane.value = "";
         world.cluster().existing = true;
       },
       {},
       ""},
      {diag::NetworkCombination.info,
       [](World& world) {
         world.cluster().network_plugin.value = "kubenet";
         return world.cluster().network_dataplane.at;
       },
       [](World& world) { world.cluster().network_plugin.value = "azure"; },
       {8006},
       ""},
      {diag::NetworkCombination.info,
       [](World& world) {
         world.cluster().network_policy.value = "azure";
         world.cluster().network_dataplane.value = "azure";
         world.cluster().network_plugin.value = "kubenet";
         return world.cluster().network_policy.at;
       },
       [](World& world) {
         world.cluster().network_policy.value = "azure";
         world.cluster().network_dataplane.value = "azure";
       },
       {8006},
       ""},
      {diag::NetworkCombination.info,
       [](World& world) {
         world.cluster().network_policy.value = "calico";
         world.cluster().network_dataplane.value = "azure";
         return world.set(world.cluster().settings, kAdvanced, "FQDN");
       },
       [](World& world) { world.set(world.cluster().settings, kAdvanced, "FQDN"); },
       {},
       ""},
      {diag::NetworkRetiring.info,
       [](World& world) {
         world.cluster().network_policy.value = "azure";
         world.cluster().network_dataplane.value = "azure";
         return world.cluster().network_policy.at;
       },
       [](World& world) {
         world.cluster().network_policy.value = "calico";
         world.cluster().network_dataplane.value = "azure";
       },
       {},
       ""},
      {diag::NetworkRetiring.info,
       [](World& world) {
         world.cluster().network_policy.value = "calico";
         world.cluster().network_dataplane.value = "azure";
         world.cluster().network_plugin.value = "kubenet";
         return world.cluster().network_plugin.at;
       },
       [](World& world) { world.cluster().network_plugin.value = "azure"; },
       {},
       ""},
      {diag::PolicyEngineTooSmall.info,
       [](World& world) {
         world.cluster().network_policy.value = "azure";
         world.cluster().network_dataplane.value = "azure";
         world.pool("gpu").nodes.max = 248;
         return world.cluster().network_policy.at;
       },
       [](World& world) {
         world.cluster().network_policy.value = "azure";
         world.cluster().network_dataplane.value = "azure";
         world.pool("gpu").nodes.max = 247;
       },
       {8006},
       ""},
      {diag::WindowsOnCilium.info,
       [](World& world) {
         world.pool("gpu").os.value = "windows2025";
         return world.pool("gpu").os.at;
       },
       [](World& world) {
         world.pool("gpu").os.value = "windows2025";
         world.cluster().network_policy.value = "calico";
         world.cluster().network_dataplane.value = "azure";
       },
       {4013},
       ""},
      {diag::WindowsProfileMissing.info,
       [](World& world) {
         world.pool("gpu").os.value = "windows2025";
         return world.pool("gpu").os.at;
       },
       [](World& world) {
         world.pool("gpu").os.value = "windows2025";
         world.cluster().arm.setPath("properties.windowsProfile.adminUsername", "azure");
       },
       {4012},
       ""},
  };
}

std::vector<Rule> serviceRules() {
  constexpr const char* kCost = "properties.metricsProfile.costAnalysis.enabled";
  constexpr const char* kLocal = "properties.disableLocalAccounts";
  constexpr const char* kReservation = "properties.capacityReservationGroupID";
  return {
      {diag::TierTooLow.info,
       [](World& world) {
         world.cluster().cost_analysis = true;
         world.cluster().tier = "";
         return world.set(world.cluster().settings, kCost, true);
       },
       [](World& world) {
         world.cluster().cost_analysis = true;
         world.set(world.cluster().settings, kCost, true);
       },
       {},
       ""},
      {diag::TierTooLow.info,
       [](World& world) {
         return world.set(world.cluster().settings, "properties.supportPlan", "AKSLongTermSupport");
       },
       [](World& world) {
         world.cluster().tier = "premium";
         world.set(world.cluster().settings, "properties.supportPlan", "AKSLongTermSupport");
       },
       {},
       ""},
      {diag::GroupIdInvalid.info,
       [](World& world) {
         const Location place = world.at();
         ir::Tree groups = ir::Tree::list();
         groups.push(ir::Tree(kGuid)).push(ir::Tree("platform-admins").from(place));
         world.set(world.cluster().settings, kGroups, std::move(groups));
         return place;
       },
       [](World& world) {
         world.set(world.cluster().settings, kGroups, ir::Tree::list().push(kGuid));
       },
       {},
       ""},
      {diag::LocalAccountsNeedEntra.info,
       [](World& world) { return world.set(world.cluster().settings, kLocal, true); },
       [](World& world) {
         world.set(world.cluster().settings, kLocal, true);
         world.set(world.cluster().settings, "properties.aadProfile.managed", true);
       },
       {},
       ""},
      {diag::TagInvalid.info,
       [](World& world) {
         world.cluster().tags["cost/center"] = "7";
         return world.cluster().at;
       },
       [](World& world) { world.cluster().tags["cost-center"] = "7"; },
       {},
       ""},
      {diag::TagInvalid.info,
       [](World& world) {
         for (int i = 0; i < 51; ++i) world.cluster().tags["t" + std::to_string(i)] = "";
         return world.cluster().at;
       },
       [](World& world) {
         for (int i = 0; i < 50; ++i) world.cluster().tags["t" + std::to_string(i)] = "";
       },
       {},
       ""},
      {diag::NodeProvisioningAutoscaled.info,
       [](World& world) {
         world.cluster().addons["node_provisioning"] = world.placed(ir::Tree(true));
         return world.pool("gpu").nodes.at;
       },
       [](World& world) {
         world.cluster().addons["node_provisioning"] = world.placed(ir::Tree(true));
         world.pool("gpu").nodes = {2, 2, false, false, world.at()};
       },
       {},
       ""},
      {diag::ReservationIdentity.info,
       [](World& world) {
         return world.set(world.pool("gpu").settings, kReservation, "/subscriptions/x");
       },
       [](World& world) {
         world.set(world.pool("gpu").settings, kReservation, "/subscriptions/x");
         world.set(world.cluster().settings, "identity",
                   ir::Tree::map().set("type", "UserAssigned"));
       },
       {},
       ""},
  };
}

std::vector<Rule> labelRules() {
  const auto label = [](const char* key, const char* value) {
    return [=](World& world) {
      world.pool("gpu").labels = {{key, world.text(value)}};
      return world.pool("gpu").labels[0].second.at;
    };
  };
  const auto unchecked = [](auto rule) { return [=](World& world) { rule(world); }; };
  const auto taints = [](std::vector<std::pair<const char*, const char*>> pairs) {
    return [=](World& world) {
      world.pool("gpu").taints.emplace();
      for (const auto& [key, value] : pairs) {
        world.pool("gpu").taints->push_back({key, value, ir::TaintEffect::NoSchedule, world.at()});
      }
      return world.pool("gpu").taints->back().at;
    };
  };
  const auto systemTaint = [](const char* key, ir::TaintEffect effect) {
    return [=](World& world) {
      world.pool("system").taints = {{key, "true", effect, world.at()}};
      return world.pool("system").taints_at = world.at();
    };
  };
  return {
      {diag::LabelInvalid.info,
       label("tier!", "a"),
       unchecked(label("example.com/tier", "a")),
       {},
       ""},
      {diag::LabelInvalid.info, label("tier", "a b"), unchecked(label("tier", "")), {}, ""},
      {diag::LabelReserved.info,
       label("kubernetes.azure.com/mode", "x"),
       unchecked(label("azure.com/mode", "x")),
       {},
       ""},
      {diag::LabelReserved.info,
       label("gpuspec.dev/team", "x"),
       unchecked(label("team", "x")),
       {},
       ""},
      {diag::LabelReserved.info,
       [](World& world) {
         world.team("blue").pod_security = world.text("restricted");
         world.team("blue").labels = {
             {"pod-security.kubernetes.io/enforce", world.text("baseline")}};
         return world.team("blue").labels[0].second.at;
       },
       [](World& world) {
         world.team("blue").labels = {
             {"pod-security.kubernetes.io/enforce", world.text("baseline")}};
       },
       {},
       ""},
      {diag::TaintInvalid.info,
       taints({{"sku", "g p u"}}),
       unchecked(taints({{"sku", "gpu"}})),
       {},
       ""},
      {diag::TaintInvalid.info,
       taints({{"kubernetes.azure.com/mode", "gpu"}}),
       unchecked(taints({{"kubernetes.azure.com/scalesetpriority", "spot"}})),
       {},
       ""},
      {diag::TaintTwice.info,
       taints({{"sku", "gpu"}, {"sku", "h100"}}),
       unchecked(taints({{"sku", "gpu"}, {"team", "h100"}})),
       {},
       ""},
      {diag::AllPoolsTainted.info,
       systemTaint("sku", ir::TaintEffect::NoSchedule),
       unchecked(systemTaint("CriticalAddonsOnly", ir::TaintEffect::NoSchedule)),
       {},
       ""},
      {diag::AllPoolsTainted.info,
       systemTaint("sku", ir::TaintEffect::NoExecute),
       unchecked(systemTaint("sku", ir::TaintEffect::PreferNoSchedule)),
       {},
       ""},
  };
}

}  // namespace

std::vector<Rule> targetRules() {
  std::vector<Rule> rules;
  for (const auto& part :
       {nameRules(), versionRules(), networkRules(), serviceRules(), labelRules()}) {
    rules.insert(rules.end(), part.begin(), part.end());
  }
  return rules;
}

}  // namespace gpuspec::passes
