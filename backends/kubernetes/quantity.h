#pragma once

#include <cstdint>
#include <string>

namespace gpuspec::kubernetes {

std::string cpuText(std::int64_t millicores);  // 88000 -> "88", 1500 -> "1500m"
std::string bytesText(std::int64_t bytes);     // 64 GiB -> "64Gi", 512 MB -> "512M", 1025 -> "1025"

}  // namespace gpuspec::kubernetes
