#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "lang/format/format.h"

namespace gpuspec::format {
namespace {

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  if (!text.empty() && text.back() != '\n') lines.back().pop_back();
  return lines;
}

// Does what `patch` would; fails on a hunk that does not fit.
std::string patched(const std::string& before, const std::string& diff) {
  const std::vector<std::string> old_lines = linesOf(before);
  std::string out;
  std::size_t at = 0;
  std::string pending;  // the last line of the diff, which a following "\ No newline" shortens
  std::vector<std::string> diff_lines = linesOf(diff);
  for (std::size_t i = 2; i < diff_lines.size(); ++i) {
    std::string line = diff_lines[i];
    if (line[0] == '\\') continue;
    if (line[0] == '@') {
      std::size_t start = std::stoul(line.substr(4));
      const bool empty = line.find(",0 +") != std::string::npos;
      if (!empty) --start;
      for (; at < start; ++at) out += old_lines.at(at);
      continue;
    }
    std::string text = line.substr(1);
    if (i + 1 < diff_lines.size() && diff_lines[i + 1][0] == '\\') text.pop_back();
    if (line[0] != '+') {
      EXPECT_EQ(old_lines.at(at++), text);
    }
    if (line[0] != '-') out += text;
  }
  for (; at < old_lines.size(); ++at) out += old_lines[at];
  return out;
}

TEST(UnifiedDiff, NothingDiffers) {
  EXPECT_EQ(unifiedDiff("a", "x\n", "x\n"), "");
}

TEST(UnifiedDiff, OneChangeWithContext) {
  EXPECT_EQ(
      unifiedDiff("dir/a.gpuspec", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
      "--- dir/a.gpuspec\n+++ dir/a.gpuspec\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, NearChangesShareAHunkFarOnesDoNot) {
  std::string before, after, far;
  for (int i = 0; i < 30; ++i) {
    const std::string line = std::to_string(i) + "\n";
    before += line;
    after += i == 5 || i == 11 ? "x" + line : line;
    far += i == 5 || i == 20 ? "x" + line : line;
  }
  const auto hunks = [](const std::string& diff) {
    std::size_t count = 0;
    for (std::size_t at = diff.find("\n@@"); at != std::string::npos;
         at = diff.find("\n@@", at + 1))
      ++count;
    return count;
  };
  EXPECT_EQ(hunks(unifiedDiff("a", before, after)), 1u);
  EXPECT_EQ(hunks(unifiedDiff("a", before, far)), 2u);
}

TEST(UnifiedDiff, FromAndToNothing) {
  EXPECT_EQ(unifiedDiff("a", "", "x\n"), "--- a\n+++ a\n@@ -0,0 +1 @@\n+x\n");
  EXPECT_EQ(unifiedDiff("a", "x\n", ""), "--- a\n+++ a\n@@ -1 +0,0 @@\n-x\n");
}

TEST(UnifiedDiff, AMissingLastLineBreak) {
  EXPECT_EQ(unifiedDiff("a", "x", "x\n"),
            "--- a\n+++ a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n");
}

TEST(UnifiedDiff, IsShortest) {
  const std::string diff = unifiedDiff("a", "a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n");
  std::size_t edits = 0;
  for (const std::string& line : linesOf(diff))
    edits += (line[0] == '-' || line[0] == '+') && line.substr(0, 3) != "---" &&
             line.substr(0, 3) != "+++";
  EXPECT_EQ(edits, 5u);  // Myers' own example
}

TEST(UnifiedDiff, AppliesToWhatItCameFrom) {
  std::minstd_rand random(1);
  for (int round = 0; round < 500; ++round) {
    std::string texts[2];
    for (std::string& text : texts) {
      const unsigned lines = random() % 30;
      for (unsigned i = 0; i < lines; ++i)
        text += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
      if (!text.empty() && random() % 3 == 0) text.pop_back();
    }
    const std::string diff = unifiedDiff("a", texts[0], texts[1]);
    EXPECT_EQ(diff.empty() ? texts[0] : patched(texts[0], diff), texts[1]) << diff;
  }
}

TEST(UnifiedDiff, VeryDifferentTextsAreOneChange) {
  std::string before, after;
  for (int i = 0; i < 5000; ++i) {
    before += "old " + std::to_string(i) + "\n";
    after += "new " + std::to_string(i) + "\n";
  }
  EXPECT_EQ(patched(before, unifiedDiff("a", before, after)), after);
}

}  // namespace
}  // namespace gpuspec::format
