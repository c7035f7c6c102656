#pragma once

// The findings that are AMD's own, each with its page for `gpuspec explain`.

#include "plugins/amd/request.h"

namespace gpuspec::amd {

struct OwnFinding {
  const char* code;
};

// {0} the size
inline constexpr OwnFinding kUnconfirmed{"AMD0001"};
// {0} the modes, {1} the device
inline constexpr OwnFinding kUndocumented{"AMD0002"};
// {0} how many teams, {1} the pool
inline constexpr OwnFinding kMemoryShared{"AMD0003"};

Json declaredFindings();

}  // namespace gpuspec::amd
