#include <gtest/gtest.h>

#include <condition_variable>
#include <ctime>

#include "backends/deploy/apply/process_mark.h"
#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

using namespace std::chrono_literals;

// One Lease, as an API server keeps it: a resourceVersion that must fit, and a clock of its own.
class LeaseServer {
 public:
  explicit LeaseServer(FakeApi& api) {
    api.answer("*", "/leases", -1,
               [this](const http::Request& request) { return answer(request); });
  }

  void set(Tree lease) {
    const std::lock_guard lock(mutex_);
    put(std::move(lease));
  }
  std::optional<Tree> lease() {
    const std::lock_guard lock(mutex_);
    return lease_;
  }
  bool waitForWrites(int count) {
    std::unique_lock lock(mutex_);
    return written_.wait_for(lock, 10s, [&] { return writes_ >= count; });
  }
  void failWrites(bool fail) {
    const std::lock_guard lock(mutex_);
    failing_ = fail;
  }
  // The next write is done, and its answer gets lost.
  void loseOneAnswer() {
    const std::lock_guard lock(mutex_);
    losing_ = true;
  }
  std::int64_t clock_ahead_s = 0;

 private:
  void put(Tree lease) {
    lease.at("metadata").set("resourceVersion", std::to_string(++revision_)).set("uid", "u-lease");
    lease_ = std::move(lease);
  }

  llvm::Expected<http::Response> answer(const http::Request& request) {
    const std::lock_guard lock(mutex_);
    const bool writes = request.method != "GET";
    if (writes && failing_)
      return llvm::make_error<http::TransportError>(http::TransportError::Kind::Dropped, true, "x");
    http::Response response = handle(request);
    char date[64];
    const std::time_t now = std::time(nullptr) + clock_ahead_s;
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    response.headers.emplace_back("date", date);
    if (writes) ++writes_;
    written_.notify_all();
    if (writes && std::exchange(losing_, false))
      return llvm::make_error<http::TransportError>(http::TransportError::Kind::Dropped, true, "x");
    return response;
  }

  http::Response handle(const http::Request& request) {
    const Tree body = request.body.empty() ? Tree() : parsed(request.body);
    if (request.method == "POST") {
      if (lease_) return makeResponse(409, status(409, "AlreadyExists", "already exists"));
      put(body);
      return makeResponse(201, ir::toJson(*lease_));
    }
    if (!lease_) return makeResponse(404, status(404, "NotFound", "not found"));
    if (request.method == "GET") return makeResponse(200, ir::toJson(*lease_));
    const Tree* wanted =
        body.find(request.method == "PUT" ? "metadata" : "preconditions")->find("resourceVersion");
    if (wanted == nullptr || !(*wanted == *lease_->find("metadata")->find("resourceVersion")))
      return makeResponse(409, status(409, "Conflict", "modified"));
    if (request.method == "DELETE") {
      lease_.reset();
      return makeResponse(200, R"({"kind":"Status"})");
    }
    put(body);
    return makeResponse(200, ir::toJson(*lease_));
  }

  std::mutex mutex_;
  std::condition_variable written_;
  std::optional<Tree> lease_;
  int revision_ = 0, writes_ = 0;
  bool failing_ = false, losing_ = false;
};

class LockTest : public KubeTest {
 protected:
  LockTest() : server_(api()) { options_.holder = "alice@host, pid 1"; }
  llvm::Expected<std::unique_ptr<kube::Lock>> take() {
    return kube::takeLock(client(), kScope, options_, cancel_);
  }
  std::unique_ptr<kube::Lock> taken() {
    llvm::Expected<std::unique_ptr<kube::Lock>> lock = take();
    if (lock) return std::move(*lock);
    ADD_FAILURE() << llvm::toString(lock.takeError());
    return nullptr;
  }
  std::string holder() {
    const std::optional<Tree> lease = server_.lease();
    const Tree* spec = lease ? lease->find("spec") : nullptr;
    return spec != nullptr ? spec->find("holderIdentity")->asString() : "";
  }
  // A lease of somebody whose last renewal is `age` old by this machine's clock.
  static Tree leaseOf(const std::string& holder, std::int64_t age_s) {
    char text[40];
    const std::time_t then = std::time(nullptr) - age_s;
    std::tm utc{};
    ::gmtime_r(&then, &utc);
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000000Z", &utc);
    return mapOf("metadata",
                 mapOf("name", model::recordName(kScope), "namespace", model::kRecordNamespace),
                 "spec",
                 mapOf("holderIdentity", holder, "leaseDurationSeconds", 30, "acquireTime",
                       "2026-11-21T06:00:00.000000Z", "renewTime", text));
  }

  kube::LockOptions options_;
  LeaseServer server_;
};

TEST_F(LockTest, IsALeaseThatGoesWithIt) {
  {
    const std::unique_ptr<kube::Lock> lock = taken();
    ASSERT_NE(lock, nullptr);
    EXPECT_FALSE(lock->lost());
    EXPECT_EQ(holder(), "alice@host, pid 1");
    const Tree labels = *server_.lease()->find("metadata")->find("labels");
    EXPECT_EQ(*labels.find(model::kRecord), Tree("lock"));
    EXPECT_EQ(*labels.find(model::kProject), Tree("shared-gpu"));
  }
  EXPECT_FALSE(server_.lease());
}

TEST_F(LockTest, ASecondRunIsToldWhoHoldsIt) {
  server_.set(leaseOf("bob@build-7, pid 4711", 3));
  const ApiError error = apiError(take());
  EXPECT_EQ(error.kind, ApiError::Kind::Busy);
  EXPECT_EQ(error.message,
            "another run holds the lock of this project: bob@build-7, pid 4711, since "
            "2026-11-21T06:00:00Z");
  EXPECT_NE(error.way_out.find("30 s"), std::string::npos);
}

TEST_F(LockTest, TheSameNameIsStillAnotherRun) {
  server_.set(leaseOf(options_.holder, 3));
  EXPECT_EQ(apiError(take()).kind, ApiError::Kind::Busy);
}

TEST_F(LockTest, WhatNobodyRenewsIsTakenOver) {
  server_.set(leaseOf("bob", 40));
  const std::unique_ptr<kube::Lock> lock = taken();
  EXPECT_EQ(holder(), "alice@host, pid 1");
}

TEST_F(LockTest, ARunThatIsNoMoreOnThisMachineHoldsNothing) {
  const std::string own = deploy::apply::processMark();
  Tree lease = leaseOf("bob", 3);
  lease.at("metadata").at("annotations").set("gpuspec.dev/process", own);
  server_.set(lease);
  EXPECT_EQ(apiError(take()).kind, ApiError::Kind::Busy);
  EXPECT_NE(kube::lockHolder(lease, std::chrono::system_clock::now()), "");
  // The same number, and another process.
  const std::string gone = own.substr(0, own.rfind(':')) + ":1";
  lease.at("metadata").at("annotations").set("gpuspec.dev/process", gone);
  EXPECT_EQ(kube::lockHolder(lease, std::chrono::system_clock::now()), "");
  server_.set(lease);
  const std::unique_ptr<kube::Lock> lock = taken();
  EXPECT_EQ(holder(), "alice@host, pid 1");
  const Tree marks = *server_.lease()->find("metadata")->find("annotations");
  EXPECT_EQ(*marks.find("gpuspec.dev/process"), Tree(own));
}

TEST_F(LockTest, OneThatWasGivenBackIsFree) {
  server_.set(leaseOf("", 1));
  EXPECT_NE(taken(), nullptr);
}

TEST_F(LockTest, TheServersClockCountsAndNotOurs) {
  // Renewed a moment ago by the server's clock, which is an hour behind ours.
  server_.clock_ahead_s = -3600;
  server_.set(leaseOf("bob", 3600));
  EXPECT_EQ(apiError(take()).kind, ApiError::Kind::Busy);
  server_.clock_ahead_s = 0;
  server_.set(leaseOf("bob", -3600));
  server_.clock_ahead_s = 3700;
  EXPECT_NE(taken(), nullptr);
}

TEST_F(LockTest, WaitingEndsWhenItIsGivenBack) {
  options_.wait = 20s;
  std::unique_ptr<kube::Lock> first = taken();
  std::thread other([&] {
    const std::unique_ptr<kube::Lock> second = taken();
    EXPECT_NE(second, nullptr);
  });
  first.reset();
  other.join();
  EXPECT_FALSE(server_.lease());
}

TEST_F(LockTest, WaitingEndsWhenSomebodyCancels) {
  options_.wait = 3600s;
  server_.set(leaseOf("bob", 0));
  cancel_.cancel();
  EXPECT_EQ(apiError(take()).kind, ApiError::Kind::Cancelled);
}

TEST_F(LockTest, AnAnswerThatGotLostIsNotAnotherRun) {
  server_.loseOneAnswer();
  const std::unique_ptr<kube::Lock> lock = taken();
  ASSERT_NE(lock, nullptr);
  EXPECT_FALSE(lock->lost());
}

TEST_F(LockTest, IsRenewed) {
  options_.duration = 1s;
  const std::unique_ptr<kube::Lock> lock = taken();
  ASSERT_TRUE(server_.waitForWrites(4));
  EXPECT_FALSE(lock->lost());
}

TEST_F(LockTest, ARenewalWhoseAnswerGotLostStillHolds) {
  options_.duration = 1s;
  const std::unique_ptr<kube::Lock> lock = taken();
  server_.loseOneAnswer();
  ASSERT_TRUE(server_.waitForWrites(5));
  EXPECT_FALSE(lock->lost());
}

TEST_F(LockTest, IsLostToWhoeverTakesItAndLeavesThatAlone) {
  options_.duration = 1s;
  {
    const std::unique_ptr<kube::Lock> lock = taken();
    server_.set(leaseOf("bob", 0));
    for (int i = 0; i < 200 && !lock->lost(); ++i) std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(lock->lost());
  }
  EXPECT_EQ(holder(), "bob");
}

TEST_F(LockTest, IsLostWhenTheServerIsAwayForTooLong) {
  options_.duration = 1s;
  const std::unique_ptr<kube::Lock> lock = taken();
  server_.failWrites(true);
  for (int i = 0; i < 200 && !lock->lost(); ++i) std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(lock->lost());
  // Whoever is back in time goes on: nobody took it in between.
  server_.failWrites(false);
}

}  // namespace
}  // namespace gpuspec::test
