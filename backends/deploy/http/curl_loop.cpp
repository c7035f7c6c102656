#include "backends/deploy/http/curl_loop.h"

#include <signal.h>

#include <utility>

#include "backends/deploy/http/curl_exchange.h"

namespace gpuspec::deploy::http {
namespace {

// Signals belong to the program's own threads; a blocked SIGPIPE becomes EPIPE.
void blockSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

CurlLoop::CurlLoop(std::size_t connections_to_one_host) : multi_(curl_multi_init()) {
  const long connections = static_cast<long>(connections_to_one_host);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 4 * connections);
  thread_ = std::thread([this] { run(); });
}

CurlLoop::~CurlLoop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  curl_multi_cleanup(multi_);
}

void CurlLoop::post(Command command) {
  {
    const std::lock_guard lock(mutex_);
    commands_.push_back(command);
    if (commands_.size() > 1) return;  // whoever put the first one in wakes the thread
  }
  curl_multi_wakeup(multi_);
}

void CurlLoop::run() {
  blockSignals();
  while (obey()) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    collect();
    curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  }
  while (!active_.empty()) finish(**active_.begin(), CURLE_ABORTED_BY_CALLBACK);
}

bool CurlLoop::obey() {
  std::vector<Command> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
    if (ending_) return false;
  }
  for (const Command& command : commands) obey(command);
  return true;
}

// Commands arrive in order, so one about a finished exchange comes before the start of the next
// exchange that lies at the same address.
void CurlLoop::obey(const Command& command) {
  CurlExchange& exchange = *command.exchange;
  if (command.order == Order::Start) {
    active_.insert(&exchange);
    if (curl_multi_add_handle(multi_, exchange.easy()) != CURLM_OK)
      finish(exchange, CURLE_FAILED_INIT);
    return;
  }
  if (!active_.contains(&exchange)) return;
  if (command.order == Order::Stop)
    finish(exchange, CURLE_ABORTED_BY_CALLBACK);
  else
    curl_easy_pause(exchange.easy(), CURLPAUSE_CONT);
}

void CurlLoop::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* exchange = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    finish(*static_cast<CurlExchange*>(exchange), message->data.result);
  }
}

void CurlLoop::finish(CurlExchange& exchange, CURLcode code) {
  active_.erase(&exchange);
  curl_multi_remove_handle(multi_, exchange.easy());
  exchange.finished(code);
}

}  // namespace gpuspec::deploy::http
