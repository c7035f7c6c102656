#pragma once

// What is worth another try, when, and how often.

#include <chrono>
#include <functional>
#include <optional>

#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::http {

// GET, HEAD, OPTIONS, PUT and DELETE: twice is the same as once.
bool isIdempotent(std::string_view method);

// 429 and 503 were not acted on; 408, 500, 502 and 504 may have been, so these only when
// idempotent.
bool isTransient(int status, bool idempotent);
// No connection, none in time, or one that ended: when the server cannot have acted on the request,
// or twice is the same as once. Never a certificate that is not trusted.
bool isTransient(const TransportError& error, bool idempotent);

// Retry-After in seconds or as an HTTP date, retry-after-ms, x-ms-retry-after-ms; never negative.
std::optional<std::chrono::milliseconds> retryAfter(const Response& response,
                                                    std::chrono::system_clock::time_point now);

struct RetryPolicy {
  int attempts = 6;              // in all
  int unreachable_attempts = 3;  // of them without any connection
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds longest{30'000};    // of one wait that the server did not ask for
  std::chrono::milliseconds patience{180'000};  // of all waits together
  std::optional<bool> idempotent;               // nullopt: by the method
  // Answers that stay the same however often one asks, whatever their status says; may be null.
  bool (*is_final)(const Response&) = nullptr;
};

// Time and chance, given by tests.
struct RetryTools {
  std::function<double()> random;  // [0, 1)
  std::function<void(std::chrono::milliseconds, const CancelToken*)> sleep;
  std::function<std::chrono::system_clock::time_point()> now;
};
const RetryTools& systemRetryTools();
// Returns early when cancelled; `cancel` may be null.
void sleepUnlessCancelled(std::chrono::milliseconds time, const CancelToken* cancel);

// Exponential with full jitter above the half: 250..500 ms, 500..1000 ms ...
class Backoff {
 public:
  Backoff(const RetryPolicy& policy, const RetryTools& tools) : policy_(policy), tools_(tools) {}
  // How long to wait before the next attempt; nullopt: give up. What the server asked for is the
  // least.
  std::optional<std::chrono::milliseconds> next(std::optional<std::chrono::milliseconds> asked);

 private:
  const RetryPolicy& policy_;
  const RetryTools& tools_;
  int failed_ = 0;
  std::chrono::milliseconds waited_{0};
};

// Sends until the answer is final, the policy's bounds are reached or the request is cancelled;
// then the last answer or error. A stream that has delivered something is not repeated.
[[nodiscard]] llvm::Expected<Response> sendWithRetry(Transport& transport, const Request& request,
                                                     const RetryPolicy& policy,
                                                     const RetryTools& tools = systemRetryTools());

}  // namespace gpuspec::deploy::http
