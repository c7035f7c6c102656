#pragma once

// The syntax tree of one file: a flat table of small nodes that refer to bytes of the source.
// Nothing is copied out of the text, comments stay in it; names, numbers and strings are read when
// they are needed. Immutable once built.

#include <cstdint>
#include <string>
#include <string_view>
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

class Tree {
 public:
  Tree(source::FileId file_id, std::string_view text) : file_id_(file_id), text_(text) {}

  NodeId root() const { return root_; }
  source::FileId fileId() const { return file_id_; }
  const Node& operator[](NodeId id) const { return nodes_[id.index]; }
  std::size_t size() const { return nodes_.size(); }
  std::string_view fileText() const { return text_; }
  std::string_view text(NodeId id) const {
    return text_.substr((*this)[id].begin, (*this)[id].end - (*this)[id].begin);
  }
  source::Range range(NodeId id) const { return {file_id_, (*this)[id].begin, (*this)[id].end}; }
  // A name as meant: without quotes, escapes resolved.
  std::string name(NodeId id) const;
  // The text of a String without interpolation, as meant.
  std::string plainText(NodeId string) const;
  // The n-th child, none() when there are fewer.
  NodeId child(NodeId id, unsigned n) const;
  unsigned childCount(NodeId id) const;
  // The text of `///` lines directly above, without the slashes; "" when there are none.
  std::string docComment(NodeId id) const;
  // True when some top-level text could not even be named; unknown names are then not worth a
  // finding.
  bool has_lost_items = false;

  // Visits the children in order.
  class Children {
   public:
    class Iterator {
     public:
      Iterator(const Tree* tree, NodeId id) : tree_(tree), id_(id) {}
      NodeId operator*() const { return id_; }
      Iterator& operator++() {
        id_ = (*tree_)[id_].next_sibling;
        return *this;
      }
      bool operator!=(const Iterator& other) const { return id_ != other.id_; }

     private:
      const Tree* tree_;
      NodeId id_;
    };
    Children(const Tree* tree, NodeId first) : tree_(tree), first_(first) {}
    Iterator begin() const { return {tree_, first_}; }
    Iterator end() const { return {tree_, NodeId::none()}; }

   private:
    const Tree* tree_;
    NodeId first_;
  };
  Children children(NodeId id) const { return {this, (*this)[id].first_child}; }

 private:
  friend class TreeWriter;
  source::FileId file_id_;
  std::string_view text_;  // owned by the SourceMap
  std::vector<Node> nodes_;
  NodeId root_;
};

// The only way to make a Tree; used by the parser.
class TreeWriter {
 public:
  // Room for the usual density, so that the table of a large file is not copied while it grows;
  // unused room costs nothing.
  explicit TreeWriter(Tree& tree) : tree_(tree) {
    tree_.nodes_.reserve(tree.fileText().size() / 4 + 16);
  }
  NodeId add(Node node);
  void adopt(NodeId parent, const std::vector<NodeId>& children, std::size_t first);
  Node& at(NodeId id) { return tree_.nodes_[id.index]; }
  void setRoot(NodeId id) { tree_.root_ = id; }
  // Drops every node from `size` on; for a second try at an item.
  void truncate(std::size_t size) { tree_.nodes_.resize(size); }
  std::size_t size() const { return tree_.nodes_.size(); }

 private:
  Tree& tree_;
};

// The text of a string or string part as meant. `kind` says which escapes hold; Block parts are not
// yet stripped of their indentation. `error_at` (byte offset in `raw`) is set on a bad escape.
std::string unescape(std::string_view raw, StringKind kind, std::size_t* error_at = nullptr);
// A text block's parts without their common indentation, the first line break and the last line's
// blanks.
std::vector<std::string> dedent(const std::vector<std::string_view>& parts);

// Same shape, names and literals; places and comments do not count.
bool sameStructure(const Tree& a, const Tree& b);
// One node a line, indented; for tests and --dump=syntax.
std::string dump(const Tree& tree);

const char* kindName(NodeKind kind);
const char* operatorText(Operator op);

}  // namespace gpuspec::syntax
