#include "backends/arm/literal.h"

namespace gpuspec::arm {

void makeLiteral(ir::Tree& tree) {
  if (tree.isMap()) {
    for (auto& [key, child] : tree.asMap()) makeLiteral(child);
  } else if (tree.isList()) {
    for (ir::Tree& child : tree.asList()) makeLiteral(child);
  } else if (tree.isString()) {
    const std::string& text = tree.asString();
    if (text.size() < 2 || text.front() != '[' || text.back() != ']') return;
    ir::Tree escaped("[" + text);
    tree = std::move(escaped).from(tree.location());
  }
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

}  // namespace gpuspec::arm
