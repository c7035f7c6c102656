// YAML and JSON that a spec or a command line names. What was read is written and read again, in
// both notations.

#include "backends/artifact/artifact.h"
#include "compiler/data/yaml_reader.h"
#include "compiler/driver/parameters.h"
#include "compiler/ir/json.h"
#include "lang/source/check.h"
#include "tests/fuzz/targets.h"

namespace gpuspec::fuzz {

namespace {

using Documents = std::optional<std::vector<ir::Tree>>;

Documents read(std::string_view text) {
  source::SourceMap sources;
  const source::FileId file_id = sources.add("data.yaml", std::string(text));
  diag::Sink sink;
  Documents documents = data::readYaml(sources, file_id, sink);
  GPUSPEC_CHECK(documents.has_value() == sink.ok(), "the result and the findings do not agree");
  for (const diag::Diagnostic& finding : sink.finish(sources)) {
    GPUSPEC_CHECK(finding.at.range.begin <= finding.at.range.end, "a finding is inside out");
    GPUSPEC_CHECK(finding.at.range.end <= text.size(), "a finding is behind the end of its file");
  }
  return documents;
}

void checkYaml(std::string_view text) {
  const Documents documents = read(text);
  if (!documents || documents->empty()) return;
  const artifact::File written = artifact::yamlFile("x.yaml", "", *documents);
  const Documents again = read(written.bytes);
  GPUSPEC_CHECK(again.has_value(), "what was written cannot be read");
  GPUSPEC_CHECK(*again == *documents, "what was written is read as something else");
}

void checkJson(std::string_view text) {
  llvm::Expected<ir::Tree> tree = ir::parseJson(text);
  if (!tree) {
    GPUSPEC_CHECK(!llvm::toString(tree.takeError()).empty(), "a refusal without a reason");
    return;
  }
  const ir::Tree again = llvm::cantFail(ir::parseJson(ir::toJson(*tree)));
  GPUSPEC_CHECK(again == *tree, "what was written is read as something else");
}

void readParameters(std::string_view text) {
  driver::MemoryFileSystem files;
  files.files["/params.yaml"] = std::string(text);
  source::SourceMap sources;
  diag::Sink sink;
  auto parameters = driver::readParameters(files, "/params.yaml", sources, sink);
  if (!parameters) llvm::consumeError(parameters.takeError());
}

}  // namespace

void data(std::string_view input) {
  checkYaml(input);
  checkJson(input);
  readParameters(input);
}

}  // namespace gpuspec::fuzz
