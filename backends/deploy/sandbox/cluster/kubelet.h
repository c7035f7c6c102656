#pragma once

// Kubelets in name only: bound pods start, run, end and go away, and nothing is executed.

#include "backends/deploy/sandbox/cluster/controller.h"

namespace gpuspec::deploy::sandbox::live {

inline constexpr std::string_view kExitCodeNote = "sandbox.gpuspec.dev/exit-code";
inline constexpr std::string_view kRunTimeNote = "sandbox.gpuspec.dev/run-time";

std::unique_ptr<Controller> makeKubelet(World& world);

// What the container has printed: where it ran, with which driver, and one line for each device it
// was given. nullopt: there is no such container, or it has not started.
std::optional<std::string> containerLog(const Tree& pod, const Tree* node,
                                        std::string_view container);

}  // namespace gpuspec::deploy::sandbox::live
