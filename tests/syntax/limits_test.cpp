// What a hostile or broken file may not do: crash, hang, or bury the reader in findings.

#include <gtest/gtest.h>

#include "lang/format/format.h"
#include "tests/syntax/parsed.h"

namespace gpuspec::test {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

// Parses, formats and compares; gives the codes of the findings.
std::string codesOf(const std::string& text) {
  const Parsed parsed(text);
  const Parsed again(format::format(parsed.tree, parsed.file()));
  EXPECT_TRUE(syntax::sameStructure(parsed.tree, again.tree));
  EXPECT_LE(parsed.findings.size(), 21u);
  std::string codes;
  for (const diag::Diagnostic& finding : parsed.findings)
    codes += diag::codeName(finding.info->code) + " ";
  return codes;
}

constexpr std::size_t kMany = 20000;

TEST(Nesting, DeepBracketsAreOneFinding) {
  for (const char* open : {"(", "[", "f(", "a[", "{ a = ", "[for x in ", "${"}) {
    const bool interpolation = std::string_view(open) == "${";
    const std::string deep = interpolation ? repeated("\"${", kMany) : repeated(open, kMany);
    EXPECT_EQ(codesOf("let x = " + deep + "\n"), "GS1008 ") << open;
  }
}

TEST(Nesting, BalancedDeepBracketsAreOneFinding) {
  EXPECT_EQ(codesOf("let x = " + repeated("(", kMany) + "1" + repeated(")", kMany) + "\n"),
            "GS1008 ");
  EXPECT_EQ(codesOf("let x = " + repeated("[", kMany) + repeated("]", kMany) + "\n"), "GS1008 ");
}

TEST(Nesting, DeepBlocksAreOneFinding) {
  EXPECT_EQ(codesOf(repeated("a {", kMany)), "GS1008 ");
  EXPECT_EQ(codesOf(repeated("if x {", kMany) + repeated("}", kMany)), "GS1008 ");
  EXPECT_EQ(codesOf("if x { } " + repeated("else if x { } ", kMany)), "GS1008 ");
  EXPECT_EQ(codesOf("let x = " + repeated("a ? b : ", kMany) + "c\n"), "GS1008 ");
}

TEST(Nesting, WhatPeopleWriteIsFine) {
  for (const char* pair : {"()", "[]"}) {
    const std::string open(1, pair[0]), close(1, pair[1]);
    EXPECT_EQ(codesOf("let x = " + repeated(open, 100) + "1" + repeated(close, 100) + "\n"), "");
  }
  EXPECT_EQ(codesOf(repeated("if x { ", 60) + repeated("}", 60) + "\n"), "");
  EXPECT_EQ(codesOf("if x { } " + repeated("else if x { } ", 100)), "");
}

TEST(Chains, LongOnesAreOneFinding) {
  EXPECT_EQ(codesOf("let x = " + repeated("!", 100000) + "a\n"), "GS1022 ");
  EXPECT_EQ(codesOf("let x = " + repeated("-", 100000) + "1\n"), "GS1022 ");
  EXPECT_EQ(codesOf("let x = a" + repeated(".b", 100000) + "\n"), "GS1022 ");
  EXPECT_EQ(codesOf("let x = a" + repeated("[0]", 100000) + "\n"), "GS1022 ");
  EXPECT_EQ(codesOf("let x = a" + repeated("()", 100000) + "\n"), "GS1022 ");
  EXPECT_EQ(codesOf("let x = 1" + repeated(" + 1", 100000) + "\n"), "GS1022 ");
}

TEST(Chains, AThousandTermsAreFine) {
  EXPECT_EQ(codesOf("let x = 1" + repeated(" + 1", 1000) + "\n"), "");
  EXPECT_EQ(codesOf("let x = a" + repeated(".b", 1000) + "\n"), "");
  EXPECT_EQ(codesOf("let x = [" + repeated("a.b.c[0], ", 100000) + "]\n"), "");
}

TEST(Endings, EveryPrefixOfAProgramIsRead) {
  const std::string text =
      "project \"p\"\n/// doc\nparam n: int(1..3) = 2 \"how many\"\n@allow(GS3101, \"why\")\n"
      "pool a { vm = \"x${n + 1}y\" mig { layout = [7 x 1g.10gb, 3g.40gb+me] } /* c */ }\n"
      "for k, v in { a = 1, \"b\" = '2' } { team \"${k}\" { quota { gpu(pool.a) = v > 1 ? 2 : -3 } "
      "} }\n"
      "if n == 2 { let t = \"\"\"\n  text ${n}\n  \"\"\" } else if !true { output o = $5 per month "
      "} else { }\n"
      "let l = [for x in [1, 2] : x * 2 if x % 2 == 0]\nlet m = {for k, v in m : k => v}\n"
      "team t { network { allow egress to cidr \"10.0.0.0/8\" except [\"10.1.0.0/16\"] port [443] "
      "} }\n";
  EXPECT_EQ(Parsed(text).list(), "");
  for (std::size_t length = 0; length < text.size(); ++length) {
    const Parsed parsed(text.substr(0, length));
    EXPECT_LE(parsed.findings.size(), 6u) << text.substr(0, length) << "\n" << parsed.list();
    const Parsed again(format::format(parsed.tree, parsed.file()));
    EXPECT_TRUE(syntax::sameStructure(parsed.tree, again.tree)) << text.substr(0, length);
  }
}

TEST(Endings, NothingAndLittle) {
  for (const char* text : {"", "\n", " ", "\t\r\n", "// only a comment", "/* only */",
                           "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
    EXPECT_EQ(codesOf(text), "") << text;
    EXPECT_EQ(Parsed(text).dump(), "File\n");
  }
}

TEST(Noise, RunsOfOneTokenAreFewFindings) {
  for (const char* token :
       {"}",    ")",      "]",      ",",       ";",      "{",     "=",    "a",      "a ",  "a=",
        "\"",   "'",      "\"\"\"", "${",      "$",      "@",     "@a",   ":",      "?",   "=>",
        "..",   "...",    "1 ",     "x = 1\n", "x = 1,", "pool ", "let ", "let x ", "if ", "else ",
        "for ", "allow ", "param ", "import ", "/*",     "*/",    "\\"}) {
    const Parsed parsed(repeated(token, 30000));
    EXPECT_LE(parsed.findings.size(), 201u) << token;  // the last says that there are more
    EXPECT_TRUE(!parsed.findings.empty() || std::string_view(token) == "/*") << token;
    format::format(parsed.tree, parsed.file());
  }
}

TEST(LineEnds, CrlfIsLf) {
  const Parsed unix_file(
      "pool a {\n  vm = \"x\" // c\n  t = \"\"\"\n    one\n    two\n  \"\"\"\n}\n");
  const Parsed windows_file(
      "pool a {\r\n  vm = \"x\" // c\r\n  t = \"\"\"\r\n    one\r\n    two\r\n  \"\"\"\r\n}\r\n");
  EXPECT_EQ(windows_file.list(), "");
  EXPECT_TRUE(syntax::sameStructure(unix_file.tree, windows_file.tree));
  EXPECT_EQ(format::format(unix_file.tree, unix_file.file()),
            format::format(windows_file.tree, windows_file.file()));
}

TEST(LineEnds, AByteOrderMarkIsSkipped) {
  const Parsed parsed("\xEF\xBB\xBFlet x = 1\n");
  EXPECT_EQ(parsed.list(), "");
  EXPECT_EQ(format::format(parsed.tree, parsed.file()), "let x = 1\n");
  EXPECT_FALSE(format::isFormatted(parsed.tree, parsed.file()));
}

}  // namespace
}  // namespace gpuspec::test
