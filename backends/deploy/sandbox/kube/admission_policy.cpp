#include "backends/deploy/sandbox/kube/admission_policy.h"

#include <algorithm>

#include "backends/deploy/sandbox/kube/cel.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::string_view kGroup = "admissionregistration.k8s.io";

struct Attempt {
  const ClusterStore& cluster;
  const ResourceInfo& resource;
  const Tree& object;
  const Tree* live;
  Object home;  // the namespace, null for what has none

  std::string_view operation() const { return live == nullptr ? "CREATE" : "UPDATE"; }
};

bool names(const Tree& rule, std::string_view field, std::string_view value) {
  const Tree::List& known = listAt(rule, {field});
  return std::any_of(known.begin(), known.end(), [value](const Tree& each) {
    return each == Tree(value) || each == Tree("*") || each == Tree("*/*");
  });
}

bool ruleTakesIn(const Tree& rule, const Attempt& attempt) {
  const std::string& scope = textAt(rule, {"scope"});
  if (scope == "Namespaced" && !attempt.resource.namespaced) return false;
  if (scope == "Cluster" && attempt.resource.namespaced) return false;
  const Tree::List& only = listAt(rule, {"resourceNames"});
  const bool named = only.empty() || std::find(only.begin(), only.end(),
                                               Tree(nameOf(attempt.object))) != only.end();
  return named && names(rule, "apiGroups", attempt.resource.group) &&
         names(rule, "apiVersions", attempt.resource.version) &&
         names(rule, "resources", attempt.resource.resource) &&
         names(rule, "operations", attempt.operation());
}

bool anyRule(const Tree* match, std::string_view field, const Attempt& attempt) {
  const Tree::List& rules = match == nullptr ? listAt(Tree(), {}) : listAt(*match, {field});
  return std::any_of(rules.begin(), rules.end(),
                     [&attempt](const Tree& rule) { return ruleTakesIn(rule, attempt); });
}

bool selectorTakesIn(const Tree* selector, const Tree* labels) {
  return selector == nullptr || selector->empty() || selects(selector, labels);
}

// `rules_needed`: a policy without rules matches nothing, a binding without rules everything.
bool takesIn(const Tree* match, const Attempt& attempt, bool rules_needed) {
  if (match == nullptr) return !rules_needed;
  const bool has_rules = !listAt(*match, {"resourceRules"}).empty();
  if ((has_rules || rules_needed) && !anyRule(match, "resourceRules", attempt)) return false;
  if (anyRule(match, "excludeResourceRules", attempt)) return false;
  if (!selectorTakesIn(match->find("objectSelector"),
                       findAt(attempt.object, {"metadata", "labels"})))
    return false;
  const Tree* by_namespace = match->find("namespaceSelector");
  if (!attempt.resource.namespaced && attempt.resource.resource != "namespaces") return true;
  const Tree& home = attempt.home == nullptr ? attempt.object : *attempt.home;
  return selectorTakesIn(by_namespace, findAt(home, {"metadata", "labels"}));
}

cel::Scope scopeFor(const Attempt& attempt) {
  cel::Scope out;
  out["object"] = attempt.object;
  out["oldObject"] = attempt.live == nullptr ? Tree() : *attempt.live;
  out["namespaceObject"] = attempt.home == nullptr ? Tree() : *attempt.home;
  const ResourceInfo& resource = attempt.resource;
  out["request"] = ir::mapOf(
      "operation", attempt.operation(), "name", nameOf(attempt.object), "namespace",
      namespaceOf(attempt.object), "kind",
      ir::mapOf("group", resource.group, "version", resource.version, "kind", resource.kind),
      "resource",
      ir::mapOf("group", resource.group, "version", resource.version, "resource",
                resource.resource),
      "dryRun", false, "userInfo",
      ir::mapOf("username", "sandbox", "groups", Tree(Tree::List{"system:masters"})));
  return out;
}

llvm::Expected<cel::Value> compute(const std::string& expression, const cel::Scope& scope) {
  auto parsed = cel::parse(expression);
  if (!parsed) return parsed.takeError();
  return cel::evaluate(**parsed, scope);
}

struct Denial {
  std::string message, reason;
};

llvm::Expected<bool> holds(const std::string& expression, const cel::Scope& scope) {
  auto value = compute(expression, scope);
  if (!value) return value.takeError();
  if (!value->tree.isBool())
    return llvm::createStringError("the expression is no condition: " + expression);
  return value->tree.asBool();
}

Denial denialOf(const Tree& validation, const cel::Scope& scope) {
  Denial out{textAt(validation, {"message"}), textAt(validation, {"reason"})};
  if (const std::string& expression = textAt(validation, {"messageExpression"});
      !expression.empty()) {
    auto value = compute(expression, scope);
    if (value && value->tree.isString()) out.message = value->tree.asString();
    if (!value) llvm::consumeError(value.takeError());
  }
  if (out.message.empty()) out.message = "failed expression: " + textAt(validation, {"expression"});
  if (out.reason.empty()) out.reason = "Invalid";
  return out;
}

// The first validation that does not hold; an error where something cannot be computed.
llvm::Expected<std::optional<Denial>> check(const Tree& policy, const Attempt& attempt) {
  cel::Scope scope = scopeFor(attempt);
  if (findAt(policy, {"spec", "paramKind"}) != nullptr) {
    return llvm::createStringError("the sandbox does not know parameters of admission policies");
  }
  for (const Tree& condition : listAt(policy, {"spec", "matchConditions"})) {
    auto matches = holds(textAt(condition, {"expression"}), scope);
    if (!matches) return matches.takeError();
    if (!*matches) return std::nullopt;
  }
  for (const Tree& variable : listAt(policy, {"spec", "variables"})) {
    auto value = compute(textAt(variable, {"expression"}), scope);
    if (!value) return value.takeError();
    scope["variables." + textAt(variable, {"name"})] = std::move(*value);
  }
  for (const Tree& validation : listAt(policy, {"spec", "validations"})) {
    auto good = holds(textAt(validation, {"expression"}), scope);
    if (!good) return good.takeError();
    if (!*good) return denialOf(validation, scope);
  }
  return std::nullopt;
}

int codeFor(const std::string& reason) {
  if (reason == "Unauthorized") return 401;
  if (reason == "Forbidden") return 403;
  return reason == "RequestEntityTooLarge" ? 413 : 422;
}

llvm::Error deny(const Attempt& attempt, const Tree& binding, const Denial& denial) {
  const std::string why = "ValidatingAdmissionPolicy '" + textAt(binding, {"spec", "policyName"}) +
                          "' with binding '" + nameOf(binding) +
                          "' denied request: " + denial.message;
  Tree status = statusOf(forbidden(attempt.resource, nameOf(attempt.object), why, {{"", why, ""}}));
  status.set("reason", denial.reason).set("code", codeFor(denial.reason));
  return llvm::make_error<StatusError>(std::move(status));
}

llvm::Error evaluateBinding(const Attempt& attempt, const Tree& binding,
                            std::vector<std::string>* warnings) {
  const Object policy = attempt.cluster.get(kGroup, "validatingadmissionpolicies", "",
                                            textAt(binding, {"spec", "policyName"}));
  if (policy == nullptr || !takesIn(findAt(*policy, {"spec", "matchConstraints"}), attempt, true) ||
      !takesIn(findAt(binding, {"spec", "matchResources"}), attempt, false)) {
    return llvm::Error::success();
  }
  auto found = check(*policy, attempt);
  std::optional<Denial> denial;
  if (found) {
    denial = std::move(*found);
  } else {
    const std::string why = llvm::toString(found.takeError());
    if (textAt(*policy, {"spec", "failurePolicy"}) == "Ignore") return llvm::Error::success();
    denial = Denial{"expression resulted in error: " + why, "Invalid"};
  }
  if (!denial) return llvm::Error::success();
  for (const Tree& action : listAt(binding, {"spec", "validationActions"})) {
    if (action == Tree("Deny")) return deny(attempt, binding, *denial);
    if (action == Tree("Warn") && warnings != nullptr) {
      warnings->push_back("Validation failed for ValidatingAdmissionPolicy '" + nameOf(*policy) +
                          "' with binding '" + nameOf(binding) + "': " + denial->message);
    }
  }
  return llvm::Error::success();
}

}  // namespace

llvm::Error evaluatePolicies(const ClusterStore& cluster, const ResourceInfo& resource,
                             const Tree& object, const Tree* live,
                             std::vector<std::string>* warnings) {
  if (resource.group == kGroup) return llvm::Error::success();
  const std::vector<Object> bindings = cluster.list(kGroup, "validatingadmissionpolicybindings");
  if (bindings.empty()) return llvm::Error::success();
  const Attempt attempt{
      cluster, resource, object, live,
      resource.namespaced ? cluster.get("", "namespaces", "", namespaceOf(object)) : nullptr};
  for (const Object& binding : bindings) {
    if (llvm::Error error = evaluateBinding(attempt, *binding, warnings)) return error;
  }
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::sandbox::api
