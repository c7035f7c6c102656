#include "lang/syntax/node.h"

#include <limits>

namespace gpuspec::syntax {

namespace {

static_assert(static_cast<unsigned>(NodeKind::MapFor) < 1u << 6);
static_assert(static_cast<unsigned>(Operator::Not) < 1u << 4);
static_assert(static_cast<unsigned>(LiteralKind::Bad) < 1u << 4);

// False: too far for the table.
bool distance(NodeId from, NodeId to, std::int16_t& out) {
  if (!to.valid()) {
    out = 0;
    return true;
  }
  const std::int64_t far = static_cast<std::int64_t>(to.index) - from.index;
  out = static_cast<std::int16_t>(far);
  return out == far && out != 0;
}

}  // namespace

void NodeTable::set(NodeId id, const Node& node) {
  Packed packed = packedOf(node.kind, node.begin, node.end, node.flags, node.op);
  const bool near_child = distance(id, node.first_child, packed.first_child);
  const bool near_sibling = distance(id, node.next_sibling, packed.next_sibling);
  packed.is_far = packed.is_far || !near_child || !near_sibling;
  packed_[id.index] = packed;
  if (packed.is_far)
    far_[id.index] = node;
  else
    far_.erase(id.index);
}

void NodeTable::setFirstChild(NodeId parent, NodeId child) {
  Packed& packed = packed_[parent.index];
  std::int16_t near = 0;
  if (!packed.is_far && distance(parent, child, near)) {
    packed.first_child = near;
    return;
  }
  Node node = (*this)[parent];
  node.first_child = child;
  set(parent, node);
}

void NodeTable::setNextSibling(NodeId id, NodeId next) {
  Packed& packed = packed_[id.index];
  std::int16_t near = 0;
  if (!packed.is_far && distance(id, next, near)) {
    packed.next_sibling = near;
    return;
  }
  Node node = (*this)[id];
  node.next_sibling = next;
  set(id, node);
}

void NodeTable::truncate(std::size_t size) {
  packed_.resize(size);
  std::erase_if(far_, [size](const auto& far) { return far.first >= size; });
}

}  // namespace gpuspec::syntax
