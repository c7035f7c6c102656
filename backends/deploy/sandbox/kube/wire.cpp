#include "backends/deploy/sandbox/kube/wire.h"

namespace gpuspec::deploy::sandbox::api {

std::optional<std::uint64_t> WireReader::varint() {
  std::uint64_t out = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    // The tenth byte holds the one bit that is left.
    if (shift == 63 && byte > 1) return std::nullopt;
    out |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return out;
  }
  return std::nullopt;
}

std::optional<std::string_view> WireReader::take(std::uint64_t size) {
  if (size > rest_.size()) return std::nullopt;
  const std::string_view out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return out;
}

std::optional<std::string_view> WireReader::bytes() {
  const std::optional<std::uint64_t> size = varint();
  return size ? take(*size) : std::nullopt;
}

std::optional<std::uint64_t> WireReader::fixed64() {
  const std::optional<std::string_view> bytes = take(8);
  if (!bytes) return std::nullopt;
  std::uint64_t out = 0;
  for (unsigned i = 0; i < 8; ++i)
    out |= std::uint64_t{static_cast<unsigned char>((*bytes)[i])} << (8 * i);
  return out;
}

std::optional<WireKey> WireReader::key() {
  const std::optional<std::uint64_t> key = varint();
  if (!key || *key >> 3 == 0 || *key >> 3 > 0x1fffffff) return std::nullopt;
  const auto wire = static_cast<Wire>(*key & 7);
  // Groups (3 and 4) are in none of Kubernetes' messages.
  if (wire != Wire::Varint && wire != Wire::Fixed64 && wire != Wire::Bytes && wire != Wire::Fixed32)
    return std::nullopt;
  return WireKey{static_cast<std::uint32_t>(*key >> 3), wire};
}

bool WireReader::skip(Wire wire) {
  switch (wire) {
    case Wire::Varint:
      return varint().has_value();
    case Wire::Fixed64:
      return take(8).has_value();
    case Wire::Fixed32:
      return take(4).has_value();
    case Wire::Bytes:
      return bytes().has_value();
  }
  return false;
}

}  // namespace gpuspec::deploy::sandbox::api
