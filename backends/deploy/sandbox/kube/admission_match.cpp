#include "backends/deploy/sandbox/kube/admission_match.h"

#include <algorithm>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool names(const Tree& rule, std::string_view field, std::string_view value) {
  const Tree::List& known = listAt(rule, {field});
  return std::any_of(known.begin(), known.end(), [value](const Tree& each) {
    return each == Tree(value) || each == Tree("*");
  });
}

// "pods", "pods/*", "*/status", "*" (no subresources), "*/*".
bool namesResource(const Tree& rule, const Attempt& attempt) {
  const std::string& own = attempt.resource.resource;
  const std::string& below = attempt.subresource;
  const Tree::List& known = listAt(rule, {"resources"});
  return std::any_of(known.begin(), known.end(), [&](const Tree& each) {
    return each == Tree(attempt.target()) || each == Tree("*/*") || each == Tree(own + "/*") ||
           each == Tree(below.empty() ? "*" : "*/" + below);
  });
}

bool ruleTakesIn(const Tree& rule, const Attempt& attempt) {
  const std::string& scope = textAt(rule, {"scope"});
  if (scope == "Namespaced" && !attempt.resource.namespaced) return false;
  if (scope == "Cluster" && attempt.resource.namespaced) return false;
  const Tree::List& only = listAt(rule, {"resourceNames"});
  const bool named = only.empty() || std::find(only.begin(), only.end(),
                                               Tree(nameOf(attempt.either()))) != only.end();
  return named && names(rule, "apiGroups", attempt.resource.group) &&
         names(rule, "apiVersions", attempt.resource.version) && namesResource(rule, attempt) &&
         names(rule, "operations", attempt.operation());
}

bool selectorTakesIn(const Tree* selector, const Tree& object) {
  return selector == nullptr || selector->empty() ||
         selects(selector, findAt(object, {"metadata", "labels"}));
}

}  // namespace

Object Attempt::home() const {
  return resource.namespaced ? cluster.get("", "namespaces", "", namespaceOf(either())) : nullptr;
}

bool anyRule(const Tree* match, std::string_view field, const Attempt& attempt) {
  const Tree::List& rules = match == nullptr ? listAt(Tree(), {}) : listAt(*match, {field});
  return std::any_of(rules.begin(), rules.end(),
                     [&attempt](const Tree& rule) { return ruleTakesIn(rule, attempt); });
}

bool selectorsTakeIn(const Tree& match, const Attempt& attempt) {
  const Tree* selector = match.find("objectSelector");
  const bool object_fits =
      (attempt.object != nullptr && selectorTakesIn(selector, *attempt.object)) ||
      (attempt.live != nullptr && selectorTakesIn(selector, *attempt.live));
  if (!object_fits) return false;
  if (!attempt.resource.namespaced && attempt.resource.resource != "namespaces") return true;
  const Object home = attempt.home();
  return selectorTakesIn(match.find("namespaceSelector"), home ? *home : attempt.either());
}

cel::Scope scopeFor(const Attempt& attempt) {
  const Object home = attempt.home();
  cel::Scope out;
  out["object"] = attempt.object == nullptr ? Tree() : *attempt.object;
  out["oldObject"] = attempt.live == nullptr ? Tree() : *attempt.live;
  out["namespaceObject"] = home == nullptr ? Tree() : *home;
  const ResourceInfo& resource = attempt.resource;
  out["request"] = ir::mapOf(
      "operation", attempt.operation(), "name", nameOf(attempt.either()), "namespace",
      namespaceOf(attempt.either()), "subResource", attempt.subresource, "kind",
      ir::mapOf("group", resource.group, "version", resource.version, "kind", resource.kind),
      "resource",
      ir::mapOf("group", resource.group, "version", resource.version, "resource",
                resource.resource),
      "dryRun", attempt.dry_run, "userInfo",
      ir::mapOf("username", "sandbox", "groups", Tree(Tree::List{"system:masters"})));
  return out;
}

llvm::Expected<cel::Value> compute(const std::string& expression, const cel::Scope& scope) {
  auto parsed = cel::parse(expression);
  if (!parsed) return parsed.takeError();
  return cel::evaluate(**parsed, scope);
}

llvm::Expected<bool> holds(const std::string& expression, const cel::Scope& scope) {
  auto value = compute(expression, scope);
  if (!value) return value.takeError();
  if (!value->tree.isBool())
    return llvm::createStringError("the expression is no condition: " + expression);
  return value->tree.asBool();
}

llvm::Expected<bool> conditionsHold(const Tree::List& conditions, const cel::Scope& scope) {
  for (const Tree& condition : conditions) {
    auto one = holds(textAt(condition, {"expression"}), scope);
    if (!one || !*one) return one;
  }
  return true;
}

}  // namespace gpuspec::deploy::sandbox::api
