#include "backends/deploy/azure/sign_in.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>

#include "backends/deploy/azure/arm_error.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kRenewBefore = seconds(300);
constexpr seconds kLongestLife{86'400};
constexpr const char* kUnavailable = "CredentialUnavailable";

class KeptTokens : public TokenSource {
 public:
  KeptTokens(std::unique_ptr<SignIn> sign_in, apply::Clock& clock)
      : sign_in_(std::move(sign_in)), clock_(clock) {}

  llvm::Expected<std::string> token(const std::string& scope, bool renew) override {
    // One request at a time: whoever waits here finds the token that the other one got.
    const std::lock_guard lock(mutex_);
    const auto known = tokens_.find(scope);
    const bool is_known = known != tokens_.end();
    if (!renew && is_known && clock_.now() < known->second.renew_at) return known->second.text;
    llvm::Expected<Token> fresh = sign_in_->fetch(scope);
    if (fresh) return (tokens_[scope] = std::move(*fresh)).text;
    if (renew || !is_known || clock_.now() >= known->second.ends_at) return fresh.takeError();
    // It is good for a while yet; the next call tries again.
    llvm::consumeError(fresh.takeError());
    return known->second.text;
  }

  std::string name() const override {
    const std::lock_guard lock(mutex_);
    return sign_in_->name();
  }

 private:
  const std::unique_ptr<SignIn> sign_in_;
  apply::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Token> tokens_;  // by scope
};

}  // namespace

Token tokenFor(std::string text, seconds life, apply::Clock& clock) {
  const milliseconds length = std::clamp(life, seconds(0), kLongestLife);
  const milliseconds end = clock.now() + length;
  return {std::move(text), end - std::min(kRenewBefore, length / 4), end};
}

std::int64_t numberAt(const Tree& answer, std::string_view key) {
  const Tree* value = answer.find(key);
  if (value == nullptr) return -1;
  if (value->isInt()) return value->asInt();
  if (!value->isString()) return -1;
  const std::string& text = value->asString();
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : -1;
}

// Kind::Invalid without a status: nobody was asked.
llvm::Error unavailable(const std::string& why) {
  return apiError(Kind::Invalid, 0, kUnavailable, why, "");
}

bool isUnavailable(const llvm::Error& error) {
  bool found = false;
  llvm::visitErrors(error, [&](const llvm::ErrorInfoBase& each) {
    if (each.isA<ApiError>())
      found = found || static_cast<const ApiError&>(each).code == kUnavailable;
  });
  return found;
}

http::RetryTools retryTools(apply::Clock& clock) {
  http::RetryTools tools = http::systemRetryTools();
  tools.sleep = [&clock](milliseconds time, const http::CancelToken* cancel) {
    static const http::CancelToken kNever;
    clock.sleep(time, cancel == nullptr ? kNever : *cancel);
  };
  return tools;
}

std::unique_ptr<TokenSource> keepTokens(std::unique_ptr<SignIn> sign_in, apply::Clock& clock) {
  return std::make_unique<KeptTokens>(std::move(sign_in), clock);
}

std::unique_ptr<TokenSource> makeClientSecret(const Environment& environment,
                                              http::Transport& transport, apply::Clock& clock) {
  return keepTokens(makeSecretSignIn(environment, transport, clock), clock);
}

std::unique_ptr<TokenSource> makeCredential(const Environment& environment,
                                            http::Transport& transport, apply::Clock& clock) {
  return keepTokens(makeChain(environment, transport, clock), clock);
}

std::unique_ptr<TokenSource> makeCredential(const Environment& environment,
                                            http::Transport& transport) {
  return makeCredential(environment, transport, apply::systemClock());
}

}  // namespace gpuspec::deploy::azure
