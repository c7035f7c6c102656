#pragma once

// One caller's way to ARM: adds the token, repeats what is transient, counts, and reads answers.
// The token goes to the endpoint's own host only.

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "backends/deploy/apply/executor.h"
#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/azure_client.h"
#include "backends/deploy/http/retry.h"

namespace gpuspec::deploy::azure {

struct ArmCall {
  std::string method = "GET";
  std::string path;     // "/subscriptions/...", encoded; or an absolute URL on the endpoint's host
  std::string version;  // api-version; "" = the URL has it
  std::string query;    // further parameters, encoded: "$filter=..."
  std::optional<Tree> body;
  // What an earlier call sent, of which the answer may tell: its secrets are hidden, too. May be
  // null.
  const Tree* sent = nullptr;
  std::string if_match;
  std::string what;  // attempted: "create pool h100"
  const http::CancelToken* cancel = nullptr;
  bool safe_to_repeat = false;  // a POST that changes nothing
};

struct ArmReply {
  int status = 0;
  Tree body;                // null when there is none
  http::Response response;  // its headers; the body is moved to the Tree
};

class Session {
 public:
  Session(const Environment& environment, http::Transport& transport, TokenSource& tokens,
          apply::Clock& clock);

  // 2xx; everything else is an ApiError.
  [[nodiscard]] llvm::Expected<ArmReply> call(const ArmCall& call);
  // nullopt: 404 of the resource itself or its group.
  [[nodiscard]] llvm::Expected<std::optional<ArmReply>> find(const ArmCall& call);

  // Whether a URL that an answer names may be given the token.
  bool trusts(std::string_view url) const;
  // Without the token, and without what sounds secret in the bodies of `call`.
  ApiError withoutSecrets(ApiError error, const ArmCall& call);
  apply::Clock& clock() { return clock_; }
  const std::string& subscription() const { return environment_.subscription_id; }
  std::int64_t requestCount() const { return transport_.count; }

 private:
  struct Counting : http::Transport {
    explicit Counting(http::Transport& to) : inner(to) {}
    llvm::Expected<http::Response> send(const http::Request& request) override {
      ++count;
      return inner.send(request);
    }
    http::Transport& inner;
    std::atomic<std::int64_t> count{0};
  };

  http::Request requestFor(const ArmCall& call) const;
  llvm::Expected<http::Response> sendWithToken(http::Request request, const ArmCall& call);
  llvm::Expected<http::Response> attempt(http::Request& request, const std::string& token,
                                         const ArmCall& call);
  llvm::Expected<std::string> renewed(const std::string& refused);
  ApiError refused(const http::Response& response, const ArmCall& call);

  const Environment environment_;
  const std::string origin_, token_scope_;
  Counting transport_;
  TokenSource& tokens_;
  apply::Clock& clock_;
  std::mutex renewing_;
  std::string final_;  // under renewing_: renewing it brought nothing else
};

}  // namespace gpuspec::deploy::azure
