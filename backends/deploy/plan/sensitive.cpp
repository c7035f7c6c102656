#include <algorithm>

#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

// Names under which charts and APIs take credentials.
bool soundsSecret(std::string_view path) {
  static constexpr std::string_view kHints[] = {
      "password", "passwd",     "secret",      "token",      "apikey",          "api_key",
      "api-key",  "privatekey", "private_key", "credential", "connectionstring"};
  std::string lower(path);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  return std::any_of(std::begin(kHints), std::end(kHints),
                     [&](auto hint) { return lower.find(hint) != std::string::npos; });
}

}  // namespace

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
      return soundsSecret(path);
  }
  return false;
}

bool holdsSensitive(const model::ResourceKey& key, const std::string& path, const Tree& value) {
  if (isSensitive(key, path)) return true;
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
