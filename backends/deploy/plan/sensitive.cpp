#include <algorithm>

#include "backends/deploy/plan/diff.h"
#include "backends/deploy/text/secret_names.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

// An item of `env` that holds its value itself.
bool holdsSecretVariable(const Tree& value) {
  const Tree* name = value.find("name");
  return value.find("value") != nullptr && name != nullptr && name->isString() &&
         text::isSecretVariable(name->asString());
}

}  // namespace

bool isOfSecretVariable(const model::ResourceKey& key, std::string_view path) {
  constexpr std::string_view kItem = "env[name=";
  const std::size_t at = path.rfind(kItem);
  if (key.system != System::Kubernetes || at == std::string_view::npos) return false;
  const std::string_view name = path.substr(at + kItem.size());
  const std::size_t end = name.find(']');
  return end != std::string_view::npos && text::isSecretVariable(name.substr(0, end));
}

bool isSensitive(const model::ResourceKey& key, std::string_view path) {
  switch (key.system) {
    case System::Kubernetes:
      // kubectl keeps the whole object in an annotation.
      return key.kind == "Secret" &&
             (isBelow(path, "data") || isBelow(path, "stringData") ||
              path.find("last-applied-configuration") != std::string_view::npos);
    case System::Azure:
      return path.ends_with("assword") ||
             isBelow(path, "properties.servicePrincipalProfile.secret");
    case System::Helm:
      return text::soundsSecret(path);
  }
  return false;
}

bool holdsSensitive(const model::ResourceKey& key, const std::string& path, const Tree& value) {
  if (isSensitive(key, path)) return true;
  if (key.system == System::Kubernetes && value.isMap() && holdsSecretVariable(value)) return true;
  if (value.isMap()) {
    return std::any_of(value.asMap().begin(), value.asMap().end(), [&](const Tree::Entry& entry) {
      return holdsSensitive(key, path + "." + entry.first, entry.second);
    });
  }
  return value.isList() &&
         std::any_of(value.asList().begin(), value.asList().end(),
                     [&](const Tree& item) { return holdsSensitive(key, path, item); });
}

}  // namespace gpuspec::deploy::plan
