#include <algorithm>
#include <functional>
#include <map>

#include "backends/deploy/sandbox/kube/crd.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/prepare.h"
#include "compiler/ir/json.h"
#include "lang/source/check.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::string_view kText =
#include "backends/deploy/sandbox/kube/defaults.inc"
    ;

struct Default {
  std::string field;
  Tree value;
};
using Rule = std::function<void(Tree&)>;

void setMissing(Tree& tree, std::string_view field, Tree value) {
  if (tree.find(field) == nullptr) tree.set(field, std::move(value));
}

// `latest` moves, so it is pulled always.
void defaultPullPolicy(Tree& container) {
  const std::string& image = textAt(container, {"image"});
  const std::string last =
      image.substr(image.rfind('/') == std::string::npos ? 0 : image.rfind('/'));
  const bool digest = last.find('@') != std::string::npos;
  const std::size_t colon = last.find(':');
  const bool latest = !digest && (colon == std::string::npos || last.substr(colon) == ":latest");
  setMissing(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
}

// What has a limit and no request asks for the limit: real pods only, not their templates.
void requestsFromLimits(Tree& pod) {
  for (std::string_view field : {"containers", "initContainers"}) {
    Tree* containers = findAt(pod, {"spec", field});
    if (containers == nullptr || !containers->isList()) continue;
    for (Tree& container : containers->asList()) {
      const Tree::Map limits = mapAt(container, {"resources", "limits"});
      for (const auto& [name, amount] : limits) {
        if (findAt(container, {"resources", "requests", name}) == nullptr) {
          setAt(container, {"resources", "requests", name}, amount);
        }
      }
    }
  }
  const bool service_links = findAt(pod, {"spec", "enableServiceLinks"}) != nullptr;
  if (!service_links && findAt(pod, {"spec"}) != nullptr)
    setAt(pod, {"spec", "enableServiceLinks"}, true);
}

void hostPorts(Tree& spec) {
  if (!flagAt(spec, {"hostNetwork"})) return;
  for (std::string_view field : {"containers", "initContainers"}) {
    Tree* containers = spec.find(field);
    if (containers == nullptr || !containers->isList()) continue;
    for (Tree& container : containers->asList()) {
      Tree* ports = container.find("ports");
      if (ports == nullptr || !ports->isList()) continue;
      for (Tree& port : ports->asList())
        setMissing(port, "hostPort", intAt(port, {"containerPort"}));
    }
  }
}

void serviceAccountAlias(Tree& spec) {
  const std::string name = textAt(spec, {"serviceAccountName"});
  const std::string alias = textAt(spec, {"serviceAccount"});
  if (!name.empty()) spec.set("serviceAccount", name);
  if (name.empty() && !alias.empty()) spec.set("serviceAccountName", alias);
}

void emptyVolume(Tree& volume) {
  if (volume.isMap() && volume.asMap().size() == 1 && volume.find("name") != nullptr) {
    volume.set("emptyDir", Tree::map());
  }
}

void servicePorts(Tree& service) {
  // A copy: what is set below moves the text.
  const std::string type = textAt(service, {"type"});
  if (type != "ExternalName") setMissing(service, "internalTrafficPolicy", "Cluster");
  if (type == "NodePort" || type == "LoadBalancer")
    setMissing(service, "externalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") setMissing(service, "allocateLoadBalancerNodePorts", true);
  if (textAt(service, {"sessionAffinity"}) == "ClientIP" &&
      findAt(service, {"sessionAffinityConfig", "clientIP", "timeoutSeconds"}) == nullptr) {
    setAt(service, {"sessionAffinityConfig", "clientIP", "timeoutSeconds"}, 10800);
  }
  Tree* ports = service.find("ports");
  if (ports == nullptr || !ports->isList()) return;
  for (Tree& port : ports->asList()) {
    const Tree* target = port.find("targetPort");
    const bool unset = target == nullptr || *target == Tree(0) || *target == Tree("");
    if (unset && port.find("port") != nullptr) port.set("targetPort", *port.find("port"));
  }
}

void rollingUpdate(Tree& strategy) {
  if (textAt(strategy, {"type"}) == "RollingUpdate")
    setMissing(strategy, "rollingUpdate", Tree::map());
}

void jobCounts(Tree& spec) {
  const bool neither = spec.find("completions") == nullptr && spec.find("parallelism") == nullptr;
  if (neither) spec.set("completions", 1);
  setMissing(spec, "parallelism", 1);
  if (textAt(spec, {"completionMode"}) == "Indexed" &&
      spec.find("backoffLimitPerIndex") != nullptr && intAt(spec, {"backoffLimit"}) == 6) {
    spec.set("backoffLimit", std::int64_t{2147483647});
  }
}

void policyTypes(Tree& spec) {
  if (!listAt(spec, {"policyTypes"}).empty()) return;
  Tree types = Tree::list().push("Ingress");
  if (!listAt(spec, {"egress"}).empty()) types.push("Egress");
  spec.set("policyTypes", std::move(types));
  setMissing(spec, "podSelector", Tree::map());
}

void subjectGroups(Tree& subject) {
  const std::string& kind = textAt(subject, {"kind"});
  if (kind == "User" || kind == "Group")
    setMissing(subject, "apiGroup", "rbac.authorization.k8s.io");
}

void roleGroup(Tree& reference) {
  if (textAt(reference, {"apiGroup"}).empty())
    reference.set("apiGroup", "rbac.authorization.k8s.io");
}

// Limits give the defaults, and the defaults the requests.
void limitDefaults(Tree& item) {
  if (textAt(item, {"type"}) != "Container") return;
  const auto fill = [&item](std::string_view to, std::string_view from) {
    for (const auto& [name, amount] : Tree::Map(mapAt(item, {from}))) {
      if (findAt(item, {to, name}) == nullptr) setAt(item, {to, name}, amount);
    }
  };
  fill("default", "max");
  fill("defaultRequest", "default");
  fill("defaultRequest", "min");
}

void namesOfDefinition(Tree& names) {
  std::string singular = textAt(names, {"kind"});
  std::transform(singular.begin(), singular.end(), singular.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (textAt(names, {"singular"}).empty()) names.set("singular", singular);
  if (textAt(names, {"listKind"}).empty()) names.set("listKind", textAt(names, {"kind"}) + "List");
}

const std::map<std::string_view, std::vector<Rule>>& rules() {
  static const std::map<std::string_view, std::vector<Rule>> kRules = {
      {"core.v1.Container", {defaultPullPolicy}},
      {"core.v1.EphemeralContainer", {defaultPullPolicy}},
      {"core.v1.Pod", {requestsFromLimits}},
      {"core.v1.PodSpec", {hostPorts, serviceAccountAlias}},
      {"core.v1.Volume", {emptyVolume}},
      {"core.v1.ServiceSpec", {servicePorts}},
      {"core.v1.LimitRangeItem", {limitDefaults}},
      {"apps.v1.DeploymentStrategy", {rollingUpdate}},
      {"apps.v1.StatefulSetUpdateStrategy", {rollingUpdate}},
      {"apps.v1.DaemonSetUpdateStrategy", {rollingUpdate}},
      {"batch.v1.JobSpec", {jobCounts}},
      {"networking.v1.NetworkPolicySpec", {policyTypes}},
      {"rbac.v1.Subject", {subjectGroups}},
      {"rbac.v1.RoleRef", {roleGroup}},
      {"apiextensions.v1.CustomResourceDefinitionNames", {namesOfDefinition}},
  };
  return kRules;
}

using Defaults = std::map<std::string, std::vector<Default>, std::less<>>;

Defaults readDefaults() {
  Defaults out;
  std::string_view rest = kText;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos) continue;
    const std::size_t second = line.find(' ', first + 1);
    out[std::string(line.substr(0, first))].push_back(
        {std::string(line.substr(first + 1, second - first - 1)),
         llvm::cantFail(ir::parseJson(line.substr(second + 1)))});
  }
  return out;
}

const Defaults& defaults() {
  static const Defaults kDefaults = readDefaults();
  return kDefaults;
}

void fillStruct(Tree& value, const Schema& schema) {
  if (const auto found = defaults().find(schema.name); found != defaults().end()) {
    for (const Default& each : found->second) setMissing(value, each.field, each.value);
  }
  if (const auto found = rules().find(schema.name); found != rules().end()) {
    for (const Rule& rule : found->second) rule(value);
  }
}

void fill(Tree& value, const Schema& schema, bool itself = true) {
  if (schema.shape == Shape::List && value.isList()) {
    for (Tree& item : value.asList()) fill(item, *schema.items);
    return;
  }
  if (schema.shape == Shape::Map && value.isMap()) {
    if (schema.items->isLeaf()) return;
    for (auto& [name, child] : value.asMap()) fill(child, *schema.items);
    return;
  }
  if (schema.shape != Shape::Struct || !value.isMap()) return;
  if (itself) fillStruct(value, schema);
  // The Job that a CronJob will make is given its own defaults when it is made.
  const bool template_only = schema.name == "batch.v1.JobTemplateSpec";
  for (auto& [name, child] : value.asMap()) {
    if (const Schema* below = schema.child(name))
      fill(child, *below, !template_only || name != "spec");
  }
}

// Workloads of apps/v1 and batch/v1 label nothing by themselves, but a ReplicaSet without labels
// takes its template's.
void labelsFromTemplate(Tree& object) {
  const Tree* labels = findAt(object, {"spec", "template", "metadata", "labels"});
  if (labels != nullptr && findAt(object, {"metadata", "labels"}) == nullptr) {
    setAt(object, {"metadata", "labels"}, *labels);
  }
}

}  // namespace

void applyDefaults(const ResourceInfo& resource, Tree& object) {
  if (resource.custom) return fillCustomDefaults(object, *resource.schema);
  fill(object, *resource.schema);
  if (resource.group == "batch" && resource.resource == "jobs") labelsFromTemplate(object);
}

}  // namespace gpuspec::deploy::sandbox::api
