#include "backends/deploy/kube/caller.h"

#include <ctime>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::kube {

llvm::Expected<http::Response> Caller::sendOnce(const Call& call, const std::string& token) {
  http::Request request;
  request.method = call.method;
  request.url = connection_.server + call.path;
  request.headers = {{"Accept", call.accept}};
  request.cancel = call.cancel;
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  request.body = call.body;
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  http::RetryPolicy policy = retry_;
  // Server-side apply twice is the same as once.
  policy.idempotent = call.method != "POST";
  policy.is_final = isMisfit;
  count_.fetch_add(1);
  return http::sendWithRetry(*transport_, request, policy);
}

llvm::Expected<http::Response> Caller::send(const Call& call) {
  llvm::Expected<std::string> token = connection_.token(false);
  if (!token) return errorOf(token.takeError());
  llvm::Expected<http::Response> response = sendOnce(call, *token);
  if (response && response->status == 401) {
    llvm::Expected<std::string> renewed = connection_.token(true);
    if (!renewed) return errorOf(renewed.takeError());
    if (*renewed != *token) response = sendOnce(call, *renewed);
  }
  if (!response) return errorOf(response.takeError());
  learnTime(*response);
  if (response->status < 200 || response->status > 299) return errorOf(*response, call);
  return response;
}

llvm::Expected<std::string> Caller::text(const Call& call) {
  llvm::Expected<http::Response> response = send(call);
  if (!response) return response.takeError();
  return std::move(response->body);
}

llvm::Expected<Tree> Caller::tree(const Call& call) {
  llvm::Expected<std::string> body = text(call);
  if (!body) return body.takeError();
  llvm::Expected<Tree> tree = ir::parseJson(*body);
  if (tree && tree->isMap()) return tree;
  if (!tree) llvm::consumeError(tree.takeError());
  return llvm::make_error<apply::ApiError>(apply::ApiError::Kind::Server, 200, "",
                                           "the answer to " + call.method + " " +
                                               call.path.substr(0, call.path.find('?')) +
                                               " is no JSON object; is this a Kubernetes API?");
}

void Caller::learnTime(const http::Response& response) {
  const std::string date(response.header("date"));
  std::tm utc{};
  if (date.empty() || ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc) == nullptr)
    return;
  ahead_s_.store(static_cast<std::int64_t>(::timegm(&utc) - std::time(nullptr)));
}

std::chrono::system_clock::time_point Caller::serverTime() const {
  return std::chrono::system_clock::now() + std::chrono::seconds(ahead_s_.load());
}

std::string urlEncoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    out += plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

}  // namespace gpuspec::deploy::kube
