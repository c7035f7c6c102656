#pragma once

// The syntax tree of one file: a flat table of small nodes that refer to bytes of the source.
// Nothing is copied out of the text, comments stay in it; names, numbers and strings are read when
// they are needed. Immutable once built.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/source/source_map.h"
#include "lang/syntax/node.h"

namespace gpuspec::syntax {

class Tree {
 public:
  Tree(source::FileId file_id, std::string_view text) : file_id_(file_id), text_(text) {}

  NodeId root() const { return root_; }
  source::FileId fileId() const { return file_id_; }
  Node operator[](NodeId id) const { return nodes_[id]; }
  std::size_t size() const { return nodes_.size(); }
  std::string_view fileText() const { return text_; }
  std::string_view text(NodeId id) const {
    const Node node = (*this)[id];
    return text_.substr(node.begin, node.end - node.begin);
  }
  source::Range range(NodeId id) const {
    const Node node = (*this)[id];
    return {file_id_, node.begin, node.end};
  }
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
  NodeTable nodes_;
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
  // A node without children yet.
  NodeId add(NodeKind kind, std::uint32_t begin, std::uint32_t end, std::uint16_t flags = 0,
             std::uint8_t op = 0) {
    return tree_.nodes_.add(kind, begin, end, flags, op);
  }
  void adopt(NodeId parent, const std::vector<NodeId>& children, std::size_t first);
  Node at(NodeId id) const { return tree_.nodes_[id]; }
  void mark(NodeId id, std::uint16_t flags);
  void setRoot(NodeId id) { tree_.root_ = id; }
  // Drops every node from `size` on; for a second try at an item.
  void truncate(std::size_t size) { tree_.nodes_.truncate(size); }
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
