#include "backends/deploy/apply/journal.h"

#include <gtest/gtest.h>

namespace gpuspec::deploy::apply {

namespace {

TEST(JournalTest, IsReadAsItWasWritten) {
  Journal journal;
  journal.run_id = "r-1";
  journal.holder = "alice@host, pid 7";
  journal.started = "2026-08-01T10:00:00Z";
  journal.state = "running";
  journal.gpuspec_version = "0.4.0";
  journal.spec_digest = "abc";
  journal.changes = 12;
  const model::Scope scope{"lab", "prod"};
  const Tree object = journalObject(scope, journal);
  const Journal read = readJournal(object);
  EXPECT_EQ(read.run_id, journal.run_id);
  EXPECT_EQ(read.holder, journal.holder);
  EXPECT_EQ(read.started, journal.started);
  EXPECT_EQ(read.finished, "");
  EXPECT_EQ(read.state, "running");
  EXPECT_EQ(read.spec_digest, "abc");
  EXPECT_EQ(read.changes, 12);

  const Tree& metadata = *object.find("metadata");
  EXPECT_EQ(*metadata.find("name"), Tree(model::recordName(scope) + "-journal"));
  EXPECT_EQ(*metadata.find("labels")->find(model::kRecord), Tree("journal"));
  EXPECT_EQ(model::ownerOfObject(metadata, scope).kind, model::OwnerKind::Us);
  EXPECT_EQ(model::ownerOfObject(metadata, {"lab", "test"}).kind, model::OwnerKind::Project);
}

TEST(JournalTest, HoldsOnlyStrings) {
  const Tree object = journalObject({"lab", ""}, {});
  for (const auto& [key, value] : object.find("data")->asMap())
    EXPECT_TRUE(value.isString()) << key;
}

TEST(JournalTest, SomethingElseIsAnEmptyJournal) {
  EXPECT_EQ(readJournal(Tree()).state, "");
  EXPECT_EQ(readJournal(Tree("text")).changes, 0);
}

TEST(JournalTest, TakesTheCountsOfARun) {
  const auto stateAfter = [](std::vector<State> states, bool interrupted) {
    Result result;
    result.interrupted = interrupted;
    for (const State state : states) result.outcomes.push_back({state, "", "", "", "", {}});
    Journal journal;
    countInto(result, journal);
    return journal;
  };
  EXPECT_EQ(stateAfter({State::Done, State::Done}, false).state, "done");
  const Journal failed = stateAfter({State::Done, State::Failed, State::Skipped}, false);
  EXPECT_EQ(failed.state, "failed");
  EXPECT_EQ(failed.done, 1);
  EXPECT_EQ(failed.failed, 1);
  EXPECT_EQ(failed.skipped, 1);
  EXPECT_EQ(stateAfter({State::Done, State::Interrupted}, true).state, "interrupted");
}

}  // namespace

}  // namespace gpuspec::deploy::apply
