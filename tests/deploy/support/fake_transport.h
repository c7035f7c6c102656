#pragma once

// A Transport that answers from a script and logs every call. A rule is a method ("*" = any) and a
// part of the URL; of the rules that fit and still have answers, the first one made answers. A
// request that no rule fits fails the test.

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/deploy/http/transport.h"

namespace gpuspec::test {

namespace http = deploy::http;

struct Call {
  std::string method, url, body;
  http::Headers headers;
  // "" when absent; names are compared without case.
  std::string header(std::string_view name) const;
};

class FakeTransport : public http::Transport {
 public:
  using Answer = std::function<llvm::Expected<http::Response>(const http::Request&)>;

  // Answers once.
  FakeTransport& once(std::string method, std::string url_part, int status, std::string body = "",
                      http::Headers headers = {});
  // Answers every time.
  FakeTransport& always(std::string method, std::string url_part, int status, std::string body = "",
                        http::Headers headers = {});
  FakeTransport& failOnce(std::string method, std::string url_part, http::TransportError::Kind kind,
                          bool sent);
  // `times` < 0: without end.
  FakeTransport& answer(std::string method, std::string url_part, int times, Answer answer);

  llvm::Expected<http::Response> send(const http::Request& request) override;

  std::vector<Call> calls() const;
  std::vector<Call> calls(std::string_view method, std::string_view url_part) const;
  std::size_t count(std::string_view method, std::string_view url_part) const;
  // Answers that `once`, `failOnce` or `answer` promised and nobody asked for.
  std::vector<std::string> unused() const;

 private:
  struct Rule {
    std::string method, url_part;
    int left;
    Answer answer;
  };
  std::optional<Answer> take(const http::Request& request);

  mutable std::mutex mutex_;
  std::vector<Rule> rules_;
  std::vector<Call> calls_;
};

http::Response makeResponse(int status, std::string body = "", http::Headers headers = {});

}  // namespace gpuspec::test
