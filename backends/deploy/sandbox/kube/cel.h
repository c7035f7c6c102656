#pragma once

// The part of CEL that admission policies are usually written in: fields, indexes, arithmetic and
// comparison, `in`, `?:`, lists and maps, has(), all(), exists(), exists_one(), filter(), map(),
// size(), string(), int(), quantity() and its comparisons, and methods of strings.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/quantity.h"

namespace gpuspec::deploy::sandbox::api::cel {

using ir::Tree;

struct Node {
  enum class Kind : std::uint8_t {
    Literal,
    Name,
    Member,
    Index,
    Call,
    List,
    Map
  } kind = Kind::Literal;
  Tree literal;
  std::string name;     // of a name, a member, a function or an operator
  bool method = false;  // the first child is what the function is called on
  std::vector<std::unique_ptr<Node>> children;
};

llvm::Expected<std::unique_ptr<Node>> parse(std::string_view text);

struct Value {
  Tree tree;
  std::optional<Quantity> quantity;

  Value() = default;
  Value(Tree value) : tree(std::move(value)) {}
  Value(Quantity value) : quantity(value) {}
};
using Scope = std::map<std::string, Value, std::less<>>;

// Fails where a field is not there, types do not go together, or a function is not known here.
llvm::Expected<Value> evaluate(const Node& node, const Scope& scope);

}  // namespace gpuspec::deploy::sandbox::api::cel
