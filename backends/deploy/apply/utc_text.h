#pragma once

#include <ctime>
#include <string>

namespace gpuspec::deploy::apply {

// "2026-11-21T06:00:00Z": RFC 3339 in UTC, which compares as text.
std::string utcText(std::time_t time);

}  // namespace gpuspec::deploy::apply
