#include "tests/recovery/programs.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/corpus/case.h"

namespace gpuspec::recovery {

namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(GPUSPEC_ROOT) / "tests" / "corpus";
const fs::path kExamples = fs::path(GPUSPEC_ROOT) / "examples";
const fs::path kDesign = fs::path(GPUSPEC_SHARED) / "design" / "corpus";

std::string readText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<fs::path> specsBelow(const fs::path& folder) {
  std::vector<fs::path> out;
  if (!fs::exists(folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".gpuspec") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

void addCorpus(std::vector<Program>& to) {
  for (const fs::path& path : specsBelow(kCorpus)) {
    const std::string folder = path.parent_path().filename().string();
    const std::string stem = path.stem().string();
    to.push_back(
        {"corpus/" + folder + "/" + stem, corpus::readCase(stem, folder, readText(path)).request});
  }
}

// Programs that stand below `root`: a file each, or a folder with main.gpuspec and its modules.
void addFolder(const std::string& name, const fs::path& root, std::vector<Program>& to) {
  for (const fs::path& path : specsBelow(root)) {
    const std::string below = fs::relative(path, root).generic_string();
    const std::string program = name + "/" + below.substr(0, below.find_first_of("/."));
    if (to.empty() || to.back().name != program) to.push_back({program, {}});
    test::CompileRequest& request = to.back().request;
    const bool alone = path.parent_path() == root;
    request.files.push_back(
        {alone ? "main.gpuspec" : below.substr(below.find('/') + 1), readText(path)});
    if (below.find("fleet/") != std::string::npos) request.environment = "prod";
  }
}

// Where each line begins and ends, its line feed included.
std::vector<std::pair<std::size_t, std::size_t>> linesOf(const std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t feed = text.find('\n', begin);
    const std::size_t end = feed == std::string::npos ? text.size() : feed + 1;
    out.emplace_back(begin, end);
    begin = end;
  }
  return out;
}

bool isBlankOrComment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos || line.substr(first).starts_with("//");
}

bool isWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Words and numbers; every other sign stands for itself.
std::vector<std::pair<std::size_t, std::size_t>> tokensOf(const std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (const auto& [begin, end] : linesOf(text)) {
    if (isBlankOrComment(std::string_view(text).substr(begin, end - begin))) continue;
    for (std::size_t i = begin; i < end;) {
      std::size_t next = i + 1;
      while (isWord(text[i]) && next < end && isWord(text[next])) ++next;
      if (std::isspace(static_cast<unsigned char>(text[i])) == 0) out.emplace_back(i, next);
      i = next;
    }
  }
  return out;
}

std::string placeOf(const test::NamedFile& file, std::size_t at, std::size_t end) {
  const auto line = std::count(file.text.begin(), file.text.begin() + static_cast<long>(at), '\n');
  std::string text = file.text.substr(at, end - at);
  if (text.ends_with('\n')) text.pop_back();
  return file.name + ":" + std::to_string(line + 1) + " `" + text + "`";
}

// `parts` says where the places of a file are, `change` what becomes of its text.
template <class Parts, class Change>
std::vector<Slip> slips(const Program& program, Parts parts, Change change) {
  std::vector<Slip> out;
  for (std::size_t i = 0; i < program.request.files.size(); ++i) {
    const test::NamedFile& file = program.request.files[i];
    if (!file.name.ends_with(".gpuspec")) continue;
    for (const auto& [begin, end] : parts(file.text)) {
      if (isBlankOrComment(std::string_view(file.text).substr(begin, end - begin))) continue;
      Slip slip{placeOf(file, begin, end), program.request};
      change(slip.request.files[i].text, begin, end);
      out.push_back(std::move(slip));
    }
  }
  return out;
}

void remove(std::string& text, std::size_t begin, std::size_t end) {
  text.erase(begin, end - begin);
}

}  // namespace

const std::vector<Program>& programs() {
  static const std::vector<Program> all = [] {
    std::vector<Program> out;
    addCorpus(out);
    addFolder("examples", kExamples, out);
    addFolder("design", kDesign, out);
    return out;
  }();
  return all;
}

std::vector<Slip> withoutEachLine(const Program& program) {
  return slips(program, linesOf, remove);
}

std::vector<Slip> withEachLineTwice(const Program& program) {
  return slips(program, linesOf, [](std::string& text, std::size_t begin, std::size_t end) {
    text.insert(begin, text.substr(begin, end - begin));
  });
}

std::vector<Slip> withoutEachToken(const Program& program) {
  return slips(program, tokensOf, remove);
}

}  // namespace gpuspec::recovery
