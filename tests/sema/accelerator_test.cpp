#include "tests/sema/builder.h"

namespace gpuspec::sema::test {
namespace {

class AcceleratorTest : public SemaTest {
 protected:
  Block& accelerator(std::string vendor, Value cluster, std::string module = "") {
    Block made = block("accelerator", std::move(vendor));
    made.module = std::move(module);
    set(made, "cluster", std::move(cluster));
    return at(add(std::move(made)));
  }
};

TEST_F(AcceleratorTest, StackDefaultsToTheVendorsFirst) {
  const eval::BlockId cluster = aks();
  Block& written = accelerator("acme", ref(cluster));
  set(written, "metrics", flag(true));
  with(written, "values")
      .attributes.push_back({"memory", "", {}, unit(ValueKind::Size, 2 * kGiB), here()});
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.accelerators.size(), 1u);
  EXPECT_EQ(*spec.accelerators[0].stack, "plain");
  EXPECT_TRUE(*spec.accelerators[0].metrics);
  EXPECT_FALSE(*spec.accelerators[0].dra);
  EXPECT_EQ(spec.accelerators[0].values, ir::Tree::map().set("memory", "2Gi"));
}

TEST_F(AcceleratorTest, OneForEachClusterOfAList) {
  const eval::BlockId one = aks("one"), two = aks("two");
  accelerator("acme", list({ref(two), ref(one)}));
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.accelerators.size(), 2u);
  EXPECT_EQ(spec[spec.accelerators[0].cluster_id].name, "one");
  EXPECT_EQ(spec[spec.accelerators[1].cluster_id].name, "two");
}

TEST_F(AcceleratorTest, UnknownVendorsListTheKnown) {
  const eval::BlockId cluster = aks();
  accelerator("amce", ref(cluster));
  const diag::Diagnostic finding = only(diag::VendorUnknownInfo);
  EXPECT_EQ(finding.at, at({1}).at);
  EXPECT_NE(finding.facts.at(0).find("`acme`, `zeta`"), std::string::npos);
}

TEST_F(AcceleratorTest, UnknownStacksListTheKnown) {
  const eval::BlockId cluster = aks();
  set(accelerator("acme", ref(cluster)), "stack", name("operatr"));
  const diag::Diagnostic finding = only(diag::StackUnknownInfo);
  EXPECT_NE(finding.facts.at(0).find("`plain`, `operator`"), std::string::npos);
}

TEST_F(AcceleratorTest, OneVendorOnceOnACluster) {
  const eval::BlockId cluster = aks();
  accelerator("acme", ref(cluster));
  accelerator("zeta", ref(cluster));
  accelerator("acme", ref(cluster), "other");
  const diag::Diagnostic finding = only(diag::AcceleratorTwiceInfo);
  EXPECT_EQ(finding.at, at({3}).at);
  EXPECT_EQ(finding.notes.at(0).at, at({1}).at);
}

}  // namespace
}  // namespace gpuspec::sema::test
