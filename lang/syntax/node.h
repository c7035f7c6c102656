#pragma once

// One node of a syntax tree, and the table that holds a file's nodes in 12 bytes each.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "lang/source/source_map.h"

namespace gpuspec::syntax {

using NodeId = Id<struct NodeTag>;

enum class NodeKind : std::uint8_t {
  // Items. Children in the order given; [x] may be missing.
  File,       // items
  Project,    // String
  Import,     // String [Name]
  Param,      // Name, type expression, [default], [doc String]; flags kHasDefault kHasDoc kSecret
  Let,        // Name, value
  Output,     // Name, value
  Module,     // label, String, Body
  Assert,     // condition, message
  Block,      // Name, [label: Name or String], Body; flag kHasLabel
  Attribute,  // Name, value
  Labelled,   // Name, label, value             group "x" = edit
  CallAttribute,  // Name, Arguments, value         gpu(pool.h100) = 8
  For,            // Name, [Name], list, Body; flag kHasSecond
  If,             // condition, Body, [If or Body]
  Allow,          // Name direction, Target, [except], [port]; flags kHasExcept kHasPort
  ScaleOn,        // condition
  Expect,         // condition
  Annotation,     // Name, Arguments
  Body,           // items
  Target,         // Name, [String or Map or member path]
  Arguments,      // expressions, NamedArgument, Spread
  // Expressions
  Literal,        // op: LiteralKind
  String,         // op: StringKind; no child = plain text, else StringPart and expressions in turn
  StringPart,     // text between the quotes and `${`
  Name,           // also a quoted name where a name stands
  Member,         // expression, Name
  Index,          // expression, expression
  Call,           // expression, Arguments
  Unary,          // op: Operator
  Binary,         // op: Operator
  Conditional,    // condition, then, else
  Paren,          // expression
  List,           // items, Spread
  Map,            // MapEntry, FieldType, Spread
  MapEntry,       // Name or String, value
  FieldType,      // Name, type expression; flag kOptional         { gpus?: int }
  Spread,         // expression
  NamedArgument,  // Name, value
  ListFor,        // Name, [Name], list, value, [condition]; flags kHasSecond kHasCondition
  MapFor,         // Name, [Name], list, key, value, [condition]
};

enum class LiteralKind : std::uint8_t {
  Int,
  Decimal,
  Size,
  Cpu,
  Duration,
  Money,
  Percent,
  Profile,
  Counted,
  True,
  False,
  Null,
  Bad,  // reported by the lexer
};

enum class StringKind : std::uint8_t { Plain, Raw, Block };

enum class Operator : std::uint8_t {
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Range,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Negate,
  Not,
};

inline constexpr std::uint16_t kHasDefault = 1, kHasDoc = 2, kSecret = 4, kHasLabel = 1,
                               kHasSecond = 1, kHasCondition = 2, kHasExcept = 1, kHasPort = 2,
                               kOptional = 1;
inline constexpr std::uint16_t kBroken = 0x8000;  // a syntax error was reported inside

struct Node {
  NodeKind kind = NodeKind::File;
  std::uint8_t op = 0;
  std::uint16_t flags = 0;
  std::uint32_t begin = 0, end = 0;  // bytes
  NodeId first_child, next_sibling;
};

// Nearly every node is short and stands close to its first child and to its next sibling, so the
// table keeps a length and two distances of 16 bits; the few others are kept whole beside it.
class NodeTable {
 public:
  Node operator[](NodeId id) const {
    const Packed& packed = packed_[id.index];
    if (packed.is_far) [[unlikely]]
      return far_.at(id.index);
    return {static_cast<NodeKind>(packed.kind),
            static_cast<std::uint8_t>(packed.op),
            static_cast<std::uint16_t>(packed.flags | (packed.broken ? kBroken : 0)),
            packed.begin,
            packed.begin + packed.length,
            at(id, packed.first_child),
            at(id, packed.next_sibling)};
  }
  std::size_t size() const { return packed_.size(); }

  void reserve(std::size_t nodes) { packed_.reserve(nodes); }
  // A node without links yet.
  NodeId add(NodeKind kind, std::uint32_t begin, std::uint32_t end, std::uint16_t flags,
             std::uint8_t op) {
    const NodeId id{static_cast<std::uint32_t>(packed_.size())};
    packed_.push_back(packedOf(kind, begin, end, flags, op));
    if (packed_.back().is_far) [[unlikely]]
      far_[id.index] = {kind, op, flags, begin, end, {}, {}};
    return id;
  }
  void set(NodeId id, const Node& node);
  void setFirstChild(NodeId parent, NodeId child);
  void setNextSibling(NodeId id, NodeId next);
  // Drops every node from `size` on.
  void truncate(std::size_t size);

 private:
  struct Packed {
    std::uint32_t begin;
    std::uint16_t length;
    std::int16_t first_child, next_sibling;  // distances; 0 = none
    std::uint16_t kind : 6, op : 4, flags : 4, broken : 1, is_far : 1;
  };
  static_assert(sizeof(Packed) == 12);

  static NodeId at(NodeId from, std::int16_t distance) {
    return distance == 0 ? NodeId::none()
                         : NodeId{from.index + static_cast<std::uint32_t>(distance)};
  }
  static Packed packedOf(NodeKind kind, std::uint32_t begin, std::uint32_t end, std::uint16_t flags,
                         std::uint8_t op) {
    Packed packed{};
    packed.begin = begin;
    packed.length = static_cast<std::uint16_t>(end - begin);
    packed.kind = static_cast<std::uint16_t>(kind) & 0x3F;
    packed.op = op & 0xF;
    packed.flags = flags & 0xF;
    packed.broken = (flags & kBroken) != 0;
    packed.is_far = packed.length != end - begin;
    return packed;
  }

  std::vector<Packed> packed_;
  std::unordered_map<std::uint32_t, Node> far_;
};

}  // namespace gpuspec::syntax
