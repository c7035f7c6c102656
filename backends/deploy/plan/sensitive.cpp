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

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  });
  return out;
}

}  // namespace

// HF_TOKEN and DB_PASSWORD, but not TOKENIZERS_PARALLELISM.
bool isSecretVariable(std::string_view name) {
  static constexpr std::string_view kWords[] = {"PASSWORD", "PASSWD", "SECRET",
                                                "TOKEN",    "APIKEY", "CREDENTIALS"};
  const std::string text = "_" + upper(name) + "_";
  return text.find("API_KEY_") != std::string::npos ||
         text.find("ACCESS_KEY_") != std::string::npos ||
         text.find("PRIVATE_KEY_") != std::string::npos ||
         std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
           return text.find("_" + std::string(word) + "_") != std::string::npos;
         });
}

namespace {

// An item of `env` that holds its value itself.
bool holdsSecretVariable(const Tree& value) {
  const Tree* name = value.find("name");
  return value.find("value") != nullptr && name != nullptr && name->isString() &&
         isSecretVariable(name->asString());
}

}  // namespace

bool isOfSecretVariable(const model::ResourceKey& key, std::string_view path) {
  constexpr std::string_view kItem = "env[name=";
  const std::size_t at = path.rfind(kItem);
  if (key.system != System::Kubernetes || at == std::string_view::npos) return false;
  const std::string_view name = path.substr(at + kItem.size());
  const std::size_t end = name.find(']');
  return end != std::string_view::npos && isSecretVariable(name.substr(0, end));
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
      return soundsSecret(path);
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
