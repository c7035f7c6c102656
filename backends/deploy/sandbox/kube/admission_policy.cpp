#include "backends/deploy/sandbox/kube/admission_policy.h"

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// `rules_needed`: a policy without rules matches nothing, a binding without rules everything.
bool takesIn(const Tree* match, const Attempt& attempt, bool rules_needed) {
  if (match == nullptr) return !rules_needed;
  const bool has_rules = !listAt(*match, {"resourceRules"}).empty();
  if ((has_rules || rules_needed) && !anyRule(match, "resourceRules", attempt)) return false;
  if (anyRule(match, "excludeResourceRules", attempt)) return false;
  return selectorsTakeIn(*match, attempt);
}

struct Denial {
  std::string message, reason;
};

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
  auto matches = conditionsHold(listAt(policy, {"spec", "matchConditions"}), scope);
  if (!matches) return matches.takeError();
  if (!*matches) return std::nullopt;
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
  Tree status =
      statusOf(forbidden(attempt.resource, nameOf(attempt.either()), why, {{"", why, ""}}));
  status.set("reason", denial.reason).set("code", codeFor(denial.reason));
  return llvm::make_error<StatusError>(std::move(status));
}

llvm::Error evaluateBinding(const Attempt& attempt, const Tree& binding,
                            std::vector<std::string>* warnings) {
  const Object policy = attempt.cluster.get(kAdmissionGroup, "validatingadmissionpolicies", "",
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

llvm::Error evaluatePolicies(const Attempt& attempt, std::vector<std::string>* warnings) {
  if (attempt.resource.group == kAdmissionGroup) return llvm::Error::success();
  for (const Object& binding :
       attempt.cluster.list(kAdmissionGroup, "validatingadmissionpolicybindings")) {
    if (llvm::Error error = evaluateBinding(attempt, *binding, warnings)) return error;
  }
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::sandbox::api
