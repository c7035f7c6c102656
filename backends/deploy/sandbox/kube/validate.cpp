#include "backends/deploy/sandbox/kube/validate.h"

#include <set>

#include "backends/deploy/sandbox/kube/fields.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::size_t kMostAnnotations = 256 * 1024;

void checkName(const ResourceInfo& resource, const Tree& object, Causes& causes) {
  const std::string& name = nameOf(object);
  if (name.empty()) {
    causes.push_back(required("metadata.name", "name or generateName is required"));
    return;
  }
  if (const std::string why = badName(resource.names, name); !why.empty()) {
    causes.push_back(invalidValue("metadata.name", name, why));
  }
  if (resource.namespaced) {
    const std::string& own = namespaceOf(object);
    if (const std::string why = badLabel(own); !why.empty()) {
      causes.push_back(invalidValue("metadata.namespace", own, why));
    }
  }
}

void checkLabels(const Tree& metadata, Causes& causes) {
  for (const auto& [key, value] : mapAt(metadata, {"labels"})) {
    if (const std::string why = badQualifiedName(key); !why.empty()) {
      causes.push_back(invalidValue("metadata.labels", key, why));
    }
    if (!value.isString()) continue;
    if (const std::string why = badLabelValue(value.asString()); !why.empty()) {
      causes.push_back(invalidValue("metadata.labels", value, why));
    }
  }
}

void checkAnnotations(const Tree& metadata, Causes& causes) {
  std::size_t size = 0;
  for (const auto& [key, value] : mapAt(metadata, {"annotations"})) {
    std::string lowered = key;
    for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (const std::string why = badQualifiedName(lowered); !why.empty()) {
      causes.push_back(invalidValue("metadata.annotations", key, why));
    }
    size += key.size() + (value.isString() ? value.asString().size() : 0);
  }
  if (size > kMostAnnotations) causes.push_back(tooLong("metadata.annotations", kMostAnnotations));
}

void checkOwners(const Tree& metadata, Causes& causes) {
  std::int64_t controllers = 0;
  const Tree::List& owners = listAt(metadata, {"ownerReferences"});
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const std::string path = "metadata.ownerReferences[" + std::to_string(i) + "]";
    for (std::string_view field : {"apiVersion", "kind", "name", "uid"}) {
      if (textAt(owners[i], {field}).empty()) {
        causes.push_back(invalidValue(path + "." + std::string(field), "", "must not be empty"));
      }
    }
    controllers += flagAt(owners[i], {"controller"}) ? 1 : 0;
  }
  if (controllers > 1) {
    causes.push_back(invalidValue("metadata.ownerReferences", controllers,
                                  "Only one reference can have Controller set to true"));
  }
}

}  // namespace

void checkMetadata(const ResourceInfo& resource, const Tree& object, Causes& causes) {
  const Tree* metadata = object.find("metadata");
  if (metadata == nullptr) return;
  checkName(resource, object, causes);
  checkLabels(*metadata, causes);
  checkAnnotations(*metadata, causes);
  checkOwners(*metadata, causes);
  for (const Tree& finalizer : listAt(*metadata, {"finalizers"})) {
    if (!finalizer.isString()) continue;
    if (const std::string why = badQualifiedName(finalizer.asString()); !why.empty()) {
      causes.push_back(invalidValue("metadata.finalizers", finalizer, why));
    }
  }
}

void checkRequired(const Tree& value, const Schema& schema, const std::string& path,
                   Causes& causes) {
  if (value.isList() && schema.items != nullptr) {
    for (std::size_t i = 0; i < value.asList().size(); ++i) {
      checkRequired(value.asList()[i], *schema.items, path + "[" + std::to_string(i) + "]", causes);
    }
    return;
  }
  if (!value.isMap()) return;
  const std::string prefix = path.empty() ? "" : path + ".";
  for (const Field& field : schema.fields) {
    if (!field.required) continue;
    const Tree* there = value.find(field.name);
    const bool empty_text = there != nullptr && field.schema->shape == Shape::String &&
                            there->isString() && there->asString().empty();
    const bool names_it = field.name == "name" || field.name == "kind" || field.name == "key";
    // Lists may be empty where the type says required: encoding/json cannot tell.
    const bool counts = field.schema->shape == Shape::String
                            ? there == nullptr || (empty_text && names_it)
                            : there == nullptr && field.schema->isLeaf() == false &&
                                  field.schema->shape == Shape::Struct;
    if (counts) causes.push_back(required(prefix + field.name));
  }
  for (const auto& [name, child] : value.asMap()) {
    const Schema* below = schema.child(name);
    const bool own_type = path.empty() && (name == "metadata" || name == "status");
    if (below != nullptr && !own_type) checkRequired(child, *below, prefix + name, causes);
  }
}

void checkLabelSelector(const Tree& selector, const std::string& path, Causes& causes) {
  for (const auto& [key, value] : mapAt(selector, {"matchLabels"})) {
    if (const std::string why = badQualifiedName(key); !why.empty()) {
      causes.push_back(invalidValue(path + ".matchLabels", key, why));
    }
    const std::string why = value.isString() ? badLabelValue(value.asString()) : "";
    if (!why.empty()) causes.push_back(invalidValue(path + ".matchLabels", value, why));
  }
  const Tree::List& expressions = listAt(selector, {"matchExpressions"});
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const std::string at = path + ".matchExpressions[" + std::to_string(i) + "]";
    const std::string& op = textAt(expressions[i], {"operator"});
    const bool has_values = !listAt(expressions[i], {"values"}).empty();
    if ((op == "In" || op == "NotIn") && !has_values) {
      causes.push_back(
          required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if ((op == "Exists" || op == "DoesNotExist") && has_values) {
      causes.push_back(forbiddenField(
          at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else if (op != "In" && op != "NotIn" && op != "Exists" && op != "DoesNotExist") {
      causes.push_back(invalidValue(at + ".operator", op, "not a valid selector operator"));
    }
  }
}

Causes validateCreate(const ResourceInfo& resource, const Tree& object) {
  Causes causes;
  checkMetadata(resource, object, causes);
  if (resource.custom) {
    checkCustom(object, *resource.schema, "", causes);
    return causes;
  }
  checkRequired(object, *resource.schema, "", causes);
  if (!causes.empty()) return causes;
  checkWorkload(resource, object, causes);
  checkNetworking(resource, object, causes);
  checkPolicyObjects(resource, object, causes);
  return causes;
}

Causes validateUpdate(const ResourceInfo& resource, const Tree& object, const Tree& live) {
  Causes causes;
  checkImmutable(resource, object, live, causes);
  if (!causes.empty()) return causes;
  return validateCreate(resource, object);
}

}  // namespace gpuspec::deploy::sandbox::api
