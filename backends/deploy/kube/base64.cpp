#include "backends/deploy/kube/base64.h"

#include <vector>

#include <llvm/Support/Base64.h>

namespace gpuspec::deploy::kube {

std::optional<std::string> decodeBase64(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') plain += c;
  }
  std::vector<char> bytes;
  if (llvm::Error error = llvm::decodeBase64(plain, bytes)) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  return std::string(bytes.begin(), bytes.end());
}

std::string encodeBase64(std::string_view bytes) {
  return llvm::encodeBase64(bytes);
}

}  // namespace gpuspec::deploy::kube
