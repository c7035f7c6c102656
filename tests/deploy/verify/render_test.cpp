#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "backends/deploy/verify/fields.h"
#include "backends/deploy/verify/verify.h"

namespace gpuspec::deploy::verify {

namespace {

using namespace std::chrono_literals;

Result twoPools() {
  Result result;
  result.cluster = "shared";
  PoolResult good;
  good.pool = "h100";
  good.nodes = {Verdict::Holds, "2 of 2", ""};
  good.allocatable = {Verdict::Holds, "example.com/gpu 8, as planned", ""};
  good.driver = {Verdict::Holds, "580.95.05", ""};
  good.smokes = {
      {"example.com/gpu", {Verdict::Holds, "passed, 2.1 s", ""}, "580.95.05", "n1", 2100ms}};
  PoolResult bad = good;
  bad.pool = "mig";
  bad.nodes.text = "1 of 1";
  bad.allocatable = {Verdict::Fails, "example.com/gpu 0, not 56",
                     "node n3 offers example.com/gpu 0; the spec implies 56"};
  bad.smokes[0].finding = {Verdict::NotRun, "not run", "the vendor names no smoke test"};
  result.pools = {good, bad};
  result.paths = {
      {"ml", "vision", {Verdict::Holds, "refused (3 of 3)", ""}, {Verdict::Holds, "refused", ""}},
      {"vision",
       "ml",
       {Verdict::NotRun, "not run", "no image to probe with is given"},
       {Verdict::Fails, "open", "group x may get pods in ml"}}};
  return result;
}

TEST(RenderTest, OneTableForPoolsAndOneForTeams) {
  EXPECT_EQ(renderHuman({twoPools()}, {false, true, 100}),
            "pool   nodes    driver      allocatable                     smoke job\n"
            "h100   2 of 2   580.95.05   example.com/gpu 8, as planned   passed, 2.1 s\n"
            "mig    1 of 1   580.95.05   example.com/gpu 0, not 56       not run\n"
            "       ╰ node n3 offers example.com/gpu 0; the spec implies 56\n"
            "\n"
            "teams         network            namespace access\n"
            "ml → vision   refused (3 of 3)   refused\n"
            "vision → ml   not run            open\n"
            "              ╰ group x may get pods in ml\n"
            "\n"
            "not run  network vision → ml: no image to probe with is given\n"
            "not run  smoke job for example.com/gpu on n1 in pool mig: the vendor names no smoke "
            "test\n"
            "1 of 2 pools as planned; 2 of 3 isolation probes hold; 2 checks not run.\n");
}

TEST(RenderTest, FitsIntoANarrowTerminalAndPlainAscii) {
  const std::string text = renderHuman({twoPools()}, {false, false, 44});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 44U) << line;
    EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return (c & 0x80) == 0; }))
        << line;
  }
  EXPECT_NE(text.find("  allocatable  example.com/gpu 8, as planned\n"), std::string::npos) << text;
}

TEST(RenderTest, ColourIsOnlyForTheSum) {
  const std::string text = renderHuman({twoPools()}, {true, true, 100});
  EXPECT_NE(text.find("\x1B[31m1 of 2 pools as planned"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\x1B'), 2);
}

TEST(RenderTest, OfManyPathsOnlyThoseThatFailAreShown) {
  Result result = twoPools();
  for (int i = 0; i < 60; ++i)
    result.paths.push_back({"a" + std::to_string(i),
                            "b",
                            {Verdict::Holds, "refused (3 of 3)", ""},
                            {Verdict::Holds, "refused", ""}});
  const std::string text = renderHuman({result}, {});
  EXPECT_NE(text.find("vision → ml"), std::string::npos);
  EXPECT_EQ(text.find("a7"), std::string::npos);
  EXPECT_NE(text.find("61 paths between teams: nothing fails"), std::string::npos);
}

TEST(RenderTest, WhatIsNotAsDeclaredStandsBelowItsDeclaration) {
  Result result;
  result.objects = {{"team ml", {Verdict::Holds, "12, as declared", ""}, {}},
                    {"team vision",
                     {Verdict::Fails, "12, 1 deviation", "team vision: Quota x is missing"},
                     {"Quota x is missing"}}};
  EXPECT_EQ(renderHuman({result}, {false, true, 100}),
            "declared by   objects\n"
            "team ml       12, as declared\n"
            "team vision   12, 1 deviation\n"
            "              ╰ Quota x is missing\n"
            "\n"
            "1 deviation from the spec.\n");
  EXPECT_FALSE(result.holds());
}

TEST(RenderTest, SeveralClustersAreNamed) {
  const Result result = twoPools();
  EXPECT_EQ(renderHuman({result, result}, {}).substr(0, 7), "shared\n");
}

TEST(RenderTest, AsJson) {
  Result result = twoPools();
  const Tree tree = renderJson({result});
  EXPECT_EQ(*tree.find("schema"), Tree("gpuspec.verify/1"));
  EXPECT_EQ(*tree.find("holds"), Tree(false));
  EXPECT_EQ(*below(tree, {"summary", "fails"}), Tree(2));
  const Tree& pool = listAt(listAt(tree, {"clusters"}).front(), {"pools"}).back();
  EXPECT_EQ(*below(pool, {"allocatable", "verdict"}), Tree("fails"));
  EXPECT_EQ(*below(pool, {"allocatable", "why"}),
            Tree("node n3 offers example.com/gpu 0; the spec implies 56"));
  EXPECT_TRUE(pool.find("labels")->isNull());
}

TEST(RenderTest, AnInterruptedRunDoesNotHold) {
  Result result;
  result.pools.emplace_back().nodes = {Verdict::Holds, "1 of 1", ""};
  EXPECT_EQ(*renderJson({result}).find("holds"), Tree(true));
  result.interrupted = true;
  EXPECT_EQ(*renderJson({result}).find("holds"), Tree(false));
}

TEST(ResultTest, HoldsOnlyWhenAllThatRanHolds) {
  Result result;
  EXPECT_TRUE(result.holds()) << "nothing to check";
  PoolResult& pool = result.pools.emplace_back();
  pool.driver = {Verdict::NotRun, "not run", "why"};
  EXPECT_FALSE(result.holds()) << "nothing ran";
  pool.nodes = {Verdict::Holds, "1 of 1", ""};
  EXPECT_TRUE(result.holds());
  pool.allocatable = {Verdict::Fails, "0", "why"};
  EXPECT_FALSE(result.holds());
}

}  // namespace

}  // namespace gpuspec::deploy::verify
