#pragma once

// VM sizes of the standard library's table as ir::VmSize, read when the first pool names one.

#include <map>
#include <string>
#include <vector>

#include "compiler/eval/value.h"
#include "compiler/ir/spec.h"

namespace gpuspec::driver {

class VmCatalogue {
 public:
  explicit VmCatalogue(const eval::Value& sizes);
  VmCatalogue() = default;
  // In any case: Azure does not tell `standard_nc24ads_a100_v4` from `Standard_NC24ads_A100_v4`.
  const ir::VmSize* find(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, ir::VmSize> by_lower_name_;
};

}  // namespace gpuspec::driver
