#include "tests/sema/builder.h"

namespace gpuspec::sema::test {
namespace {

class WorkloadTest : public SemaTest {
 protected:
  Block workload(std::string kind, std::string label) {
    Block made = block(std::move(kind), std::move(label));
    set(made, "image", text("example.org/x:1"));
    return made;
  }
};

TEST_F(WorkloadTest, TakesTheClusterOfItsPool) {
  const eval::BlockId one = aks("one"), two = aks("two");
  (void)one;
  const eval::BlockId pool = add(poolOn(two, "h1"));
  Block job = workload("job", "train");
  set(job, "pool", ref(pool));
  set(job, "gpus", counted(2, "1g.5gb"));
  set(job, "cpu", unit(ValueKind::Cpu, 1500));
  set(job, "deadline", unit(ValueKind::Duration, 90 * kMinute));
  add(std::move(job));
  const ir::Spec spec = clean();
  const ir::Workload& got = spec.workloads.at(0);
  EXPECT_EQ(spec[got.cluster_id].name, "two");
  EXPECT_EQ(got.gpus.count, 2);
  EXPECT_EQ(got.gpus.profile, "1g.5gb");
  EXPECT_EQ(got.cpu_m, 1500);
  EXPECT_EQ(got.deadline_s, 5400);
  EXPECT_EQ(got.nodes, 1);
}

TEST_F(WorkloadTest, TakesTheOnlyClusterOfItsTeam) {
  aks("one");
  const eval::BlockId two = aks("two");
  const eval::BlockId team = add(teamOn(two, "ml"));
  Block job = workload("job", "train");
  set(job, "team", ref(team));
  add(std::move(job));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec[spec.workloads.at(0).cluster_id].name, "two");
}

TEST_F(WorkloadTest, TakesTheOnlyCluster) {
  aks();
  add(workload("smoke", "check"));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.workloads.at(0).cluster_id, ir::ClusterId{0});
  EXPECT_EQ(spec.workloads.at(0).kind, ir::WorkloadKind::Smoke);
}

TEST_F(WorkloadTest, OneOfTwoClustersIsUnclear) {
  aks("one");
  aks("two");
  add(workload("job", "train"));
  EXPECT_NE(only(diag::WorkloadClusterUnclearInfo).facts.at(0).find("`one`, `two`"),
            std::string::npos);
}

TEST_F(WorkloadTest, PoolOfAnotherClusterContradicts) {
  const eval::BlockId one = aks("one"), two = aks("two");
  const eval::BlockId pool = add(poolOn(two, "h1"));
  Block job = workload("job", "train");
  set(job, "cluster", ref(one));
  set(job, "pool", ref(pool));
  const source::Location pool_at = job.attributes.back().value.at();
  add(std::move(job));
  EXPECT_EQ(only(diag::WorkloadClusterContradictsInfo).at, pool_at);
}

TEST_F(WorkloadTest, TeamOfAnotherClusterContradicts) {
  const eval::BlockId one = aks("one"), two = aks("two");
  const eval::BlockId pool = add(poolOn(two, "h1"));
  const eval::BlockId team = add(teamOn(one, "ml"));
  Block job = workload("job", "train");
  set(job, "team", ref(team));
  set(job, "pool", ref(pool));
  add(std::move(job));
  EXPECT_NE(only(diag::WorkloadClusterContradictsInfo).message.find("team `ml`"),
            std::string::npos);
}

TEST_F(WorkloadTest, AreSortedByAddress) {
  aks();
  add(workload("service", "a"));
  add(workload("job", "z"));
  add(workload("job", "b"));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.workloads[0].address.str(), "job.b");
  EXPECT_EQ(spec.workloads[1].address.str(), "job.z");
  EXPECT_EQ(spec.workloads[2].address.str(), "service.a");
}

TEST_F(WorkloadTest, VolumesHaveOneSource) {
  aks();
  Block job = workload("job", "train");
  Block& scratch = with(job, "volume", "scratch");
  set(scratch, "mount", text("/tmp"));
  set(scratch, "empty_dir", unit(ValueKind::Size, kGiB));
  set(scratch, "memory", flag(true));
  Block& data = with(job, "volume", "data");
  set(data, "mount", text("/data"));
  set(data, "claim", text("pvc"));
  set(data, "empty_dir", flag(false));
  add(std::move(job));
  const ir::Spec spec = clean();
  const auto& volumes = spec.workloads[0].volumes;
  ASSERT_EQ(volumes.size(), 2u);
  EXPECT_EQ(volumes[0].kind, "empty_dir");
  EXPECT_EQ(volumes[0].size, kGiB);
  EXPECT_TRUE(volumes[0].memory);
  EXPECT_EQ(volumes[1].source, "pvc");
}

TEST_F(WorkloadTest, VolumesWithNoOrTwoSourcesAreRefused) {
  aks();
  Block job = workload("job", "train");
  with(job, "volume", "none");
  Block& both = with(job, "volume", "both");
  set(both, "claim", text("a"));
  set(both, "config", text("b"));
  add(std::move(job));
  EXPECT_FALSE(run());
  ASSERT_EQ(findings_.size(), 2u);
  EXPECT_NE(findings_[0].message.find("no source"), std::string::npos);
  EXPECT_EQ(findings_[1].notes.size(), 1u);
}

TEST_F(WorkloadTest, EnvironmentKeepsItsOrderAndNoSecrets) {
  aks();
  Block job = workload("job", "train");
  Block& env = with(job, "env");
  set(env, "B", text("2"));
  set(env, "A", text("1"));
  add(job);
  EXPECT_EQ(clean().workloads[0].env.at(0).name, "B");
  set(program_.blocks.back().blocks.at(0), "TOKEN",
      Value::ofSecret({"keyvault", "hf"}).from(here()));
  only(diag::NotCompiledYetInfo);
}

TEST_F(WorkloadTest, SchedulesAreCronExpressions) {
  for (const char* good : {"30 2 * * *", "*/5 0-6 1,15 * MON-FRI", "@daily"}) {
    program_.blocks.clear();
    aks();
    Block job = workload("job", "train");
    set(job, "schedule", text(good));
    add(std::move(job));
    EXPECT_EQ(*clean().workloads.at(0).schedule, good);
  }
  for (const char* bad : {"30 2 * *", "every day", "@often", "30 2 * * * *"}) {
    program_.blocks.clear();
    sink_ = diag::Sink();
    aks();
    Block job = workload("job", "train");
    set(job, "schedule", text(bad));
    add(std::move(job));
    only(diag::ScheduleMalformedInfo);
  }
}

TEST_F(WorkloadTest, NodesExcludeCompletions) {
  aks();
  Block job = workload("job", "train");
  set(job, "nodes", number(4));
  set(job, "completions", number(2));
  add(std::move(job));
  only(diag::NodesAndCompletionsInfo);
}

TEST_F(WorkloadTest, ServicesHavePortsProbesAndReplicas) {
  aks();
  Block service = workload("service", "api");
  set(service, "port", number(8000));
  set(service, "ports", map({{"metrics", number(9000)}}));
  set(service, "replicas", range(1, 8));
  Block& probe = with(service, "probe", "readiness");
  set(probe, "http", text("/healthz"));
  set(probe, "period", unit(ValueKind::Duration, 10'000));
  add(std::move(service));
  const ir::Spec spec = clean();
  const ir::Workload& got = spec.workloads[0];
  ASSERT_EQ(got.ports.size(), 2u);
  EXPECT_EQ(got.ports[0].name, "port-8000");
  EXPECT_EQ(got.ports[1].name, "metrics");
  EXPECT_EQ(got.probes.at(0).period_s, 10);
  EXPECT_EQ(got.replicas_max, 8);
  EXPECT_TRUE(got.scaled);
}

TEST_F(WorkloadTest, UnknownProbesOfferTheNearest) {
  aks();
  Block service = workload("service", "api");
  with(service, "probe", "readyness");
  add(std::move(service));
  const diag::Diagnostic finding = only(diag::ProbeUnknownInfo);
  EXPECT_EQ(finding.fixes.at(0).edits.at(0).text, "readiness");
}

TEST_F(WorkloadTest, TheSamePortTwiceIsAWarning) {
  aks();
  Block service = workload("service", "api");
  set(service, "port", number(80));
  set(service, "ports", list({number(80)}));
  add(std::move(service));
  only(diag::PortTwiceInfo);
}

}  // namespace
}  // namespace gpuspec::sema::test
