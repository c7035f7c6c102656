// A slip of the hand in any program gives few findings, and never a crash. GPUSPEC_SHOW_FLOODS=1
// prints what comes out where there are many.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

#include "tests/recovery/programs.h"

namespace gpuspec::recovery {
namespace {

constexpr std::size_t kMost = 3;
constexpr std::size_t kMedian = 1;

using Counts = std::map<std::pair<std::string, std::string>, std::size_t>;

bool counts(const test::Finding& finding) {
  return finding.level == "error" || finding.level == "warning";
}

// Errors and warnings that the program does not have as it stands. Lines move, so they are told
// apart by code and text.
std::vector<test::Finding> added(const Counts& before, const test::CompileRequest& request) {
  Counts left = before;
  std::vector<test::Finding> out;
  for (const test::Finding& finding : test::findingsOf(request)) {
    if (!counts(finding)) continue;
    const auto known = left.find({finding.code, finding.message});
    if (known != left.end() && known->second > 0) {
      --known->second;
    } else {
      out.push_back(finding);
    }
  }
  return out;
}

Counts findingsOf(const Program& program) {
  Counts out;
  for (const test::Finding& finding : test::findingsOf(program.request)) {
    if (counts(finding)) ++out[{finding.code, finding.message}];
  }
  return out;
}

std::string described(const Slip& slip, const std::vector<test::Finding>& findings) {
  std::string out = slip.where + "\n";
  for (const test::Finding& finding : findings) out += "    " + finding.str() + "\n";
  return out;
}

// Findings for each slip; those with more than `most` are printed on demand.
std::vector<std::size_t> numbersOf(const Program& program, const std::vector<Slip>& slips,
                                   std::size_t most) {
  const bool show = std::getenv("GPUSPEC_SHOW_FLOODS") != nullptr;
  const Counts before = findingsOf(program);
  std::vector<std::size_t> out;
  for (const Slip& slip : slips) {
    const std::vector<test::Finding> findings = added(before, slip.request);
    out.push_back(findings.size());
    if (show && findings.size() > most)
      std::cerr << program.name << " " << described(slip, findings);
  }
  return out;
}

class Recovery : public testing::TestWithParam<std::size_t> {
 protected:
  const Program& program() const { return programs()[GetParam()]; }
};

TEST_P(Recovery, OfALineThatIsMissing) {
  const Counts before = findingsOf(program());
  for (const Slip& slip : withoutEachLine(program())) {
    const std::vector<test::Finding> findings = added(before, slip.request);
    EXPECT_LE(findings.size(), kMost) << described(slip, findings);
  }
}

TEST(RecoveryOfALine, GivesOneFindingInTheMedian) {
  std::vector<std::size_t> numbers;
  for (const Program& program : programs()) {
    const Counts before = findingsOf(program);
    for (const Slip& slip : withoutEachLine(program))
      numbers.push_back(added(before, slip.request).size());
  }
  std::erase(numbers, 0u);  // lines that nothing else needs
  ASSERT_GT(numbers.size(), 100u);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_LE(numbers[numbers.size() / 2], kMedian);
}

TEST_P(Recovery, OfALineThatStandsTwice) {
  for (const std::size_t number : numbersOf(program(), withEachLineTwice(program()), kMost))
    EXPECT_LE(number, 2 * kMost);
}

TEST_P(Recovery, OfATokenThatIsMissing) {
  for (const std::size_t number : numbersOf(program(), withoutEachToken(program()), kMost))
    EXPECT_LE(number, 3 * kMost);
}

std::vector<std::size_t> indices() {
  std::vector<std::size_t> out(programs().size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  return out;
}

std::string testName(const testing::TestParamInfo<std::size_t>& info) {
  std::string out = programs()[info.param].name;
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return out;
}

INSTANTIATE_TEST_SUITE_P(Programs, Recovery, testing::ValuesIn(indices()), testName);

}  // namespace
}  // namespace gpuspec::recovery
