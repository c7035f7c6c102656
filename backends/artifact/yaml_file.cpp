#include "backends/artifact/artifact.h"
#include "backends/artifact/yaml_output.h"

using gpuspec::artifact::YamlOutput;
using gpuspec::ir::Tree;

namespace llvm::yaml {

// Places and comments are no matter of LLVM's IO; Trees are only ever written to a YamlOutput.
static YamlOutput& yamlOutput(IO& io) {
  return static_cast<YamlOutput&>(io);
}

static void yamlize(IO& io, Tree& tree, bool required, EmptyContext& context);

template <>
struct CustomMappingTraits<Tree::Map> {
  static void inputOne(IO& io, StringRef, Tree::Map&) { io.setError("a tree is only written"); }
  static void output(IO& io, Tree::Map& map) {
    for (auto& [key, child] : map) {
      const YamlOutput::NodeScope scope(yamlOutput(io), child, &key);
      io.mapRequired(key.c_str(), child);
    }
  }
};

static void yamlizeList(IO& io, Tree::List& list, EmptyContext& context) {
  io.beginSequence();
  void* save = nullptr;
  for (Tree& child : list) {
    const YamlOutput::NodeScope scope(yamlOutput(io), child);
    if (io.preflightElement(0, save)) yamlize(io, child, true, context);
    io.postflightElement(save);
  }
  io.endSequence();
}

// Overload resolution prefers this one to LLVM's templates, in `mapRequired` too.
static void yamlize(IO& io, Tree& tree, bool, EmptyContext& context) {
  YamlOutput& output = yamlOutput(io);
  if (tree.isMap()) return yamlize(io, tree.asMap(), true, context);
  if (tree.isList()) return yamlizeList(io, tree.asList(), context);
  if (tree.isString()) return output.text(tree.asString());
  if (tree.isInt()) return output.integer(tree.asInt());
  if (tree.isDouble()) return output.number(tree.asDouble());
  if (tree.isBool()) return output.verbatim(tree.asBool() ? "true" : "false");
  output.verbatim("null");
}

}  // namespace llvm::yaml

namespace gpuspec::artifact {

YamlFileWriter::YamlFileWriter() : output_(std::make_unique<YamlOutput>()) {}
YamlFileWriter::~YamlFileWriter() = default;

void YamlFileWriter::begin(const std::string& header) {
  output_->commentLines(header);
}

void YamlFileWriter::add(const ir::Tree& document) {
  output_->beginDocument(document.location());
  const YamlOutput::NodeScope scope(*output_, document);
  llvm::yaml::EmptyContext context;
  // LLVM's traits serve reading too and so take everything by mutable reference.
  yamlize(*output_, const_cast<ir::Tree&>(document), true, context);
}

File YamlFileWriter::take(std::string path) {
  return output_->take(std::move(path));
}

File yamlFile(std::string path, const std::string& header, const std::vector<ir::Tree>& documents) {
  YamlFileWriter writer;
  writer.begin(header);
  for (const ir::Tree& document : documents) writer.add(document);
  return writer.take(std::move(path));
}

}  // namespace gpuspec::artifact
