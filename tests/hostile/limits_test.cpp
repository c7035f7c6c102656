// Programs of a few lines that would fill the machine if nothing stopped them. That each of these
// tests ends is the point; that it ends with a finding that names the limit is what is checked.

#include <gtest/gtest.h>

#include "tests/support/compile_in_memory.h"

namespace gpuspec::test {
namespace {

void expectLimit(const std::string& text, const std::string& limit) {
  const Outcome outcome = compileText(text);
  EXPECT_FALSE(outcome.good);
  bool found = false;
  for (const Finding& finding : outcome.findings)
    found = found || (finding.code == "GS2022" && finding.message.find(limit) != std::string::npos);
  EXPECT_TRUE(found) << "no GS2022 about " << limit << "\n"
                     << outcome.list() << text.substr(0, 400);
}

void expectCode(const std::string& text, const std::string& code) {
  const Outcome outcome = compileText(text);
  EXPECT_FALSE(outcome.good);
  EXPECT_NE(outcome.codes().find(code), std::string::npos) << outcome.list() << text.substr(0, 400);
}

TEST(HostileLoops, NestedLoopsStop) {
  expectLimit(
      "for a in range(0, 1000000) { for b in range(0, 1000000) { pool \"p${a}-${b}\" { } } }\n",
      "more than");
  expectLimit(
      "let x = [for a in range(0, 1000000) : [for b in range(0, 1000000) : a * b]]\n"
      "output y = len(x)\n",
      "more than");
  expectLimit(
      "let x = {for a in range(0, 1000000) : \"${a}\" => [for b in range(0, 1000000) : b]}\n"
      "output y = len(x)\n",
      "more than");
}

TEST(HostileLoops, LongRangesStop) {
  expectLimit("let x = range(0, 9000000000000000000)\noutput y = len(x)\n", "");
  expectLimit("for a in range(0, 9000000000000000000) { pool \"p${a}\" { } }\n", "");
  expectLimit("for a in 1..9000000000000000000 { pool \"p${a}\" { } }\n", "");
  expectLimit("let x = [for a in 1..9000000000000000000 : a]\noutput y = len(x)\n", "");
}

TEST(HostileLoops, LoopsInsideBlocksStop) {
  expectLimit(
      "cluster c { platform = kubernetes  context = \"k\" }\n"
      "team t { clusters = [c]  network { for a in range(0, 100000) { for b in range(0, 100000) { "
      "allow egress to cidr \"10.0.0.${a}/32\" port b } } } }\n",
      "more than");
}

TEST(HostileLoops, LoopsThatDoNothingStop) {
  expectLimit("for a in range(0, 200000) { for b in range(0, 200000) { if a > b { } } }\n",
              "more than");
  expectLimit(
      "let x = [for a in range(0, 200000) : a if any([for b in range(0, 200000) : false])]\n"
      "output y = len(x)\n",
      "more than");
}

// let a0 = START, a1 = STEP of a0 twice, ... a60
std::string doubling(const std::string& start, const std::string& left, const std::string& middle,
                     const std::string& right, const std::string& end) {
  std::string text = "let a0 = " + start + "\n";
  for (int i = 1; i <= 60; ++i) {
    const std::string last = "a" + std::to_string(i - 1);
    text += "let a" + std::to_string(i) + " = " + left + last + middle + last + right + "\n";
  }
  return text + end + "\n";
}

TEST(HostileValues, DoublingStringsStop) {
  expectLimit(doubling("\"0123456789\"", "\"${", "}${", "}\"", "output x = len(a60)"), "");
  expectLimit(doubling("\"0123456789\"", "join([", ", ", "], \"\")", "output x = len(a60)"), "");
  expectLimit(doubling("\"aaaaaaaaaa\"", "replace(", ", \"a\", ", ")", "output x = len(a60)"), "");
}

TEST(HostileValues, DoublingListsStop) {
  expectLimit(doubling("[1, 2]", "[...", ", ...", "]", "output x = len(a60)"), "");
  expectLimit(doubling("[1, 2]", "concat(", ", ", ")", "output x = len(a60)"), "");
  expectLimit(doubling("[[1, 2]]", "flatten([[", "], [", "]])", "output x = len(a60)"), "");
}

// Sixty small lists that stand for 2^60 numbers once somebody writes them out.
TEST(HostileValues, ListsOfTheSameListStop) {
  expectLimit(doubling("[1, 2]", "[", ", ", "]", "output x = a60"), "");
  expectLimit(doubling("[1, 2]", "[", ", ", "]", "output x = \"${a60}\""), "");
  expectLimit(doubling("[1, 2]", "[", ", ", "]", "output x = flatten(a60)"), "");
  expectLimit(doubling("{ k = 1 }", "{ l = ", ", r = ", " }", "output x = a60"), "");
}

TEST(HostileValues, ComparingThemEnds) {
  const std::string text = doubling("[1, 2]", "[", ", ", "]", "output x = a60 == a59");
  EXPECT_FALSE(compileText(text).findings.empty());
  const std::string twice =
      doubling("[1, 2]", "[", ", ", "]",
               "output x = distinct([a60, a59, a58])\noutput y = contains([a60], a60)");
  EXPECT_FALSE(compileText(twice).findings.empty());
}

TEST(HostileValues, IntoBlocksTheyStop) {
  const std::string head = "cluster c { platform = kubernetes  context = \"k\" }\n";
  const std::string list = doubling("[1, 2]", "[", ", ", "]", "");
  EXPECT_FALSE(
      compileText(head + list +
                  "manifest m { cluster = c  object = { apiVersion = \"v1\", kind = \"X\", "
                  "metadata = { name = \"x\" }, spec = a60 } }\n")
          .good);
  EXPECT_FALSE(compileText(head + list +
                           "release r { cluster = c  chart = \"oci://x/y\"  values { a = a60 } }\n")
                   .good);
  EXPECT_FALSE(compileText("param p: any\n" + head + list + "output x = p\n").good);
}

TEST(HostileValues, ArithmeticStops) {
  expectCode(doubling("9", "", " * ", "", "output x = a60"), "GS2017");
  expectCode(doubling("1GiB", "", " + ", "", "output x = a60"), "GS2017");
}

TEST(HostileDepth, ChainsOfValuesStop) {
  std::string text = "let a0 = 1\n";
  for (int i = 1; i <= 20000; ++i)
    text += "let a" + std::to_string(i) + " = a" + std::to_string(i - 1) + " + 1\n";
  expectLimit(text + "output x = a20000\n", "wait for each other");
}

// Far below the limit it is only a long file.
TEST(HostileDepth, ShortChainsAreFine) {
  std::string text = "let a0 = 1\n";
  for (int i = 1; i <= 200; ++i)
    text += "let a" + std::to_string(i) + " = a" + std::to_string(i - 1) + " + 1\n";
  EXPECT_EQ(compileText(text + "output x = a200\n").list(), "");
}

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(HostileDepth, BracketsStop) {
  expectCode("let x = " + repeated("(", 20000) + "1" + repeated(")", 20000) + "\n", "GS1008");
  expectCode("let x = " + repeated("[", 20000) + repeated("]", 20000) + "\n", "GS1008");
  expectCode("let x = " + repeated("{ a = ", 20000) + "1" + repeated("}", 20000) + "\n", "GS1008");
  expectCode("let x = " + repeated("-", 20000) + "1\noutput y = x\n", "GS1");
  expectCode("let x = " + repeated("true ? 1 : ", 20000) + "1\noutput y = x\n", "GS1");
  expectCode(repeated("if true { ", 20000) + repeated("}", 20000) + "\n", "GS1008");
  expectCode("let x = \"" + repeated("${\"", 5000) + repeated("\"}", 5000) + "\"\n", "GS1");
  EXPECT_FALSE(compileText("let x = " + repeated("(", 20000) + "\n").good) << "and none closed";
  EXPECT_FALSE(compileText(repeated("}", 20000) + "\n").good);
}

TEST(HostileDepth, LongExpressions) {
  expectCode("let x = 1" + repeated(" + 1", 200000) + "\noutput y = x\n", "GS1022");
  EXPECT_EQ(compileText("let x = 1" + repeated(" + 1", 500) + "\noutput y = x\n").list(), "");
  const Outcome members =
      compileText("let x = { a = 1 }\noutput y = x" + repeated(".a", 20000) + "\n");
  EXPECT_FALSE(members.good);
}

TEST(HostileModules, DeepAndWideStop) {
  CompileRequest deep;
  for (int i = 0; i < 60; ++i) {
    const std::string next = "m" + std::to_string(i + 1) + ".gpuspec";
    deep.files.push_back({i == 0 ? "main.gpuspec" : "m" + std::to_string(i) + ".gpuspec",
                          "module a from \"./" + next + "\" { }\n"});
  }
  deep.files.push_back({"m60.gpuspec", "let x = 1\n"});
  EXPECT_NE(compileInMemory(deep).codes().find("GS2022"), std::string::npos);

  CompileRequest wide;  // 2^30 instances
  for (int i = 0; i < 30; ++i) {
    const std::string next = "m" + std::to_string(i + 1) + ".gpuspec";
    wide.files.push_back(
        {i == 0 ? "main.gpuspec" : "m" + std::to_string(i) + ".gpuspec",
         "module a from \"./" + next + "\" { }\nmodule b from \"./" + next + "\" { }\n"});
  }
  wide.files.push_back({"m30.gpuspec", "let x = 1\n"});
  EXPECT_NE(compileInMemory(wide).codes().find("GS2022"), std::string::npos);
}

TEST(HostileModules, ItselfIsRefused) {
  CompileRequest request;
  request.files = {{"main.gpuspec", "module a from \"./main.gpuspec\" { }\n"}};
  EXPECT_NE(compileInMemory(request).codes().find("GS2028"), std::string::npos);
  request.files = {{"main.gpuspec", "module a from \"./././main.gpuspec\" { }\n"}};
  EXPECT_NE(compileInMemory(request).codes().find("GS2028"), std::string::npos);
  request.files = {
      {"main.gpuspec", "for i in range(0, 3) { module \"m${i}\" from \"./a.gpuspec\" { } }\n"},
      {"a.gpuspec", "if true { module b from \"./a.gpuspec\" { } }\n"}};
  EXPECT_NE(compileInMemory(request).codes().find("GS2028"), std::string::npos);
}

TEST(HostileModules, ImportsInACircleAreOneModule) {
  CompileRequest request;
  request.files = {
      {"main.gpuspec", "import \"./main.gpuspec\"\nimport \"./a.gpuspec\"\noutput x = a\n"},
      {"a.gpuspec", "import \"./main.gpuspec\"\nlet a = 1\n"}};
  EXPECT_EQ(compileInMemory(request).list(), "");
}

TEST(HostileModules, ALibraryThatImportsItself) {
  CompileRequest request;
  request.files = {{"main.gpuspec", "import \"./lib.gpuspec\" as l\noutput x = l.a\n"},
                   {"lib.gpuspec", "import \"./lib.gpuspec\" as l\nlet a = l.a\n"}};
  const Outcome outcome = compileInMemory(request);
  EXPECT_FALSE(outcome.good) << outcome.list();
}

TEST(HostileBlocks, ManyDeclarationsStop) {
  std::string text = "cluster c { platform = kubernetes  context = \"k\" }\n";
  text += "for a in range(0, 200000) { pool \"p${a}\" { cluster = c  selector { x = \"y\" } } }\n";
  CompileRequest request;
  request.files = {{"main.gpuspec", text}};
  request.limits.blocks = 1000;
  const Outcome outcome = compileInMemory(request);
  EXPECT_NE(outcome.codes().find("GS2022"), std::string::npos) << outcome.list();
}

// A mistake in each of many declarations is told a few hundred times at most.
TEST(HostileBlocks, FindingsAreBounded) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "pool p" + std::to_string(i) + " { colour = 1 }\n";
  const Outcome outcome = compileText(text);
  EXPECT_FALSE(outcome.good);
  EXPECT_LE(outcome.findings.size(), diag::Sink::kMaxFindings + 1);
  EXPECT_NE(outcome.codes().find("GS8093"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::test
