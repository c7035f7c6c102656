#include "tests/passes/rules.h"

// Rules about workloads.

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::PeerKind;
using source::Location;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

void allowSelf(World& world) {
  world.allow("blue", Direction::Ingress, PeerKind::Self);
  world.allow("blue", Direction::Egress, PeerKind::Self);
}

Location jobImage(World& world, const char* image) {
  world.addJob("train", "gpu", 1).image = world.text(image);
  return world.workload("train").image.at;
}

ir::Volume volume(World& world, const char* name, const char* mount) {
  ir::Volume made;
  made.name = name;
  made.mount = mount;
  made.kind = "empty_dir";
  made.at = world.at();
  return made;
}

std::vector<Rule> requestRules() {
  return {
      {diag::RequestExceedsNode.info,
       [](World& world) { return world.addJob("train", "gpu", 9).gpus.at; },
       [](World& world) { world.addJob("train", "gpu", 8); },
       {},
       ""},
      {diag::NoPoolForRequest.info,
       [](World& world) { return world.addJob("train", "", 9).gpus.at; },
       [](World& world) { world.addJob("train", "", 8); },
       {},
       ""},
      {diag::NoPoolForRequest.info,
       [](World& world) {
         world.pool("gpu").only_for = {world.teamId("green")};
         return world.addJob("train", "", 1).gpus.at;
       },
       [](World& world) {
         world.pool("gpu").only_for = {world.teamId("blue")};
         world.addJob("train", "", 1);
       },
       {},
       ""},
      {diag::RequestNeedsProfile.info,
       [](World& world) {
         for (ir::Team& team : world.spec.teams) team.quota.clear();
         world.cut(world.pool("gpu"), "1g.5gb", 7, true);
         return world.addJob("train", "gpu", 1).gpus.at;
       },
       [](World& world) {
         for (ir::Team& team : world.spec.teams) team.quota.clear();
         world.cut(world.pool("gpu"), "1g.5gb", 7, true);
         world.addJob("train", "gpu", 1).gpus.profile = "1g.5gb";
       },
       {},
       ""},
      {diag::ProfileNotOffered.info,
       [](World& world) {
         world.addJob("train", "gpu", 1).gpus.profile = "1g.5gb";
         return world.workload("train").gpus.at;
       },
       [](World& world) {
         world.cut(world.pool("gpu"), "1g.5gb", 7, false);
         world.addJob("train", "gpu", 1).gpus.profile = "1g.5gb";
       },
       {},
       ""},
      {diag::PoolWithoutGpu.info,
       [](World& world) { return world.addJob("train", "system", 1).gpus.at; },
       [](World& world) { world.addJob("train", "system", 0); },
       {},
       ""},
      {diag::RequestAmbiguous.info,
       [](World& world) {
         world.vendors.add(std::make_unique<FakeVendor>("other"));
         world.addGpuPool("second").size->vendor = "other";
         return world.addJob("train", "", 1).gpus.at;
       },
       [](World& world) {
         world.addGpuPool("second");
         world.addJob("train", "", 1);
       },
       {},
       ""},
      {diag::NodesExceedPool.info,
       [](World& world) {
         allowSelf(world);
         world.addJob("train", "gpu", 1).nodes = 3;
         return world.workload("train").at;
       },
       [](World& world) {
         allowSelf(world);
         world.addJob("train", "gpu", 1).nodes = 2;
       },
       {},
       ""},
      {diag::PodsExceedPool.info,
       [](World& world) {
         world.addJob("train", "gpu", 4).parallelism = 5;
         return world.workload("train").gpus.at;
       },
       [](World& world) {
         world.addJob("train", "gpu", 4).parallelism = 5;
         world.workload("train").completions = 4;
       },
       {},
       ""},
      {diag::RequestExceedsQuota.info,
       [](World& world) {
         allowSelf(world);
         world.addJob("train", "gpu", 5).nodes = 2;
         return world.workload("train").gpus.at;
       },
       [](World& world) {
         allowSelf(world);
         world.addJob("train", "gpu", 4).nodes = 2;
       },
       {},
       ""},
      {diag::RequestExceedsQuota.info,
       [](World& world) {
         world.team("blue").quota.clear();
         return world.addJob("train", "gpu", 1).gpus.at;
       },
       [](World& world) { world.addJob("train", "gpu", 1).team_id = {}; },
       {},
       ""},
      {diag::ComputeExceedsQuota.info,
       [](World& world) {
         world.team("blue").quota.push_back({ir::QuotaKind::Cpu, {}, "", 4000, world.at(), {}});
         ir::Workload& workload = world.addJob("train", "gpu", 1);
         workload.cpu_m = 5000;
         return workload.at;
       },
       [](World& world) {
         world.team("blue").quota.push_back({ir::QuotaKind::Cpu, {}, "", 4000, world.at(), {}});
         world.addJob("train", "gpu", 1).cpu_m = 4000;
       },
       {},
       ""},
      {diag::RequestAboveLimit.info,
       [](World& world) {
         world.team("blue").limits = {0, 0, 0, 0, 0, 0, 4, true, world.at()};
         return world.addJob("train", "gpu", 5).gpus.at;
       },
       [](World& world) {
         world.team("blue").limits = {0, 0, 0, 0, 0, 0, 4, true, world.at()};
         world.addJob("train", "gpu", 4);
       },
       {},
       ""},
      {diag::NodeTooSmall.info,
       [](World& world) {
         world.addJob("train", "gpu", 1).cpu_m = 96'001;
         return world.workload("train").at;
       },
       [](World& world) { world.addJob("train", "gpu", 1).cpu_m = 95'000; },
       {},
       ""},
      {diag::NodeTooSmall.info,
       [](World& world) {
         world.addJob("prepare", "system", 0).memory = 17 * kGiB;
         return world.workload("prepare").at;
       },
       [](World& world) { world.addJob("prepare", "gpu", 0).memory = 17 * kGiB; },
       {},
       ""},
      {diag::InfinibandNotAsked.info,
       [](World& world) {
         allowSelf(world);
         world.pool("gpu").size->rdma = true;
         world.addJob("train", "gpu", 1).nodes = 2;
         return world.workload("train").at;
       },
       [](World& world) {
         allowSelf(world);
         world.pool("gpu").size->rdma = world.pool("gpu").infiniband = true;
         world.addJob("train", "gpu", 1).nodes = 2;
       },
       {},
       ""},
  };
}

std::vector<Rule> namingRules() {
  return {
      {diag::KubernetesNameInvalid.info,
       [](World& world) { return world.addJob(std::string(64, 'j'), "gpu", 1).at; },
       [](World& world) { world.addJob(std::string(63, 'j'), "gpu", 1); },
       {},
       ""},
      {diag::KubernetesNameInvalid.info,
       [](World& world) {
         world.addJob(std::string(53, 'j'), "gpu", 1).schedule = world.text("0 2 * * *");
         return world.spec.workloads.back().at;
       },
       [](World& world) {
         world.addJob(std::string(52, 'j'), "gpu", 1).schedule = world.text("0 2 * * *");
       },
       {},
       ""},
      {diag::KubernetesNameInvalid.info,
       [](World& world) {
         world.allow("blue", Direction::Ingress, PeerKind::Internet);
         return world.addService("7b-chat", "gpu", 8000).at;
       },
       [](World& world) { world.addJob("7b-chat", "gpu", 1); },
       {},
       ""},
      {diag::ServiceWithoutPort.info,
       [](World& world) { return world.addService("chat", "gpu", 0).at; },
       [](World& world) { world.addService("chat", "gpu", 8000); },
       {},
       ""},
      {diag::EnvNameInvalid.info,
       [](World& world) {
         world.addJob("train", "gpu", 1).env = {{"2FAST", "1", "", "", world.at()}};
         return world.workload("train").env[0].at;
       },
       [](World& world) {
         world.addJob("train", "gpu", 1).env = {{"FAST_2", "1", "", "", world.at()}};
       },
       {},
       ""},
      {diag::MountInvalid.info,
       [](World& world) {
         world.addJob("train", "gpu", 1).volumes = {volume(world, "data", "data")};
         return world.workload("train").volumes[0].at;
       },
       [](World& world) {
         world.addJob("train", "gpu", 1).volumes = {volume(world, "data", "/data")};
       },
       {},
       ""},
      {diag::MountInvalid.info,
       [](World& world) {
         world.addJob("train", "gpu", 1).volumes = {volume(world, "shm", "/dev/shm")};
         world.workload("train").shared_memory = kGiB;
         return world.workload("train").volumes[0].at;
       },
       [](World& world) {
         world.addJob("train", "gpu", 1).volumes = {volume(world, "shm", "/dev/shm")};
       },
       {},
       ""},
      {diag::ImageTagFloating.info,
       [](World& world) { return jobImage(world, "example.com:5000/train"); },
       [](World& world) { jobImage(world, "example.com:5000/train:1"); },
       {},
       ""},
      {diag::ImageTagFloating.info,
       [](World& world) { return jobImage(world, "train:latest"); },
       [](World& world) { jobImage(world, "train@sha256:0123"); },
       {},
       ""},
      {diag::ServiceUnreachable.info,
       [](World& world) {
         world.addService("chat", "gpu", 8000);
         world.allow("blue", Direction::Ingress, PeerKind::Internet).ports = {
             {443, 443, world.at()}};
         return world.workload("chat").ports[0].at;
       },
       [](World& world) {
         world.addService("chat", "gpu", 8000);
         world.allow("blue", Direction::Ingress, PeerKind::Internet).ports = {
             {8000, 8001, world.at()}};
       },
       {},
       ""},
      {diag::MultiNodeCutOff.info,
       [](World& world) {
         world.allow("blue", Direction::Ingress, PeerKind::Self);
         world.addJob("train", "gpu", 1).nodes = 2;
         return world.workload("train").at;
       },
       [](World& world) {
         allowSelf(world);
         world.addJob("train", "gpu", 1).nodes = 2;
       },
       {},
       ""},
  };
}

}  // namespace

std::vector<Rule> workloadRules() {
  std::vector<Rule> rules = requestRules();
  const std::vector<Rule> naming = namingRules();
  rules.insert(rules.end(), naming.begin(), naming.end());
  return rules;
}

}  // namespace gpuspec::passes
