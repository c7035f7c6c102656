#include <algorithm>
#include <array>

#include "compiler/sema/analysis.h"
#include "compiler/sema/cron.h"

namespace gpuspec::sema {

namespace {

using eval::ValueKind;

ir::WorkloadKind workloadKind(const std::string& kind) {
  if (kind == "service") return ir::WorkloadKind::Service;
  if (kind == "model") return ir::WorkloadKind::Model;
  if (kind == "smoke") return ir::WorkloadKind::Smoke;
  return ir::WorkloadKind::Job;
}

std::string clusterName(const Analysis& analysis, ir::ClusterId id) {
  return analysis.spec[id].address.shortName();
}

// A pool or a team that is not on the cluster that was decided already.
void reportElsewhere(Analysis& analysis, const eval::Block& block, const std::string& what,
                     const source::Location& at, ir::ClusterId cluster_id,
                     const source::Location& decided_at) {
  analysis.sink
      .report(at, diag::WorkloadClusterContradicts, what, clusterName(analysis, cluster_id))
      .note(decided_at, "`" + block.label + "` runs there because of this");
}

bool worksOn(const ir::Team& team, ir::ClusterId cluster_id) {
  return std::find(team.cluster_ids.begin(), team.cluster_ids.end(), cluster_id) !=
         team.cluster_ids.end();
}

void reportUnclear(Analysis& analysis, const eval::Block& block) {
  auto report = analysis.sink.report(block.at, diag::WorkloadClusterUnclear, block.label);
  std::vector<std::string> known;
  for (const ir::Cluster& cluster : analysis.spec.clusters)
    known.push_back(cluster.address.shortName());
  report.fact("clusters: " + (known.empty() ? "none" : quoted(known)));
  report.help("name its `pool`, or write `cluster = ...`");
}

// From `cluster`, else the pool's, else the team's only one, else the only one there is.
void resolveCluster(Analysis& analysis, const eval::Block& block, ir::Workload& workload) {
  source::Location decided_at = block.at;
  if (const eval::Value* cluster = block.value("cluster")) {
    workload.cluster_id = analysis.clusterOf(*cluster);
    decided_at = cluster->at();
  }
  if (const eval::Value* pool = block.value("pool")) {
    const ir::ClusterId pools_own = analysis.spec[workload.pool_id].cluster_id;
    if (!workload.cluster_id) {
      workload.cluster_id = pools_own;
      decided_at = pool->at();
    } else if (pools_own && pools_own != workload.cluster_id) {
      const std::string what = "pool `" + analysis.spec[workload.pool_id].address.name + "`";
      reportElsewhere(analysis, block, what, pool->at(), workload.cluster_id, decided_at);
    }
  }
  const eval::Value* team_value = block.value("team");
  const ir::Team* team = team_value ? &analysis.spec[workload.team_id] : nullptr;
  if (team && workload.cluster_id && !team->cluster_ids.empty() &&
      !worksOn(*team, workload.cluster_id)) {
    const std::string what = "team `" + team->address.name + "`";
    reportElsewhere(analysis, block, what, team_value->at(), workload.cluster_id, decided_at);
  }
  if (workload.cluster_id) return;
  if (team && team->cluster_ids.size() == 1) workload.cluster_id = team->cluster_ids[0];
  if (!team && analysis.spec.clusters.size() == 1) workload.cluster_id = ir::ClusterId{0};
  const bool explained = mayBeBroken(block, "cluster") || mayBeBroken(block, "pool") ||
                         mayBeBroken(block, "team") || (team && team->cluster_ids.empty()) ||
                         workload.pool_id.valid();
  if (!workload.cluster_id && !explained) reportUnclear(analysis, block);
}

ir::GpuRequest readGpus(const eval::Block& block) {
  ir::GpuRequest request;
  request.at = block.at;
  const eval::Value* value = block.value("gpus");
  if (!value) return request;
  request.at = value->at();
  if (value->is(ValueKind::Int)) request.count = value->asInt();
  if (value->is(ValueKind::Counted)) {
    request.count = value->asCounted().count;
    request.profile = value->asCounted().profile;
  }
  return request;
}

std::vector<ir::EnvVar> readEnv(Analysis& analysis, const eval::Block& block) {
  std::vector<ir::EnvVar> variables;
  const eval::Block* env = block.child("env");
  if (!env) return variables;
  for (const eval::Attribute& entry : env->attributes) {
    if (entry.value.is(ValueKind::Secret)) {
      reportLater(analysis, entry.value.at(), "keyvault(...)",
                  "mount a Kubernetes Secret that exists: `volume token { mount = \"/secrets\"  "
                  "secret = \"name\" }`");
    } else if (entry.value.is(ValueKind::String)) {
      variables.push_back({entry.name, entry.value.asText(), "", "", entry.value.at()});
    }
  }
  return variables;
}

constexpr std::array<std::string_view, 7> kVolumeSources = {
    "empty_dir", "claim", "config", "secret", "disk", "file_share", "blob"};

std::vector<const eval::Attribute*> volumeSources(const eval::Block& volume) {
  std::vector<const eval::Attribute*> sources;
  for (std::string_view name : kVolumeSources) {
    const eval::Attribute* attribute = volume.find(name);
    const bool off =
        attribute && attribute->value.is(ValueKind::Bool) && !attribute->value.asBool();
    if (attribute && !off) sources.push_back(attribute);
  }
  return sources;
}

void readVolumeSource(const eval::Attribute& source, ir::Volume& volume) {
  volume.kind = source.name;
  if (source.value.is(ValueKind::String)) volume.source = source.value.asText();
  if (source.value.is(ValueKind::Size)) volume.size = source.value.asInt();
}

std::vector<ir::Volume> readVolumes(Analysis& analysis, const eval::Block& block) {
  std::vector<ir::Volume> volumes;
  for (const eval::Block& written : block.blocks) {
    if (written.kind != "volume") continue;
    ir::Volume volume;
    volume.name = written.label;
    volume.at = written.at;
    volume.mount = textOf(written, "mount");
    volume.read_only = boolOf(written, "read_only");
    volume.memory = boolOf(written, "memory");
    const auto sources = volumeSources(written);
    if (sources.size() == 1) {
      readVolumeSource(*sources[0], volume);
    } else if (sources.size() > 1) {
      analysis.sink
          .report(sources[1]->name_at, diag::VolumeSources, written.label,
                  sources[0]->name + " and " + sources[1]->name)
          .note(sources[0]->name_at, "the other one");
    } else if (!written.broken) {
      analysis.sink.report(written.at, diag::VolumeSources, written.label, "no source")
          .help(
              "write one of `empty_dir = true`, `claim = \"...\"`, `config = \"...\"`, `secret = "
              "\"...\"`");
    }
    volumes.push_back(std::move(volume));
  }
  return volumes;
}

void readJob(Analysis& analysis, const eval::Block& block, ir::Workload& workload) {
  workload.nodes = intOf(block, "nodes", 1);
  workload.completions = maybeInt(block, "completions");
  workload.parallelism = maybeInt(block, "parallelism");
  workload.retries = maybeInt(block, "retries");
  workload.deadline_s = maybeSeconds(block, "deadline");
  workload.schedule = placedText(block, "schedule");
  const std::string fault =
      workload.schedule->empty() ? std::string() : cronFault(*workload.schedule);
  if (!fault.empty()) {
    analysis.sink.report(workload.schedule.at, diag::ScheduleMalformed, *workload.schedule)
        .fact(fault)
        .help(
            "five fields, minute hour day month weekday: `\"30 2 * * *\"` is every night at 2:30");
  }
  const bool several_nodes = workload.nodes > 1;
  for (const char* name : {"completions", "parallelism"}) {
    const eval::Attribute* other = block.find(name);
    if (!several_nodes || !other) continue;
    analysis.sink.report(other->name_at, diag::NodesAndCompletions, name)
        .note(block.find("nodes")->name_at,
              "one pod on each of " + std::to_string(workload.nodes) + " nodes")
        .help(
            "keep `nodes` for one job across nodes, `completions` for many pods that know nothing "
            "of each other");
  }
}

void addPort(Analysis& analysis, ir::Workload& workload, std::string name,
             const eval::Value& value) {
  if (!value.is(ValueKind::Int)) return;
  const auto same =
      std::find_if(workload.ports.begin(), workload.ports.end(),
                   [&](const ir::ContainerPort& other) { return other.port == value.asInt(); });
  if (same != workload.ports.end()) {
    analysis.sink.report(value.at(), diag::PortTwice, value.asInt())
        .note(same->at, "the first time");
    return;
  }
  if (name.empty()) name = "port-" + std::to_string(value.asInt());
  workload.ports.push_back({std::move(name), value.asInt(), value.at()});
}

void readPorts(Analysis& analysis, const eval::Block& block, ir::Workload& workload) {
  if (const eval::Value* port = block.value("port")) addPort(analysis, workload, "", *port);
  const eval::Value* ports = block.value("ports");
  if (!ports) return;
  if (ports->is(ValueKind::Map)) {
    for (const auto& [name, value] : ports->asMap()) addPort(analysis, workload, name, value);
  } else {
    for (const eval::Value* value : itemsOf(ports)) addPort(analysis, workload, "", *value);
  }
}

void readProbes(Analysis& analysis, const eval::Block& block, ir::Workload& workload) {
  const std::vector<std::string> kinds = {"readiness", "liveness", "startup"};
  for (const eval::Block& written : block.blocks) {
    if (written.kind != "probe") continue;
    if (std::find(kinds.begin(), kinds.end(), written.label) == kinds.end()) {
      auto report = analysis.sink.report(written.at, diag::ProbeUnknown, written.label);
      report.fact("there are: " + quoted(kinds));
      const auto near = diag::nearest(written.label, kinds);
      if (!near.empty())
        report.fix("did you mean `" + near[0] + "`?", {{written.at.range, near[0]}}, false);
      continue;
    }
    workload.probes.push_back({written.label, textOf(written, "http"), intOf(written, "port"),
                               maybeSeconds(written, "period").value_or(0),
                               maybeSeconds(written, "initial_delay").value_or(0), written.at});
  }
}

void readService(Analysis& analysis, const eval::Block& block, ir::Workload& workload) {
  readPorts(analysis, block, workload);
  readProbes(analysis, block, workload);
  const eval::Value* replicas = block.value("replicas");
  if (!replicas) return;
  if (replicas->is(ValueKind::Int)) {
    workload.replicas_min = workload.replicas_max = replicas->asInt();
  } else if (replicas->is(ValueKind::Range)) {
    workload.replicas_min = replicas->asRange().first;
    workload.replicas_max = replicas->asRange().last;
    workload.scaled = true;
  }
}

void readContainer(Analysis& analysis, const eval::Block& block, ir::Workload& workload) {
  workload.image = placedText(block, "image");
  workload.command = textsOf(block, "command");
  workload.args = textsOf(block, "args");
  workload.env = readEnv(analysis, block);
  workload.gpus = readGpus(block);
  workload.cpu_m = intOf(block, "cpu");
  workload.memory = intOf(block, "memory");
  workload.shared_memory = intOf(block, "shared_memory");
  workload.volumes = readVolumes(analysis, block);
  workload.labels = labelsOf(block, "labels");
  workload.annotations = labelsOf(block, "annotations");
}

}  // namespace

ir::Workload workloadFrom(Analysis& analysis, const eval::Block& block) {
  ir::Workload workload;
  workload.kind = workloadKind(block.kind);
  workload.at = block.at;
  workload.address = addressOf(block);
  if (const eval::Value* team = block.value("team")) workload.team_id = analysis.teamOf(*team);
  workload.pool_at = block.at;
  if (const eval::Value* pool = block.value("pool")) {
    workload.pool_id = analysis.poolOf(*pool);
    workload.pool_at = pool->at();
  }
  resolveCluster(analysis, block, workload);
  readContainer(analysis, block, workload);
  if (workload.kind == ir::WorkloadKind::Service) {
    readService(analysis, block, workload);
  } else {
    readJob(analysis, block, workload);
  }
  return workload;
}

}  // namespace gpuspec::sema
