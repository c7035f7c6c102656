#pragma once

// Amounts in the spelling that Kubernetes gives back, so that a plan after apply shows no
// difference.

#include <cstdint>
#include <string>

namespace gpuspec::passes {

std::string cpuQuantity(std::int64_t millicores);  // 88000 -> "88", 500 -> "500m"
std::string byteQuantity(
    std::int64_t bytes);  // 1600 GiB -> "1600Gi", 512 MB -> "512M", 1000 -> "1k"

}  // namespace gpuspec::passes
