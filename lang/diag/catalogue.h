#pragma once

// The catalogue as typed constants: `sink.report(at, diag::MigProfileUnknown, profile, model)`.

#include <cstdint>
#include <string>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

using Str = std::string;
using Int = std::int64_t;

#define GPUSPEC_DIAG(code, name, level, kind, format, ...)                             \
  inline constexpr CodeInfo name##Info{code, #name, Level::level, Kind::kind, format}; \
  inline constexpr Code<__VA_ARGS__> name{&name##Info};
#include "lang/diag/catalogue/all.def"
#undef GPUSPEC_DIAG

}  // namespace gpuspec::diag
