#pragma once

// What controllers ask of pods, and how they make them.

#include "backends/deploy/sandbox/cluster/world.h"

namespace gpuspec::deploy::sandbox::live {

std::string phaseOf(const Tree& pod);
bool isFinished(const Tree& pod);  // Succeeded or Failed
// Neither finished nor being deleted.
bool isActive(const Tree& pod);
bool isPodReady(const Tree& pod);
std::string nodeOf(const Tree& pod);
// Ready for at least so many seconds.
bool isAvailable(const Tree& pod, std::int64_t min_ready_seconds, TimePoint now);
ObjectKey keyOf(const Kind& kind, const Tree& object);

// A pod (or another object) from {metadata, spec} of a template, owned by `owner`; it has no name.
Tree fromTemplate(const Tree& pod_template, const Tree& owner, const Kind& owner_kind);
// "web-" + five letters and digits that no other use of `salt` gives.
std::string suffixed(const std::string& base, std::string_view salt);

}  // namespace gpuspec::deploy::sandbox::live
