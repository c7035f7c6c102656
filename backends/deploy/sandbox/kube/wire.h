#pragma once

// Reading protobuf's wire format, bounds checked.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gpuspec::deploy::sandbox::api {

enum class Wire : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

struct WireKey {
  std::uint32_t number = 0;
  Wire wire = Wire::Varint;
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  bool atEnd() const { return rest_.empty(); }
  // All fail (nullopt, false) where the bytes end too early or say what cannot be.
  std::optional<WireKey> key();
  std::optional<std::uint64_t> varint();
  std::optional<std::uint64_t> fixed64();
  std::optional<std::string_view> bytes();
  bool skip(Wire wire);

 private:
  std::optional<std::string_view> take(std::uint64_t size);

  std::string_view rest_;
};

}  // namespace gpuspec::deploy::sandbox::api
