// The examples of the other documents, docs/language.md before all: it is the specification, so
// what it shows is tried.

#include <gtest/gtest.h>

#include <filesystem>

#include "compiler/eval/builtins.h"
#include "tests/docs/programs.h"

namespace gpuspec::docs {
namespace {

void tryOut(const Fence& fence) {
  const test::Outcome outcome = compile(fence);
  const std::set<std::string> errors = errorsOf(outcome);
  if (fence.has("fails")) {
    EXPECT_FALSE(errors.empty()) << fence.where() << " compiles";
    for (const std::string& code : fence.options("code")) {
      EXPECT_TRUE(errors.contains(code)) << fence.where() << "\n" << outcome.rendered;
    }
  } else {
    EXPECT_TRUE(errors.empty()) << fence.where() << "\n" << outcome.rendered;
  }
}

std::vector<std::string> documents() {
  std::vector<std::string> found = pages("docs");
  if (std::filesystem::exists(std::string(GPUSPEC_ROOT) + "/README.md"))
    found.push_back("README.md");
  return found;
}

class Document : public testing::TestWithParam<std::string> {};

TEST_P(Document, ItsExamplesDoWhatTheySay) {
  for (const Fence& fence : fencesOf(GetParam())) {
    if (fence.isProgram()) tryOut(fence);
  }
}

INSTANTIATE_TEST_SUITE_P(Docs, Document, testing::ValuesIn(documents()), [](const auto& test) {
  std::string name;
  for (const char c : test.param)
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

TEST(Language, ShowsEveryFunction) {
  std::string examples;
  for (const Fence& fence : fencesOf("docs/language.md"))
    examples += fence.isProgram() ? fence.text : "";
  for (const std::string& name : eval::Builtins::names()) {
    if (name == "file" || name == "keyvault") continue;  // outside of the language: a file, a vault
    EXPECT_NE(examples.find(name + "("), std::string::npos) << "no example calls " << name;
  }
}

TEST(Language, NamesEveryKindOfBlock) {
  const std::string page = readText(std::string(GPUSPEC_ROOT) + "/docs/language.md");
  const schema::Table table;
  for (const schema::Row* row : table.all()) {
    if (row->form != schema::Form::Declaration) continue;
    EXPECT_NE(page.find("`" + std::string(row->path) + "`"), std::string::npos) << row->path;
  }
}

}  // namespace
}  // namespace gpuspec::docs
