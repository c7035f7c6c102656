#pragma once

// Resource groups, and the list of resources in them.

#include <string>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/arm/containers.h"

namespace gpuspec::deploy::sandbox::arm {

class Groups {
 public:
  Groups(State& state, Operations& operations, Containers& containers, const ArmOptions& options);

  [[nodiscard]] llvm::Expected<Tree> get(const std::string& name) const;
  [[nodiscard]] llvm::Expected<Accepted> put(const std::string& name, const Tree& body);
  [[nodiscard]] llvm::Expected<Tree> patch(const std::string& name, const Tree& body);
  [[nodiscard]] llvm::Expected<Accepted> remove(const std::string& name);

 private:
  [[nodiscard]] llvm::Expected<Tree> runRemove(const Tree& record);
  std::string idOf(const std::string& name) const;

  State& state_;
  Operations& operations_;
  Containers& containers_;
  const ArmOptions& options_;
};

// `$filter` of lists: comparisons with `eq` joined by `and`.
class ResourceFilter {
 public:
  // Fails with InvalidFilterInQueryString.
  [[nodiscard]] static llvm::Expected<ResourceFilter> parse(std::string_view text);
  // `resource` has type, name, location, tags; `group` is its resource group.
  bool matches(const Tree& resource, const std::string& group) const;

 private:
  std::vector<std::pair<std::string, std::string>> terms_;  // field in lower case, value
};

}  // namespace gpuspec::deploy::sandbox::arm
