#include <set>

#include "backends/kubernetes/parts.h"

namespace gpuspec::kubernetes {

namespace {

using ir::listOf;
using ir::mapOf;
using ir::Tree;

std::set<std::string> gpuResources(const Scope& scope) {
  std::set<std::string> names;
  for (ir::PoolId id : scope.spec().poolsOf(scope.cluster_id)) {
    for (const auto& [name, amount] : scope.placement[id].plan.allocatable) names.insert(name);
  }
  return names;
}

std::string quotedCel(const std::string& text) {
  return "'" + text + "'";
}

Tree validation(const std::string& resource, const ir::Limits& limits, const std::string& team) {
  const std::string most = std::to_string(limits.max_gpus);
  const std::string amount = "c.resources.limits[" + quotedCel(resource) + "]";
  const std::string expression =
      "variables.containers.all(c, !has(c.resources) || !has(c.resources.limits) || !(" +
      quotedCel(resource) + " in c.resources.limits) || quantity(" + amount +
      ").compareTo(quantity(" + quotedCel(most) + ")) <= 0)";
  const std::string message =
      "a container of team " + team + " may have at most " + most + " " + resource;
  return mapOf("expression", expression, "message", message, "reason", "Invalid").from(limits.at);
}

}  // namespace

// A LimitRange is no way to say this: its `max` of a resource becomes every container's default, so
// that all of them would ask for GPUs. An admission policy has no such side effect.
void addGpuLimit(const Scope& scope, const ir::Team& team, Objects& objects) {
  if (team.limits.max_gpus == 0) return;
  Tree validations = Tree::list();
  for (const std::string& resource : gpuResources(scope)) {
    validations.push(validation(resource, team.limits, team.address.shortName()));
  }
  if (validations.empty()) return;
  const std::string name = "team-" + team.address.shortName() + "-max-gpus";
  Tree rule = mapOf("apiGroups", listOf(""), "apiVersions", listOf("v1"), "operations",
                    listOf("CREATE"), "resources", listOf("pods"));
  Tree containers = mapOf("name", "containers", "expression",
                          "object.spec.containers + (has(object.spec.initContainers) ? "
                          "object.spec.initContainers : [])");
  Tree policy = newObject("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", name, "",
                          teamLabels(scope.spec(), team), team.limits.at);
  policy.set("spec", mapOf("failurePolicy", "Fail", "matchConstraints",
                           mapOf("resourceRules", listOf(std::move(rule))), "variables",
                           listOf(std::move(containers)), "validations", std::move(validations)));
  Tree binding = newObject("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding",
                           name, "", teamLabels(scope.spec(), team), team.limits.at);
  binding.set("spec",
              mapOf("policyName", name, "validationActions", listOf("Deny"), "matchResources",
                    mapOf("namespaceSelector", teamNamespaceSelector(scope.spec(), team))));
  objects.add(std::move(policy));
  objects.add(std::move(binding));
}

}  // namespace gpuspec::kubernetes
