#pragma once

// Which process of this machine is at the other end of a connection on loopback.

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace gpuspec::deploy::sandbox {

// nullopt: the connection is gone, or its owner is not ours to see. `likely` are asked first:
// looking through all processes takes milliseconds.
std::optional<pid_t> clientOf(std::uint16_t client_port, std::uint16_t server_port,
                              const std::vector<pid_t>& likely = {});

}  // namespace gpuspec::deploy::sandbox
