// Laws of the formatter and of recovery, over every file there is, over generated ones, and over
// broken ones.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "lang/format/format.h"
#include "tests/support/spec_generator.h"
#include "tests/syntax/files.h"
#include "tests/syntax/parsed.h"

namespace gpuspec::test {
namespace {

std::string trimmed(std::string_view text) {
  return std::string(text.substr(0, text.find_last_not_of(" \t\r") + 1));
}

// Comments of a text without strings that hold `//` or `/*` outside of what this reader knows:
// plain, raw and block strings.
std::multiset<std::string> commentsOf(std::string_view text) {
  std::multiset<std::string> comments;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    std::size_t length = 1;
    if (rest.substr(0, 2) == "//") {
      length = std::min(rest.find('\n'), rest.size());
      comments.insert(trimmed(rest.substr(0, length)));
    } else if (rest.substr(0, 2) == "/*") {
      length = std::min(rest.find("*/", 2), rest.size() - 2) + 2;
      comments.insert(std::string(rest.substr(0, length)));
    } else if (rest.substr(0, 3) == "\"\"\"") {
      length = std::min(rest.find("\"\"\"", 3), rest.size() - 3) + 3;
    } else if (rest[0] == '"' || rest[0] == '\'') {
      while (length < rest.size() && rest[length] != rest[0] && rest[length] != '\n')
        length += rest[0] == '"' && rest[length] == '\\' ? 2 : 1;
      ++length;
    }
    i += length;
  }
  return comments;
}

// Everything that is not a blank, a comma or a comment's own blanks: what formatting may never
// change.
std::string inkOf(std::string_view text) {
  std::string ink;
  for (char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ',') ink += c;
  }
  return ink;
}

// The formatted text.
std::string checkLaws(const std::string& text, const std::string& what, bool whole) {
  const Parsed parsed(text);
  if (whole) {
    EXPECT_EQ(parsed.list(), "") << what;
  }
  const std::string once = format::format(parsed.tree, parsed.file());
  const Parsed again(once);
  // Line breaks become LF, also in a text block that is never closed: its value changes.
  if (whole || text.find('\r') == std::string::npos) {
    EXPECT_TRUE(syntax::sameStructure(parsed.tree, again.tree)) << what << "\n" << once;
  }
  const std::string twice = format::format(again.tree, again.file());
  EXPECT_EQ(once, twice) << what;
  EXPECT_TRUE(format::isFormatted(again.tree, again.file())) << what;
  std::string before = inkOf(text), after = inkOf(once);
  if (whole) {
    EXPECT_EQ(commentsOf(text), commentsOf(once)) << what << "\n" << once;
    std::sort(before.begin(), before.end());  // a comment before a comma may now stand behind it
    std::sort(after.begin(), after.end());
  }
  EXPECT_EQ(before, after) << what;
  return once;
}

bool isBrokenOnPurpose(const std::string& path) {
  return path.find("/fail_") != std::string::npos;
}

TEST(FormatLaws, HoldForEveryFile) {
  const std::vector<SpecSource> sources = allSpecFiles();
  EXPECT_GT(sources.size(), 50u);
  for (const SpecSource& source : sources) checkLaws(source.text, source.path, false);
}

TEST(FormatLaws, LinesOfTheDesignsCorpusFit) {
  for (const SpecSource& source : allSpecFiles()) {
    if (source.path.find("design/corpus") == std::string::npos) continue;
    std::istringstream lines(checkLaws(source.text, source.path, true));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("//") != std::string::npos) continue;
      EXPECT_LE(line.size(), format::kWidth) << source.path << ": " << line;
    }
  }
}

TEST(FormatLaws, HoldForGeneratedSpecs) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    for (const auto& [name, text] : printSpec(generateSpec(seed), {0, seed})) {
      checkLaws(text, "seed " + std::to_string(seed) + " " + name, true);
      if (HasFailure()) return;
    }
  }
}

TEST(FormatLaws, LayoutDoesNotMatterToTheTree) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const SpecTexts tidy = printSpec(generateSpec(seed)),
                    messy = printSpec(generateSpec(seed), {0, seed + 7});
    for (std::size_t i = 0; i < tidy.size(); ++i) {
      EXPECT_TRUE(syntax::sameStructure(Parsed(tidy[i].second).tree, Parsed(messy[i].second).tree))
          << seed;
    }
  }
}

struct FindingCounts {
  std::vector<std::size_t> broken;  // findings of each text that has some
  void add(std::size_t findings) {
    if (findings > 0) broken.push_back(findings);
  }
  void print(const char* what) {
    std::sort(broken.begin(), broken.end());
    std::size_t sum = 0;
    for (std::size_t count : broken) sum += count;
    std::printf("%s: %zu broken texts, findings: median %zu, most %zu, mean %.2f\n", what,
                broken.size(), broken[broken.size() / 2], broken.back(),
                static_cast<double>(sum) / static_cast<double>(broken.size()));
  }
};

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  return lines;
}

std::string joined(const std::vector<std::string>& lines, std::size_t without) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) text += i == without ? "" : lines[i];
  return text;
}

// Files that take long are sampled: every n-th line so that about 150 are tried.
TEST(RecoveryLaws, ADeletedLineIsFewFindings) {
  FindingCounts counts;
  for (const SpecSource& source : allSpecFiles()) {
    if (isBrokenOnPurpose(source.path)) continue;
    const std::vector<std::string> lines = linesOf(source.text);
    for (std::size_t i = 0; i < lines.size(); i += lines.size() / 150 + 1) {
      const Parsed parsed(joined(lines, i));
      counts.add(parsed.findings.size());
      EXPECT_LE(parsed.findings.size(), 3u) << source.path << ":" << i + 1 << "\n" << parsed.list();
    }
  }
  counts.print("one line deleted");
  ASSERT_FALSE(counts.broken.empty());
  EXPECT_EQ(counts.broken[counts.broken.size() / 2], 1u);
}

TEST(RecoveryLaws, FormattingABrokenFileKeepsIt) {
  for (const SpecSource& source : allSpecFiles()) {
    if (source.path.find("design/corpus") == std::string::npos &&
        source.path.find("/corpus/parse") == std::string::npos)
      continue;
    const std::vector<std::string> lines = linesOf(source.text);
    for (std::size_t i = 0; i < lines.size(); ++i)
      checkLaws(joined(lines, i), source.path + ":" + std::to_string(i + 1), false);
  }
}

TEST(RecoveryLaws, ADeletedTokenIsFewFindings) {
  FindingCounts counts;
  std::minstd_rand random(7);
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const std::string text = printSpec(generateSpec(seed))[0].second;
    for (int i = 0; i < 10; ++i) {
      const std::size_t at = text.find_first_of("{}[]()=\",:.", random() % text.size());
      if (at == std::string::npos) continue;
      const std::string broken = text.substr(0, at) + text.substr(at + 1);
      const Parsed parsed(broken);
      counts.add(parsed.findings.size());
      EXPECT_LE(parsed.findings.size(), 4u)
          << parsed.list() << text.substr(at < 60 ? 0 : at - 60, 100);
      checkLaws(broken, "seed " + std::to_string(seed) + " without byte " + std::to_string(at),
                false);
    }
  }
  counts.print("one token deleted");
  ASSERT_FALSE(counts.broken.empty());
  EXPECT_EQ(counts.broken[counts.broken.size() / 2], 1u);
}

// `fmt` lays out what it can of a broken file, and leaves the rest as it is.
TEST(RecoveryLaws, ScrambledTextsAreReadAndFormatted) {
  static const std::vector<std::string> kPieces = {"pool ",
                                                   "a ",
                                                   "{ ",
                                                   "}\n",
                                                   "x = ",
                                                   "1 ",
                                                   "[",
                                                   "]",
                                                   "(",
                                                   ")",
                                                   ", ",
                                                   "\"s\" ",
                                                   "\"${",
                                                   "}\"",
                                                   "for t in ",
                                                   "if ",
                                                   "else ",
                                                   "let ",
                                                   "param n: int ",
                                                   "\n",
                                                   "  ",
                                                   "// c\n",
                                                   "/* d */ ",
                                                   "allow egress to ",
                                                   "port ",
                                                   "@allow(",
                                                   "...",
                                                   "..",
                                                   "? ",
                                                   ": ",
                                                   "=> ",
                                                   "- ",
                                                   "'r' ",
                                                   "\"\"\"",
                                                   "import \"x\" ",
                                                   "7 x 1g.10gb ",
                                                   "$5 per month ",
                                                   ";",
                                                   "#",
                                                   "\r\n",
                                                   "\xC2\xB7"};
  Random random(11);
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (int i = random.number(1, 40); i > 0; --i) text += random.pick(kPieces);
    checkLaws(text, text, false);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace gpuspec::test
