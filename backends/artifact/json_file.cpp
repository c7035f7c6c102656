#include "backends/artifact/artifact.h"
#include "backends/artifact/origins.h"
#include "backends/artifact/scalar.h"

namespace gpuspec::artifact {

namespace {

class JsonWriter {
 public:
  File write(std::string path, const ir::Tree& tree) {
    origins_.beginLine(tree.location());
    value(tree, tree.location(), 0);
    out_ += '\n';
    return {std::move(path), std::move(out_), origins_.take()};
  }

 private:
  void value(const ir::Tree& tree, const source::Location& at, std::size_t depth) {
    if (tree.isMap()) return map(tree.asMap(), at, depth);
    if (tree.isList()) return list(tree.asList(), at, depth);
    if (tree.isString()) return appendJsonString(out_, tree.asString());
    if (tree.isInt()) return appendInteger(out_, tree.asInt());
    if (tree.isDouble()) return appendJsonDouble(out_, tree.asDouble());
    if (tree.isBool())
      out_ += tree.asBool() ? "true" : "false";
    else
      out_ += "null";
  }

  void map(const ir::Tree::Map& map, const source::Location& at, std::size_t depth) {
    open('{');
    for (const auto& [key, child] : map) {
      const source::Location& child_at = inherited(child.location(), at);
      item(child_at, depth + 1);
      appendJsonString(out_, key);
      out_ += ": ";
      value(child, child_at, depth + 1);
    }
    close('}', map.empty(), at, depth);
  }

  void list(const ir::Tree::List& list, const source::Location& at, std::size_t depth) {
    open('[');
    for (const ir::Tree& child : list) {
      const source::Location& child_at = inherited(child.location(), at);
      item(child_at, depth + 1);
      value(child, child_at, depth + 1);
    }
    close(']', list.empty(), at, depth);
  }

  void open(char bracket) {
    out_ += bracket;
    first_ = true;
  }
  void item(const source::Location& at, std::size_t depth) {
    if (!first_) out_ += ',';
    first_ = false;
    newLine(at, depth);
  }
  void close(char bracket, bool empty, const source::Location& at, std::size_t depth) {
    if (!empty) newLine(at, depth);
    out_ += bracket;
    first_ = false;
  }
  void newLine(const source::Location& at, std::size_t depth) {
    out_ += '\n';
    origins_.beginLine(at);
    out_.append(2 * depth, ' ');
  }

  std::string out_;
  OriginRecorder origins_;
  bool first_ = true;  // nothing is written yet between the innermost brackets
};

}  // namespace

File jsonFile(std::string path, const ir::Tree& tree) {
  return JsonWriter().write(std::move(path), tree);
}

}  // namespace gpuspec::artifact
