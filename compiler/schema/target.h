#pragma once

// How a row's target reads when it is a property of an ARM resource. `sema` turns such attributes
// into ir::Setting with one loop; nothing about a single attribute is written in code.
//
//   arm:PATH                   the value as it is (an enumeration through the spelling table)
//   arm:PATH|CONVERSION        in another unit or shape, see Conversion
//   arm:PATH=true              a constant that goes along, unless the value is `false`
//   pools:PATH                 of a cluster: a property of each of its pools that does not set it
//   itself arm:A + B=true             several properties; the scheme of the first holds for all

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/schema/table.h"

namespace gpuspec::schema {

enum class Scheme : std::uint8_t { Arm, Pools };

enum class Conversion : std::uint8_t {
  None,
  Minutes,      // duration -> 30
  MinutesText,  // duration -> "30m"
  SecondsText,  // duration -> "600"
  SecondsUnit,  // duration -> "10s"
  MillisUnit,   // duration -> "100ms"
  Gib,          // size -> 128
  Mb,           // size -> 50, of a million bytes
  Text,         // 3 -> "3", 33% -> "33%", true -> "true"
  PercentText,  // 45% -> "45"
  Fraction,     // 50% -> "0.5"
  Not,          // true -> false
  Identity,     // `system` or resource ids -> the `identity` object
};

struct ArmTarget {
  Scheme scheme = Scheme::Arm;
  std::string_view path;  // "properties.upgradeSettings.maxSurge"
  Conversion conversion = Conversion::None;
  std::string_view constant;  // "true"; empty = the attribute's value
};

// Empty when the row's target is no property of an ARM resource.
std::vector<ArmTarget> armTargets(const Row& row);

// The properties of an ARM resource that an attribute or block of a cluster or pool becomes:
// "pool", "nodes" to {"properties.count", "properties.minCount" ...}. What `lifecycle.ignore`
// leaves alone; empty: there is no such attribute, or it is no property.
std::vector<std::string> armPathsOf(const Table& table, const std::string& kind,
                                    const std::string& attribute);

// What the property at `path` calls the language's `name`: `ubuntu` -> "Ubuntu". nullopt: leave the
// property out.
std::optional<std::string_view> armSpelling(std::string_view path, std::string_view name);

}  // namespace gpuspec::schema
