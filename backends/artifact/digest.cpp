#include "backends/artifact/digest.h"

#include <array>

#include <openssl/evp.h>

#include "lang/source/check.h"

namespace gpuspec::artifact {

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  GPUSPEC_CHECK(done == 1, "libcrypto has no SHA-256");
  std::string text;
  text.reserve(2 * size);
  for (unsigned i = 0; i < size; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 0xF];
  }
  return text;
}

}  // namespace gpuspec::artifact
