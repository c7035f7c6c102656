#pragma once

// VM sizes of the standard library's table as ir::VmSize, each read when the first pool names it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/eval/library.h"
#include "compiler/ir/spec.h"

namespace gpuspec::driver {

class VmCatalogue {
 public:
  explicit VmCatalogue(std::unique_ptr<eval::LibraryTable> sizes) : sizes_(std::move(sizes)) {}
  VmCatalogue() = default;
  // In any case: Azure does not tell `standard_nc24ads_a100_v4` from `Standard_NC24ads_A100_v4`.
  const ir::VmSize* find(std::string_view name);
  std::vector<std::string> names() const;

 private:
  const ir::VmSize* read(const std::string& lower_name);

  std::unique_ptr<eval::LibraryTable> sizes_;  // nullptr: a standard library without them
  std::map<std::string, ir::VmSize> by_lower_name_;
};

}  // namespace gpuspec::driver
