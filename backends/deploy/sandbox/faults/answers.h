#pragma once

// Errors in the shape that each API gives them.

#include "backends/deploy/sandbox/faults/script.h"
#include "backends/deploy/sandbox/server/handler.h"

namespace gpuspec::deploy::sandbox {

HttpResponse faultAnswer(FaultApi api, const FaultEffect& effect);
// To a token that a rule has let end.
HttpResponse expiredTokenAnswer(FaultApi api);
// A line of a watch: the version it goes on from is gone.
std::string goneEvent();

}  // namespace gpuspec::deploy::sandbox
