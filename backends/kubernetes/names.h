#pragma once

// Names of objects and files, made from what the spec says.

#include <cstdint>
#include <string>
#include <string_view>

namespace gpuspec::kubernetes {

// FNV-1a: names that do not depend on the machine or the order of anything.
// Continues from `hash` when that is given.
std::uint64_t hashOf(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325);
std::string shortHash(std::string_view text);  // eight hexadecimal digits

// Lower-case letters, digits and single hyphens, at both ends a letter or digit; "x" when nothing
// is left.
std::string slug(std::string_view text);

// As it is when it can stand as the name of a file anywhere; else mended, with a hash so that two
// stay two.
std::string fileName(const std::string& text);

}  // namespace gpuspec::kubernetes
