#pragma once

// Small things that Azure's resources need everywhere: names without case, times, ids, fields.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::arm {

using ir::Tree;

std::string lower(std::string_view text);
bool sameName(std::string_view a, std::string_view b);  // Azure's names have no case
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string base64(std::string_view bytes);
// nullopt when it is none.
std::optional<std::string> fromBase64(std::string_view text);
std::string urlEncode(std::string_view text);
std::string newId();                                               // a random UUID
std::string timeText(std::chrono::system_clock::time_point time);  // "2026-11-21T05:40:44.123Z"
std::string nowText();
std::string regionName(std::string_view location);  // "East US" is "eastus"

// Below maps by a dotted path; null when there is none.
const Tree* at(const Tree& tree, std::string_view dotted);
std::string textAt(const Tree& tree, std::string_view dotted);  // "" when it is no string
bool flagAt(const Tree& tree, std::string_view dotted);
std::optional<std::int64_t> numberAt(const Tree& tree, std::string_view dotted);

// Copies `key` when it is there.
void copyField(const Tree& from, Tree& to, std::string_view key);

}  // namespace gpuspec::deploy::sandbox::arm
