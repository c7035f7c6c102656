#pragma once

// HTTP as the rest of deploy sees it: a request goes out, a response or the reason why there is
// none comes back. The real implementation is curl.h; tests give one that logs every call.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <llvm/Support/Error.h>

namespace gpuspec::deploy::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Set once, from any thread (a signal handler's watcher, a deadline); everything that waits looks
// at it.
class CancelToken {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

struct Request {
  std::string method = "GET";
  std::string url;  // absolute; never holds a credential
  Headers headers;  // Authorization among them: no error text and no log ever shows a header
  std::string body;
  std::chrono::milliseconds timeout{60'000};  // of the whole exchange; 0 = none (watch)
  // Plain http may go to 169.254.0.0/16: the machine's own metadata, which no network carries
  // further.
  bool link_local = false;
  // Called with each piece of a 2xx body as it arrives (watch, logs), in the thread that sends,
  // which may send other requests meanwhile; then Response::body stays empty. False ends the
  // request, which then counts as answered.
  std::function<bool(std::string_view)> on_body;
  const CancelToken* cancel = nullptr;  // may be null
};

struct Response {
  int status = 0;
  Headers headers;  // names in lower case, in the order received
  std::string body;

  // "" when absent; `name` in lower case.
  std::string_view header(std::string_view name) const;
};

// Why there is no response. `sent`: the server may have acted on the request.
class TransportError : public llvm::ErrorInfo<TransportError> {
 public:
  enum class Kind : std::uint8_t {
    Resolve,
    Connect,
    Tls,
    Timeout,
    Dropped,
    Cancelled,
    TooLarge,
    Other
  };

  TransportError(Kind error_kind, bool was_sent, std::string message_text)
      : kind(error_kind), sent(was_sent), text(std::move(message_text)) {}

  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override;

  static char ID;
  Kind kind;
  bool sent;
  std::string text;  // "GET https://127.0.0.1:6443/api: connection refused"
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Blocks; safe to call from many threads at once. A status of 4xx or 5xx is a response.
  [[nodiscard]] virtual llvm::Expected<Response> send(const Request& request) = 0;
};

// How a server is trusted and what a client shows: as PEM text or as files.
struct TlsOptions {
  std::string ca_pem, ca_file;  // both empty: the system's, or SSL_CERT_FILE
  std::string client_certificate_pem, client_certificate_file;
  std::string client_key_pem, client_key_file;
  std::string server_name;  // "" = the host of the URL
};

}  // namespace gpuspec::deploy::http
