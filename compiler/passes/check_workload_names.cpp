#include <map>

#include "compiler/passes/checks.h"
#include "compiler/passes/names.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Workload;
using ir::WorkloadKind;

constexpr std::size_t kLongestCronJob = 52;  // the controller adds eleven characters for each run

const char* kindName(WorkloadKind kind) {
  static constexpr const char* kNames[] = {"job", "service", "model", "smoke"};
  return kNames[static_cast<int>(kind)];
}

// Pods of a job over several nodes are called NAME-0, NAME-1 ..., and found through a Service of
// its name.
std::string nameFault(const Workload& workload) {
  const std::string& name = workload.address.name;
  if (workload.kind == WorkloadKind::Service) return serviceNameFault(name);
  if (!workload.schedule->empty()) return dnsLabelFault(name, kLongestCronJob);
  if (workload.nodes > 1)
    return serviceNameFault(name, 63 - 1 - std::to_string(workload.nodes - 1).size());
  return dnsLabelFault(name);
}

void checkName(const Workload& workload, diag::Sink& sink) {
  const std::string fault = nameFault(workload);
  if (fault.empty()) return;
  sink.report(workload.at, diag::KubernetesNameInvalid, workload.address.name,
              kindName(workload.kind), fault)
      .help("lower-case letters, digits and `-`, a letter first");
}

void checkEnvironment(const Workload& workload, diag::Sink& sink) {
  for (const ir::EnvVar& variable : workload.env) {
    const std::string fault = envNameFault(variable.name);
    if (fault.empty()) continue;
    sink.report(variable.at, diag::EnvNameInvalid, variable.name)
        .mark(fault)
        .help("letters, digits and `_`: `HF_HOME`");
  }
}

std::string mountFault(const std::string& mount) {
  if (!mount.starts_with("/")) return "the path does not begin with `/`";
  if (mount.find(':') != std::string::npos) return "the path has `:`";
  return mount.find("..") != std::string::npos ? "the path has `..`" : "";
}

void checkVolumes(const Workload& workload, diag::Sink& sink) {
  std::map<std::string, ir::Location> mounts;
  std::map<std::string, ir::Location> names;
  if (workload.shared_memory > 0) mounts["/dev/shm"] = workload.at;
  for (const ir::Volume& volume : workload.volumes) {
    if (const std::string fault = dnsLabelFault(volume.name); !fault.empty()) {
      sink.report(volume.at, diag::KubernetesNameInvalid, volume.name, "volume", fault)
          .help("lower-case letters, digits and `-`");
    }
    if (const std::string fault = mountFault(volume.mount); !fault.empty()) {
      sink.report(volume.at, diag::MountInvalid, volume.name, volume.mount, fault)
          .help("a mount is a whole path inside the container: `mount = \"/data\"`");
    }
    const auto [mount, mount_added] = mounts.try_emplace(volume.mount, volume.at);
    if (!mount_added) {
      sink.report(volume.at, diag::MountInvalid, volume.name, volume.mount,
                  "something is mounted there")
          .note(mount->second, volume.mount == "/dev/shm" ? "`shared_memory`" : "the other volume");
    }
    const auto [name, name_added] = names.try_emplace(volume.name, volume.at);
    if (!name_added) {
      sink.report(volume.at, diag::MountInvalid, volume.name, volume.mount,
                  "there is another volume of this name")
          .note(name->second, "the other volume");
    }
  }
}

void checkPorts(const Workload& workload, diag::Sink& sink) {
  for (const ir::ContainerPort& port : workload.ports) {
    const std::string fault = port.name.empty() ? "" : portNameFault(port.name);
    if (fault.empty()) continue;
    sink.report(port.at, diag::KubernetesNameInvalid, port.name, "port", fault)
        .help("at most 15 lower-case letters, digits and `-`, with a letter among them");
  }
  if (workload.kind == WorkloadKind::Service && workload.ports.empty()) {
    sink.report(workload.at, diag::ServiceWithoutPort, workload.address.name)
        .help("write `port = 8000`, or make it a `job` if it serves nobody");
  }
}

}  // namespace

void checkWorkloadNames(const ir::Spec& spec, diag::Sink& sink) {
  for (const Workload& workload : spec.workloads) {
    checkName(workload, sink);
    checkEnvironment(workload, sink);
    checkVolumes(workload, sink);
    checkPorts(workload, sink);
  }
}

}  // namespace gpuspec::passes
