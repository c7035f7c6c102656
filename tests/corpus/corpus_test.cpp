// Every `*.gpuspec` below this folder, compiled and held against what is written in it and beside
// it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/corpus/case.h"

namespace gpuspec::corpus {
namespace {

namespace fs = std::filesystem;

std::string readText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> corpusFiles() {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(CORPUS_FOLDER)) {
    if (entry.path().extension() == ".gpuspec")
      out.push_back(fs::relative(entry.path(), CORPUS_FOLDER).generic_string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string testName(const testing::TestParamInfo<std::string>& info) {
  std::string out = info.param.substr(0, info.param.rfind('.'));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return out;
}

class Corpus : public testing::TestWithParam<std::string> {};

TEST_P(Corpus, MeetsItsExpectations) {
  const fs::path path = fs::path(CORPUS_FOLDER) / GetParam();
  const std::string stem = path.stem().string();
  const Case expected = readCase(stem, path.parent_path().filename().string(), readText(path));
  const test::Outcome found = test::compileInMemory(expected.request);
  for (const std::string& difference : differences(expected, found)) ADD_FAILURE() << difference;

  const bool update = std::getenv("GPUSPEC_UPDATE_GOLDENS") != nullptr;
  std::string rewritten;
  for (const std::string& ending : goldenEndings()) {
    const fs::path golden = path.parent_path() / (stem + ending);
    if (!fs::exists(golden)) continue;
    const std::string text = printed(found, ending);
    const GoldenResult result = checkGolden(golden.string(), text, update);
    if (result == GoldenResult::Different) {
      EXPECT_EQ(readText(golden), text) << golden.filename();
    }
    if (result == GoldenResult::Rewritten) rewritten += " " + golden.filename().string();
  }
  if (!rewritten.empty()) GTEST_SKIP() << "rewritten:" << rewritten;
}

INSTANTIATE_TEST_SUITE_P(Files, Corpus, testing::ValuesIn(corpusFiles()), testName);

TEST(CorpusFolder, GoldensBelongToACase) {
  for (const auto& entry : fs::recursive_directory_iterator(CORPUS_FOLDER)) {
    const std::string name = entry.path().filename().string();
    if (name == "CMakeLists.txt" || !entry.is_regular_file()) continue;
    for (const std::string& ending : goldenEndings()) {
      if (!name.ends_with(ending)) continue;
      const fs::path spec =
          entry.path().parent_path() / (name.substr(0, name.size() - ending.size()) + ".gpuspec");
      EXPECT_TRUE(fs::exists(spec)) << name << " is the golden file of nothing";
    }
  }
}

}  // namespace
}  // namespace gpuspec::corpus
