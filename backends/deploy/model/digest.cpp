#include "backends/deploy/model/digest.h"

#include <algorithm>

#include <openssl/evp.h>

#include "lang/source/sha256.h"

namespace gpuspec::deploy::model {

std::string sha256Bytes(std::string_view text) {
  source::Sha256 digest;
  digest.add(text);
  return digest.bytes();
}

std::string sha256Hex(std::string_view text) {
  return source::sha256Hex(text);
}

std::string base64Url(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  while (!out.empty() && out.back() == '=') out.pop_back();
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

}  // namespace gpuspec::deploy::model
