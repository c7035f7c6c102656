#pragma once

// Which kinds a server has; aggregated discovery where it speaks it, else one request for each
// group and version.

#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "backends/deploy/kube/caller.h"

namespace gpuspec::deploy::kube {

// Each kind in its preferred version, with all others named; subresources are left out.
[[nodiscard]] llvm::Expected<std::vector<ApiResource>> discoverAll(Caller& caller);

// What a server has, asked once, and again when somebody says so. Thread-safe; what it hands out
// stays good for as long as it lives.
class Directory {
 public:
  explicit Directory(Caller& caller) : caller_(caller) {}

  [[nodiscard]] llvm::Expected<const std::vector<ApiResource>*> all();
  // Null: not served, or nobody answered.
  const ApiResource* find(const std::string& group, const std::string& kind);
  // Asks the server now, unless somebody did so within `age`.
  [[nodiscard]] llvm::Error refresh(std::chrono::milliseconds age);

 private:
  struct Generation {
    std::vector<ApiResource> resources;
    std::map<std::pair<std::string, std::string>, const ApiResource*> index;
  };
  [[nodiscard]] llvm::Error ask();  // under mutex_

  Caller& caller_;
  std::mutex mutex_;
  std::list<Generation> generations_;  // the last one counts
  std::chrono::steady_clock::time_point asked_;
};

// The resource in the version of `api_version` ("apps/v1", "" = the preferred one); nullopt: not
// served in it.
std::optional<ApiResource> inVersion(const ApiResource& resource, const std::string& api_version);

// "/apis/apps/v1/namespaces/x/deployments/y", parts as far as given. One object of a kind that has
// namespaces stands in `default` where none is given.
std::string pathOf(const ApiResource& resource, const std::string& object_namespace,
                   const std::string& name);
std::string apiVersionOf(const ApiResource& resource);  // "apps/v1", "v1"

}  // namespace gpuspec::deploy::kube
