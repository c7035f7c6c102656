#include "compiler/passes/cidr.h"

#include <arpa/inet.h>

#include <algorithm>

namespace gpuspec::passes {

namespace {

bool bitOf(const std::array<std::uint8_t, 16>& address, int bit) {
  return ((address[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8)) & 1) != 0;
}

void clearFrom(std::array<std::uint8_t, 16>& address, int first_bit) {
  for (int bit = first_bit; bit < 128; ++bit) {
    auto& byte = address[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte & ~(1 << (7 - bit % 8)));
  }
}

// -1 unless `text` is a plain number of at most three digits.
int prefixOf(const std::string& text) {
  if (text.empty() || text.size() > 3) return -1;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return -1;
  return std::stoi(text);
}

}  // namespace

bool Cidr::contains(const Cidr& inner) const {
  if (v6 != inner.v6 || prefix > inner.prefix) return false;
  for (int bit = 0; bit < prefix; ++bit) {
    if (bitOf(address, bit) != bitOf(inner.address, bit)) return false;
  }
  return true;
}

std::optional<Cidr> parseCidr(const std::string& text, std::string& fault) {
  const std::size_t slash = text.find('/');
  const std::string host = text.substr(0, slash);
  Cidr cidr;
  cidr.v6 = host.find(':') != std::string::npos;
  if (inet_pton(cidr.v6 ? AF_INET6 : AF_INET, host.c_str(), cidr.address.data()) != 1) {
    fault = "`" + host + "` is no address";
    return std::nullopt;
  }
  const int longest = cidr.v6 ? 128 : 32;
  if (slash == std::string::npos) {
    fault = "its length is missing; `/" + std::to_string(longest) + "` is this one address";
    return std::nullopt;
  }
  cidr.prefix = prefixOf(text.substr(slash + 1));
  if (cidr.prefix < 0 || cidr.prefix > longest) {
    fault = "its length is not 0 to " + std::to_string(longest);
    return std::nullopt;
  }
  clearFrom(cidr.address, cidr.prefix);
  return cidr;
}

}  // namespace gpuspec::passes
