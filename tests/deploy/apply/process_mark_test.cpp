#include "backends/deploy/apply/process_mark.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include <gtest/gtest.h>

namespace gpuspec::deploy::apply {
namespace {

// A child that lives until it is let go, and its mark.
class Child {
 public:
  Child() {
    EXPECT_EQ(::pipe(up_.data()), 0);
    EXPECT_EQ(::pipe(down_.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) live();
    std::array<char, 200> text{};
    const ssize_t size = ::read(up_[0], text.data(), text.size());
    mark = std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  ~Child() {
    kill();
    reap();
    for (const int end : {up_[0], up_[1], down_[0], down_[1]}) ::close(end);
  }
  void kill() const { ::kill(pid_, SIGKILL); }
  // Dead, and nobody has asked how it ended.
  void awaitEnd() const {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }
  void reap() { ::waitpid(pid_, nullptr, 0); }

  std::string mark;

 private:
  [[noreturn]] void live() const {
    const std::string own = processMark();
    char none = 0;
    if (::write(up_[1], own.data(), own.size()) > 0 && ::read(down_[0], &none, 1) < 0) ::_exit(1);
    ::_exit(0);
  }

  std::array<int, 2> up_{}, down_{};
  pid_t pid_ = 0;
};

TEST(ProcessMark, ThisProcessIsHere) {
  EXPECT_NE(processMark(), "");
  EXPECT_EQ(processMark(), processMark());
  EXPECT_FALSE(isSurelyGone(processMark()));
}

TEST(ProcessMark, AKilledProcessIsGoneAlsoBeforeItsParentHasAsked) {
  Child child;
  EXPECT_NE(child.mark, processMark());
  EXPECT_FALSE(isSurelyGone(child.mark));
  child.kill();
  child.awaitEnd();
  EXPECT_TRUE(isSurelyGone(child.mark));
  child.reap();
  EXPECT_TRUE(isSurelyGone(child.mark));
}

TEST(ProcessMark, AnotherProcessMayHaveTheSameNumber) {
  const std::string own = processMark();
  EXPECT_TRUE(isSurelyGone(own.substr(0, own.rfind(':')) + ":1"));
}

TEST(ProcessMark, OfOtherMachinesNothingIsKnown) {
  const std::string own = processMark();
  const std::string rest = own.substr(own.find(':'));
  EXPECT_FALSE(isSurelyGone("0123456789abcdef" + rest));
  EXPECT_FALSE(isSurelyGone("0123456789abcdef:1:1"));
}

TEST(ProcessMark, OtherTextsProveNothing) {
  const std::string place = processMark().substr(0, processMark().find(':'));
  for (const char* rest : {"", ":", "::", ":1", ":x:1", ":-1:1", ":0:1", ":99999999999999:1"})
    EXPECT_FALSE(isSurelyGone(place + rest)) << rest;
  EXPECT_FALSE(isSurelyGone(""));
}

}  // namespace
}  // namespace gpuspec::deploy::apply
