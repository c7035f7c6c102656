// Claims: who works on a cluster that has no API.

#include <condition_variable>
#include <thread>

#include "backends/deploy/apply/process_mark.h"
#include "backends/deploy/azure/claim.h"
#include "tests/deploy/azure/fixture.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = apply::ApiError::Kind;
using plan::Action;

constexpr const char* kClaim = "/deployments/gpuspec-shared.lock?";
constexpr const char* kAbsent = R"({"error":{"code":"DeploymentNotFound","message":"no"}})";
constexpr const char* kActive = R"({"error":{"code":"DeploymentActive","message":"active"}})";
const http::Headers kDate = {{"date", "Sat, 21 Nov 2026 12:00:20 GMT"}};

// As ARM shows a claim that was written at 12:00:SECOND.
std::string claim(const std::string& run, const std::string& second) {
  return R"({"properties":{"provisioningState":"Succeeded","timestamp":"2026-11-21T12:00:)" +
         second + R"(.1234567Z","parameters":{"run":{"type":"String","value":")" + run +
         R"("},"holder":{"value":"alice@host, pid 1"},"since":{"value":"2026-11-21T11:59:00Z"},
         "seconds":{"value":"30"}}}})";
}

// ARM for one deployment: the last one written is shown.
class ClaimTest : public AzureTest {
 protected:
  void serve() {
    transport_.answer("GET", kClaim, -1,
                      [this](const http::Request&) -> llvm::Expected<http::Response> {
                        const std::lock_guard lock(mutex_);
                        return test::makeResponse(shown_.empty() ? 404 : 200,
                                                  shown_.empty() ? kAbsent : shown_, kDate);
                      });
    transport_.answer("PUT", kClaim, -1,
                      [this](const http::Request& request) -> llvm::Expected<http::Response> {
                        const std::lock_guard lock(mutex_);
                        ++written_;
                        changed_.notify_all();
                        if (!keeps_) return test::makeResponse(200, "{}");
                        shown_ = shownAs(request.body);
                        return test::makeResponse(201, "{}");
                      });
    transport_.answer("DELETE", kClaim, -1,
                      [this](const http::Request&) -> llvm::Expected<http::Response> {
                        const std::lock_guard lock(mutex_);
                        shown_.clear();
                        ++removed_;
                        return test::makeResponse(204);
                      });
  }

  static std::string shownAs(const std::string& body) {
    Tree tree = json(body);
    tree.setPath("properties.timestamp", Tree("2026-11-21T12:00:20Z"));
    return ir::toJson(tree);
  }

  void show(const std::string& text) {
    const std::lock_guard lock(mutex_);
    shown_ = text;
  }

  llvm::Expected<std::unique_ptr<Claim>> take(Action action = Action::Wait,
                                              std::chrono::milliseconds wait = {}) {
    ClaimOptions options;
    options.holder = "bob@host, pid 2";
    options.wait = wait;
    options.duration = duration_;
    return client_->claim(clusterChange(action), options, cancel_);
  }

  std::optional<apply::ApiError> refused(Action action = Action::Wait) {
    auto taken = take(action);
    if (taken) return std::nullopt;
    return asValue(taken.takeError());
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string shown_;
  int written_ = 0, removed_ = 0;
  bool keeps_ = true;  // what is written is shown
  std::chrono::milliseconds duration_ = std::chrono::hours(1);
};

TEST_F(ClaimTest, IsADeploymentWithoutResources) {
  serve();
  {
    auto taken = take();
    ASSERT_TRUE(static_cast<bool>(taken)) << llvm::toString(taken.takeError());
    EXPECT_FALSE((*taken)->lost());
    const Tree body = json(transport_.calls("PUT", kClaim)[0].body);
    EXPECT_TRUE(body.find("properties")->find("template")->find("resources")->empty());
    EXPECT_EQ(*body.find("properties")->find("parameters")->find("holder")->find("value"),
              Tree("bob@host, pid 2"));
    auto holder = client_->claimedBy(desiredSet().targets[0]);
    ASSERT_TRUE(static_cast<bool>(holder));
    EXPECT_TRUE(holder->starts_with("bob@host, pid 2, since 20")) << *holder;
  }
  EXPECT_EQ(removed_, 1);
}

TEST_F(ClaimTest, OfAnotherIsRespectedAndNamed) {
  serve();
  show(claim("other", "00"));
  const auto error = refused();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Busy);
  EXPECT_EQ(error->message,
            "another run works on cluster shared: alice@host, pid 1, since 2026-11-21T11:59:00Z");
  EXPECT_EQ(written_, 0);
  const auto waited =
      asValue(client_->awaitNoClaim(desiredSet().targets[0], std::chrono::seconds(5), cancel_));
  ASSERT_TRUE(waited);
  EXPECT_EQ(waited->kind, Kind::Busy);
  EXPECT_EQ(clock_.now(), std::chrono::seconds(5));
}

TEST_F(ClaimTest, IsWaitedForWithinTheLockTimeout) {
  serve();
  show(claim("other", "00"));
  clock_.on_sleep = [this] {
    if (clock_.now() >= std::chrono::seconds(3)) show("");
    clock_.on_sleep = nullptr;
  };
  clock_.advance(std::chrono::seconds(3));
  auto taken = take(Action::Wait, std::chrono::seconds(60));
  EXPECT_TRUE(static_cast<bool>(taken));
}

TEST_F(ClaimTest, OfARunThatWasKilledIsOverAfterAWhile) {
  serve();
  show(claim("other", "00").replace(claim("other", "00").find("12:00:00"), 8, "11:59:40"));
  EXPECT_EQ(*client_->claimedBy(desiredSet().targets[0]), "");
  EXPECT_EQ(refused(), std::nullopt);
}

TEST_F(ClaimTest, OfARunThatWasKilledIsTidiedUpByWhoeverComesNext) {
  serve();
  const auto await = [&] {
    return asValue(
        client_->awaitNoClaim(desiredSet().targets[0], std::chrono::seconds(0), cancel_));
  };
  EXPECT_EQ(await(), std::nullopt);
  EXPECT_EQ(removed_, 0) << "there is none";
  show(claim("other", "00").replace(claim("other", "00").find("12:00:00"), 8, "11:59:40"));
  EXPECT_EQ(await(), std::nullopt);
  EXPECT_EQ(removed_, 1);
}

TEST_F(ClaimTest, OfAProcessOfThisMachineThatIsNoMoreIsOverAtOnce) {
  serve();
  const std::string own = apply::processMark();
  const auto shown = [&](const std::string& mark) {
    std::string text = claim("other", "10");
    return text.insert(text.find(R"("seconds")"), R"("process":{"value":")" + mark + "\"},");
  };
  show(shown(own));
  ASSERT_TRUE(refused());
  show(shown(own.substr(0, own.rfind(':')) + ":1"));
  EXPECT_EQ(*client_->claimedBy(desiredSet().targets[0]), "");
  EXPECT_EQ(refused(), std::nullopt);
}

TEST_F(ClaimTest, WhoWritesLastHasIt) {
  serve();
  keeps_ = false;  // another one is written over ours before we look
  clock_.on_sleep = [this] { show(claim("other", "10")); };
  const auto error = refused();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Busy);
  EXPECT_EQ(written_, 1);
  EXPECT_EQ(removed_, 0) << "it is not ours to take away";
}

TEST_F(ClaimTest, OneThatIsJustBeingWrittenIsReadFirst) {
  transport_.once("GET", kClaim, 404, kAbsent)
      .once("PUT", kClaim, 409, kActive)
      .once("GET", kClaim, 200, claim("other", "10"), kDate);
  const auto error = refused();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::Busy);
}

TEST_F(ClaimTest, BringsTheResourceGroupOfANewCluster) {
  transport_.once("PUT", kClaim, 404,
                  R"({"error":{"code":"ResourceGroupNotFound","message":"no group"}})");
  transport_.once("PUT", "/resourceGroups/gpu?", 201, "{}");
  transport_.once("GET", "/managedClusters/shared?", 404, kAbsent);
  serve();
  EXPECT_EQ(refused(Action::Create), std::nullopt);
  EXPECT_EQ(transport_.count("PUT", "/resourceGroups/gpu?"), 1u);
}

TEST_F(ClaimTest, ACreateIsNotForWhatCameSinceThePlan) {
  serve();
  transport_.once("GET", "/managedClusters/shared?", 200,
                  R"({"properties":{"provisioningState":"Succeeded"}})");
  const auto error = refused(Action::Create);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "MovedOn");
  EXPECT_EQ(removed_, 1) << "given back";
}

TEST_F(ClaimTest, IsRenewedAndLostWhenAnotherTookIt) {
  duration_ = std::chrono::milliseconds(300);
  serve();
  auto taken = take();
  ASSERT_TRUE(static_cast<bool>(taken));
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return written_ >= 3; });
    EXPECT_NE(shown_.find("bob@host"), std::string::npos);
    shown_ = claim("other", "20");
  }
  while (!(*taken)->lost()) std::this_thread::yield();
  taken->reset();
  EXPECT_EQ(removed_, 0);
}

}  // namespace
}  // namespace gpuspec::deploy::azure
