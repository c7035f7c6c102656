#include "backends/deploy/sandbox/arm/update.h"

#include <algorithm>
#include <string>

#include "backends/deploy/model/arm_rules.h"
#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/schema.h"
#include "backends/deploy/sandbox/arm/text.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

using model::Change;

// Left out of a body, these keep their value.
constexpr std::string_view kKept[] = {"properties.count",
                                      "properties.orchestratorVersion",
                                      "properties.kubernetesVersion",
                                      "properties.currentOrchestratorVersion",
                                      "properties.currentKubernetesVersion",
                                      "properties.nodeImageVersion",
                                      "properties.osSKU",
                                      "properties.mode",
                                      "properties.powerState",
                                      "properties.provisioningState",
                                      "properties.enableFIPS",
                                      "properties.enableRBAC",
                                      "properties.fqdn",
                                      "properties.azurePortalFQDN",
                                      "properties.networkProfile",
                                      "properties.windowsProfile",
                                      "properties.servicePrincipalProfile",
                                      "properties.identityProfile",
                                      "properties.resourceUID",
                                      "properties.oidcIssuerProfile",
                                      "properties.aadProfile",
                                      "identity",
                                      "identity.principalId",
                                      "identity.tenantId",
                                      "sku"};

bool isKept(std::string_view path) {
  return std::ranges::any_of(kKept, [&](std::string_view kept) {
    return path.starts_with(kept) &&
           (path.size() == kept.size() || (path[kept.size()] == '.' && kept != "identity"));
  });
}

bool stays(std::string_view kind, const std::string& path) {
  return model::armRule(kind, path).change != Change::Updatable || isKept(path);
}

bool fixed(std::string_view kind, const std::string& path, const Tree* before, const Tree& after) {
  const Change change = model::armChange(kind, path, before, &after);
  return change == Change::Immutable || change == Change::CreateOnly;
}

std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

void keep(std::string_view kind, const std::string& path, const Tree& before, Tree& after) {
  for (const auto& [name, old] : before.asMap()) {
    const std::string here = below(path, name);
    Tree* given = after.find(name);
    if (given == nullptr || given->isNull()) {
      if (stays(kind, here)) after.set(name, old);
    } else if (old.isMap() && given->isMap()) {
      keep(kind, here, old, *given);
    }
  }
}

// What the service takes for "not given".
bool isOff(const Tree* value) {
  if (value == nullptr || value->empty()) return true;
  return (value->isBool() && !value->asBool()) || (value->isInt() && value->asInt() == 0);
}

bool sameSet(const Tree::List& a, const Tree::List& b) {
  return a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin());
}

bool same(const Tree& a, const Tree& b) {
  if (a.isString() && b.isString()) return sameName(a.asString(), b.asString());
  if (a.isList() && b.isList()) return sameSet(a.asList(), b.asList());
  if (a.isDouble() && b.isInt()) return a.asDouble() == static_cast<double>(b.asInt());
  if (a.isInt() && b.isDouble()) return same(b, a);
  return a == b;
}

// Of a cluster the service names the property below "properties", of a pool with it.
llvm::Error refuse(std::string_view kind, const std::string& path) {
  constexpr std::string_view kProperties = "properties.";
  const bool shortened = kind == kClusterKind && path.starts_with(kProperties);
  const std::string shown = shortened ? path.substr(kProperties.size()) : path;
  return fail(400, "PropertyChangeNotAllowed", "Changing property '" + shown + "' is not allowed.",
              shown);
}

llvm::Error compare(std::string_view kind, const std::string& path, const Tree* before,
                    const Tree& after) {
  if (after.isMap()) {
    for (const auto& [name, child] : after.asMap()) {
      const Tree* old = before == nullptr ? nullptr : before->find(name);
      if (llvm::Error error = compare(kind, below(path, name), old, child)) return error;
    }
    return llvm::Error::success();
  }
  if (!fixed(kind, path, before, after)) return llvm::Error::success();
  if (isOff(&after) && isOff(before)) return llvm::Error::success();
  if (before != nullptr && same(*before, after)) return llvm::Error::success();
  return refuse(kind, path);
}

}  // namespace

void keepWhatStays(std::string_view kind, const Tree& before, Tree& after) {
  keep(kind, "", before, after);
}

llvm::Error checkChange(std::string_view kind, const Tree& before, const Tree& after) {
  return compare(kind, "", &before, after);
}

}  // namespace gpuspec::deploy::sandbox::arm
