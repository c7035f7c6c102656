#include "tests/fuzz/compiling.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "compiler/data/yaml_reader.h"
#include "compiler/ir/json.h"
#include "lang/diag/render_human.h"
#include "lang/diag/render_json.h"

#include "lang/source/check.h"
#include "tools/gpuspec/dump.h"
#include "tools/gpuspec/emit.h"

namespace gpuspec::fuzz {

namespace {

namespace fs = std::filesystem;

constexpr const char* kProject = "/project";
constexpr const char* kLibrary = "/library";
constexpr std::size_t kLargestRead = std::size_t{1} << 20;  // aliases can make a file of any size

constexpr std::string_view kSizes[] = {
    "D4s_v5",     "NC4as_T4_v3",    "NC24ads_A100_v4",   "ND96isr_H100_v5",
    "ND96asr_v4", "NV36ads_A10_v5", "ND96isr_MI300X_v5", "NC6s_v3"};

// The table of VM sizes takes longer to read than all else: of its rows only some are kept, and no
// comment.
std::string shortened(const std::string& text) {
  static constexpr std::string_view kRow = "  \"Standard_";
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    const bool row = line.starts_with(kRow);
    const bool kept =
        row && std::any_of(std::begin(kSizes), std::end(kSizes), [&](auto name) {
          return line.compare(kRow.size(), name.size() + 1, std::string(name) + '"') == 0;
        });
    if (kept || (!row && !line.starts_with("//"))) out += line + "\n";
  }
  return out;
}

const std::map<std::string, std::string>& libraryFiles() {
  static const std::map<std::string, std::string> files = [] {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(GPUSPEC_STDLIB)) {
      if (entry.path().extension() != ".gpuspec") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      out[std::string(kLibrary) + "/" + fs::relative(entry.path(), GPUSPEC_STDLIB).string()] =
          shortened({std::istreambuf_iterator<char>(in), {}});
    }
    return out;
  }();
  return files;
}

// So small that a sanitizer's build reaches them at once.
eval::Limits smallLimits() {
  eval::Limits limits;
  limits.iterations = 5'000;
  limits.blocks = 1'000;
  limits.body_items = 20'000;
  limits.string_bytes = 1u << 18;
  limits.total_bytes = 8u << 20;
  limits.elements = 100'000;
  limits.steps = 500'000;
  limits.modules = 200;
  return limits;
}

void checkFindings(const std::vector<diag::Diagnostic>& findings, const source::SourceMap& sources,
                   bool good) {
  bool error = false;
  for (const diag::Diagnostic& finding : findings) {
    error |= finding.level == diag::Level::Error && !finding.suppressed;
    GPUSPEC_CHECK(!finding.message.empty(), "a finding says nothing");
    const source::Range range = finding.at.range;
    if (!finding.at.valid()) continue;
    GPUSPEC_CHECK(range.begin <= range.end, "a finding is inside out");
    GPUSPEC_CHECK(range.end <= sources.file(range.file_id).text().size(),
                  "a finding is behind the end of its file");
  }
  GPUSPEC_CHECK(good != error, "the result and the findings do not agree");
  diag::renderHuman(sources, findings, {});
  diag::checkJson(sources, findings);
}

// What we write, we can read.
void checkFile(const artifact::File& file) {
  GPUSPEC_CHECK(!file.path.empty() && file.path.front() != '/', "a file outside of the folder");
  GPUSPEC_CHECK(driver::normalized(file.path) == file.path, "a path that leads elsewhere");
  if (file.bytes.size() > kLargestRead) return;
  if (file.path.ends_with(".json")) {
    llvm::Expected<ir::Tree> tree = ir::parseJson(file.bytes);
    if (!tree) llvm::consumeError(tree.takeError());
    GPUSPEC_CHECK(static_cast<bool>(tree), "a JSON file that is none");
  } else if (file.path.ends_with(".yaml")) {
    source::SourceMap sources;
    const source::FileId file_id = sources.add(file.path, file.bytes);
    diag::Sink sink;
    GPUSPEC_CHECK(data::readYaml(sources, file_id, sink).has_value(), "a YAML file that is none");
  }
}

void checkFiles(const artifact::Set& files) {
  std::set<std::string> paths;
  for (const artifact::File& file : files) {
    GPUSPEC_CHECK(paths.insert(file.path).second, "two files of one path");
    checkFile(file);
  }
}

}  // namespace

Project::Project(const std::vector<Document>& documents) {
  files_.files = libraryFiles();
  for (const Document& document : documents) {
    const std::string name = document.name.empty() ? "main.gpuspec" : document.name;
    files_.files.emplace(driver::joined(kProject, driver::normalized(name)), document.text);
  }
  options_.root = kProject;
  options_.stdlib = kLibrary;
  options_.limits = smallLimits();
  if (!documents.empty()) readOptions(documents[0].text);
}

void Project::readOptions(const std::string& text) {
  static constexpr std::string_view kHead = "// with: ";
  if (text.substr(0, kHead.size()) != kHead) return;
  std::istringstream words(text.substr(kHead.size(), text.find('\n') - kHead.size()));
  for (std::string word, value; words >> word >> value;) {
    const std::size_t equals = value.find('=');
    if (word == "--env") {
      options_.environment = value;
    } else if (word == "--param" && equals != std::string::npos) {
      options_.parameters.push_back(
          {value.substr(0, equals), value.substr(equals + 1), "--param", true});
    } else if (word == "--params") {
      options_.parameters_file = driver::joined(kProject, value);
    }
  }
}

bool Project::compile(const ir::VendorSet& vendors) const {
  driver::Compilation compilation(files_, vendors, options_);
  if (llvm::Error error = compilation.load(kProject)) {
    GPUSPEC_CHECK(!llvm::toString(std::move(error)).empty(), "a refusal without a reason");
    return false;
  }
  bool good = compilation.run();
  cli::dumpText(compilation);
  if (good && compilation.placement() != nullptr) {
    const cli::Output output =
        cli::emitAll(*compilation.placement(), compilation.sources(), compilation.sink());
    good = compilation.sink().ok();
    if (good) checkFiles(output.files);
  }
  checkFindings(compilation.findings(), compilation.sources(), good);
  return good;
}

}  // namespace gpuspec::fuzz
