#pragma once

// Kubernetes quantities, exactly: "500m", "1900Gi", "8", "1e3".

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::api {

__extension__ typedef __int128 Int128;

struct Quantity {
  enum class Format : std::uint8_t { Decimal, Binary, Exponent } format = Format::Decimal;
  Int128 nano = 0;

  // In the canonical form, as the server writes it.
  std::string str() const;
};

std::optional<Quantity> parseQuantity(std::string_view text);
// Strings and numbers.
std::optional<Quantity> parseQuantity(const ir::Tree& value);

// "requests.cpu" -> amount
using Amounts = std::map<std::string, Quantity, std::less<>>;
Amounts amountsOf(const ir::Tree* quantities);
void add(Amounts& to, const Amounts& what);
void subtract(Amounts& from, const Amounts& what);
void raiseTo(Amounts& to, const Amounts& what);
ir::Tree toTree(const Amounts& amounts);

}  // namespace gpuspec::deploy::sandbox::api
