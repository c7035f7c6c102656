#pragma once

// A source file for a test, with places found by their text.

#include <string>
#include <string_view>

#include "lang/diag/catalogue.h"

namespace gpuspec::diag::test {

// Codes of the tests' own, so that no change of the catalogue moves them.
inline constexpr CodeInfo kHardInfo{3004, "MigProfileUnknown", Level::Error, Kind::Hard,
                                    "`{0}` is not a MIG profile of the {1}"};
inline constexpr Code<Str, Str> kHard{&kHardInfo};
inline constexpr CodeInfo kLintInfo{3230, "NoStack", Level::Warning, Kind::Lint,
                                    "pool `{0}` is idle"};
inline constexpr Code<Str> kLint{&kLintInfo};
inline constexpr CodeInfo kLintErrorInfo{3252, "Shared", Level::Error, Kind::Lint,
                                         "{0} teams share"};
inline constexpr Code<Int> kLintError{&kLintErrorInfo};

struct Source {
  source::FileId file_id;
  const source::SourceMap* map;

  // The nth occurrence of `text`, from 0.
  source::Range range(std::string_view text, std::size_t nth = 0) const {
    const std::string_view whole = map->file(file_id).text();
    std::size_t at = whole.find(text);
    for (; nth > 0 && at != std::string_view::npos; --nth) at = whole.find(text, at + 1);
    if (at == std::string_view::npos) return {file_id, 0, 0};
    return {file_id, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + text.size())};
  }
  source::Location at(std::string_view text, std::size_t nth = 0) const {
    return {range(text, nth), {}};
  }
};

inline Source add(source::SourceMap& map, std::string path, std::string text) {
  return {map.add(std::move(path), std::move(text)), &map};
}

}  // namespace gpuspec::diag::test
