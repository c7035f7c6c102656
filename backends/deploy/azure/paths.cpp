#include "backends/deploy/azure/paths.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace gpuspec::deploy::azure {
namespace {

constexpr std::size_t kLongestDeployment = 64;
constexpr std::string_view kHexDigits = "0123456789abcdef";

bool isPlain(unsigned char c) {
  return std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// FNV-1a: stable over versions and machines.
std::string shortHash(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const unsigned char c : text) hash = (hash ^ c) * 16777619u;
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += kHexDigits[(hash >> shift) & 15u];
  return out;
}

// Each part between slashes; the slashes stay.
std::string encodedPath(std::string_view path) {
  std::string out;
  while (true) {
    const std::size_t slash = path.find('/');
    out += percentEncoded(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    out += '/';
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string lowerCase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool sameName(std::string_view a, std::string_view b) {
  return lowerCase(a) == lowerCase(b);
}

std::string percentEncoded(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    if (isPlain(c)) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += static_cast<char>(std::toupper(kHexDigits[c >> 4]));
      out += static_cast<char>(std::toupper(kHexDigits[c & 15]));
    }
  }
  return out;
}

std::string scopeOf(const model::Target& target, const std::string& subscription) {
  return "/subscriptions/" + (target.subscription.empty() ? subscription : target.subscription) +
         "/resourceGroups/" + target.resource_group;
}

std::string groupPath(const model::ResourceKey& key, const std::string& subscription) {
  constexpr std::string_view kWithout = "/subscriptions//";
  std::string scope = key.scope;
  if (scope.starts_with(kWithout)) scope.insert(kWithout.size() - 1, subscription);
  return encodedPath(scope);
}

std::string clusterPath(const std::string& scope, const std::string& name) {
  return encodedPath(scope) + "/providers/" + std::string(kProvider) + "/managedClusters/" +
         percentEncoded(name);
}

std::string pathOf(const model::ResourceKey& key, const std::string& subscription) {
  const std::size_t slash = key.name.find('/');
  std::string path = groupPath(key, subscription) + "/providers/" + key.group +
                     "/managedClusters/" +
                     percentEncoded(std::string_view(key.name).substr(0, slash));
  if (slash != std::string::npos)
    path += "/agentPools/" + percentEncoded(std::string_view(key.name).substr(slash + 1));
  return path;
}

std::string deploymentName(const model::ResourceKey& key) {
  std::string name = "gpuspec-" + key.name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.') c = '-';
  if (name.size() <= kLongestDeployment) return name;
  return name.substr(0, kLongestDeployment - 9) + "-" + shortHash(key.name);
}

std::string originOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  return lowerCase(url.substr(0, url.find_first_of("/?#", scheme + 3)));
}

}  // namespace gpuspec::deploy::azure
