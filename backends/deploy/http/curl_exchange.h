#pragma once

// One request on its way: prepared and waited for by the thread that sends it, filled by the I/O
// thread's callbacks.

#include <curl/curl.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "backends/deploy/http/endpoint.h"
#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::http {

class CurlLoop;

struct ExchangeLimits {
  std::size_t max_body = 0;
  std::string server_name;    // "" = the URL's host
  bool always_proxy = false;  // whatever NO_PROXY says
};

class CurlExchange {
 public:
  // `easy` carries the options that all requests share; it and the references outlive the exchange.
  CurlExchange(CURL* easy, const Request& request, const Endpoint& endpoint,
               const ExchangeLimits& limits);
  ~CurlExchange();
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  CURL* easy() const { return easy_; }
  // Runs it on the loop; returns when the loop has let go of it.
  [[nodiscard]] llvm::Expected<Response> run(CurlLoop& loop);
  // Called by the loop, last of all.
  void finished(CURLcode code);

 private:
  enum class Ending { None, Cancelled, TimedOut, Enough, TooLarge, Repeated };

  void prepareTarget();
  void prepareHeaders();
  void addHeader(const std::string& line);
  void prepareBody();
  void prepareCallbacks();
  void waitUntilFinished(CurlLoop& loop);
  void deliver(CurlLoop& loop, std::unique_lock<std::mutex>& lock);
  void end(CurlLoop& loop, std::unique_lock<std::mutex>& lock, Ending why);
  bool streams();
  std::size_t takeBody(std::string_view piece);
  void makeRoom(const std::string& content_length);
  bool takeHeader(std::string_view line);
  int beforeRequest();
  llvm::Expected<Response> result();

  static std::size_t onWrite(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* self);
  static int onRequest(void* self, char*, char*, int, int);

  CURL* easy_;
  const Request& request_;
  const Endpoint& endpoint_;
  const ExchangeLimits& limits_;
  curl_slist* header_lines_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> detail_{};

  // The I/O thread's, until finished_.
  Response response_;
  std::size_t header_bytes_ = 0;
  bool header_whole_ = false;
  bool sent_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_:
  std::string pieces_;  // arrived, not yet given to on_body
  bool paused_ = false;
  Ending ending_ = Ending::None;
  bool finished_ = false;
  CURLcode code_ = CURLE_OK;
};

}  // namespace gpuspec::deploy::http
