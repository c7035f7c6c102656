#pragma once

// The I/O thread: one multi handle that drives all transfers. Exchanges are handed in from any
// thread and belong to it until finished() is called on them.

#include <curl/curl.h>

#include <cstddef>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <vector>

namespace gpuspec::deploy::http {

class CurlExchange;

class CurlLoop {
 public:
  explicit CurlLoop(std::size_t connections_to_one_host);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  void start(CurlExchange& exchange) { post({Order::Start, &exchange}); }
  // The next thing is finished(); a stop of what has finished meanwhile does nothing.
  void stop(CurlExchange& exchange) { post({Order::Stop, &exchange}); }
  // Takes up a transfer that paused itself in its write callback.
  void resume(CurlExchange& exchange) { post({Order::Resume, &exchange}); }

 private:
  enum class Order { Start, Stop, Resume };
  struct Command {
    Order order;
    CurlExchange* exchange;
  };

  void post(Command command);
  void run();
  bool obey();
  void obey(const Command& command);
  void collect();
  void finish(CurlExchange& exchange, CURLcode code);

  CURLM* multi_;
  std::mutex mutex_;
  std::vector<Command> commands_;             // under mutex_
  bool ending_ = false;                       // under mutex_
  std::unordered_set<CurlExchange*> active_;  // of the I/O thread only
  std::thread thread_;
};

}  // namespace gpuspec::deploy::http
