// The examples of the other documents, docs/language.md before all: it is the specification, so what it shows is tried.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/docs/programs.h"

namespace gpuspec::docs {
namespace {

void tryOut(const Fence& fence) {
  const Outcome outcome = fence.has("fragment") ? parse(fence) : compile(fence);
  if (fence.has("fails")) {
    EXPECT_FALSE(outcome.errors().empty()) << fence.where() << " compiles";
    for (const std::string& code : fence.options("code")) {
      EXPECT_TRUE(outcome.errors().contains(diag::parseCode(code))) << fence.where() << "\n" << outcome.rendered;
    }
  } else {
    EXPECT_TRUE(outcome.errors().empty()) << fence.where() << "\n" << outcome.rendered;
  }
}

std::vector<std::string> documents() {
  std::vector<std::string> found = pages("docs");
  if (std::filesystem::exists(std::string(GPUSPEC_ROOT) + "/README.md")) found.push_back("README.md");
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
  for (const char c : test.param) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

TEST(Language, ShowsWhatItSpecifies) {
  int programs = 0;
  for (const Fence& fence : fencesOf("docs/language.md")) programs += fence.isProgram() ? 1 : 0;
  EXPECT_GT(programs, 30);
}

}  // namespace
}  // namespace gpuspec::docs
