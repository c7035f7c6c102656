#pragma once

// Requests to one API server: the token, its renewal, retries, and answers as trees or ApiErrors.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "backends/deploy/http/retry.h"
#include "backends/deploy/http/secrets.h"
#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

struct Call {
  std::string method = "GET";
  std::string path;  // with its query: "/api/v1/pods?limit=1"
  std::string body, content_type, accept = "application/json";
  const http::CancelToken* cancel = nullptr;
};

// Thread-safe.
class Caller {
 public:
  Caller(Connection connection, std::unique_ptr<http::Transport> transport, http::RetryPolicy retry)
      : connection_(std::move(connection)), transport_(std::move(transport)), retry_(retry) {}

  // A 2xx answer as it came.
  [[nodiscard]] llvm::Expected<std::string> text(const Call& call);
  [[nodiscard]] llvm::Expected<Tree> tree(const Call& call);
  // Of a list: each of its items to `take`, and the rest.
  [[nodiscard]] llvm::Expected<Tree> list(const Call& call, const std::function<void(Tree)>& take);
  std::int64_t count() const { return count_.load(); }
  // By the server's clock, as its last answer gave it; to the second.
  std::chrono::system_clock::time_point serverTime() const;

 private:
  [[nodiscard]] llvm::Expected<Tree> parsed(const Call& call,
                                            const std::function<void(Tree)>* take);
  [[nodiscard]] llvm::Expected<http::Response> send(const Call& call);
  // What a request shows of its sender.
  struct Shown {
    std::string token;
    ClientCertificate certificate;
    friend bool operator==(const Shown&, const Shown&) = default;
  };
  [[nodiscard]] llvm::Expected<Shown> shown(bool renew) const;
  [[nodiscard]] llvm::Expected<Shown> renewed(const Shown& refused);
  [[nodiscard]] llvm::Expected<http::Response> sendOnce(const Call& call, const std::string& token);
  llvm::Error refused(const http::Response& response, const Call& call, const Shown& by) const;
  void learnTime(const http::Response& response);

  Connection connection_;
  std::unique_ptr<http::Transport> transport_;
  http::RetryPolicy retry_;
  std::mutex renewing_;
  std::optional<Shown> final_;  // under renewing_: renewing it brought nothing else
  std::atomic<std::int64_t> count_{0};
  std::atomic<std::int64_t> ahead_s_{0};  // the server's clock before ours
};

// The values of a Secret, and of variables that are named like one, in a request's body (JSON).
void addSecretsOf(const std::string& body, http::Secrets& to);

// The server's metav1.Status, or what stands for it.
llvm::Error errorOf(const http::Response& response, const Call& call);
llvm::Error errorOf(llvm::Error transport_error);
// A field that the kind does not have, or of another type: server-side apply answers 500 to it.
bool isMisfit(const http::Response& response);

apply::ApiError::Kind kindOf(const llvm::Error& error);  // other errors count as Server
std::string codeOf(const llvm::Error& error);            // "" of other errors
std::string messageOf(const llvm::Error& error);

std::string urlEncoded(std::string_view text);

}  // namespace gpuspec::deploy::kube
