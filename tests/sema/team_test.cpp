#include "tests/sema/builder.h"

namespace gpuspec::sema::test {
namespace {

class TeamTest : public SemaTest {
 protected:
  TeamTest() : cluster_(aks()) {}
  Block& team(std::string label = "ml") { return at(add(teamOn(cluster_, std::move(label)))); }
  void call(Block& quota, std::string attribute, std::vector<Value> args, Value amount) {
    quota.attributes.push_back(
        {std::move(attribute), "", std::move(args), std::move(amount), here()});
  }
  void member(Block& team_block, std::string kind, std::string label, std::string role) {
    with(team_block, "members")
        .attributes.push_back(
            {std::move(kind), std::move(label), {}, name(std::move(role)), here()});
  }
  eval::Phrase allow(std::string direction, std::string peer, Value target = {}, Value port = {},
                     Value except = {}) {
    eval::Phrase phrase;
    phrase.word = "allow";
    phrase.direction = std::move(direction);
    phrase.peer = std::move(peer);
    phrase.target = std::move(target);
    phrase.port = std::move(port);
    phrase.except = std::move(except);
    phrase.at = here();
    phrase.peer_at = here();
    return phrase;
  }

  eval::BlockId cluster_;
};

TEST_F(TeamTest, HasANamespaceOfItsName) {
  team("vision");
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.teams[0].namespaces.size(), 1u);
  EXPECT_EQ(*spec.teams[0].namespaces[0], "vision");
  EXPECT_EQ(spec.teams[0].cluster_ids, std::vector<ir::ClusterId>{{0}});
  EXPECT_FALSE(spec.teams[0].network.declared);
}

TEST_F(TeamTest, NeedsACluster) {
  add(block("team", "lost"));
  EXPECT_NE(only(diag::TeamWithoutClusterInfo).help.at(0).find("clusters = [ml]"),
            std::string::npos);
}

TEST_F(TeamTest, EmptyListIsNoCluster) {
  Block lost = block("team", "lost");
  set(lost, "clusters", list({}));
  add(std::move(lost));
  only(diag::TeamWithoutClusterInfo);
}

TEST_F(TeamTest, PoisonedClusterIsSilent) {
  Block lost = block("team", "lost");
  set(lost, "clusters", list({Value::poison()}));
  add(std::move(lost));
  clean();
}

TEST_F(TeamTest, RepeatedClustersAndNamespacesAreWarnings) {
  Block twice = block("team", "twice");
  set(twice, "clusters", list({ref(cluster_), ref(cluster_)}));
  set(twice, "namespaces", list({text("a"), text("a")}));
  add(std::move(twice));
  const auto spec = run();
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->teams[0].cluster_ids.size(), 1u);
  EXPECT_EQ(spec->teams[0].namespaces.size(), 1u);
  ASSERT_EQ(findings_.size(), 2u);
  EXPECT_STREQ(findings_[0].info->name, "TeamClusterTwice");
  EXPECT_STREQ(findings_[1].info->name, "NamespaceTwice");
}

TEST_F(TeamTest, MembersAreGroupsAndUsers) {
  Block& written = team();
  Block& members = with(written, "members");
  members.attributes.push_back({"user", "ann@example.org", {}, name("view"), here()});
  members.attributes.push_back({"group", "6f2e", {}, name("edit"), here()});
  const ir::Spec spec = clean();
  ASSERT_EQ(spec.teams[0].members.size(), 2u);
  EXPECT_TRUE(spec.teams[0].members[0].group);
  EXPECT_EQ(spec.teams[0].members[0].role, "edit");
  EXPECT_EQ(spec.teams[0].members[1].subject, "ann@example.org");
}

TEST_F(TeamTest, QuotaIsInBaseUnits) {
  const eval::BlockId pool = add(poolOn(cluster_, "h1"));
  Block& quota = with(team(), "quota");
  set(quota, "memory", unit(ValueKind::Size, 512 * kGiB));
  set(quota, "cpu", unit(ValueKind::Cpu, 64'000));
  set(quota, "pods", number(200));
  call(quota, "slice", {ref(pool), profile("1g.5gb")}, number(14));
  call(quota, "gpu", {ref(pool)}, number(4));
  const ir::Spec spec = clean();
  const auto& items = spec.teams[0].quota;
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(items[0].kind, ir::QuotaKind::Gpu);
  EXPECT_EQ(items[0].amount, 4);
  EXPECT_EQ(spec[items[0].pool_id].address.name, "h1");
  EXPECT_EQ(items[1].profile, "1g.5gb");
  EXPECT_EQ(items[2].amount, 64'000);
  EXPECT_EQ(items[3].amount, 512 * kGiB);
  EXPECT_EQ(items[4].kind, ir::QuotaKind::Pods);
}

TEST_F(TeamTest, QuotaHasOneAmountEach) {
  const eval::BlockId pool = add(poolOn(cluster_, "h1"));
  Block& quota = with(team(), "quota");
  call(quota, "slice", {ref(pool), profile("1g.5gb")}, number(1));
  call(quota, "slice", {ref(pool), profile("2g.10gb")}, number(1));
  call(quota, "slice", {ref(pool), profile("1g.5gb")}, number(2));
  const source::Location again_at = quota.attributes.back().value.at();
  EXPECT_EQ(only(diag::QuotaTwiceInfo).at, again_at);
}

TEST_F(TeamTest, QuotaOfAPoolWithoutGpus) {
  const eval::BlockId pool = add(poolOn(cluster_, "cpu", "Standard_CPU_v1"));
  call(with(team(), "quota"), "gpu", {ref(pool)}, number(1));
  EXPECT_EQ(only(diag::QuotaOfPlainPoolInfo).notes.size(), 1u);
}

TEST_F(TeamTest, QuotaOfAPoolOfUnknownSizeIsSilent) {
  const eval::BlockId pool = add(poolOn(cluster_, "odd", "Standard_ACME9_v1"));
  call(with(team(), "quota"), "gpu", {ref(pool)}, number(1));
  only(diag::VmSizeUnknownInfo);
}

TEST_F(TeamTest, QuotaOfPoolsThatWereReportedIsSilent) {
  const eval::BlockId nameless = add(poolOn(cluster_, "nameless", ""));
  call(with(team(), "quota"), "gpu", {ref(nameless)}, number(1));
  only(diag::PoolWithoutVmInfo);
}

TEST_F(TeamTest, QuotaOfPlainNodesOfAnUnknownDeviceIsSilent) {
  Block nodes = poolOn(plain(), "rack", "");
  set(nodes, "device", name("acme.z1"));
  set(nodes, "count", number(8));
  with(nodes, "selector").attributes.push_back({"gpu", "", {}, text("yes"), here()});
  const eval::BlockId rack = add(std::move(nodes));
  call(with(team(), "quota"), "gpu", {ref(rack)}, number(1));
  only(diag::PoolDeviceUnknownInfo);
}

TEST_F(TeamTest, LimitsAreRead) {
  Block& limits = with(team(), "limits");
  set(with(limits, "default"), "cpu", unit(ValueKind::Cpu, 500));
  set(with(limits, "max"), "gpus", number(8));
  const ir::Spec spec = clean();
  EXPECT_TRUE(spec.teams[0].limits.declared);
  EXPECT_EQ(spec.teams[0].limits.default_cpu_m, 500);
  EXPECT_EQ(spec.teams[0].limits.max_gpus, 8);
}

TEST_F(TeamTest, NetworkDeniesUnlessItSaysOtherwise) {
  with(team("a"), "network");
  set(with(team("b"), "network"), "default", name("allow"));
  const ir::Spec spec = clean();
  EXPECT_TRUE(spec.teams[0].network.default_deny);
  EXPECT_FALSE(spec.teams[1].network.default_deny);
}

TEST_F(TeamTest, PhrasesBecomeRules) {
  team("other");
  const eval::BlockId other{1};
  Block& network = with(team("ml"), "network");
  network.phrases = {allow("egress", "dns"),
                     allow("ingress", "namespace", text("monitoring"), number(9400)),
                     allow("egress", "team", ref(other), list({number(443), range(8000, 8080)})),
                     allow("egress", "cidr", text("10.0.0.0/8"), {}, list({text("10.1.0.0/16")})),
                     allow("ingress", "pods", map({{"app", text("web")}}))};
  const ir::Spec spec = clean();
  const auto& rules = spec.teams[0].network.rules;
  ASSERT_EQ(rules.size(), 5u);
  EXPECT_EQ(rules[0].peer, ir::PeerKind::Dns);
  EXPECT_EQ(rules[0].direction, ir::Direction::Egress);
  EXPECT_EQ(rules[1].text, "monitoring");
  EXPECT_EQ(rules[1].ports.at(0).first, 9400);
  EXPECT_EQ(spec[rules[2].team_id].address.name, "other");
  EXPECT_EQ(rules[2].ports.at(1).last, 8080);
  EXPECT_EQ(*rules[3].except.at(0), "10.1.0.0/16");
  EXPECT_EQ(rules[4].labels.at(0).second, "web");
}

TEST_F(TeamTest, TheSameRuleTwiceIsAWarning) {
  Block& network = with(team(), "network");
  network.phrases = {allow("ingress", "self"), allow("egress", "self"), allow("ingress", "self")};
  const source::Location again_at = network.phrases[2].at;
  EXPECT_EQ(only(diag::NetworkRuleTwiceInfo).at, again_at);
}

}  // namespace
}  // namespace gpuspec::sema::test
