#include <algorithm>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/pod_qos.h"
#include "backends/deploy/sandbox/kube/usage.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool isTerminating(const Tree& pod) {
  return findAt(pod, {"spec", "activeDeadlineSeconds"}) != nullptr;
}

bool inScope(const std::string& scope, const Tree& pod) {
  if (scope == "Terminating") return isTerminating(pod);
  if (scope == "NotTerminating") return !isTerminating(pod);
  if (scope == "BestEffort") return qosClassOf(pod) == "BestEffort";
  if (scope == "NotBestEffort") return qosClassOf(pod) != "BestEffort";
  if (scope == "PriorityClass") return !textAt(pod, {"spec", "priorityClassName"}).empty();
  return false;
}

bool matchesExpression(const Tree& expression, const Tree& pod) {
  const std::string& scope = textAt(expression, {"scopeName"});
  const std::string& op = textAt(expression, {"operator"});
  if (scope != "PriorityClass") return inScope(scope, pod) == (op != "DoesNotExist");
  const std::string& priority = textAt(pod, {"spec", "priorityClassName"});
  const Tree::List& values = listAt(expression, {"values"});
  const bool listed = std::find(values.begin(), values.end(), Tree(priority)) != values.end();
  if (op == "In") return listed;
  if (op == "NotIn") return !listed;
  return priority.empty() == (op == "DoesNotExist");
}

}  // namespace

bool quotaCovers(const Tree& quota, const ResourceInfo& resource, const Tree& object) {
  const Tree::List& scopes = listAt(quota, {"spec", "scopes"});
  const Tree::List& expressions = listAt(quota, {"spec", "scopeSelector", "matchExpressions"});
  if (scopes.empty() && expressions.empty()) return true;
  if (!resource.group.empty() || resource.resource != "pods") return false;
  return std::all_of(scopes.begin(), scopes.end(),
                     [&](const Tree& scope) {
                       return scope.isString() && inScope(scope.asString(), object);
                     }) &&
         std::all_of(expressions.begin(), expressions.end(),
                     [&](const Tree& expression) { return matchesExpression(expression, object); });
}

}  // namespace gpuspec::deploy::sandbox::api
