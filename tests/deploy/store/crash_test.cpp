// A writer is killed in the middle of its work; what it was answered must be there, and nothing
// else.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr int kWriters = 4;

// As long as an object is, so that the last round writes more than one log takes.
Tree valueOf(std::int64_t counter) {
  std::string text = std::to_string(counter);
  text.resize(4096, ' ');
  return text;
}

// Each writer works on its own keys: writes its counter to key (counter % 7), and every fifth time
// removes that key. After each answer it says "writer counter revision" in the pipe, in one piece.
void writeUntilKilled(Store& store, int writer, int pipe) {
  for (std::int64_t counter = 1;; ++counter) {
    const std::string key = "/w" + std::to_string(writer) + "/" + std::to_string(counter % 7);
    std::int64_t revision = 0;
    if (counter % 5 == 0 && store.get(key)) {
      revision = llvm::cantFail(store.remove(key, Store::kAny));
    } else {
      revision =
          llvm::cantFail(store.put(
                             key, [&](std::int64_t) { return valueOf(counter); }, Store::kAny))
              .modified;
    }
    const std::string line = std::to_string(writer) + " " + std::to_string(counter) + " " +
                             std::to_string(revision) + "\n";
    if (::write(pipe, line.data(), line.size()) < 0) return;
  }
}

[[noreturn]] void child(const std::string& folder, int pipe) {
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder));
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer)
    threads.emplace_back([&, writer] { writeUntilKilled(*store, writer, pipe); });
  for (std::thread& thread : threads) thread.join();
  ::_exit(1);
}

struct Told {
  std::map<int, std::int64_t> counters;  // writer -> the last counter that was answered
  std::int64_t revision = 0;
};

bool allSpoke(const std::string& text) {
  for (int writer = 0; writer < kWriters; ++writer) {
    if (("\n" + text).find("\n" + std::to_string(writer) + " 1 ") == std::string::npos)
      return false;
  }
  return true;
}

Told readUntilEnd(int pipe, std::size_t kill_after, pid_t pid) {
  std::string text;
  char buffer[4096];
  bool killed = false;
  for (ssize_t size = 0; (size = ::read(pipe, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(size));
    if (!killed && text.size() > kill_after && allSpoke(text)) {
      ::kill(pid, SIGKILL);
      killed = true;
    }
  }
  Told told;
  std::istringstream lines(text);
  int writer = 0;
  std::int64_t counter = 0, revision = 0;
  while (lines >> writer >> counter >> revision) {
    told.counters[writer] = counter;
    told.revision = std::max(told.revision, revision);
  }
  return told;
}

// What one writer's keys hold after it did `counter` steps: the same rules as writeUntilKilled.
std::map<std::string, std::int64_t> stateAfter(int writer, std::int64_t counter) {
  std::map<std::string, std::int64_t> state;
  for (std::int64_t i = 1; i <= counter; ++i) {
    const std::string key = "/w" + std::to_string(writer) + "/" + std::to_string(i % 7);
    if (i % 5 == 0 && state.contains(key)) {
      state.erase(key);
    } else {
      state[key] = i;
    }
  }
  return state;
}

std::map<std::string, std::int64_t> stateOf(const Store& store, int writer) {
  std::map<std::string, std::int64_t> state;
  const Page page = llvm::cantFail(store.list("/w" + std::to_string(writer) + "/"));
  for (const Entry& entry : page.entries) state[entry.key] = std::stoll(entry.value->asString());
  return state;
}

TEST(StoreCrash, WhatWasAnsweredSurvivesKill) {
  std::string folder = fs::temp_directory_path() / "gpuspec-crash-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  for (const std::size_t kill_after : {1000u, 20'000u, 150'000u}) {
    for (const char* end : {"", "-wal", "-log", "-log-full"})
      fs::remove(folder + "/store.db" + end);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t pid = ::fork();
    if (pid == 0) child(folder, ends[1]);
    ::close(ends[1]);
    const Told told = readUntilEnd(ends[0], kill_after, pid);
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(told.counters.size(), static_cast<std::size_t>(kWriters));

    llvm::Expected<std::unique_ptr<Store>> store = openStore(folder);
    ASSERT_TRUE(static_cast<bool>(store)) << llvm::toString(store.takeError());
    EXPECT_GE((*store)->revision(), told.revision);
    for (const auto& [writer, counter] : told.counters) {
      // The last step may have been written without its answer getting through.
      const auto found = stateOf(**store, writer);
      EXPECT_TRUE(found == stateAfter(writer, counter) || found == stateAfter(writer, counter + 1))
          << "writer " << writer << " after " << counter;
    }
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
