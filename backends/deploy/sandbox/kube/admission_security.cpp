// Pod security levels (kubernetes.io: pod-security-standards), by the labels of the namespace.

#include <algorithm>
#include <map>

#include "backends/deploy/sandbox/kube/admission.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::string_view kPrefix = "pod-security.kubernetes.io/";

std::string quotedList(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "\"" : ", \"") + name + "\"";
  return out;
}

std::string containersText(const std::vector<std::string>& names) {
  return (names.size() == 1 ? "container " : "containers ") + quotedList(names);
}

class Inspector {
 public:
  explicit Inspector(const Tree& spec) : spec_(spec) {
    for (std::string_view field : {"initContainers", "containers", "ephemeralContainers"}) {
      for (const Tree& container : listAt(spec, {field})) containers_.push_back(&container);
    }
  }

  std::vector<std::string> baseline() {
    hostNamespaces();
    flagged(
        "privileged", " must not set securityContext.privileged=true",
        [](const Tree& container) { return flagAt(container, {"securityContext", "privileged"}); });
    addedCapabilities();
    hostPaths();
    hostPorts();
    unconfinedSeccomp();
    return std::move(found_);
  }

  std::vector<std::string> restricted() {
    baselineInto();
    flagged("allowPrivilegeEscalation != false",
            " must set securityContext.allowPrivilegeEscalation=false", [](const Tree& container) {
              return flagAt(container, {"securityContext", "allowPrivilegeEscalation"}, true);
            });
    flagged("unrestricted capabilities", " must set securityContext.capabilities.drop=[\"ALL\"]",
            [](const Tree& container) {
              const Tree::List& dropped =
                  listAt(container, {"securityContext", "capabilities", "drop"});
              return std::find(dropped.begin(), dropped.end(), Tree("ALL")) == dropped.end();
            });
    volumeTypes();
    const bool pod_wide = flagAt(spec_, {"securityContext", "runAsNonRoot"});
    settings("runAsNonRoot != true", " must set securityContext.runAsNonRoot=true",
             [pod_wide](const Tree& container) {
               return !flagAt(container, {"securityContext", "runAsNonRoot"}, pod_wide);
             });
    runAsRoot();
    const std::string& pod_profile = textAt(spec_, {"securityContext", "seccompProfile", "type"});
    settings("seccompProfile",
             " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
             [&pod_profile](const Tree& container) {
               const std::string& own =
                   textAt(container, {"securityContext", "seccompProfile", "type"});
               const std::string& type = own.empty() ? pod_profile : own;
               return type != "RuntimeDefault" && type != "Localhost";
             });
    return std::move(found_);
  }

 private:
  void baselineInto() { found_ = Inspector(spec_).baseline(); }

  template <class Bad>
  std::vector<std::string> naming(Bad bad) const {
    std::vector<std::string> names;
    for (const Tree* container : containers_) {
      if (bad(*container)) names.push_back(textAt(*container, {"name"}));
    }
    return names;
  }

  template <class Bad>
  void flagged(const std::string& what, const std::string& must, Bad bad) {
    const std::vector<std::string> names = naming(bad);
    if (!names.empty()) found_.push_back(what + " (" + containersText(names) + must + ")");
  }

  // What may be set on the pod or on each container.
  template <class Bad>
  void settings(const std::string& what, const std::string& must, Bad bad) {
    const std::vector<std::string> names = naming(bad);
    if (!names.empty()) found_.push_back(what + " (pod or " + containersText(names) + must + ")");
  }

  void hostNamespaces() {
    std::string all;
    for (std::string_view field : {"hostNetwork", "hostPID", "hostIPC"}) {
      if (flagAt(spec_, {field})) all += (all.empty() ? "" : ", ") + std::string(field) + "=true";
    }
    if (!all.empty()) found_.push_back("host namespaces (" + all + ")");
  }

  void addedCapabilities() {
    constexpr std::string_view kAllowed[] = {
        "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",      "MKNOD",
        "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT"};
    std::vector<std::string> names, capabilities;
    for (const Tree* container : containers_) {
      bool bad = false;
      for (const Tree& each : listAt(*container, {"securityContext", "capabilities", "add"})) {
        if (!each.isString() || std::find(std::begin(kAllowed), std::end(kAllowed),
                                          each.asString()) != std::end(kAllowed))
          continue;
        bad = true;
        capabilities.push_back(each.asString());
      }
      if (bad) names.push_back(textAt(*container, {"name"}));
    }
    if (names.empty()) return;
    found_.push_back("non-default capabilities (" + containersText(names) + " must not include " +
                     quotedList(capabilities) + " in securityContext.capabilities.add)");
  }

  void hostPaths() {
    std::vector<std::string> names;
    for (const Tree& volume : listAt(spec_, {"volumes"})) {
      if (volume.find("hostPath") != nullptr) names.push_back(textAt(volume, {"name"}));
    }
    if (!names.empty())
      found_.push_back("hostPath volumes (" +
                       std::string(names.size() == 1 ? "volume " : "volumes ") + quotedList(names) +
                       ")");
  }

  void hostPorts() {
    std::vector<std::string> names, ports;
    for (const Tree* container : containers_) {
      bool bad = false;
      for (const Tree& port : listAt(*container, {"ports"})) {
        if (intAt(port, {"hostPort"}) == 0) continue;
        bad = true;
        ports.push_back(std::to_string(intAt(port, {"hostPort"})));
      }
      if (bad) names.push_back(textAt(*container, {"name"}));
    }
    if (names.empty()) return;
    std::string numbers;
    for (const std::string& each : ports) numbers += (numbers.empty() ? "" : ", ") + each;
    found_.push_back("hostPort (" + containersText(names) +
                     (ports.size() == 1 ? " uses hostPort " : " use hostPorts ") + numbers + ")");
  }

  void unconfinedSeccomp() {
    const std::string& pod = textAt(spec_, {"securityContext", "seccompProfile", "type"});
    if (pod == "Unconfined")
      found_.push_back(
          "seccompProfile (pod must not set securityContext.seccompProfile.type to "
          "\"Unconfined\")");
    flagged("seccompProfile", " must not set securityContext.seccompProfile.type to \"Unconfined\"",
            [](const Tree& container) {
              return textAt(container, {"securityContext", "seccompProfile", "type"}) ==
                     "Unconfined";
            });
  }

  void volumeTypes() {
    constexpr std::string_view kAllowed[] = {
        "configMap", "csi",   "downwardAPI",           "emptyDir",
        "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",    "name"};
    std::vector<std::string> names, types;
    for (const Tree& volume : listAt(spec_, {"volumes"})) {
      for (const auto& [type, source] : mapAt(volume, {})) {
        if (std::find(std::begin(kAllowed), std::end(kAllowed), type) != std::end(kAllowed))
          continue;
        names.push_back(textAt(volume, {"name"}));
        types.push_back(type);
      }
    }
    if (names.empty()) return;
    found_.push_back(
        "restricted volume types (" + std::string(names.size() == 1 ? "volume " : "volumes ") +
        quotedList(names) +
        (names.size() == 1 ? " uses restricted volume type " : " use restricted volume types ") +
        quotedList(types) + ")");
  }

  void runAsRoot() {
    const Tree* pod = findAt(spec_, {"securityContext", "runAsUser"});
    if (pod != nullptr && *pod == Tree(0))
      found_.push_back("runAsUser=0 (pod must not set runAsUser=0)");
    flagged("runAsUser=0", " must not set runAsUser=0", [](const Tree& container) {
      const Tree* user = findAt(container, {"securityContext", "runAsUser"});
      return user != nullptr && *user == Tree(0);
    });
  }

  const Tree& spec_;
  std::vector<const Tree*> containers_;
  std::vector<std::string> found_;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

}  // namespace

std::vector<std::string> securityViolations(const Tree& pod_spec, std::string_view level) {
  if (level == "baseline") return Inspector(pod_spec).baseline();
  if (level == "restricted") return Inspector(pod_spec).restricted();
  return {};
}

llvm::Error checkPodSecurity(const ClusterStore& cluster, const ResourceInfo& resource,
                             const Tree& object, std::vector<std::string>* warnings) {
  const Tree* pod = podTemplateOf(resource, object);
  const Tree* spec = pod == nullptr ? nullptr : pod->find("spec");
  if (spec == nullptr || resource.resource == "controllerrevisions") return llvm::Error::success();
  const Object home = cluster.get("", "namespaces", "", namespaceOf(object));
  if (home == nullptr) return llvm::Error::success();
  const auto label = [&home](std::string_view mode) {
    return textAt(*home, {"metadata", "labels", std::string(kPrefix) + std::string(mode)});
  };
  const auto levelText = [&](std::string_view mode) {
    const std::string version = label(std::string(mode) + "-version");
    return label(mode) + ":" + (version.empty() ? "latest" : version);
  };
  const bool itself = resource.group.empty() && resource.resource == "pods";
  if (const auto broken = securityViolations(*spec, label("enforce")); itself && !broken.empty()) {
    return forbidden(resource, nameOf(object),
                     "violates PodSecurity \"" + levelText("enforce") + "\": " + joined(broken));
  }
  if (const auto broken = securityViolations(*spec, label("warn"));
      warnings != nullptr && !broken.empty()) {
    warnings->push_back("would violate PodSecurity \"" + levelText("warn") +
                        "\": " + joined(broken));
  }
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::sandbox::api
