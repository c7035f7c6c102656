#pragma once

// Attributes whose output is a plain property of an ARM resource, by the schema table's targets
// alone.

#include <string_view>
#include <vector>

#include "compiler/schema/target.h"
#include "compiler/sema/analysis.h"

namespace gpuspec::sema {

// Of `block`, a declaration of kind `path`, and the blocks inside it; sorted by property.
std::vector<ir::Setting> settingsFrom(Analysis& analysis, const eval::Block& block,
                                      std::string_view path, schema::Scheme scheme);

// Each attribute that is such a property, of either scheme.
struct PlainAttribute {
  const eval::Attribute* attribute;
  const schema::Row* row;
};
std::vector<PlainAttribute> plainAttributes(const Analysis& analysis, const eval::Block& block,
                                            std::string_view path);

}  // namespace gpuspec::sema
