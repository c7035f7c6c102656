#pragma once

// What the files of this library share: the state of one run and small readers of evaluated blocks.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sema/sema.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::sema {

struct Analysis {
  const eval::Program& program;
  const SemaContext& context;
  diag::Sink& sink;
  ir::Spec spec;
  std::vector<std::uint32_t> table_index;  // by BlockId: its place in the table of its kind

  ir::ClusterId clusterOf(const eval::Value& reference) const {
    return {table_index[reference.asRef().index]};
  }
  ir::PoolId poolOf(const eval::Value& reference) const {
    return {table_index[reference.asRef().index]};
  }
  ir::TeamId teamOf(const eval::Value& reference) const {
    return {table_index[reference.asRef().index]};
  }
};

ir::Address addressOf(const eval::Block& block);

// Absent when it is not written and when it was poisoned; the text of strings, names, enumerations
// and profiles.
std::string textOf(const eval::Block& block, std::string_view name, std::string_view fallback = "");
ir::Placed<std::string> placedText(const eval::Block& block, std::string_view name,
                                   std::string_view fallback = "");
bool boolOf(const eval::Block& block, std::string_view name, bool fallback = false);
ir::Placed<bool> placedBool(const eval::Block& block, std::string_view name, bool fallback = false);
std::int64_t intOf(const eval::Block& block, std::string_view name,
                   std::int64_t fallback = 0);  // and units
std::optional<std::int64_t> maybeInt(const eval::Block& block, std::string_view name);
std::optional<std::int64_t> maybeSeconds(const eval::Block& block, std::string_view name);
std::vector<std::string> textsOf(const eval::Block& block, std::string_view name);
std::vector<ir::Placed<std::string>> placedTexts(const eval::Block& block, std::string_view name);
// Of a FreeMap inside `block`, sorted by key.
std::vector<std::pair<std::string, ir::Placed<std::string>>> placedLabels(
    const eval::Block& block, std::string_view map_name);
std::vector<std::pair<std::string, std::string>> labelsOf(const eval::Block& block,
                                                          std::string_view map_name);
// The items of a list, or the value itself as the only item; without poison.
std::vector<const eval::Value*> itemsOf(const eval::Value* value);
// False when the platform of a cluster may be another one than it seems to be, which is reported.
bool platformIsKnown(const eval::Block& cluster);
// True when the absence of `name` may be due to an error that was reported already.
bool mayBeBroken(const eval::Block& block, std::string_view name);
// The whole name's edit, when `value` was written as a plain string or name at its place.
bool isPlainAt(const eval::Value& value);
diag::Edit replaceText(const eval::Value& value, const std::string& text);
std::string quoted(const std::vector<std::string>& names);  // "`a`, `b`"

ir::Cluster clusterFrom(Analysis& analysis, const eval::Block& block);
ir::Pool poolFrom(Analysis& analysis, const eval::Block& block);
ir::Team teamFrom(Analysis& analysis, const eval::Block& block);
ir::Workload workloadFrom(Analysis& analysis, const eval::Block& block);
std::vector<ir::Accelerator> acceleratorsFrom(Analysis& analysis, const eval::Block& block);
void checkAccelerators(Analysis& analysis);

ir::Lifecycle lifecycleFrom(Analysis& analysis, const eval::Block& block);
std::vector<ir::VendorBlock> vendorBlocksFrom(Analysis& analysis, const eval::Block& block,
                                              const ir::Pool& pool);
ir::TeamNetwork networkFrom(Analysis& analysis, const eval::Block& team);
void applyPolicies(Analysis& analysis);
std::vector<ir::Manifest> manifestsFrom(Analysis& analysis, const eval::Block& block);
ir::Release releaseFrom(Analysis& analysis, const eval::Block& block);
void addOutputs(Analysis& analysis);
void addMoves(Analysis& analysis);

// False when what the pool's nodes are was written wrongly or not at all, which is reported
// elsewhere.
bool nodesAreKnown(const Analysis& analysis, const ir::Pool& pool);

// Reports an attribute of Azure's on a cluster that is plain Kubernetes.
void reportAzureOnly(Analysis& analysis, const source::Location& at, const std::string& attribute,
                     const std::string& cluster);
// Reports what the language has and no output is made of yet.
void reportLater(Analysis& analysis, const source::Location& at, const std::string& what,
                 const std::string& instead);

}  // namespace gpuspec::sema
