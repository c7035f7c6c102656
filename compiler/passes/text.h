#pragma once

// Small pieces of text that several passes print.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/spec.h"

namespace gpuspec::passes {

std::string quoted(const std::vector<std::string>& names);       // "`a`, `b` and `c`"
std::string counted(std::int64_t count, std::string_view noun);  // "1 node", "3 nodes"
std::string nodesText(const ir::NodeCount& nodes);               // "3 nodes", "1 to 10 nodes"
std::string lower(std::string_view text);

// The location of a value, or `otherwise` where it has none.
ir::Location placeOf(const ir::Tree& value, const ir::Location& otherwise);
// The plain ARM property at `path`, of a cluster or a pool; nullptr when the spec does not give it.
const ir::Tree* settingOf(const std::vector<ir::Setting>& settings, std::string_view path);
bool isTrue(const ir::Tree* value);

bool isWindows(const ir::Pool& pool);
bool hasGpu(const ir::Pool& pool);
bool onAks(const ir::Spec& spec, const ir::Pool& pool);
bool isNewAks(const ir::Cluster& cluster);  // this spec makes it
bool worksOn(const ir::Team& team, ir::ClusterId cluster_id);

}  // namespace gpuspec::passes
