#include "tests/sema/builder.h"

namespace gpuspec::sema::test {
namespace {

const ir::Tree* setting(const std::vector<ir::Setting>& settings, std::string_view path) {
  for (const ir::Setting& one : settings) {
    if (one.path == path) return &one.value;
  }
  return nullptr;
}

class ClusterTest : public SemaTest {};

TEST_F(ClusterTest, TakesItsNameFromTheLabel) {
  aks("shared");
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.clusters.size(), 1u);
  EXPECT_EQ(spec.clusters[0].name, "shared");
  EXPECT_EQ(spec.clusters[0].address.str(), "cluster.shared");
  EXPECT_EQ(spec.clusters[0].resource_group, "rg");
  EXPECT_EQ(*spec.clusters[0].location, "westus");
  EXPECT_TRUE(spec.clusters[0].settings.empty());
}

TEST_F(ClusterTest, IsSortedByModuleAndName) {
  aks("b");
  aks("a");
  Block other = at(aks("c"));
  program_.blocks.back().module = "eastus";
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.clusters[0].address.str(), "cluster.a");
  EXPECT_EQ(spec.clusters[1].address.str(), "cluster.b");
  EXPECT_EQ(spec.clusters[2].address.str(), "eastus.cluster.c");
}

TEST_F(ClusterTest, OverlayIsPluginAndMode) {
  Block& cluster = at(aks());
  Block& network = with(cluster, "network");
  set(network, "plugin", name("azure_overlay"));
  set(network, "policy", name("cilium"));
  const ir::Spec spec = clean();
  const auto& settings = spec.clusters[0].settings;
  EXPECT_EQ(*setting(settings, "properties.networkProfile.networkPlugin"), ir::Tree("azure"));
  EXPECT_EQ(*setting(settings, "properties.networkProfile.networkPluginMode"), ir::Tree("overlay"));
  EXPECT_EQ(*spec.clusters[0].network_plugin, "azure_overlay");
  EXPECT_EQ(*spec.clusters[0].network_policy, "cilium");
}

TEST_F(ClusterTest, PlainAzurePluginHasNoMode) {
  set(with(at(aks()), "network"), "plugin", name("azure"));
  const ir::Spec spec = clean();
  EXPECT_EQ(setting(spec.clusters[0].settings, "properties.networkProfile.networkPluginMode"),
            nullptr);
}

TEST_F(ClusterTest, ConstantsGoAlongUnlessFalse) {
  Block& cluster = at(aks());
  set(with(cluster, "access"), "azure_rbac", flag(true));
  set(with(cluster, "addons"), "kaito", flag(false));
  const ir::Spec spec = clean();
  EXPECT_EQ(*setting(spec.clusters[0].settings, "properties.aadProfile.managed"), ir::Tree(true));
  EXPECT_EQ(*setting(spec.clusters[0].settings, "properties.aiToolchainOperatorProfile.enabled"),
            ir::Tree(false));
  EXPECT_EQ(setting(spec.clusters[0].settings, "properties.oidcIssuerProfile.enabled"), nullptr);
}

TEST_F(ClusterTest, UserAssignedIdentityIsAMapOfIds) {
  set(at(aks()), "identity", list({text("/subscriptions/s/id.one")}));
  const ir::Spec spec = clean();
  const ir::Tree expected =
      ir::Tree::map()
          .set("type", "UserAssigned")
          .set("userAssignedIdentities",
               ir::Tree::map().set("/subscriptions/s/id.one", ir::Tree::map()));
  EXPECT_EQ(*setting(spec.clusters[0].settings, "identity"), expected);
}

TEST_F(ClusterTest, TurningOffWhatAnotherAttributeNeedsIsAContradiction) {
  Block& cluster = at(aks());
  set(cluster, "oidc_issuer", flag(false));
  const source::Location denied_at = cluster.attributes.back().value.at();
  set(cluster, "workload_identity", flag(true));
  EXPECT_EQ(only(diag::SettingContradictsInfo).at, denied_at);
}

TEST_F(ClusterTest, AksNeedsResourceGroupAndLocation) {
  add(block("cluster", "bare"));
  EXPECT_FALSE(run());
  ASSERT_EQ(findings_.size(), 2u);
  EXPECT_STREQ(findings_[0].info->name, "AksClusterNeeds");
}

TEST_F(ClusterTest, BrokenBlocksAreNotMissingAnything) {
  Block bare = block("cluster", "bare");
  bare.broken = true;
  add(std::move(bare));
  clean();
}

TEST_F(ClusterTest, ContextIsForPlainKubernetes) {
  set(at(aks()), "context", text("x"));
  only(diag::ContextOnAksInfo);
}

TEST_F(ClusterTest, PlainKubernetesNeedsAContext) {
  Block cluster = block("cluster", "lab");
  set(cluster, "platform", name("kubernetes"));
  add(std::move(cluster));
  only(diag::ContextMissingInfo);
}

TEST_F(ClusterTest, PlainKubernetesHasNoAzureProperties) {
  Block& cluster = at(plain());
  set(cluster, "tier", name("standard"));
  EXPECT_EQ(only(diag::AzureOnlyInfo).at, cluster.attributes.back().name_at);
}

TEST_F(ClusterTest, PlainKubernetesIsDescribed) {
  Block& cluster = at(plain());
  set(cluster, "version", text("1.36"));
  set(with(cluster, "network"), "policy", name("calico"));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.clusters[0].platform, ir::Platform::Kubernetes);
  EXPECT_TRUE(spec.clusters[0].existing);
  EXPECT_EQ(*spec.clusters[0].network_policy, "calico");
  EXPECT_TRUE(spec.clusters[0].settings.empty());
}

TEST_F(ClusterTest, ExistingClustersAreNotChanged) {
  Block& cluster = at(aks());
  set(cluster, "existing", flag(true));
  set(with(cluster, "network"), "policy", name("cilium"));
  set(with(cluster, "upgrades"), "node_image", name("weekly"));
  const diag::Diagnostic finding = only(diag::ExistingClusterUnchangedInfo);
  EXPECT_EQ(finding.level, diag::Level::Warning);
  EXPECT_NE(finding.message.find("node_image"), std::string::npos);
}

TEST_F(ClusterTest, AddonsTagsAndArmAreKept) {
  Block& cluster = at(aks());
  set(with(cluster, "addons"), "keda", flag(true));
  set(with(cluster, "tags"), "cost-centre", text("42"));
  set(with(cluster, "arm"), "properties", map({{"a", number(1)}}));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.clusters[0].addons.at("keda").value, ir::Tree(true));
  EXPECT_EQ(spec.clusters[0].tags.at("cost-centre"), "42");
  EXPECT_EQ(spec.clusters[0].arm, ir::Tree::map().set("properties", ir::Tree::map().set("a", 1)));
}

}  // namespace
}  // namespace gpuspec::sema::test
