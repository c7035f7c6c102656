#include "tests/deploy/support/fake_transport.h"

#include <gtest/gtest.h>
#include <strings.h>

namespace gpuspec::test {
namespace {

bool fits(std::string_view wanted, std::string_view method) {
  return wanted == "*" || wanted == method;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Streams get their body in pieces, as a server's answer would come.
http::Response streamed(http::Response response, const http::Request& request) {
  if (!request.on_body || response.status < 200 || response.status >= 300) return response;
  constexpr std::size_t kPiece = 16;
  const std::string body = std::exchange(response.body, {});
  for (std::size_t at = 0; at < body.size(); at += kPiece)
    if (!request.on_body(std::string_view(body).substr(at, kPiece))) break;
  return response;
}

}  // namespace

std::string Call::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (strcasecmp(key.c_str(), std::string(name).c_str()) == 0) return value;
  return {};
}

http::Response makeResponse(int status, std::string body, http::Headers headers) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

FakeTransport& FakeTransport::once(std::string method, std::string url_part, int status,
                                   std::string body, http::Headers headers) {
  http::Response response = makeResponse(status, std::move(body), std::move(headers));
  return answer(std::move(method), std::move(url_part), 1,
                [response](const http::Request&) { return response; });
}

FakeTransport& FakeTransport::always(std::string method, std::string url_part, int status,
                                     std::string body, http::Headers headers) {
  http::Response response = makeResponse(status, std::move(body), std::move(headers));
  return answer(std::move(method), std::move(url_part), -1,
                [response](const http::Request&) { return response; });
}

FakeTransport& FakeTransport::failOnce(std::string method, std::string url_part,
                                       http::TransportError::Kind kind, bool sent) {
  return answer(std::move(method), std::move(url_part), 1,
                [kind, sent](const http::Request& request) {
                  return llvm::make_error<http::TransportError>(
                      kind, sent, request.method + " " + request.url + ": as scripted");
                });
}

FakeTransport& FakeTransport::answer(std::string method, std::string url_part, int times,
                                     Answer answer) {
  const std::lock_guard lock(mutex_);
  rules_.push_back({std::move(method), std::move(url_part), times, std::move(answer)});
  return *this;
}

std::optional<FakeTransport::Answer> FakeTransport::take(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  calls_.push_back({request.method, request.url, request.body, request.headers});
  for (Rule& rule : rules_) {
    if (rule.left == 0 || !fits(rule.method, request.method) ||
        !contains(request.url, rule.url_part))
      continue;
    if (rule.left > 0) --rule.left;
    return rule.answer;
  }
  return std::nullopt;
}

llvm::Expected<http::Response> FakeTransport::send(const http::Request& request) {
  const std::optional<Answer> answer = take(request);
  if (!answer) {
    ADD_FAILURE() << "no answer is scripted for " << request.method << " " << request.url;
    return llvm::make_error<http::TransportError>(
        http::TransportError::Kind::Other, false,
        request.method + " " + request.url + ": not scripted");
  }
  if (request.cancel != nullptr && request.cancel->cancelled())
    return llvm::make_error<http::TransportError>(
        http::TransportError::Kind::Cancelled, false,
        request.method + " " + request.url + ": interrupted");
  llvm::Expected<http::Response> response = (*answer)(request);
  if (!response) return response.takeError();
  return streamed(std::move(*response), request);
}

std::vector<Call> FakeTransport::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::vector<Call> FakeTransport::calls(std::string_view method, std::string_view url_part) const {
  std::vector<Call> found;
  for (const Call& call : calls())
    if (fits(method, call.method) && contains(call.url, url_part)) found.push_back(call);
  return found;
}

std::size_t FakeTransport::count(std::string_view method, std::string_view url_part) const {
  return calls(method, url_part).size();
}

std::vector<std::string> FakeTransport::unused() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> left;
  for (const Rule& rule : rules_)
    if (rule.left > 0) left.push_back(rule.method + " " + rule.url_part);
  return left;
}

}  // namespace gpuspec::test
