#pragma once

// Prints sound items from their tree. Each item is first measured (how wide would it be on one
// line; does it hold something that cannot stand on one line?), then printed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/format/format.h"
#include "lang/format/lines.h"
#include "lang/format/parts.h"
#include "lang/syntax/tree.h"

namespace gpuspec::format {

// One item of a body, a list, a map, of arguments or of the file, with the comments that go with
// it.
struct Entry {
  Part item;
  bool new_line = false;  // the author began a line with it
  bool blank_before = false;
  std::vector<Part> above;     // comments on lines of their own
  std::vector<Part> before;    // `/* x */ item`
  std::vector<Part> after;     // `item /* x */,`
  std::vector<Part> trailing;  // to the end of the line
};

struct Sequence {
  std::vector<Part> opener_trailing;
  std::vector<Entry> entries;
  std::vector<Part> below;  // comments after the last entry
  bool opened = false;      // the author broke the line, or a comment does
};

class Printer {
 public:
  Printer(const syntax::Tree& tree, std::string_view text, Lines& lines);
  void printFile();

 private:
  using NodeId = syntax::NodeId;
  using NodeKind = syntax::NodeKind;

  struct Measure {
    std::uint32_t width = 0;
    bool hard = false;    // cannot stand on one line as it is
    bool opened = false;  // a body that opens together with the other branches of an `if`
  };

  void measure(NodeId id);
  void print(NodeId id);
  void dispatch(NodeId id);
  void printParts(NodeId id);
  void separate(NodeId id, const Part& previous, const Part& part);
  void printComprehension(NodeId id);
  bool opensComprehension(NodeId id, const std::vector<Part>& parts) const;
  void openBranches(NodeId if_id);
  void collectBranches(NodeId if_id, std::vector<NodeId>& bodies) const;
  void printComment(const Part& comment);
  void trail(const std::vector<Part>& comments);

  // sequences.cpp
  std::vector<Part> fileParts() const;
  Sequence readSequence(NodeKind kind, const std::vector<Part>& parts) const;
  void printSequence(NodeId id);
  void printClosed(NodeId id, const Sequence& sequence);
  void printOpen(NodeId id, const Sequence& sequence);
  // `keep_lines`: entries may share a line as they did in the source.
  void printGroups(NodeKind kind, const Sequence& sequence, unsigned indent, bool keep_lines);
  void printGroup(NodeKind kind, const Entry* first, const Entry* last, unsigned indent,
                  bool keep_lines);
  void printEntry(const Entry& entry);
  void printLoneEntry(NodeKind kind, const Entry& entry);
  void printBelow(const std::vector<Part>& comments, unsigned indent, bool first);
  void printAfter(const Entry& entry);
  std::uint32_t entryWidth(const Entry& entry, bool with_after) const;
  bool isHard(const Entry& entry) const;
  bool isPlain(const Entry& entry) const;
  std::string headClass(NodeKind parent, NodeId id) const;
  std::string shape(NodeId id) const;

  void add(std::string_view text);
  void breakLine(unsigned indent);
  void stop();
  bool fits(std::uint32_t width) const { return lines_.column() + width + tail_ <= kWidth; }
  syntax::Node node(NodeId id) const { return tree_[id]; }
  std::string_view textOf(const Part& part) const {
    return text_.substr(part.begin, part.end - part.begin);
  }

  const syntax::Tree& tree_;
  std::string_view text_;
  Lines& lines_;
  std::vector<Measure> measures_;  // by node
  bool measuring_ = false;
  std::uint32_t width_ = 0;  // measured so far
  std::uint32_t hard_count_ = 0;
  unsigned base_indent_ = 0;  // of the item or element that is being printed
  unsigned tail_ = 0;         // columns that have to follow on the same line
  NodeId head_;               // alone on its line
};

}  // namespace gpuspec::format
