#include "tests/sema/builder.h"

namespace gpuspec::sema::test {
namespace {

class PoolTest : public SemaTest {
 protected:
  Block& pool(std::string vm = "Standard_ACME8_v1") {
    return at(add(poolOn(aks(), "h1", std::move(vm))));
  }
};

TEST_F(PoolTest, HasDefaultsAndItsSizesFacts) {
  pool("standard_acme8_V1");
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.pools.size(), 1u);
  const ir::Pool& got = spec.pools[0];
  EXPECT_EQ(spec[got.cluster_id].name, "ml");
  EXPECT_EQ(*got.vm, "Standard_ACME8_v1");
  EXPECT_EQ(got.vendor(), "acme");
  EXPECT_EQ(got.gpusPerNode(), 8);
  EXPECT_EQ(got.nodes.min, 1);
  EXPECT_FALSE(got.nodes.autoscaled);
  EXPECT_EQ(*got.mode, ir::Mode::User);
  EXPECT_EQ(*got.os, "ubuntu");
  EXPECT_EQ(*got.driver, "auto");
  EXPECT_FALSE(got.taints.has_value());
  EXPECT_FALSE(got.spot.has_value());
}

TEST_F(PoolTest, UnknownSizeOffersTheNearest) {
  Block& written = pool("Standard_ACME8_v2");
  const source::Location at = written.attributes.back().value.at();
  const diag::Diagnostic finding = only(diag::VmSizeUnknownInfo);
  EXPECT_EQ(finding.at, at);
  ASSERT_EQ(finding.help.size(), 1u);
  EXPECT_NE(finding.help[0].find("Standard_ACME8_v1"), std::string::npos);
}

TEST_F(PoolTest, UnknownSizeIsMendedWhereItWasWritten) {
  const std::string vm = "Standard_ACME8_v2";
  Block written = poolOn(aks(), "h1", "");
  const source::Location at{{file_id_, 5000, static_cast<std::uint32_t>(5000 + vm.size() + 2)}, {}};
  set(written, "vm", Value::ofString(vm).from(at));
  add(std::move(written));
  const diag::Diagnostic finding = only(diag::VmSizeUnknownInfo);
  ASSERT_EQ(finding.fixes.size(), 1u);
  EXPECT_EQ(finding.fixes[0].edits[0].text, "\"Standard_ACME8_v1\"");
  EXPECT_EQ(finding.fixes[0].edits[0].range, at.range);
}

TEST_F(PoolTest, NeedsASizeOnAks) {
  pool("");
  only(diag::PoolWithoutVmInfo);
}

TEST_F(PoolTest, PoisonedSizeIsSilent) {
  set(pool(""), "vm", Value::poison());
  clean();
}

TEST_F(PoolTest, DeviceIsNotForAks) {
  set(pool(), "device", name("acme.a1-40gb"));
  only(diag::DeviceOnAksInfo);
}

TEST_F(PoolTest, RangeAutoscales) {
  set(pool(), "nodes", range(0, 8));
  const ir::Spec spec = clean();
  EXPECT_TRUE(spec.pools[0].nodes.autoscaled);
  EXPECT_EQ(spec.pools[0].nodes.min, 0);
  EXPECT_EQ(spec.pools[0].nodes.max, 8);
}

TEST_F(PoolTest, FitComesLater) {
  set(pool(), "nodes", Value::ofFit({1, 4}).from(here()));
  only(diag::NotCompiledYetInfo);
}

TEST_F(PoolTest, TaintsAreRead) {
  set(pool(), "taints", list({text("sku=gpu:NoSchedule"), text("a/b=:NoExecute")}));
  const ir::Spec spec = clean();
  ASSERT_TRUE(spec.pools[0].taints.has_value());
  EXPECT_EQ(spec.pools[0].taints->at(0).str(), "sku=gpu:NoSchedule");
  EXPECT_EQ(spec.pools[0].taints->at(1).str(), "a/b=:NoExecute");
}

TEST_F(PoolTest, EmptyTaintsAreNotAbsentTaints) {
  set(pool(), "taints", list({}));
  const ir::Spec spec = clean();
  ASSERT_TRUE(spec.pools[0].taints.has_value());
  EXPECT_TRUE(spec.pools[0].taints->empty());
}

TEST_F(PoolTest, MalformedTaintsSayWhatWasFound) {
  const std::pair<const char*, const char*> cases[] = {
      {"sku=gpu", "no `:Effect`"},
      {"sku=gpu:NoSchedul", "`NoSchedul` is no effect"},
      {"sku:NoSchedule", "no `=value`"},
      {"=gpu:NoSchedule", "nothing before `=`"}};
  eval::List taints;
  for (const auto& [written, reason] : cases) taints.push_back(text(written));
  set(pool(), "taints", list(taints));
  EXPECT_FALSE(run());
  ASSERT_EQ(findings_.size(), std::size(cases));
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    EXPECT_STREQ(findings_[i].info->name, "TaintMalformed");
    EXPECT_NE(findings_[i].message.find(cases[i].second), std::string::npos)
        << findings_[i].message;
  }
}

TEST_F(PoolTest, PlainKubernetesTakesTaintsWithoutValue) {
  Block nodes = poolOn(plain(), "h1", "");
  with(nodes, "selector").attributes.push_back({"gpu", "", {}, text("a1"), here()});
  set(nodes, "taints", list({text("sku:NoSchedule")}));
  add(std::move(nodes));
  EXPECT_EQ(clean().pools[0].taints->at(0).key, "sku");
}

TEST_F(PoolTest, SpotPriceIsADecimal) {
  Block& spot = with(pool(), "spot");
  set(spot, "max_price", money(1'200'000));
  set(spot, "eviction", name("deallocate"));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.pools[0].spot->max_price, "1.2");
  EXPECT_EQ(spec.pools[0].spot->eviction, "Deallocate");
}

TEST_F(PoolTest, OnDemandIsMinusOne) {
  set(with(pool(), "spot"), "max_price", name("on_demand"));
  EXPECT_EQ(clean().pools[0].spot->max_price, "-1");
}

TEST_F(PoolTest, SpotPriceHasFiveDecimalsAndIsForAnHour) {
  for (const Value& price : {money(1'200'001), money(0), money(5'000'000, eval::Period::Month)}) {
    program_.blocks.clear();
    sink_ = diag::Sink();
    set(with(pool(), "spot"), "max_price", price);
    only(diag::SpotPriceImpossibleInfo);
  }
}

TEST_F(PoolTest, ClusterSubnetIsEveryPoolsUnlessItHasItsOwn) {
  const eval::BlockId cluster = aks();
  set(with(at(cluster), "network"), "subnet", text("/subnets/a"));
  add(poolOn(cluster, "one"));
  Block two = poolOn(cluster, "two");
  set(two, "subnet", text("/subnets/b"));
  add(std::move(two));
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.pools[0].settings.size(), 1u);
  EXPECT_EQ(spec.pools[0].settings[0].value, ir::Tree("/subnets/a"));
  ASSERT_EQ(spec.pools[1].settings.size(), 1u);
  EXPECT_EQ(spec.pools[1].settings[0].value, ir::Tree("/subnets/b"));
}

TEST_F(PoolTest, DiskSizeIsWholeGib) {
  set(with(pool(), "disk"), "size", unit(ValueKind::Size, kGiB + 1));
  only(diag::NotWholeUnitInfo);
}

TEST_F(PoolTest, VendorBlocksBecomeTreesWithPlaces) {
  Block& cut = with(pool(), "cut");
  set(cut, "profile", profile("1g.5gb"));
  const source::Location profile_at = cut.attributes[0].value.at();
  set(cut, "layout", list({counted(2, "1g.5gb"), profile("3g.20gb")}));
  Block& layouts = with(cut, "layouts");
  layouts.attributes.push_back({"gpus", "", {range(0, 3)}, list({counted(7, "1g.5gb")}), here()});
  layouts.attributes.push_back({"gpus", "", {range(4, 7)}, list({counted(1, "7g.40gb")}), here()});
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.pools[0].vendor_blocks.size(), 1u);
  const ir::VendorBlock& got = spec.pools[0].vendor_blocks[0];
  EXPECT_EQ(got.name, "cut");
  EXPECT_EQ(*got.body.find("profile"), ir::Tree("1g.5gb"));
  EXPECT_EQ(got.body.find("profile")->location(), profile_at);
  const ir::Tree slices = ir::Tree::map().set("count", 2).set("profile", "1g.5gb");
  EXPECT_EQ(*got.body.find("layout"), ir::Tree(ir::Tree::List{slices, "3g.20gb"}));
  const ir::Tree* gpus = got.body.find("layouts")->find("gpus");
  ASSERT_EQ(gpus->asList().size(), 2u);
  EXPECT_EQ(*gpus->asList()[0].find("args"),
            ir::Tree(ir::Tree::List{ir::Tree::map().set("first", 0).set("last", 3)}));
  EXPECT_EQ(gpus->asList()[1].find("value")->asList()[0],
            ir::Tree::map().set("count", 1).set("profile", "7g.40gb"));
}

TEST_F(PoolTest, VendorBlocksNeedTheirVendorsGpu) {
  for (const char* vm : {"Standard_ZETA4_v1", "Standard_CPU_v1"}) {
    program_.blocks.clear();
    sink_ = diag::Sink();
    Block& written = pool(vm);
    const source::Location at = with(written, "cut").kind_at;
    const diag::Diagnostic finding = only(diag::VendorBlockElsewhereInfo);
    EXPECT_EQ(finding.at, at);
    EXPECT_EQ(finding.notes.size(), 1u);
  }
}

TEST_F(PoolTest, UnknownSizeSaysNothingAboutVendorBlocks) {
  with(pool("Standard_X"), "cut");
  only(diag::VmSizeUnknownInfo);
}

class NodesTest : public SemaTest {
 protected:
  Block& nodes(std::string device, bool selector = true) {
    Block made = poolOn(plain(), "rack", "");
    if (!device.empty()) set(made, "device", name(std::move(device)));
    if (selector) with(made, "selector").attributes.push_back({"gpu", "", {}, text("yes"), here()});
    return at(add(std::move(made)));
  }
};

TEST_F(NodesTest, AreADeviceACountAndASelector) {
  set(nodes("acme.a1-40gb"), "count", number(8));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.pools[0].vendor(), "acme");
  EXPECT_EQ(spec.pools[0].model(), "a1-40gb");
  EXPECT_EQ(spec.pools[0].gpusPerNode(), 8);
  EXPECT_EQ(spec.pools[0].selector.at("gpu"), "yes");
}

TEST_F(NodesTest, ShortModelNamesAreCompleted) {
  set(nodes("acme.a1"), "count", number(8));
  EXPECT_EQ(clean().pools[0].model(), "a1-40gb");
}

TEST_F(NodesTest, AmbiguousModelNamesAreAWarning) {
  set(nodes("acme.a2"), "count", number(8));
  const diag::Diagnostic finding = only(diag::PoolDeviceAmbiguousInfo);
  EXPECT_EQ(finding.level, diag::Level::Warning);
  EXPECT_NE(finding.facts.at(0).find("a2-94gb"), std::string::npos);
}

TEST_F(NodesTest, UnknownDevicesListTheKnown) {
  set(nodes("acme.b7"), "count", number(8));
  EXPECT_NE(only(diag::PoolDeviceUnknownInfo).facts.at(0).find("a1-40gb"), std::string::npos);
}

TEST_F(NodesTest, UnknownVendorsListTheKnown) {
  set(nodes("acmee.a1"), "count", number(8));
  const diag::Diagnostic finding = only(diag::PoolDeviceUnknownInfo);
  EXPECT_NE(finding.facts.at(0).find("zeta"), std::string::npos);
  EXPECT_NE(finding.help.at(0).find("`acme`"), std::string::npos);
}

TEST_F(NodesTest, NeedACount) {
  nodes("acme.a1-40gb");
  only(diag::DeviceCountMissingInfo);
}

TEST_F(NodesTest, NeedASelector) {
  set(nodes("acme.a1-40gb", false), "count", number(8));
  only(diag::SelectorMissingInfo);
}

TEST_F(NodesTest, HaveNoVmSize) {
  set(nodes(""), "vm", text("Standard_ACME8_v1"));
  only(diag::VmOnPlainKubernetesInfo);
}

TEST_F(NodesTest, WithoutADeviceHaveNoGpu) {
  nodes("");
  EXPECT_EQ(clean().pools[0].vendor(), "");
}

TEST_F(NodesTest, HaveNoAzureProperties) {
  Block& written = nodes("");
  set(written, "subnet", text("/x"));
  set(written, "zones", list({number(1)}));
  with(written, "spot");
  set(written, "os", name("ubuntu2404"));
  EXPECT_FALSE(run());
  EXPECT_EQ(findings_.size(), 3u);
  for (const diag::Diagnostic& finding : findings_) EXPECT_STREQ(finding.info->name, "AzureOnly");
}

}  // namespace
}  // namespace gpuspec::sema::test
