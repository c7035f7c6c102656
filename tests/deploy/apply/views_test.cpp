#include "backends/deploy/apply/views.h"

#include <gtest/gtest.h>

#include "compiler/ir/json.h"
#include "tests/deploy/apply/simulation.h"

namespace gpuspec::deploy::apply {

namespace {

using model::System;
using namespace std::chrono_literals;

Outcome done(milliseconds took) {
  return {State::Done, "", "", "", "", took};
}
Outcome failed(const std::string& code, const std::string& error) {
  return {State::Failed, error, "ask Azure for more", code, "", 3s};
}

// What a terminal shows after all that was written: it knows "n lines up" and "clear below".
std::vector<std::string> screenAfter(const std::string& written) {
  std::vector<std::string> lines = {""};
  for (std::size_t at = 0; at < written.size(); ++at) {
    if (written[at] == '\n') {
      lines.emplace_back();
    } else if (written[at] == '\x1B') {
      const std::size_t end = written.find_first_of("AJm", at);
      const std::string number = written.substr(at + 2, end - at - 2);
      if (written[end] == 'A') lines.resize(lines.size() - std::stoul(number));
      if (written[end] == 'A') lines.back().clear();
      at = end;
    } else {
      lines.back() += written[at];
    }
  }
  return lines;
}

class Views : public ::testing::Test {
 protected:
  Views() {
    addChange(plan_, System::Azure, "shared");
    addChange(plan_, System::Azure, "h100", {0});
    for (int i = 0; i < 1180; ++i) addChange(plan_, System::Kubernetes, "o" + std::to_string(i));
    addChange(plan_, System::Helm, "gpu-stack", {1});
  }
  std::unique_ptr<View> terminal(ViewLook look = {}) {
    return makeTerminalView(plan_, look, [this](std::string_view text) { written_ += text; });
  }
  const plan::Change& object(std::size_t number) const { return plan_.changes[2 + number]; }

  plan::Plan plan_;
  std::string written_;
};

TEST_F(Views, ATerminalShowsWhatRunsAndKeepsWhatIsDone) {
  const auto view = terminal();
  view->started(plan_.changes[0]);
  view->tick(252'000ms);
  view->finished(plan_.changes[0], done(252s));
  view->started(plan_.changes[1]);
  view->progressed(plan_.changes[1], "2 of 3 nodes ready");
  for (std::size_t i = 0; i < 420; ++i) view->started(object(i));
  for (std::size_t i = 0; i < 412; ++i) view->finished(object(i), done(20ms));
  view->tick(254'000ms);
  const std::vector<std::string> expected = {
      "  done     Azure       cluster shared                                4 min 12 s",
      "  running  Azure       pool h100: 2 of 3 nodes ready                      2.0 s",
      "  running  Kubernetes  412 of 1,180 objects                               2.0 s",
      "  waiting  Helm        release gpu-stack: for pool h100", ""};
  EXPECT_EQ(screenAfter(written_), expected);
}

TEST_F(Views, ATerminalIsLeftWithFinishedLinesOnly) {
  {
    const auto view = terminal();
    view->started(plan_.changes[1]);
    view->tick(1s);
    view->finished(plan_.changes[1], failed("QuotaExceeded", "no quota\nin \x1B[31mthis region"));
    view->tick(2s);
  }
  const std::vector<std::string> lines = screenAfter(written_);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find("failed   Azure       pool h100: QuotaExceeded: no quota in"),
            std::string::npos)
      << lines[0];
  EXPECT_EQ(written_.find("\x1B[31m"), std::string::npos)
      << "no escape of an API's reaches a screen";
}

TEST_F(Views, NoLineIsWiderThanTheTerminal) {
  for (const std::uint32_t width : {20U, 40U, 80U, 140U}) {
    for (const bool unicode : {true, false}) {
      written_.clear();
      const auto view = terminal({true, unicode, width});
      for (std::size_t i = 0; i < 30; ++i) view->started(plan_.changes[i]);
      view->progressed(plan_.changes[1], std::string(300, 'x'));
      view->tick(30s);
      view->finished(plan_.changes[1], failed("Code", std::string(300, 'y')));
      view->tick(40s);
      for (const std::string& line : screenAfter(written_)) {
        const auto columns = static_cast<std::size_t>(
            std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
        EXPECT_LT(columns, width) << line;
        if (!unicode) {
          EXPECT_EQ(columns, line.size()) << "plain ASCII";
        }
      }
    }
  }
}

TEST_F(Views, ManyRunningActionsDoNotPushTheRestAway) {
  const auto view = terminal();
  for (std::size_t i = 0; i < 40; ++i) view->started(object(i));
  view->tick(10s);
  const std::vector<std::string> lines = screenAfter(written_);
  EXPECT_EQ(lines.size(), 13U);
  EXPECT_EQ(lines[11], "  and 32 more");
}

TEST_F(Views, APipelineGetsFinishedLinesAndNoEscapes) {
  const auto view = makePlainView(plan_, [this](std::string_view text) { written_ += text; });
  view->started(plan_.changes[1]);
  view->progressed(plan_.changes[1], "1 of 3 nodes ready");
  for (std::size_t i = 0; i < 1180; ++i) view->started(object(i));
  view->tick(1s);
  EXPECT_EQ(written_, "");
  for (std::size_t i = 0; i < 300; ++i) view->finished(object(i), done(20ms));
  view->tick(30s);
  for (std::size_t i = 300; i < 1180; ++i) view->finished(object(i), done(20ms));
  view->finished(plan_.changes[1], done(63s));
  EXPECT_EQ(written_,
            "running  Azure       pool h100: 1 of 3 nodes ready  (30 s)\n"
            "running  Kubernetes  300 of 1,180 objects  (30 s)\n"
            "done     Kubernetes  1,180 objects  (30 s)\n"
            "done     Azure       pool h100  (1 min 3 s)\n");
}

TEST_F(Views, WhatFailsOrTakesLongHasALineOfItsOwn) {
  const auto view = makePlainView(plan_, [this](std::string_view text) { written_ += text; });
  view->finished(object(0), failed("Invalid", "spec.x: unknown field"));
  view->finished(object(1), done(12s));
  view->finished(plan_.changes[1], {State::Interrupted, "stopped midway", "", "", "", 20s});
  view->finished(object(2), {State::Skipped, "waits for pool h100", "", "", "", 0ms});
  EXPECT_EQ(written_,
            "failed   Kubernetes  ConfigMap ml/o0: Invalid: spec.x: unknown field  (3.0 s)\n"
            "done     Kubernetes  ConfigMap ml/o1  (12 s)\n"
            "stopped  Azure       pool h100: stopped midway  (20 s)\n");
}

TEST_F(Views, SeveralClustersAreNamed) {
  plan_.changes[1].key.cluster = "eu";
  const auto view = makePlainView(plan_, [this](std::string_view text) { written_ += text; });
  view->finished(plan_.changes[1], done(1s));
  EXPECT_EQ(written_, "done     Azure       pool h100 in eu  (1.0 s)\n");
}

TEST_F(Views, ProgramsGetOneDocumentALine) {
  plan_.changes[1].address = "pool.h100";
  const auto view = makeJsonlView([this](std::string_view text) { written_ += text; });
  view->started(plan_.changes[1]);
  view->progressed(plan_.changes[1], "2 of 3");
  view->finished(plan_.changes[1], failed("QuotaExceeded", "no\nquota"));
  std::vector<Tree> lines;
  for (std::size_t at = 0; at < written_.size(); at = written_.find('\n', at) + 1) {
    auto line = ir::parseJson(written_.substr(at, written_.find('\n', at) - at));
    ASSERT_TRUE(static_cast<bool>(line)) << llvm::toString(line.takeError());
    lines.push_back(*line);
  }
  ASSERT_EQ(lines.size(), 3U);
  for (const Tree& line : lines) {
    EXPECT_EQ(*line.find("schema"), Tree("gpuspec.apply-event/1"));
    EXPECT_EQ(*line.find("address"), Tree("pool.h100"));
    EXPECT_EQ(*line.find("action"), Tree("create"));
  }
  EXPECT_EQ(*lines[0].find("event"), Tree("started"));
  EXPECT_EQ(*lines[1].find("text"), Tree("2 of 3"));
  EXPECT_EQ(*lines[2].find("state"), Tree("failed"));
  EXPECT_EQ(*lines[2].find("took_ms"), Tree(3000));
  EXPECT_EQ(*lines[2].find("error"), Tree("no\nquota"));
}

class Summary : public Views {
 protected:
  Summary() {
    result_.outcomes.resize(plan_.changes.size());
    for (Outcome& outcome : result_.outcomes) outcome = done(1s);
    plan_.changes[1].action = plan::Action::Replace;
    result_.took = 400s;
  }
  Result result_;
};

TEST_F(Summary, SaysWhatWasDoneAndWhatIsNext) {
  EXPECT_EQ(summaryText(plan_, result_, "gpuspec verify"),
            "Applied in 6 min 40 s: 1,182 added, 1 replaced.   Next: gpuspec verify\n");
}

TEST_F(Summary, SaysWhatFailedAndTheWayOut) {
  result_.outcomes[1] = failed("QuotaExceeded", "no cores left");
  for (const std::size_t id : {5U, 6U, 1182U})
    result_.outcomes[id] = {
        State::Skipped, "waits for pool h100, which did not succeed", "", "", "x", 0ms};
  EXPECT_EQ(summaryText(plan_, result_, "gpuspec verify"),
            "failed   Azure       pool h100\n"
            "         QuotaExceeded: no cores left\n"
            "         ask Azure for more\n"
            "skipped  Kubernetes  ConfigMap ml/o3 and 2 more: waits for pool h100, which did not "
            "succeed\n"
            "Not all applied in 6 min 40 s: 1,179 added, 1 failed, 3 skipped.   Run it again to go "
            "on.\n");
}

TEST_F(Summary, TellsStoppedFromNotBegun) {
  result_.interrupted = true;
  result_.outcomes[1] = {State::Interrupted, "stopped", "", "", "", 20s};
  result_.outcomes[5] = {State::Interrupted, "", "", "", "", 0ms};
  EXPECT_EQ(summaryText(plan_, result_, ""),
            "Interrupted after 6 min 40 s: 1,181 added, 1 stopped midway, 1 not begun.   Run it "
            "again to go on.\n");
}

TEST_F(Summary, AsJson) {
  result_.outcomes[1] = failed("QuotaExceeded", "no cores left");
  const Tree tree = summaryTree(plan_, result_);
  EXPECT_EQ(*tree.find("schema"), Tree("gpuspec.apply/1"));
  EXPECT_EQ(*tree.find("summary")->find("failed"), Tree(1));
  EXPECT_EQ(*tree.find("changes")->asList()[1].find("code"), Tree("QuotaExceeded"));
  auto event = ir::parseJson(summaryEvent(plan_, result_));
  ASSERT_TRUE(static_cast<bool>(event));
  EXPECT_EQ(*event->find("event"), Tree("summary"));
  EXPECT_EQ(*event->find("summary")->find("done"), Tree(1182));
}

TEST(DurationTest, IsShort) {
  EXPECT_EQ(durationText(0ms), "0.0 s");
  EXPECT_EQ(durationText(2'140ms), "2.1 s");
  EXPECT_EQ(durationText(59'999ms), "59 s");
  EXPECT_EQ(durationText(252s), "4 min 12 s");
  EXPECT_EQ(durationText(3'720s), "1 h 2 min");
}

}  // namespace

}  // namespace gpuspec::deploy::apply
