#pragma once

#include <string>
#include <string_view>

namespace gpuspec::deploy::model {

std::string sha256Bytes(std::string_view text);  // 32 bytes
std::string sha256Hex(std::string_view text);    // 64 lower-case digits
std::string base64Url(std::string_view bytes);   // without padding

}  // namespace gpuspec::deploy::model
