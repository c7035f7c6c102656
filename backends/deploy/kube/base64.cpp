#include "backends/deploy/kube/base64.h"

#include <openssl/evp.h>

namespace gpuspec::deploy::kube {

std::optional<std::string> decodeBase64(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') plain += c;
  }
  if (plain.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = plain.size() - std::min(plain.find('='), plain.size());
  if (padding > 2 || plain.substr(plain.size() - padding) != std::string(padding, '='))
    return std::nullopt;
  std::string out(plain.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(plain.data()),
                                   static_cast<int>(plain.size()));
  if (size < 0) return std::nullopt;
  // The decoder counts the padding as bytes.
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string encodeBase64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace gpuspec::deploy::kube
