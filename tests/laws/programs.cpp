#include "tests/laws/programs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lang/parse/parser.h"
#include "tests/support/spec_generator.h"

namespace gpuspec::test {

namespace {

namespace fs = std::filesystem;

const fs::path kSource = SOURCE_FOLDER;

std::string readText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<fs::path> specsIn(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".gpuspec") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool isSingleFile(const std::string& text) {
  return text.find("// --- file:") == std::string::npos &&
         text.find("// with: ") == std::string::npos;
}

bool parses(const std::string& text) {
  source::SourceMap sources;
  diag::Sink sink;
  parse::parse(sources, sources.add("main.gpuspec", text), sink);
  return sink.ok();
}

Program singleFile(const fs::path& path, const std::string& text) {
  Program program;
  program.name = fs::relative(path, kSource).generic_string();
  program.request.files = {{"main.gpuspec", text}};
  return program;
}

Program wholeFolder(const fs::path& folder) {
  Program program;
  program.name = fs::relative(folder, kSource).generic_string();
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    program.request.files.push_back(
        {fs::relative(entry.path(), folder).generic_string(), readText(entry.path())});
  }
  return program;
}

}  // namespace

std::vector<Program> goodPrograms() {
  std::vector<Program> out;
  for (const fs::path& path : specsIn(kSource / "tests/corpus/output")) {
    const std::string text = readText(path);
    if (isSingleFile(text)) out.push_back(singleFile(path, text));
  }
  for (const auto& entry : fs::directory_iterator(kSource / "examples")) {
    if (entry.is_directory()) out.push_back(wholeFolder(entry.path()));
  }
  std::sort(out.begin(), out.end(),
            [](const Program& a, const Program& b) { return a.name < b.name; });
  return out;
}

std::vector<Program> corpusPrograms() {
  std::vector<Program> out;
  for (const fs::path& path : specsIn(kSource / "tests/corpus")) {
    const std::string text = readText(path);
    if (isSingleFile(text) && parses(text)) out.push_back(singleFile(path, text));
  }
  return out;
}

Program randomProgram(std::uint64_t seed) {
  Program program;
  program.name = "seed " + std::to_string(seed);
  for (const auto& [name, text] : printSpec(generateSpec(seed)))
    program.request.files.push_back({name, text});
  return program;
}

std::vector<std::string> whatIsFound(const Outcome& outcome) {
  std::vector<std::string> out;
  for (const Finding& finding : outcome.findings)
    out.push_back(finding.level + " " + finding.code + " " + finding.message);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace gpuspec::test
