#include "backends/deploy/http/retry.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <thread>

namespace gpuspec::deploy::http {
namespace {

using std::chrono::milliseconds;
using Kind = TransportError::Kind;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// A day is longer than anybody waits, and keeps the arithmetic in range.
milliseconds bounded(std::int64_t value, std::int64_t unit_ms) {
  constexpr std::int64_t kDay = 86'400'000;
  return milliseconds(value > kDay / unit_ms ? kDay : value * unit_ms);
}

double chance() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

bool unreachable(const TransportError& error) {
  return !error.sent && (error.kind == Kind::Resolve || error.kind == Kind::Connect ||
                         error.kind == Kind::Timeout);
}

// One request until its answer is final.
class Attempts {
 public:
  Attempts(Transport& transport, const Request& request, const RetryPolicy& policy,
           const RetryTools& tools)
      : transport_(transport),
        request_(request),
        policy_(policy),
        tools_(tools),
        backoff_(policy, tools),
        idempotent_(policy.idempotent.value_or(isIdempotent(request.method))) {
    if (!request.on_body) return;
    request_.on_body = [this, &request](std::string_view piece) {
      delivered_ = true;
      return request.on_body(piece);
    };
  }

  llvm::Expected<Response> run() {
    while (true) {
      llvm::Expected<Response> response = transport_.send(request_);
      const std::optional<milliseconds> wait = response ? waitAfter(*response) : std::nullopt;
      if (response && !wait) return response;
      if (response) {
        tools_.sleep(*wait, request_.cancel);
        if (cancelled()) return response;
        continue;
      }
      if (llvm::Error final = afterError(response.takeError())) return final;
    }
  }

 private:
  bool cancelled() const { return request_.cancel != nullptr && request_.cancel->cancelled(); }

  std::optional<milliseconds> waitAfter(const Response& response) {
    if (!isTransient(response.status, idempotent_)) return std::nullopt;
    if (policy_.is_final != nullptr && policy_.is_final(response)) return std::nullopt;
    return backoff_.next(retryAfter(response, tools_.now()));
  }

  // Success: waited, try again.
  llvm::Error afterError(llvm::Error error) {
    return llvm::handleErrors(
        std::move(error), [&](std::unique_ptr<TransportError> seen) -> llvm::Error {
          if (unreachable(*seen) && ++unreached_ >= policy_.unreachable_attempts)
            return llvm::Error(std::move(seen));
          if (delivered_ || cancelled() || !isTransient(*seen, idempotent_))
            return llvm::Error(std::move(seen));
          const auto wait = backoff_.next(std::nullopt);
          if (!wait) return llvm::Error(std::move(seen));
          tools_.sleep(*wait, request_.cancel);
          return cancelled() ? llvm::Error(std::move(seen)) : llvm::Error::success();
        });
  }

  Transport& transport_;
  Request request_;
  const RetryPolicy& policy_;
  const RetryTools& tools_;
  Backoff backoff_;
  bool idempotent_;
  bool delivered_ = false;
  int unreached_ = 0;
};

}  // namespace

bool isIdempotent(std::string_view method) {
  return method != "POST" && method != "PATCH";
}

bool isTransient(int status, bool idempotent) {
  if (status == 429 || status == 503) return true;
  return idempotent && (status == 408 || status == 500 || status == 502 || status == 504);
}

bool isTransient(const TransportError& error, bool idempotent) {
  switch (error.kind) {
    case Kind::Resolve:
    case Kind::Connect:
    case Kind::Timeout:
    case Kind::Dropped:
      return idempotent || !error.sent;
    default:
      return false;
  }
}

std::optional<milliseconds> retryAfter(const Response& response,
                                       std::chrono::system_clock::time_point now) {
  for (const std::string_view name : {"retry-after-ms", "x-ms-retry-after-ms"})
    if (const auto value = number(response.header(name))) return bounded(*value, 1);
  const std::string_view text = response.header("retry-after");
  if (text.empty()) return std::nullopt;
  if (const auto seconds = number(text)) return bounded(*seconds, 1000);
  const std::time_t date = curl_getdate(std::string(text).c_str(), nullptr);
  if (date == -1) return std::nullopt;
  const auto left = std::chrono::system_clock::from_time_t(date) - now;
  const auto left_ms = std::chrono::ceil<milliseconds>(left).count();
  return bounded(std::max<std::int64_t>(left_ms, 0), 1);
}

void sleepUnlessCancelled(milliseconds time, const CancelToken* cancel) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (cancel == nullptr || !cancel->cancelled()) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds(0)) return;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, milliseconds(50)));
  }
}

const RetryTools& systemRetryTools() {
  static const RetryTools tools{chance, sleepUnlessCancelled, std::chrono::system_clock::now};
  return tools;
}

std::optional<milliseconds> Backoff::next(std::optional<milliseconds> asked) {
  if (++failed_ >= policy_.attempts) return std::nullopt;
  const int doublings = std::min(failed_ - 1, 20);
  const milliseconds step =
      std::min(policy_.longest, milliseconds(policy_.first.count() * (1LL << doublings)));
  milliseconds wait(
      static_cast<std::int64_t>(static_cast<double>(step.count()) * (0.5 + tools_.random() / 2)));
  if (asked) wait = std::max(wait, *asked);
  if (waited_ + wait > policy_.patience) return std::nullopt;
  waited_ += wait;
  return wait;
}

llvm::Expected<Response> sendWithRetry(Transport& transport, const Request& request,
                                       const RetryPolicy& policy, const RetryTools& tools) {
  return Attempts(transport, request, policy, tools).run();
}

}  // namespace gpuspec::deploy::http
