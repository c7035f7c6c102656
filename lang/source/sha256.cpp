#include "lang/source/sha256.h"

#include <algorithm>

#include <openssl/evp.h>

#include "lang/source/check.h"

namespace gpuspec::source {

namespace {

constexpr std::size_t kSize = 32;
constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

struct Sha256::Context {
  Context() : digest(EVP_MD_CTX_new()) {}
  ~Context() { EVP_MD_CTX_free(digest); }
  Context(const Context&) = delete;

  EVP_MD_CTX* digest;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  const bool ready = context_->digest != nullptr &&
                     EVP_DigestInit_ex(context_->digest, EVP_sha256(), nullptr) == 1;
  GPUSPEC_CHECK(ready, "SHA-256 is not available");
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  GPUSPEC_CHECK(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()) == 1,
                "SHA-256 failed");
}

std::string Sha256::bytes() {
  std::string out(kSize, '\0');
  unsigned size = 0;
  const int done =
      EVP_DigestFinal_ex(context_->digest, reinterpret_cast<unsigned char*>(out.data()), &size);
  GPUSPEC_CHECK(done == 1 && size == kSize, "SHA-256 failed");
  return out;
}

std::string Sha256::hex() {
  std::string out;
  out.reserve(2 * kSize);
  for (const char byte : bytes()) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

std::string sha256Hex(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.hex();
}

bool isSha256Hex(std::string_view text) {
  return text.size() == 2 * kSize && std::all_of(text.begin(), text.end(), [](char c) {
           return kDigits.find(c) != std::string_view::npos;
         });
}

}  // namespace gpuspec::source
