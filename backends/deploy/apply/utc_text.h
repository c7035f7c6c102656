#pragma once

#include <chrono>
#include <ctime>
#include <optional>
#include <string>

namespace gpuspec::deploy::apply {

// "2026-11-21T06:00:00Z": RFC 3339 in UTC, which compares as text.
std::string utcText(std::time_t time);
// Of any RFC 3339 time, with fractions of a second (to the microsecond) and offsets; nullopt: none.
std::optional<std::chrono::system_clock::time_point> timeOf(const std::string& text);

}  // namespace gpuspec::deploy::apply
