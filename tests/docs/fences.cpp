#include "tests/docs/fences.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace gpuspec::docs {

namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kFile = "// --- file: ";

std::vector<std::string> wordsOf(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

bool Fence::has(std::string_view word) const {
  return std::find(info.begin(), info.end(), word) != info.end();
}

std::vector<std::string> Fence::options(std::string_view name) const {
  const std::string start = "--" + std::string(name) + "=";
  std::vector<std::string> values;
  for (const std::string& word : info) {
    if (word.starts_with(start)) values.push_back(word.substr(start.size()));
  }
  return values;
}

std::vector<Fence> fencesOf(const std::string& page, const std::string& markdown) {
  std::istringstream in(markdown);
  std::vector<Fence> fences;
  bool open = false;
  unsigned number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const bool mark = line.starts_with(kFence);
    if (mark && !open) fences.push_back({page, number, wordsOf(line.substr(kFence.size())), {}});
    if (!mark && open) fences.back().text += line + "\n";
    open = open != mark;
  }
  return fences;
}

std::map<std::string, std::string> filesOf(const Fence& fence) {
  std::istringstream in(fence.text);
  std::map<std::string, std::string> files;
  std::string name = "main.gpuspec";
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(kFile)) {
      name = line.substr(kFile.size());
    } else {
      files[name] += line + "\n";
    }
  }
  return files;
}

std::string readText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> pages(const std::string& folder) {
  const std::filesystem::path root(GPUSPEC_ROOT);
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
    if (entry.path().extension() == ".md")
      found.push_back(std::filesystem::relative(entry.path(), root).string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Fence> fencesOf(const std::string& page) {
  return fencesOf(page, readText(std::string(GPUSPEC_ROOT) + "/" + page));
}

}  // namespace gpuspec::docs
