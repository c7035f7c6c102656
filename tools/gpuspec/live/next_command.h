#pragma once

// What to type next, as it has to be typed: with the same spec and the same target.

#include <string>

#include "tools/gpuspec/live/session.h"

namespace gpuspec::cli {

// "gpuspec verify examples/two-teams --env prod --sandbox --skip-helm"; `verb` may have options of
// its own: "apply --adopt". Values of secret parameters are `...`.
std::string commandFor(const std::string& verb, const Session& session);

// As it is where a shell takes it so, else in single quotes.
std::string shellWord(const std::string& text);

}  // namespace gpuspec::cli
