#include "backends/deploy/http/curl_exchange.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "backends/deploy/http/curl_error.h"
#include "backends/deploy/http/curl_loop.h"

namespace gpuspec::deploy::http {
namespace {

using Kind = TransportError::Kind;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMaxHeaderBytes = 1u << 20;
// Past this much that nobody has taken, a stream stands still.
constexpr std::size_t kMaxWaiting = 4u << 20;
constexpr std::chrono::milliseconds kCancelLook{50};
// Of an answer's own word on its length.
constexpr std::size_t kMostAtOnce = 32u << 20;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

bool hasHeader(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& entry) { return lower(entry.first) == name; });
}

bool repeatable(const std::string& method) {
  return method != "POST" && method != "PATCH";
}

}  // namespace

CurlExchange::CurlExchange(CURL* easy, const Request& request, const Endpoint& endpoint,
                           const ExchangeLimits& limits)
    : easy_(easy), request_(request), endpoint_(endpoint), limits_(limits) {
  prepareTarget();
  prepareHeaders();
  prepareBody();
  prepareCallbacks();
}

CurlExchange::~CurlExchange() {
  curl_slist_free_all(header_lines_);
  curl_slist_free_all(connect_to_);
}

void CurlExchange::prepareTarget() {
  std::string url = request_.url;
  // Nobody means a proxy of the environment for this machine itself; null leaves it to NO_PROXY.
  const char* no_proxy = endpoint_.loopback || endpoint_.link_local ? "*" : nullptr;
  if (endpoint_.tls && !limits_.server_name.empty()) {
    // Certificate and SNI follow the URL's host, so the URL names the server's other name and the
    // connection is led back to where the URL pointed.
    const std::string& port = endpoint_.port;
    url = withHost(url, limits_.server_name, port);
    const std::string way = limits_.server_name + ":" + port + ":" + endpoint_.host + ":" + port;
    connect_to_ = curl_slist_append(nullptr, way.c_str());
    addHeader("Host: " + endpoint_.host + ":" + port);
    // The name in the URL is not where the connection goes, and NO_PROXY is about that.
    if (no_proxy == nullptr) no_proxy = isOutsideProxy(endpoint_.host) ? "*" : "";
  }
  curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, endpoint_.tls ? "https" : "http");
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, limits_.always_proxy ? "" : no_proxy);
  // A stream would be held back by the compressor, and on loopback it only costs.
  const bool compressed = !endpoint_.loopback && !request_.on_body;
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, compressed ? "gzip" : nullptr);
}

void CurlExchange::prepareHeaders() {
  // "Name;" is libcurl's way to send a header without a value, "Name:" takes its own away.
  for (const auto& [name, value] : request_.headers)
    addHeader(value.empty() ? name + ";" : name + ": " + value);
  addHeader("Expect:");
  if (!hasHeader(request_.headers, "content-type")) addHeader("Content-Type:");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, header_lines_);
}

void CurlExchange::addHeader(const std::string& line) {
  header_lines_ = curl_slist_append(header_lines_, line.c_str());
}

void CurlExchange::prepareBody() {
  const std::string& method = request_.method;
  const bool body =
      !request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (body) {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.c_str());
  } else {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy_, CURLOPT_NOBODY, method == "HEAD" ? 1L : 0L);
  }
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void CurlExchange::prepareCallbacks() {
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, detail_.data());
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlExchange::onWrite);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlExchange::onHeader);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &CurlExchange::onRequest);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
}

llvm::Expected<Response> CurlExchange::run(CurlLoop& loop) {
  loop.start(*this);
  waitUntilFinished(loop);
  return result();
}

void CurlExchange::waitUntilFinished(CurlLoop& loop) {
  const bool limited = request_.timeout.count() > 0;
  const auto deadline = SteadyClock::now() + request_.timeout;
  std::unique_lock lock(mutex_);
  while (!finished_ || !pieces_.empty()) {
    if (!pieces_.empty()) {
      deliver(loop, lock);
      continue;
    }
    if (ending_ == Ending::None && request_.cancel != nullptr && request_.cancel->cancelled())
      end(loop, lock, Ending::Cancelled);
    if (ending_ == Ending::None && limited && SteadyClock::now() >= deadline)
      end(loop, lock, Ending::TimedOut);
    auto until = SteadyClock::now() + (request_.cancel != nullptr ? kCancelLook : kCancelLook * 20);
    if (limited && ending_ == Ending::None) until = std::min(until, deadline);
    changed_.wait_until(lock, until, [this] { return finished_ || !pieces_.empty(); });
  }
}

// Outside the lock and in the sender's thread, so that a slow reader holds up nobody else.
void CurlExchange::deliver(CurlLoop& loop, std::unique_lock<std::mutex>& lock) {
  const std::string piece = std::exchange(pieces_, {});
  const bool was_paused = std::exchange(paused_, false);
  if (ending_ != Ending::None) return;
  lock.unlock();
  const bool more = request_.on_body(piece);
  lock.lock();
  if (!more)
    end(loop, lock, Ending::Enough);
  else if (was_paused && !finished_)
    loop.resume(*this);
}

void CurlExchange::end(CurlLoop& loop, std::unique_lock<std::mutex>&, Ending why) {
  ending_ = why;
  if (!finished_) loop.stop(*this);
}

void CurlExchange::finished(CURLcode code) {
  const std::lock_guard lock(mutex_);
  code_ = code;
  finished_ = true;
  // Under the lock: the exchange may be gone as soon as its sender sees `finished_`.
  changed_.notify_one();
}

bool CurlExchange::streams() {
  return request_.on_body && response_.status >= 200 && response_.status < 300;
}

std::size_t CurlExchange::takeBody(std::string_view piece) {
  if (!streams()) {
    if (response_.body.size() + piece.size() > limits_.max_body) {
      const std::lock_guard lock(mutex_);
      ending_ = Ending::TooLarge;
      return 0;
    }
    response_.body.append(piece);
    return piece.size();
  }
  const std::lock_guard lock(mutex_);
  if (ending_ != Ending::None) return piece.size();
  if (pieces_.size() > kMaxWaiting) {
    paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  pieces_.append(piece);
  changed_.notify_one();
  return piece.size();
}

// A long answer would lie there twice whenever it grows.
void CurlExchange::makeRoom(const std::string& content_length) {
  std::size_t size = 0;
  const char* end = content_length.data() + content_length.size();
  if (std::from_chars(content_length.data(), end, size).ec == std::errc() &&
      size <= std::min(limits_.max_body, kMostAtOnce) && !streams())
    response_.body.reserve(size);
}

bool CurlExchange::takeHeader(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    const std::lock_guard lock(mutex_);
    ending_ = Ending::TooLarge;
    return false;
  }
  if (line.starts_with("HTTP/")) {  // the last answer counts; 1xx come before it
    response_ = {};
    header_whole_ = false;
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return true;
  }
  header_whole_ = header_whole_ || trimmed(line).empty();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  response_.headers.emplace_back(lower(line.substr(0, colon)),
                                 std::string(trimmed(line.substr(colon + 1))));
  if (const auto& [name, value] = response_.headers.back(); name == "content-length")
    makeRoom(value);
  return true;
}

// libcurl repeats a request whose kept connection died without an answer. The server may have acted
// on it all the same, so for methods where twice is not once the caller decides.
int CurlExchange::beforeRequest() {
  if (sent_ && !repeatable(request_.method)) {
    const std::lock_guard lock(mutex_);
    ending_ = Ending::Repeated;
    return CURL_PREREQFUNC_ABORT;
  }
  sent_ = true;
  return CURL_PREREQFUNC_OK;
}

llvm::Expected<Response> CurlExchange::result() {
  const std::string what = request_.method + " " + endpoint_.shown + ": ";
  const auto error = [&](Kind kind, const std::string& why) {
    return llvm::make_error<TransportError>(kind, sent_, what + why);
  };
  switch (ending_) {
    case Ending::Cancelled:
      return error(Kind::Cancelled, "interrupted");
    case Ending::TimedOut:
      return error(Kind::Timeout, "no answer within " + inWords(request_.timeout));
    case Ending::TooLarge:
      return error(Kind::TooLarge,
                   "the answer is larger than " + std::to_string(limits_.max_body >> 20) + " MiB");
    case Ending::Repeated:
      return error(Kind::Dropped, "the connection ended before the answer");
    case Ending::Enough:
      return std::move(response_);
    case Ending::None:
      break;
  }
  // libcurl takes an answer that ends within its header for one without a body.
  if (code_ == CURLE_OK && !header_whole_)
    return error(Kind::Dropped, "the connection ended in the middle of the answer");
  if (code_ == CURLE_OK) return std::move(response_);
  CurlFailure failure{code_, 0, detail_.data(), sent_};
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &failure.os_error);
  return curlError(request_.method + " " + endpoint_.shown, failure);
}

std::size_t CurlExchange::onWrite(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlExchange*>(self)->takeBody({data, size * count});
}

std::size_t CurlExchange::onHeader(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlExchange*>(self)->takeHeader({data, size * count}) ? size * count : 0;
}

int CurlExchange::onRequest(void* self, char*, char*, int, int) {
  return static_cast<CurlExchange*>(self)->beforeRequest();
}

}  // namespace gpuspec::deploy::http
