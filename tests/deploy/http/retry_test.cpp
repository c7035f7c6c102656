// What is tried again, when, and how often; time and chance are the test's.

#include "backends/deploy/http/retry.h"

#include <gtest/gtest.h>

#include "tests/deploy/support/fake_transport.h"

namespace gpuspec::deploy::http {
namespace {

using std::chrono::milliseconds;
using test::FakeTransport;
using Kind = TransportError::Kind;

// 2026-08-01 00:00:00 UTC
const std::chrono::system_clock::time_point kNow =
    std::chrono::system_clock::from_time_t(1785542400);

class Retry : public ::testing::Test {
 protected:
  llvm::Expected<Response> send(const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.url = "https://api.example/x";
    request.cancel = &cancel_;
    return sendWithRetry(transport_, request, policy_, tools_);
  }
  int status(const std::string& method = "GET") {
    auto response = send(method);
    return response ? response->status : -1;
  }

  FakeTransport transport_;
  RetryPolicy policy_;
  CancelToken cancel_;
  std::vector<milliseconds> sleeps_;
  double chance_ = 1.0;
  std::function<void()> on_sleep_ = [] {};
  RetryTools tools_{[this] { return chance_; },
                    [this](milliseconds time, const CancelToken*) {
                      sleeps_.push_back(time);
                      on_sleep_();
                    },
                    [] { return kNow; }};
};

TEST_F(Retry, AFinalAnswerIsTakenAtOnce) {
  for (const int code : {200, 400, 401, 404, 409, 422}) {
    transport_.once("GET", "/x", code);
    EXPECT_EQ(status(), code);
  }
  EXPECT_TRUE(sleeps_.empty());
}

TEST_F(Retry, WaitsTwiceAsLongEachTime) {
  transport_.always("GET", "/x", 503);
  EXPECT_EQ(status(), 503);
  EXPECT_EQ(transport_.calls().size(), 6u);
  EXPECT_EQ(sleeps_,
            (std::vector<milliseconds>{milliseconds(500), milliseconds(1000), milliseconds(2000),
                                       milliseconds(4000), milliseconds(8000)}));
}

TEST_F(Retry, ChanceHalvesAWaitAtMost) {
  transport_.once("GET", "/x", 500).once("GET", "/x", 200);
  chance_ = 0;
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(sleeps_, std::vector<milliseconds>{milliseconds(250)});
}

TEST_F(Retry, OneWaitAndAllWaitsAreBounded) {
  policy_.attempts = 50;
  transport_.always("GET", "/x", 502);
  EXPECT_EQ(status(), 502);
  milliseconds sum{0};
  for (const milliseconds wait : sleeps_) {
    EXPECT_LE(wait, policy_.longest);
    sum += wait;
  }
  EXPECT_LE(sum, policy_.patience);
  EXPECT_GT(sum + policy_.longest, policy_.patience);
}

TEST_F(Retry, DoesAsTheServerAsks) {
  transport_.once("GET", "/x", 429, "", {{"retry-after", "7"}})
      .once("GET", "/x", 503, "", {{"retry-after", "Sat, 01 Aug 2026 00:00:20 GMT"}})
      .once("GET", "/x", 429, "", {{"retry-after-ms", "2500"}})
      .once("GET", "/x", 200);
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(sleeps_, (std::vector<milliseconds>{milliseconds(7'000), milliseconds(20'000),
                                                milliseconds(2'500)}));
}

TEST_F(Retry, AWaitLongerThanItsPatienceIsTheAnswer) {
  transport_.once("GET", "/x", 429, "", {{"retry-after", "86400"}});
  EXPECT_EQ(status(), 429);
  EXPECT_TRUE(sleeps_.empty());
}

TEST_F(Retry, ReadsRetryAfterWithCare) {
  const auto read = [](const std::string& text) {
    return retryAfter(test::makeResponse(429, "", {{"retry-after", text}}), kNow);
  };
  EXPECT_EQ(read("0"), milliseconds(0));
  EXPECT_EQ(read("Fri, 31 Jul 2026 23:00:00 GMT"), milliseconds(0)) << "already past";
  EXPECT_EQ(read("Saturday, 01-Aug-26 00:00:05 GMT"), milliseconds(5'000));
  EXPECT_EQ(read("99999999999999"), milliseconds(86'400'000));
  EXPECT_EQ(read("-3"), std::nullopt);
  EXPECT_EQ(read("soon"), std::nullopt);
  EXPECT_EQ(read(""), std::nullopt);
}

TEST_F(Retry, WhatMayHaveHappenedIsNotRepeated) {
  transport_.once("POST", "/x", 500);
  EXPECT_EQ(status("POST"), 500);
  transport_.failOnce("POST", "/x", Kind::Dropped, true);
  EXPECT_EQ(status("POST"), -1);
  EXPECT_TRUE(sleeps_.empty());
  transport_.failOnce("POST", "/x", Kind::Dropped, false)
      .once("POST", "/x", 429)
      .once("POST", "/x", 201);
  EXPECT_EQ(status("POST"), 201);
  EXPECT_EQ(sleeps_.size(), 2u);
}

TEST_F(Retry, TheCallerMayKnowBetter) {
  policy_.idempotent = true;  // server-side apply
  transport_.failOnce("PATCH", "/x", Kind::Dropped, true).once("PATCH", "/x", 200);
  EXPECT_EQ(status("PATCH"), 200);
}

TEST_F(Retry, GivesUpEarlierWhereNobodyListens) {
  for (int i = 0; i < 3; ++i) transport_.failOnce("GET", "/x", Kind::Connect, false);
  EXPECT_EQ(status(), -1);
  EXPECT_EQ(transport_.calls().size(), 3u);
  EXPECT_EQ(sleeps_.size(), 2u);
}

TEST_F(Retry, TrustIsNotAQuestionOfTime) {
  for (const Kind kind : {Kind::Tls, Kind::TooLarge, Kind::Cancelled, Kind::Other}) {
    transport_.failOnce("GET", "/x", kind, false);
    EXPECT_EQ(status(), -1);
  }
  EXPECT_TRUE(sleeps_.empty());
}

TEST_F(Retry, StopsWhenCancelled) {
  transport_.always("GET", "/x", 503);
  on_sleep_ = [this] { cancel_.cancel(); };
  EXPECT_EQ(status(), 503);
  EXPECT_EQ(transport_.calls().size(), 1u);
}

TEST_F(Retry, AStreamThatBeganIsNotRepeated) {
  transport_.answer("GET", "/x", 1, [](const Request& request) -> llvm::Expected<Response> {
    request.on_body("half an event");
    return llvm::make_error<TransportError>(Kind::Dropped, true, "dropped");
  });
  Request request;
  request.url = "https://api.example/x";
  std::string seen;
  request.on_body = [&](std::string_view piece) {
    seen += piece;
    return true;
  };
  auto response = sendWithRetry(transport_, request, policy_, tools_);
  ASSERT_FALSE(static_cast<bool>(response));
  llvm::consumeError(response.takeError());
  EXPECT_EQ(seen, "half an event");
}

}  // namespace
}  // namespace gpuspec::deploy::http
