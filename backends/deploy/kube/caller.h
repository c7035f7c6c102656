#pragma once

// Requests to one API server: the token, its renewal, retries, and answers as trees or ApiErrors.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "backends/deploy/http/retry.h"
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
  std::int64_t count() const { return count_.load(); }
  // By the server's clock, as its last answer gave it; to the second.
  std::chrono::system_clock::time_point serverTime() const;

 private:
  [[nodiscard]] llvm::Expected<http::Response> send(const Call& call);
  [[nodiscard]] llvm::Expected<http::Response> sendOnce(const Call& call, const std::string& token);
  void learnTime(const http::Response& response);

  Connection connection_;
  std::unique_ptr<http::Transport> transport_;
  http::RetryPolicy retry_;
  std::atomic<std::int64_t> count_{0};
  std::atomic<std::int64_t> ahead_s_{0};  // the server's clock before ours
};

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
