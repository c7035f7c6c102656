#pragma once

// ARM's resources in the store.
//   /arm/groups/<group>                     {name, location, tags, provisioningState}
//   /arm/clusters/<group>/<cluster>         {resource, operation}
//   /arm/pools/<group>/<cluster>/<pool>     the resource
//   /arm/deployments/<group>/<deployment>   {resource, template, parameters, operation, operations}
//   /arm/operations/<id>                    a long-running operation
// `operation` names the one that is running, "" = none. Names are in lower case.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox::arm {

std::string groupKey(std::string_view group);
std::string clusterKey(std::string_view group, std::string_view cluster);
std::string poolPrefix(std::string_view group, std::string_view cluster);  // of all its pools
std::string poolKey(std::string_view group, std::string_view cluster, std::string_view pool);
std::string deploymentKey(std::string_view group, std::string_view deployment);
std::string operationKey(std::string_view id);
// What the data plane calls a cluster.
std::string dataPlaneKey(std::string_view group, std::string_view cluster);

class State {
 public:
  explicit State(Store& store) : store_(store) {}

  // Held over reading and writing again; never while an operation waits.
  std::mutex& mutex() { return mutex_; }

  std::shared_ptr<const Tree> get(const std::string& key) const;
  [[nodiscard]] llvm::Error put(const std::string& key, Tree value);
  // Fine when it is not there.
  [[nodiscard]] llvm::Error remove(const std::string& key);
  [[nodiscard]] llvm::Error removeAll(const std::string& prefix);
  std::vector<std::shared_ptr<const Tree>> list(std::string_view prefix) const;
  [[nodiscard]] llvm::Expected<Page> page(std::string_view prefix, std::size_t limit,
                                          std::string_view from_key) const;

 private:
  Store& store_;
  std::mutex mutex_;
};

}  // namespace gpuspec::deploy::sandbox::arm
