#pragma once

// SHA-256, for all at once or piece by piece.

#include <memory>
#include <string>
#include <string_view>

namespace gpuspec::source {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  std::string bytes();  // 32; ends the digest
  std::string hex();    // 64 lower-case digits; ends the digest

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256Hex(std::string_view text);
// 64 lower-case digits.
bool isSha256Hex(std::string_view text);

}  // namespace gpuspec::source
