#include <set>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/quantity.h"
#include "backends/deploy/sandbox/kube/validate.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

void oneOf(const Tree& tree, std::string_view field, const std::string& path,
           const std::vector<std::string>& known, Causes& causes) {
  const Tree* value = tree.find(field);
  if (value == nullptr || !value->isString()) return;
  for (const std::string& each : known) {
    if (value->asString() == each) return;
  }
  causes.push_back(notSupported(path + "." + std::string(field), *value, known));
}

bool isExtended(std::string_view resource) {
  return resource.find('/') != std::string_view::npos &&
         resource.find("kubernetes.io/") == std::string_view::npos;
}

void checkAmount(const std::string& name, const Tree& value, const std::string& path,
                 Causes& causes) {
  if (const std::string why = badQualifiedName(name); !why.empty()) {
    causes.push_back(invalidValue(path, name, why));
  }
  const auto amount = parseQuantity(value);
  if (!amount) {
    causes.push_back(invalidValue(path, value, "must be a quantity"));
    return;
  }
  const std::string at = path + "[" + name + "]";
  if (amount->nano < 0)
    causes.push_back(invalidValue(at, value, "must be greater than or equal to 0"));
  if (isExtended(name) && amount->nano % 1'000'000'000 != 0) {
    causes.push_back(invalidValue(at, value, "must be an integer"));
  }
}

void checkResources(const Tree& container, const std::string& path, Causes& causes) {
  const Tree::Map& limits = mapAt(container, {"resources", "limits"});
  const Tree::Map& requests = mapAt(container, {"resources", "requests"});
  for (const auto& [name, value] : limits)
    checkAmount(name, value, path + ".resources.limits", causes);
  for (const auto& [name, value] : requests) {
    checkAmount(name, value, path + ".resources.requests", causes);
    const Tree* limit = findAt(container, {"resources", "limits", name});
    const auto amount = parseQuantity(value);
    const auto most = limit == nullptr ? std::nullopt : parseQuantity(*limit);
    if (isExtended(name)) {
      if (limit == nullptr) {
        causes.push_back(required(path + ".resources.limits",
                                  "Limit must be set for non overcommitable resources"));
      } else if (amount && most && amount->nano != most->nano) {
        causes.push_back(invalidValue(path + ".resources.requests", value,
                                      "must be equal to " + name + " limit of " + most->str()));
      }
    } else if (amount && most && amount->nano > most->nano) {
      causes.push_back(
          invalidValue(path + ".resources.requests", amount->str(),
                       "must be less than or equal to " + name + " limit of " + most->str()));
    }
  }
}

void checkPorts(const Tree& container, const std::string& path, Causes& causes) {
  std::set<std::string> names;
  const Tree::List& ports = listAt(container, {"ports"});
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string at = path + ".ports[" + std::to_string(i) + "]";
    const Tree* port = ports[i].find("containerPort");
    if (port == nullptr) {
      causes.push_back(required(at + ".containerPort"));
    } else if (port->isInt() && (port->asInt() < 1 || port->asInt() > 65535)) {
      causes.push_back(
          invalidValue(at + ".containerPort", *port, "must be between 1 and 65535, inclusive"));
    }
    const std::string& name = textAt(ports[i], {"name"});
    if (!name.empty() && !names.insert(name).second)
      causes.push_back(duplicateValue(at + ".name", name));
    oneOf(ports[i], "protocol", at, {"SCTP", "TCP", "UDP"}, causes);
  }
}

void checkEnv(const Tree& container, const std::string& path, Causes& causes) {
  const Tree::List& variables = listAt(container, {"env"});
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const bool both =
        !textAt(variables[i], {"value"}).empty() && variables[i].find("valueFrom") != nullptr;
    if (both) {
      causes.push_back(invalidValue(path + ".env[" + std::to_string(i) + "].valueFrom", "",
                                    "may not be specified when `value` is not empty"));
    }
  }
}

void checkMounts(const Tree& container, const std::string& path,
                 const std::set<std::string>& volumes, Causes& causes) {
  std::set<std::string> paths;
  const Tree::List& mounts = listAt(container, {"volumeMounts"});
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const std::string at = path + ".volumeMounts[" + std::to_string(i) + "]";
    const std::string& name = textAt(mounts[i], {"name"});
    if (!volumes.contains(name)) {
      causes.push_back({"FieldValueNotFound", "Not found: \"" + name + "\"", at + ".name"});
    }
    const std::string& mount_path = textAt(mounts[i], {"mountPath"});
    if (!mount_path.empty() && !paths.insert(mount_path).second) {
      causes.push_back(invalidValue(at + ".mountPath", mount_path, "must be unique"));
    }
  }
}

void checkSecurity(const Tree& container, const std::string& path, Causes& causes) {
  const Tree* context = container.find("securityContext");
  if (context == nullptr) return;
  if (flagAt(*context, {"privileged"}) && !flagAt(*context, {"allowPrivilegeEscalation"}, true)) {
    causes.push_back(
        invalidValue(path + ".securityContext", Tree::map(),
                     "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
  }
}

void checkContainers(const Tree& spec, std::string_view field, const std::string& path,
                     std::set<std::string>& names, const std::set<std::string>& volumes,
                     Causes& causes) {
  const Tree::List& containers = listAt(spec, {field});
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const Tree& container = containers[i];
    const std::string at = path + "." + std::string(field) + "[" + std::to_string(i) + "]";
    const std::string& name = textAt(container, {"name"});
    if (const std::string why = badLabel(name); !name.empty() && !why.empty()) {
      causes.push_back(invalidValue(at + ".name", name, why));
    }
    if (!name.empty() && !names.insert(name).second)
      causes.push_back(duplicateValue(at + ".name", name));
    if (textAt(container, {"image"}).empty()) causes.push_back(required(at + ".image"));
    oneOf(container, "imagePullPolicy", at, {"Always", "IfNotPresent", "Never"}, causes);
    oneOf(container, "terminationMessagePolicy", at, {"FallbackToLogsOnError", "File"}, causes);
    checkPorts(container, at, causes);
    checkEnv(container, at, causes);
    checkMounts(container, at, volumes, causes);
    checkResources(container, at, causes);
    checkSecurity(container, at, causes);
  }
}

std::set<std::string> checkVolumes(const Tree& spec, const std::string& path, Causes& causes) {
  std::set<std::string> names;
  const Tree::List& volumes = listAt(spec, {"volumes"});
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const std::string at = path + ".volumes[" + std::to_string(i) + "]";
    const std::string& name = textAt(volumes[i], {"name"});
    if (const std::string why = badLabel(name); !name.empty() && !why.empty()) {
      causes.push_back(invalidValue(at + ".name", name, why));
    }
    if (!name.empty() && !names.insert(name).second)
      causes.push_back(duplicateValue(at + ".name", name));
    if (volumes[i].isMap() && volumes[i].asMap().size() > 2) {
      causes.push_back(forbiddenField(at, "may not specify more than 1 volume type"));
    }
  }
  return names;
}

void checkTolerations(const Tree& spec, const std::string& path, Causes& causes) {
  const Tree::List& tolerations = listAt(spec, {"tolerations"});
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    const Tree& each = tolerations[i];
    const std::string at = path + ".tolerations[" + std::to_string(i) + "]";
    const std::string& op = textAt(each, {"operator"});
    const std::string& effect = textAt(each, {"effect"});
    if (textAt(each, {"key"}).empty() && op != "Exists") {
      causes.push_back(invalidValue(at + ".operator", op,
                                    "operator must be Exists when `key` is empty, which means "
                                    "\"match all values and all keys\""));
    }
    if (op == "Exists" && !textAt(each, {"value"}).empty()) {
      causes.push_back(
          invalidValue(at + ".operator", each, "value must be empty when `operator` is 'Exists'"));
    }
    if (!op.empty()) oneOf(each, "operator", at, {"Equal", "Exists"}, causes);
    if (!effect.empty())
      oneOf(each, "effect", at, {"NoSchedule", "PreferNoSchedule", "NoExecute"}, causes);
    if (each.find("tolerationSeconds") != nullptr && effect != "NoExecute") {
      causes.push_back(invalidValue(at + ".effect", effect,
                                    "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
  }
}

void checkSpreading(const Tree& spec, const std::string& path, Causes& causes) {
  const Tree::List& constraints = listAt(spec, {"topologySpreadConstraints"});
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const std::string at = path + ".topologySpreadConstraints[" + std::to_string(i) + "]";
    if (intAt(constraints[i], {"maxSkew"}) < 1) {
      causes.push_back(invalidValue(at + ".maxSkew", intAt(constraints[i], {"maxSkew"}),
                                    "must be greater than zero"));
    }
    oneOf(constraints[i], "whenUnsatisfiable", at, {"DoNotSchedule", "ScheduleAnyway"}, causes);
  }
}

}  // namespace

void checkPodSpec(const Tree& spec, const std::string& path, bool restart_always_only,
                  Causes& causes) {
  if (listAt(spec, {"containers"}).empty()) causes.push_back(required(path + ".containers"));
  const std::set<std::string> volumes = checkVolumes(spec, path, causes);
  std::set<std::string> names;
  checkContainers(spec, "containers", path, names, volumes, causes);
  checkContainers(spec, "initContainers", path, names, volumes, causes);
  oneOf(spec, "restartPolicy", path,
        restart_always_only ? std::vector<std::string>{"Always"}
                            : std::vector<std::string>{"Always", "OnFailure", "Never"},
        causes);
  oneOf(spec, "dnsPolicy", path, {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"},
        causes);
  for (const auto& [key, value] : mapAt(spec, {"nodeSelector"})) {
    if (const std::string why = badQualifiedName(key); !why.empty()) {
      causes.push_back(invalidValue(path + ".nodeSelector", key, why));
    }
  }
  checkTolerations(spec, path, causes);
  checkSpreading(spec, path, causes);
}

}  // namespace gpuspec::deploy::sandbox::api
