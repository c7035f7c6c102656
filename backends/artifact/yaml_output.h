#pragma once

// LLVM's YAML traits, written the way Kubernetes users write YAML. llvm::yaml::Output pads keys,
// leaves `yes` and `on` plain, rounds doubles and gets nested empty lists wrong, so this is an IO
// of its own below the same traits: block style, list items at the indentation of their key,
// strings that YAML 1.1 and 1.2 readers agree on, comments, and the place in the spec of every
// line.

#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/YAMLTraits.h>

#include "backends/artifact/origins.h"

namespace gpuspec::artifact {

class YamlOutput final : public llvm::yaml::IO {
 public:
  // `---` before every document but the first.
  void beginDocument(const source::Location& at);
  void commentLines(std::string_view text);  // in front of everything else
  // Makes the file; what is written afterwards belongs to the next one.
  File take(std::string path);

  // While it lives, what is written comes from `node`, whose comment goes above it. `key` is the
  // whole of the key that the traits pass on as a C string; nullptr for list items and documents.
  class NodeScope {
   public:
    NodeScope(YamlOutput& output, const ir::Tree& node, const std::string* key = nullptr);
    ~NodeScope() { output_.at_ = outer_; }
    NodeScope(const NodeScope&) = delete;
    NodeScope& operator=(const NodeScope&) = delete;

   private:
    YamlOutput& output_;
    source::Location outer_;
  };

  void text(std::string_view value);      // a string, in the style that suits it
  void verbatim(std::string_view value);  // a number, a boolean or null
  void integer(std::int64_t value);
  void number(double value);

  bool outputting() const override { return true; }
  void beginMapping() override { push(Shape::Map); }
  void endMapping() override { pop("{}"); }
  bool preflightKey(const char* key, bool required, bool same_as_default, bool& use_default,
                    void*& save) override;
  void postflightKey(void*) override {}
  unsigned beginSequence() override;
  bool preflightElement(unsigned, void*&) override;
  void postflightElement(void*) override {}
  void endSequence() override { pop("[]"); }
  bool canElideEmptySequence() override { return false; }
  // QuotingType::None means that the text is no string.
  void scalarString(llvm::StringRef& value, llvm::yaml::QuotingType quoting) override;
  void blockScalarString(llvm::StringRef& value) override { text({value.data(), value.size()}); }
  void beginEnumScalar() override { enum_written_ = false; }
  bool matchEnumScalar(const char* name, bool match) override;
  bool matchEnumFallback() override { return !enum_written_; }
  void endEnumScalar() override {}

  // Flow style and bit sets are written in block style.
  unsigned beginFlowSequence() override { return beginSequence(); }
  bool preflightFlowElement(unsigned index, void*& save) override {
    return preflightElement(index, save);
  }
  void postflightFlowElement(void*) override {}
  void endFlowSequence() override { endSequence(); }
  void beginFlowMapping() override { beginMapping(); }
  void endFlowMapping() override { endMapping(); }
  bool beginBitSetScalar(bool& do_clear) override;
  bool bitSetMatch(const char* name, bool match) override;
  void endBitSetScalar() override { pop("[]"); }

  // Only readers have use for these.
  bool mapTag(llvm::StringRef, bool) override { return false; }
  std::vector<llvm::StringRef> keys() override { return {}; }
  void scalarTag(std::string&) override {}
  llvm::yaml::NodeKind getNodeKind() override { return llvm::yaml::NodeKind::Scalar; }
  void setError(const llvm::Twine&) override {}

 private:
  enum class Shape : std::uint8_t { Map, List };
  struct Level {
    Shape shape;
    bool empty = true;
    std::size_t indent = 0;
  };

  void push(Shape shape);
  void pop(std::string_view when_empty);
  std::size_t childIndent(Shape shape) const;
  void openItem(Level& level);
  void startLine(std::size_t indent);
  void startScalar();
  void endLine();
  void writeKey(std::string_view key, std::size_t indent);
  void literal(std::string_view value);
  void comment(std::string_view text, std::size_t indent, const source::Location& at);

  std::string out_;
  OriginRecorder origins_;
  source::Location at_;
  std::vector<Level> levels_;
  std::vector<const std::string*> comments_;  // to go above the line that begins next
  const std::string* next_key_ = nullptr;
  std::size_t dashes_ = 0;       // list items begun, whose `- ` is not written yet
  std::size_t dash_indent_ = 0;  // column of the first of them
  std::string key_buffer_;
  bool after_key_ = false;  // `key:` is written, its value is not
  bool enum_written_ = false;
  bool first_document_ = true;
};

}  // namespace gpuspec::artifact
