#pragma once

// Evaluated blocks -> ir::Spec. Every value is of its row's type already; here names become ids,
// units become the output's, defaults are filled in, and what the schema table cannot say is
// checked: VM sizes, vendors, stacks, and attributes that contradict each other. One file for each
// construct.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/eval/program.h"
#include "compiler/ir/spec.h"
#include "compiler/ir/vendor.h"
#include "compiler/schema/table.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::sema {

struct SemaContext {
  const schema::Table& table;
  const ir::VendorSet& vendors;
  // By name, in any case; nullptr when there is no such size. Asked only for pools that name one.
  std::function<const ir::VmSize*(std::string_view)> vm_size;
  // Every name, for "did you mean"; asked only when one is wrong.
  std::function<std::vector<std::string>()> vm_size_names;
  // The objects of a manifest's `file`; reports and returns none when it cannot. May be empty.
  std::function<std::vector<ir::Tree>(const eval::Value& path, diag::Sink& sink)> read_objects;
};

// nullopt: errors were reported here.
std::optional<ir::Spec> analyze(const eval::Program& program, const SemaContext& context,
                                diag::Sink& sink);

}  // namespace gpuspec::sema
