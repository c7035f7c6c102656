#include "tools/gpuspec/live/fault_script.h"

#include <fstream>
#include <sstream>

#include "compiler/data/yaml_reader.h"
#include "lang/diag/catalogue.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace sandbox = deploy::sandbox;

std::optional<std::string> textOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return std::nullopt;
  return text.str();
}

std::optional<FaultFile> parsed(const source::SourceMap& sources, source::FileId file_id,
                                diag::Sink& sink) {
  std::optional<std::vector<ir::Tree>> documents = data::readYaml(sources, file_id, sink);
  if (!documents || !sink.ok()) return std::nullopt;
  if (documents->size() != 1) {
    sink.report({{file_id, 0, 0}, {}}, diag::FaultScriptWrong,
                "a fault script is one document with `rules`");
    return std::nullopt;
  }
  std::vector<sandbox::ScriptProblem> problems;
  std::optional<sandbox::FaultScript> script =
      sandbox::readFaultScript(documents->front(), problems);
  for (const sandbox::ScriptProblem& problem : problems)
    sink.report(problem.at, diag::FaultScriptWrong, problem.text);
  if (!script) return std::nullopt;
  return FaultFile{std::move(*script), std::move(documents->front())};
}

}  // namespace

std::optional<FaultFile> readFaultFile(const std::string& path, Terminal& terminal, int& code) {
  code = kWorldSaysNo;
  const std::optional<std::string> text = textOf(path);
  if (!text) {
    terminal.complain("cannot read the fault script `" + path + "`");
    return std::nullopt;
  }
  source::SourceMap sources;
  diag::Sink sink;
  std::optional<FaultFile> file = parsed(sources, sources.add(path, *text), sink);
  showFindings(sources, sink.finish(sources), "human", terminal);
  if (!file) code = kSpecWrong;
  return file;
}

std::string faultsText(const ir::Tree& status) {
  const ir::Tree::List& rules = status.find("rules")->asList();
  if (rules.empty()) return "No faults.\n";
  std::string text;
  for (const ir::Tree& rule : rules) {
    text += rule.find("name")->asString() + "   " + std::to_string(rule.find("fired")->asInt()) +
            " of " + std::to_string(rule.find("matched")->asInt()) + " requests\n";
  }
  return text;
}

}  // namespace gpuspec::cli
