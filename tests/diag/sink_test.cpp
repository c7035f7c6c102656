#include <gtest/gtest.h>

#include "tests/diag/spec_text.h"

namespace gpuspec::diag::test {
namespace {

class SinkTest : public ::testing::Test {
 protected:
  source::TraceId loop(const std::string& binding) {
    return sources.addFrame({source::FrameKind::Loop, main.range("vm"), binding, {}});
  }
  source::Location in(source::TraceId trace_id, std::string_view text) const {
    return {main.range(text), trace_id};
  }
  std::vector<std::string> finished() {
    std::vector<std::string> lines;
    for (const Diagnostic& f : sink.finish(sources)) {
      lines.push_back(sources.where(f.at.range) + " " + codeName(f.info->code) + " " +
                      std::string(levelName(f.level)) + (f.suppressed ? " suppressed" : ""));
    }
    return lines;
  }
  Allowance allowance(std::uint16_t code, std::string_view scope, std::string reason = "known") {
    Allowance result;
    result.code = code;
    result.scope = main.range(scope);
    result.at = main.at("@allow(X)");
    result.reason = std::move(reason);
    return result;
  }

  source::SourceMap sources;
  Source main =
      add(sources, "main.gpuspec", "@allow(X)\npool a { vm = 1  mig = 2 }\npool b { vm = 3 }\n");
  Source other = add(sources, "a.gpuspec", "pool c { }\n");
  Sink sink;
  using Lines = std::vector<std::string>;
};

TEST_F(SinkTest, NothingReportedIsOk) {
  EXPECT_TRUE(sink.ok());
  EXPECT_TRUE(sink.finish(sources).empty());
  EXPECT_EQ(sink.size(), 0u);
}

TEST_F(SinkTest, TellsItsErrors) {
  sink.report(main.at("vm"), kHard, "1g.99gb", std::string("H100"));
  sink.report(main.at("mig"), kLint, "a");
  ASSERT_EQ(sink.errors().size(), 1u);
  EXPECT_EQ(sink.errors()[0]->at.range, main.range("vm"));
  sink.setLevel(kLint.info->code, Sink::Override::Deny);
  EXPECT_EQ(sink.errors().size(), 2u);
  sink.allow(allowance(kLint.info->code, "pool a { vm = 1  mig = 2 }"));
  EXPECT_EQ(sink.errors().size(), 1u);
}

TEST_F(SinkTest, AFurtherLookAddsErrorsThatWereNotFoundBefore) {
  sink.report(main.at("vm"), kHard, "1g.99gb", std::string("H100"));
  Sink further;
  further.report(main.at("vm"), kHard, "1g.88gb", std::string("H100"));
  further.report(main.at("mig"), kHard, "1g.99gb", std::string("H100")).help("do b");
  further.report(main.at("mig"), kLint, "a");
  sink.absorb(further);
  EXPECT_EQ(sink.errorCount(), 2u);
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 2u) << "advice waits for the whole";
  EXPECT_EQ(findings[0].message, "`1g.99gb` is not a MIG profile of the H100");
  EXPECT_EQ(findings[1].help.size(), 1u);
  EXPECT_EQ(findings[0].repeats + findings[1].repeats, 0u);
}

TEST_F(SinkTest, CarriesEverythingThatWasSaid) {
  sink.report(main.at("vm"), kHard, "1g.99gb", std::string("H100"))
      .mark("here")
      .note(main.at("mig"), "there")
      .fact("it has: a")
      .help("do b")
      .fix("write c", {{main.range("vm"), "c"}});
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 1u);
  const Diagnostic& f = findings[0];
  EXPECT_EQ(f.message, "`1g.99gb` is not a MIG profile of the H100");
  EXPECT_EQ(f.mark, "here");
  ASSERT_EQ(f.notes.size(), 1u);
  EXPECT_EQ(f.notes[0].text, "there");
  EXPECT_EQ(f.facts, Lines{"it has: a"});
  EXPECT_EQ(f.help, Lines{"do b"});
  ASSERT_EQ(f.fixes.size(), 1u);
  EXPECT_TRUE(f.fixes[0].certain);
  EXPECT_FALSE(sink.ok());
  EXPECT_EQ(sink.errorCount(), 1u);
}

TEST_F(SinkTest, SortsByFileThenPositionThenCode) {
  sink.report({}, kLint, "x");
  sink.report(main.at("mig"), kHard, "x", "y");
  sink.report(main.at("vm"), kLint, "x");
  sink.report(main.at("vm"), kHard, "x", "y");
  sink.report(other.at("c"), kLint, "x");
  EXPECT_EQ(finished(), (Lines{"a.gpuspec:1:6 GS3230 warning", "main.gpuspec:2:10 GS3004 error",
                               "main.gpuspec:2:10 GS3230 warning", "main.gpuspec:2:18 GS3004 error",
                               "<nowhere> GS3230 warning"}));
}

TEST_F(SinkTest, MergesWhatALoopRepeatsAndKeepsTheFirst) {
  const source::TraceId first = loop("t = 1");
  sink.report(in(first, "vm"), kLint, "one").help("kept");
  for (int i = 2; i <= 12; ++i) {
    sink.report(in(loop("t = " + std::to_string(i)), "vm"), kLint, "one")
        .help("not added")
        .mark("not this");
  }
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].repeats, 11u);
  EXPECT_EQ(findings[0].at.trace_id, first);
  EXPECT_EQ(findings[0].help, Lines{"kept"});
  EXPECT_EQ(findings[0].mark, "");
  ASSERT_EQ(findings[0].again.size(), 3u);
  EXPECT_EQ(sources.frame(findings[0].again[0].trace_id).binding, "t = 2");
}

TEST_F(SinkTest, KeepsWhatAnotherIterationSaidOtherwise) {
  sink.report(in(loop("t = 1"), "vm"), kLint, "one");
  sink.report(in(loop("t = 2"), "vm"), kLint, "two");
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 1u);
  ASSERT_EQ(findings[0].again.size(), 1u);
  EXPECT_EQ(findings[0].again[0].message, "pool `two` is idle");
}

TEST_F(SinkTest, TwoFindingsOfOneIterationStayTwo) {
  const source::TraceId one = loop("t = 1");
  const source::TraceId two = loop("t = 2");
  for (const source::TraceId trace_id : {one, two}) {
    sink.report(in(trace_id, "vm"), kLint, "nodes");
    sink.report(in(trace_id, "vm"), kLint, "disk");
  }
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].repeats, 1u);
  EXPECT_EQ(findings[1].repeats, 1u);
}

TEST_F(SinkTest, ThePlainSameFindingIsOne) {
  sink.report(main.at("vm"), kLint, "x");
  sink.report(main.at("vm"), kLint, "x");
  sink.report(main.at("vm"), kLint, "y");
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].repeats, 0u);
}

TEST_F(SinkTest, PolicyChangesLintsOnly) {
  sink.setLevel(3230, Sink::Override::Deny);
  sink.setLevel(3252, Sink::Override::Warn);
  sink.setLevel(3004, Sink::Override::Off);
  sink.report(main.at("vm"), kLint, "x");
  sink.report(main.at("mig"), kLintError, 2);
  EXPECT_EQ(sink.errorCount(), 1u);
  sink.report(main.at("b"), kHard, "x", "y");
  EXPECT_EQ(finished(), (Lines{"main.gpuspec:2:10 GS3230 error", "main.gpuspec:2:18 GS3252 warning",
                               "main.gpuspec:3:6 GS3004 error"}));
  EXPECT_EQ(sink.errorCount(), 2u);
}

TEST_F(SinkTest, PolicyTurnsLintsOff) {
  sink.report(main.at("vm"), kLintError, 2);
  EXPECT_FALSE(sink.ok());
  sink.setLevel(3252, Sink::Override::Off);
  EXPECT_TRUE(sink.ok());
  EXPECT_TRUE(sink.finish(sources).empty());
  EXPECT_TRUE(sink.ok());
}

TEST_F(SinkTest, AnAllowanceSilencesLintsInItsScope) {
  sink.allow(allowance(3252, "pool a { vm = 1  mig = 2 }"));
  sink.report(main.at("vm"), kLintError, 2);
  EXPECT_TRUE(sink.ok());
  sink.report(main.at("vm", 1), kLintError, 2);
  EXPECT_FALSE(sink.ok());
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_TRUE(findings[0].suppressed);
  EXPECT_EQ(findings[0].suppression_reason, "known");
  EXPECT_FALSE(findings[1].suppressed);
  EXPECT_EQ(sink.errorCount(), 1u);
  EXPECT_TRUE(sink.allowances()[0].used);
  const Summary summary = summarize(findings);
  EXPECT_EQ(summary.errors, 1u);
  EXPECT_EQ(summary.suppressed, 1u);
}

TEST_F(SinkTest, TheNarrowestAllowanceGivesTheReason) {
  sink.allow(allowance(3230, "vm = 1", "narrow"));
  sink.allow(allowance(3230, "pool a { vm = 1  mig = 2 }", "wide"));
  sink.report(main.at("vm"), kLint, "x");
  EXPECT_EQ(sink.finish(sources)[0].suppression_reason, "narrow");
}

TEST_F(SinkTest, AHardFindingIsNotAllowed) {
  sink.allow(allowance(3204, "pool a { vm = 1  mig = 2 }"));
  sink.report(main.at("vm"), MigLayoutImpossible, "GPU", "too much");
  EXPECT_EQ(finished(),
            (Lines{"main.gpuspec:1:1 GS8092 warning", "main.gpuspec:2:10 GS3204 error"}));
}

TEST_F(SinkTest, AnAllowanceWithoutAFindingIsReported) {
  sink.allow(allowance(3230, "vm = 1"));
  sink.report(main.at("vm", 1), kLint, "x");
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].message, "`@allow(GS3230)` allows nothing: there is no such finding here");
  ASSERT_EQ(findings[0].fixes.size(), 1u);
  EXPECT_FALSE(findings[0].fixes[0].certain);
  EXPECT_EQ(sources.text(findings[0].fixes[0].edits[0].range), "@allow(X)\n");
}

TEST_F(SinkTest, AnAllowanceIsOfUseWhenOneIterationNeedsIt) {
  Allowance first = allowance(3230, "vm = 1");
  Allowance second = allowance(3230, "mig = 2");  // the same annotation, met again
  sink.allow(first);
  sink.allow(second);
  sink.report(main.at("mig"), kLint, "x");
  EXPECT_EQ(finished(), Lines{"main.gpuspec:2:18 GS3230 warning suppressed"});
}

TEST_F(SinkTest, ErrorsAndEarlyStopsSayNothingAboutAllowances) {
  sink.allow(allowance(3230, "vm = 1"));
  sink.report(main.at("b"), kHard, "x", "y");
  EXPECT_EQ(finished(), Lines{"main.gpuspec:3:6 GS3004 error"});

  Sink early;
  early.allow(allowance(3230, "vm = 1"));
  early.stoppedEarly();
  EXPECT_TRUE(early.finish(sources).empty());
}

TEST_F(SinkTest, AnExpiredAllowanceSilencesNothing) {
  Allowance old = allowance(3230, "vm = 1");
  old.until = "2026-01-31";
  old.expired = true;
  sink.allow(old);
  sink.report(main.at("vm"), kLint, "x");
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].message, "`@allow(GS3230)` ended on 2026-01-31");
  EXPECT_FALSE(findings[1].suppressed);
}

TEST_F(SinkTest, FindingsAboutAllowancesCanBeOffButNotAllowed) {
  sink.allow(allowance(3230, "vm = 1"));
  sink.setLevel(8090, Sink::Override::Off);
  EXPECT_TRUE(sink.finish(sources).empty());
}

TEST_F(SinkTest, AFloodIsCutButCounted) {
  std::string text(400, 'x');
  const Source flood = add(sources, "z.gpuspec", text);
  const auto byte = [&](std::uint32_t i) {
    return source::Location{{flood.file_id, i, i + 1}, {}};
  };
  for (std::uint32_t i = 0; i < 150; ++i) sink.report(byte(i), kLint, "x");
  for (std::uint32_t i = 150; i < 300; ++i) sink.report(byte(i), kHard, "x", "y");
  const std::vector<Diagnostic> findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), Sink::kMaxFindings + 1);
  const Summary summary = summarize(findings);
  EXPECT_EQ(summary.errors, 150u);
  EXPECT_EQ(summary.warnings, 50u);
  EXPECT_EQ(findings.back().level, Level::Note);
  EXPECT_EQ(findings.back().message, "100 warnings more: only 200 findings are shown");
  EXPECT_EQ(sink.errorCount(), 150u);
}

TEST_F(SinkTest, ErrorsCountEvenWhenTheyAreNotKept) {
  const Source flood = add(sources, "z.gpuspec", std::string(30'000, 'x'));
  for (std::uint32_t i = 0; i < 30'000; ++i)
    sink.report({{flood.file_id, i, i + 1}, {}}, kHard, "x", "y");
  EXPECT_EQ(sink.errorCount(), 30'000u);
  EXPECT_EQ(sink.finish(sources).back().message, "29800 errors more: only 200 findings are shown");
  EXPECT_EQ(sink.errorCount(), 30'000u);
}

}  // namespace
}  // namespace gpuspec::diag::test
