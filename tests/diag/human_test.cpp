#include "lang/diag/render_human.h"

#include <gtest/gtest.h>

#include "tests/diag/spec_text.h"

namespace gpuspec::diag::test {
namespace {

constexpr const char* kPools = R"(// The GPU pools.
project "shared"

pool h100 {
  vm = "Standard_ND96isr_H100_v5"

  nodes = 1..2

  mig { profile = 1g.99gb  strategy = single }
}

team ml {
  namespaces = [
    "ml-dev",
    "ml-test",
    "ml-prod",
    "ml-batch",
  ]
}
)";

class HumanTest : public ::testing::Test {
 protected:
  // Begins with a line end, so that the texts below can be written one line after another.
  std::string shown(std::uint32_t width = 80, bool unicode = true, bool color = false) {
    return "\n" + renderHuman(sources, sink.finish(sources), {color, unicode, width});
  }
  std::string ascii() { return shown(80, false); }
  Report unknownProfile(source::TraceId trace_id = {}) {
    return sink.report({pools.range("1g.99gb"), trace_id}, kHard, "1g.99gb", "H100 80 GB");
  }

  source::SourceMap sources;
  Source pools = add(sources, "pools.gpuspec", kPools);
  Sink sink;
};

TEST_F(HumanTest, OneLineAndItsCause) {
  unknownProfile()
      .mark("no such profile")
      .note(pools.at("\"Standard_ND96isr_H100_v5\""), "has 8 x H100 80 GB")
      .fact("it has: 1g.10gb  1g.10gb+me  1g.20gb  2g.20gb  3g.40gb  4g.40gb  7g.80gb")
      .fix("`1g.10gb` gives 7 slices on each GPU", {{pools.range("1g.99gb"), "1g.10gb"}});
  EXPECT_EQ(shown(), R"(
error[GS3004]: `1g.99gb` is not a MIG profile of the H100 80 GB
   ┌─ pools.gpuspec:9:19
   │
 4 │ pool h100 {
 5 │   vm = "Standard_ND96isr_H100_v5"
   │        -------------------------- has 8 x H100 80 GB
   ·
 9 │   mig { profile = 1g.99gb  strategy = single }
   │                   ^^^^^^^ no such profile
   │
   = it has: 1g.10gb  1g.10gb+me  1g.20gb  2g.20gb  3g.40gb  4g.40gb  7g.80gb
   = help: `1g.10gb` gives 7 slices on each GPU          gpuspec check --fix
   = why: gpuspec explain GS3004
)");
}

TEST_F(HumanTest, InAscii) {
  unknownProfile()
      .mark("no such profile")
      .note(pools.at("\"Standard_ND96isr_H100_v5\""), "has 8 × H100 80 GB")
      .help("see the list…");
  EXPECT_EQ(ascii(), R"(
error[GS3004]: `1g.99gb` is not a MIG profile of the H100 80 GB
  --> pools.gpuspec:9:19
   |
 4 | pool h100 {
 5 |   vm = "Standard_ND96isr_H100_v5"
   |        -------------------------- has 8 x H100 80 GB
   .
 9 |   mig { profile = 1g.99gb  strategy = single }
   |                   ^^^^^^^ no such profile
   |
   = help: see the list...
   = why: gpuspec explain GS3004
)");
}

TEST_F(HumanTest, InColor) {
  unknownProfile().mark("no such profile").help("take another");
  EXPECT_EQ(shown(80, true, true),
            "\n"
            "\x1b[1;31merror[GS3004]\x1b[0m\x1b[1m: `1g.99gb` is not a MIG profile of the H100 80 "
            "GB\x1b[0m\n"
            "   \x1b[34m┌─ \x1b[0mpools.gpuspec:9:19\n"
            "   \x1b[34m│\x1b[0m\n"
            " \x1b[34m4 │\x1b[0m pool h100 {\n"
            "   \x1b[34m·\x1b[0m\n"
            " \x1b[34m9 │\x1b[0m   mig { profile = 1g.99gb  strategy = single }\n"
            "   \x1b[34m│\x1b[0m                   \x1b[1;31m^^^^^^^ no such profile\x1b[0m\n"
            "   \x1b[34m│\x1b[0m\n"
            "   \x1b[34m= \x1b[0m\x1b[32mhelp\x1b[0m: take another\n"
            "   \x1b[34m= \x1b[0m\x1b[2mwhy\x1b[0m: gpuspec explain GS3004\n");
}

TEST_F(HumanTest, ColorOnlyRepeatsTheText) {
  const auto with_all = [&] {
    unknownProfile()
        .mark("no")
        .note(pools.at("mig"), "here")
        .note(pools.at("[\n    \"ml-dev\",\n"), "list")
        .help("x");
    sink.report({}, kLint, "y");
  };
  with_all();
  const std::string plain = shown();
  sink = {};
  with_all();
  std::string colored = shown(80, true, true);
  for (std::size_t at = colored.find('\x1b'); at != std::string::npos; at = colored.find('\x1b')) {
    colored.erase(at, colored.find('m', at) + 1 - at);
  }
  EXPECT_EQ(colored, plain);
}

TEST_F(HumanTest, LongTextsAreWrappedAt80) {
  sink.report(pools.at("nodes = 1..2"), kLint,
              "h100` of a cluster whose name is rather long and that nobody uses at this time of "
              "the day, `ml")
      .mark(
          "the cluster autoscaler adds a second node when the first one is full and nothing else "
          "fits")
      .help(
          "write `nodes = 1`, or let a team use the pool: a node of this kind costs as much idle "
          "as it does at work");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `h100` of a cluster whose name is rather long and that
                 nobody uses at this time of the day, `ml` is idle
   ┌─ pools.gpuspec:7:3
   │
 4 │ pool h100 {
   ·
 7 │   nodes = 1..2
   │   ^^^^^^^^^^^^ the cluster autoscaler adds a second node when the first one
   │                is full and nothing else fits
   │
   = help: write `nodes = 1`, or let a team use the pool: a node of this kind
           costs as much idle as it does at work
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, AndNotAt140) {
  sink.report(pools.at("nodes = 1..2"), kLint,
              "h100` of a cluster whose name is rather long and that nobody uses at this time of "
              "the day, `ml")
      .mark(
          "the cluster autoscaler adds a second node when the first one is full and nothing else "
          "fits")
      .help(
          "write `nodes = 1`, or let a team use the pool: a node of this kind costs as much idle "
          "as it does at work");
  EXPECT_EQ(shown(140), R"(
warning[GS3230]: pool `h100` of a cluster whose name is rather long and that nobody uses at this time of the day, `ml` is idle
   ┌─ pools.gpuspec:7:3
   │
 4 │ pool h100 {
   ·
 7 │   nodes = 1..2
   │   ^^^^^^^^^^^^ the cluster autoscaler adds a second node when the first one is full and nothing else fits
   │
   = help: write `nodes = 1`, or let a team use the pool: a node of this kind costs as much idle as it does at work
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, SeveralMarksOnOneLine) {
  sink.report(pools.at("strategy"), kLint, "x")
      .mark("this")
      .note(pools.at("mig"), "of this")
      .note(pools.at("profile"), "with that");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   ┌─ pools.gpuspec:9:28
   │
 4 │ pool h100 {
   ·
 9 │   mig { profile = 1g.99gb  strategy = single }
   │   ---   -------            ^^^^^^^^ this
   │   │     │
   │   │     with that
   │   of this
   │
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, AMarkInsideAnother) {
  sink.report(pools.at("1g.99gb"), kLint, "x")
      .mark("this")
      .note(pools.at("profile = 1g.99gb  strategy"), "in that");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   ┌─ pools.gpuspec:9:19
   │
 4 │ pool h100 {
   ·
 9 │   mig { profile = 1g.99gb  strategy = single }
   │         ----------^^^^^^^----------
   │         │         │
   │         │         this
   │         in that
   │
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, OverSeveralLines) {
  sink.report(pools.at(
                  "[\n    \"ml-dev\",\n    \"ml-test\",\n    \"ml-prod\",\n    \"ml-batch\",\n  ]"),
              kLint, "ml")
      .mark("nothing runs in these")
      .note({{pools.file_id, pools.range("team").begin,
              static_cast<std::uint32_t>(std::string_view(kPools).size())},
             {}},
            "the whole team");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `ml` is idle
   ┌─ pools.gpuspec:13:16
   │
12 │ ╭   team ml {
13 │ │     namespaces = [
   │ │ ╭────────────────^
   · │ │
18 │ │ │   ]
   │ │ ╰───^ nothing runs in these
19 │ │   }
   │ ╰───- the whole team
   │
   = why: gpuspec explain GS3230
)");
  sink = {};
  sink.report(pools.at(
                  "[\n    \"ml-dev\",\n    \"ml-test\",\n    \"ml-prod\",\n    \"ml-batch\",\n  ]"),
              kLint, "ml")
      .mark("nothing runs in these");
  EXPECT_EQ(ascii(), R"(
warning[GS3230]: pool `ml` is idle
  --> pools.gpuspec:13:16
   |
12 |   team ml {
13 |     namespaces = [
   |  ________________^
   . |
18 | |   ]
   | |___^ nothing runs in these
   |
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, OtherFilesFollow) {
  const Source main =
      add(sources, "main.gpuspec", "import \"./pools.gpuspec\"\nlet big = 1g.99gb\n");
  unknownProfile().note(main.at("big"), "given here").note(main.at("import"), "imported here");
  EXPECT_EQ(shown(), R"(
error[GS3004]: `1g.99gb` is not a MIG profile of the H100 80 GB
   ┌─ pools.gpuspec:9:19
   │
 4 │ pool h100 {
   ·
 9 │   mig { profile = 1g.99gb  strategy = single }
   │                   ^^^^^^^
   │
   ┌─ main.gpuspec:2:5
   │
 1 │ import "./pools.gpuspec"
   │ ------ imported here
 2 │ let big = 1g.99gb
   │     --- given here
   │
   = why: gpuspec explain GS3004
)");
}

TEST_F(HumanTest, TracesAndRepeats) {
  const Source main =
      add(sources, "main.gpuspec", "module east from \"x\" { }\n\nfor t in teams { }\n");
  const source::TraceId east =
      sources.addFrame({source::FrameKind::Module, main.range("module east"), "east", {}});
  const auto loop = [&](const std::string& name) {
    return sources.addFrame(
        {source::FrameKind::Loop, main.range("for t in teams"), "t = \"" + name + "\"", east});
  };
  const source::TraceId vision = loop("vision");
  unknownProfile(vision)
      .note({pools.range("mig"), vision}, "in this")
      .note({pools.range("vm"), loop("audio")}, "not that");
  for (const char* name : {"b", "c", "d", "e"}) unknownProfile(loop(name));
  EXPECT_EQ(shown(), R"(
error[GS3004]: `1g.99gb` is not a MIG profile of the H100 80 GB
   ┌─ pools.gpuspec:9:19
   │
 4 │ pool h100 {
 5 │   vm = "Standard_ND96isr_H100_v5"
   │   -- not that (with t = "audio")
   ·
 9 │   mig { profile = 1g.99gb  strategy = single }
   │   ---             ^^^^^^^
   │   │
   │   in this
   │
   = made by the loop at main.gpuspec:3 with t = "vision"
   = in module `east` (main.gpuspec:1)
   = and 4 more times: t = "b"; t = "c"; t = "d"; …
   = why: gpuspec explain GS3004
)");
}

TEST_F(HumanTest, RepeatsThatSayOtherwise) {
  const auto loop = [&](const std::string& binding) {
    return sources.addFrame({source::FrameKind::Loop, pools.range("team"), binding, {}});
  };
  const auto at = [&](source::TraceId trace_id) {
    return source::Location{pools.range("ml"), trace_id};
  };
  sink.report(at(loop("t = 1")), kLint, "one");
  sink.report(at(loop("t = 2")), kLint, "two");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `one` is idle
   ┌─ pools.gpuspec:12:6
   │
12 │ team ml {
   │      ^^
   │
   = made by the loop at pools.gpuspec:12 with t = 1
   = and 1 more time: pool `two` is idle
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, DeepAndLongTracesAreCut) {
  source::TraceId trace_id;
  for (int i = 0; i < 6; ++i) {
    trace_id = sources.addFrame({source::FrameKind::Loop, pools.range("team"),
                                 "t" + std::to_string(i) + " = \"" + std::string(100, 'x') + "\"",
                                 trace_id});
  }
  sink.report({pools.range("ml"), trace_id}, kLint, "x");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   ┌─ pools.gpuspec:12:6
   │
12 │ team ml {
   │      ^^
   │
   = made by the loop at pools.gpuspec:12 with t5 =
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
   = made by the loop at pools.gpuspec:12 with t4 =
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
   = made by the loop at pools.gpuspec:12 with t3 =
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
   = made by the loop at pools.gpuspec:12 with t2 =
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
   = and 2 more steps outwards
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, NoPlace) {
  sink.report({}, kLint, "x").note({}, "nobody asked").help("ask");
  sink.report({}, kLint, "y");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   = note: nobody asked
   = help: ask
   = why: gpuspec explain GS3230

warning[GS3230]: pool `y` is idle
)");
}

TEST_F(HumanTest, InsertionPoints) {
  const std::uint32_t begin = pools.range("1..2").begin;
  sink.report({{pools.file_id, begin, begin}, {}}, kLint, "x").mark("belongs here");
  const auto size = static_cast<std::uint32_t>(std::string_view(kPools).size());
  sink.report({{pools.file_id, size, size}, {}}, kLint, "end").mark("and here");
  sink.report({{pools.file_id, size + 50, size + 60}, {}}, kLint, "beyond");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   ┌─ pools.gpuspec:7:11
   │
 4 │ pool h100 {
   ·
 7 │   nodes = 1..2
   │           ^ belongs here
   │
   = why: gpuspec explain GS3230

warning[GS3230]: pool `end` is idle
   ┌─ pools.gpuspec:20:1
   │
19 │ }
20 │
   │ ^ and here

warning[GS3230]: pool `beyond` is idle
   ┌─ pools.gpuspec:20:1
   │
19 │ }
20 │
   │ ^
)");
}

TEST_F(HumanTest, EmptyFile) {
  const Source empty = add(sources, "empty.gpuspec", "");
  sink.report({{empty.file_id, 0, 0}, {}}, kLint, "x").mark("nothing");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   ┌─ empty.gpuspec:1:1
   │
 1 │
   │ ^ nothing
   │
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, CarriageReturnsAreNotShown) {
  const Source dos = add(sources, "dos.gpuspec", "pool a {\r\n  vm = 1\r\n}\r\n");
  sink.report(dos.at("1\r\n"), kLint, "x").mark("with its line end");
  sink.report(dos.at("\r\n", 2), kLint, "y").mark("the line end alone");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   ┌─ dos.gpuspec:2:8
   │
 1 │ pool a {
 2 │   vm = 1
   │        ^ with its line end
   │
   = why: gpuspec explain GS3230

warning[GS3230]: pool `y` is idle
   ┌─ dos.gpuspec:3:2
   │
 3 │ }
   │  ^ the line end alone
)");
}

TEST_F(HumanTest, WideCharactersAndTabs) {
  const Source wide =
      add(sources, "wide.gpuspec", "\tlet 名前 = \"値段👍\"\tand e\xCC\x81t\xC3\xA9\n");
  sink.report(wide.at("\"値段👍\""), kLint, "値段").mark("eight columns");
  sink.report(wide.at("\xC3\xA9"), kLint, "é").mark("one column");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `値段` is idle
   ┌─ wide.gpuspec:1:11
   │
 1 │     let 名前 = "値段👍" and été
   │                ^^^^^^^^ eight columns
   │
   = why: gpuspec explain GS3230

warning[GS3230]: pool `é` is idle
   ┌─ wide.gpuspec:1:24
   │
 1 │     let 名前 = "値段👍" and été
   │                               ^ one column
)");
  sink = {};
  sink.report(wide.at("名前"), kLint, "名").mark("here");
  EXPECT_EQ(ascii(), R"(
warning[GS3230]: pool `\u{540d}` is idle
  --> wide.gpuspec:1:6
   |
 1 |     let \u{540d}\u{524d} = "\u{5024}\u{6bb5}\u{1f44d}"  and e\u{301}t\u{e9}
   |         ^^^^^^^^^^^^^^^^ here
   |
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, NothingRawReachesTheTerminal) {
  const Source bad =
      add(sources, "b\x1b]0;x.gpuspec", "a \x1b[31m \xff\xc3 \xE2\x80\xAE \x7f \xC2\x9b z\n");
  sink.report(bad.at("z"), kLint, "\x1b[2J\r\x07").mark("\xE2\x80\xAE").help("\x08");
  const std::string text = shown();
  EXPECT_EQ(text, R"(
warning[GS3230]: pool `\x1b[2J\x0d\x07` is idle
   ┌─ b\x1b]0;x.gpuspec:1:18
   │
 1 │ a \x1b[31m \xff\xc3 \u{202e} \x7f \u{9b} z
   │                                          ^ \u{202e}
   │
   = help: \x08
   = why: gpuspec explain GS3230
)");
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
}

TEST_F(HumanTest, LongLinesAreCutAroundTheMark) {
  const std::string filler(200, 'x');
  const Source file =
      add(sources, "long.gpuspec",
          "let a = [" + filler + ", wrong, " + filler + "]\nlet b = wrong" + filler + "\n");
  sink.report(file.at("wrong"), kLint, "x").mark("not in scope");
  sink.report(file.at("wrong", 1), kLint, "y")
      .mark("not in scope")
      .note(file.at("let a"), "far away");
  EXPECT_EQ(shown(), R"(
warning[GS3230]: pool `x` is idle
   ┌─ long.gpuspec:1:212
   │
 1 │ …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, wrong, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
   │                                    ^^^^^ not in scope
   │
   = why: gpuspec explain GS3230

warning[GS3230]: pool `y` is idle
   ┌─ long.gpuspec:2:9
   │
 1 │ let a = [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
   │ ----- far away
 2 │ let b = wrongxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
   │         ^^^^^ not in scope
)");
  sink = {};
  sink.report(file.at(", wrong, " + filler), kLint, "x").mark("wider than the terminal");
  EXPECT_EQ(shown(50, false), R"(
warning[GS3230]: pool `x` is idle
  --> long.gpuspec:1:210
   |
 1 | ...xxxx, wrong, xxxxxxxxxxxxxxxxxxxxxxxxxx...
   |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |        |
   |        wider than the terminal
   |
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, VeryLongLinesAreNotReadWhole) {
  const std::string filler(100'000, 'x');
  const Source file =
      add(sources, "long.gpuspec", "let a = [" + filler + ", wrong, " + filler + "]\n");
  sink.report(file.at("wrong"), kLint, "x")
      .mark("not in scope")
      .note(file.at("let"), "at the start");
  EXPECT_EQ(shown(60), R"(
warning[GS3230]: pool `x` is idle
   ┌─ long.gpuspec:1:100012
   │
 1 │ …xxxxxxxxxxxxxxxxxxxxxx, wrong, xxxxxxxxxxxxxxxxxxxxxx…
   │  -                       ^^^^^ not in scope
   │  │
   │  at the start
   │
   = why: gpuspec explain GS3230
)");
}

TEST_F(HumanTest, SuppressedFindingsAreNotShown) {
  Allowance allowance;
  allowance.code = 3230;
  allowance.scope = pools.range("ml");
  sink.allow(allowance);
  sink.report(pools.at("ml"), kLint, "x");
  EXPECT_EQ(shown(), "\n");
}

TEST_F(HumanTest, NarrowTerminals) {
  unknownProfile()
      .mark("no such profile")
      .note(pools.at("strategy"), "a long text that cannot stand beside it");
  for (const std::uint32_t width : {0u, 1u, 40u, 41u}) {
    for (const bool unicode : {false, true}) {
      std::string text = renderHuman(sources, Sink(sink).finish(sources), {false, unicode, width});
      EXPECT_NE(text.find("cannot"), std::string::npos);
    }
  }
  EXPECT_EQ(shown(40), R"(
error[GS3004]: `1g.99gb` is not a MIG
               profile of the H100 80 GB
   ┌─ pools.gpuspec:9:19
   │
 4 │ pool h100 {
   ·
 9 │ …ofile = 1g.99gb  strategy = singl…
   │          ^^^^^^^  --------
   │          │        │
   │          │        a long text that
   │          │        cannot stand
   │          │        beside it
   │          no such profile
   │
   = why: gpuspec explain GS3004
)");
}

TEST_F(HumanTest, AnyRangeOfAnyTextCanBeShown) {
  std::uint32_t state = 1;
  const auto next = [&](std::uint32_t limit) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % limit;
  };
  const std::string pieces[] = {
      "\n",   "\r\n",         "\t",        " ",        "word",
      "{",    "値",           "e\xCC\x81", "\xCC\x81", "\xff",
      "\x01", "\xEF\xBB\xBF", "👍",        "// ",      std::string(90, 'y')};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (std::uint32_t i = next(60); i > 0; --i) text += pieces[next(std::size(pieces))];
    const auto size = static_cast<std::uint32_t>(text.size());
    const Source file = add(sources, "f.gpuspec", text);
    const auto place = [&] {
      const std::uint32_t begin = next(size + 2);
      return source::Location{{file.file_id, begin, begin + next(size - std::min(size, begin) + 2)},
                              {}};
    };
    Sink one;
    Report report = one.report(place(), kLint, "x");
    report.mark(text);
    for (std::uint32_t i = next(6); i > 0; --i) report.note(place(), text.substr(0, next(40)));
    const std::vector<Diagnostic> findings = one.finish(sources);
    for (const bool unicode : {false, true}) {
      const std::string out = renderHuman(sources, findings, {false, unicode, 40 + next(100)});
      for (const char c : out) {
        const auto byte = static_cast<unsigned char>(c);
        ASSERT_TRUE(byte == '\n' || (byte >= 0x20 && byte < (unicode ? 0x100 : 0x7F))) << round;
      }
      ASSERT_EQ(out.find(" \n"), std::string::npos) << round;
    }
  }
}

}  // namespace
}  // namespace gpuspec::diag::test
