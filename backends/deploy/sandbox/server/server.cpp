#include "backends/deploy/sandbox/server/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>

#include <httplib.h>

#include "backends/deploy/sandbox/server/connections.h"
#include "backends/deploy/sandbox/server/tls_stream.h"
#include "backends/deploy/sandbox/server/workers.h"

namespace gpuspec::deploy::sandbox {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBodyLimit = 16u << 20;
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::seconds kKeepAlive{60};
constexpr std::chrono::milliseconds kIdleStep{200};
constexpr std::chrono::milliseconds kGrace{3000};
constexpr int kBacklog = 1024;  // the library's own 5 makes parallel clients wait for retries

std::string lower(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

int hexDigit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  const char small = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hexDigit(text[at + 1]) : -1;
    const int low = high >= 0 ? hexDigit(text[at + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> parseQuery(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> query;
  const std::size_t begin = target.find('?');
  std::string_view rest = begin == std::string_view::npos ? "" : target.substr(begin + 1);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    if (one.empty()) continue;
    const std::size_t equals = std::min(one.find('='), one.size());
    query.emplace_back(decode(one.substr(0, equals)),
                       equals == one.size() ? "" : decode(one.substr(equals + 1)));
  }
  return query;
}

HttpRequest requestOf(const httplib::Request& from, std::string body) {
  HttpRequest request;
  request.method = from.method;
  request.path = from.path;
  request.query = parseQuery(from.target);
  for (const auto& [name, value] : from.headers) {
    // Not from the client: the library adds these.
    if (name.starts_with("REMOTE_") || name.starts_with("LOCAL_")) continue;
    request.headers.emplace(lower(name), value);
  }
  request.body = std::move(body);
  request.client_port = static_cast<std::uint16_t>(from.remote_port);
  request.server_port = static_cast<std::uint16_t>(from.local_port);
  return request;
}

HttpResponse answerSafely(Handler& handler, const HttpRequest& request) {
  try {
    return handler.handle(request);
  } catch (const std::exception&) {
    // What it says may hold what the request held, so it goes nowhere.
  } catch (...) {
  }
  HttpResponse response;
  response.status = 500;
  response.body =
      R"({"error":{"code":"InternalServerError","message":"the sandbox failed inside"}})";
  return response;
}

// The connection that this thread serves.
thread_local TlsStream* serving = nullptr;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kHalfHeader = 24;  // within the first of the header's fields

void breakAsAsked(const HttpResponse& response) {
  using Ending = HttpResponse::Ending;
  if (response.ending == Ending::Dropped) {
    serving->breakAfter(0, 0);
  } else if (response.ending == Ending::CutInBody && response.stream) {
    serving->breakAfter(kAll, kAll);
  } else if (response.ending == Ending::CutInBody && !response.body.empty()) {
    serving->breakAfter(kAll, response.body.size() / 2);
  } else if (response.ending != Ending::Whole) {
    serving->breakAfter(kHalfHeader, 0);
  }
}

// The library's server over our TLS: its own holds a thread for five seconds when it stops, and
// compresses what never leaves this machine.
class HttpServer final : public httplib::Server {
 public:
  HttpServer(TlsContext context, sandbox::Handler& handler, std::size_t threads)
      : context_(std::move(context)), handler_(handler) {
    new_task_queue = [this, threads] {
      auto* workers = new Workers(threads);
      workers_ = workers;
      return workers;
    };
    set_payload_max_length(kBodyLimit);
    set_tcp_nodelay(true);
    // Without the library's SO_REUSEPORT, with which two sandboxes would share a port.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    route();
  }

  // 0 when the port is taken.
  std::uint16_t bind(std::uint16_t port) {
    constexpr const char* kHost = "127.0.0.1";
    const int bound = port == 0 ? bind_to_any_port(kHost) : bind_to_port(kHost, port) ? port : -1;
    if (bound <= 0) return 0;
    ::listen(svr_sock_, kBacklog);
    return static_cast<std::uint16_t>(bound);
  }

  ~HttpServer() override {
    if (svr_sock_ != INVALID_SOCKET) ::close(svr_sock_);
  }

  void stopConnections() { connections_.stop(kGrace); }
  // The library takes one stop only, and none before it listens.
  void stopListening() {
    if (svr_sock_ != INVALID_SOCKET) stop();
  }

 private:
  void route() {
    const auto plain = [this](const httplib::Request& from, httplib::Response& to) {
      respond(answerSafely(handler_, requestOf(from, {})), to);
    };
    const auto with_body = [this](const httplib::Request& from, httplib::Response& to,
                                  const httplib::ContentReader& reader) {
      std::string body;
      if (!readBody(from, to, reader, body)) return;
      respond(answerSafely(handler_, requestOf(from, std::move(body))), to);
    };
    constexpr const char* kAny = R"([\s\S]*)";
    Get(kAny, plain).Options(kAny, plain);
    Post(kAny, with_body).Put(kAny, with_body).Patch(kAny, with_body).Delete(kAny, with_body);
  }

  static bool readBody(const httplib::Request& from, httplib::Response& to,
                       const httplib::ContentReader& reader, std::string& body) {
    // The library would wait for the end of the connection.
    if (!from.has_header("Content-Length") && !from.has_header("Transfer-Encoding")) return true;
    const bool whole = reader([&](const char* data, std::size_t size) {
      if (body.size() + size > kBodyLimit) {
        to.status = 413;
        return false;
      }
      body.append(data, size);
      return true;
    });
    if (whole) return true;
    if (to.status < 400) to.status = 400;
    return false;
  }

  void respond(HttpResponse from, httplib::Response& to) {
    breakAsAsked(from);
    to.status = from.status;
    for (const auto& [name, value] : from.headers) to.set_header(name, value);
    if (from.stream) {
      const bool cut = from.ending == HttpResponse::Ending::CutInBody;
      to.set_chunked_content_provider(from.content_type, provider(std::move(from.stream), cut));
    } else if (!from.body.empty()) {
      to.set_content(std::move(from.body), from.content_type);
    }
  }

  httplib::ContentProviderWithoutLength provider(
      std::function<bool(const std::function<bool(std::string_view)>&)> stream, bool cut) {
    return [this, cut, stream = std::move(stream)](std::size_t, httplib::DataSink& sink) {
      if (!sink.is_writable()) return false;
      bool sent = true;
      const auto write = [&](std::string_view piece) {
        if (!piece.empty()) sent = sent && sink.write(piece.data(), piece.size());
        return sent;
      };
      const bool more = goOn(stream, write);
      if (!sent || (cut && !more)) return false;
      if (!more || ending()) sink.done();
      return true;
    };
  }

  static bool goOn(const std::function<bool(const std::function<bool(std::string_view)>&)>& stream,
                   const std::function<bool(std::string_view)>& write) {
    try {
      return stream(write);
    } catch (...) {
      return false;
    }
  }

  bool process_and_close_socket(socket_t socket) override {
    const bool added = connections_.add(socket);
    if (added) {
      serve(socket);
      connections_.remove(socket);
    }
    ::close(socket);
    return added;
  }

  void serve(int socket) {
    TlsStream stream(context_.get(), socket, kPatience);
    if (!stream.accept()) return;
    serving = &stream;
    while (waitForRequest(stream)) {
      if (!connections_.setBusy(socket, true)) break;
      bool closes = false;
      const bool answered = process_request(stream, connections_.stopping(), closes, prepare);
      const bool good = stream.flush() && answered;
      if (!connections_.setBusy(socket, false) || !good || closes || stream.broken()) break;
    }
    serving = nullptr;
    stream.sayGoodbye();
  }

  bool waitForRequest(const TlsStream& stream) const {
    const auto end = std::chrono::steady_clock::now() + kKeepAlive;
    while (!ending()) {
      if (stream.waitForData(kIdleStep)) return true;
      if (workers_.load()->crowded() || std::chrono::steady_clock::now() > end) return false;
    }
    return false;
  }

  bool ending() const { return connections_.stopping() || workers_.load()->ending(); }

  // Compressed, a stream would come late and everything else slower.
  static void prepare(httplib::Request& request) { request.headers.erase("Accept-Encoding"); }

  TlsContext context_;
  sandbox::Handler& handler_;
  std::atomic<Workers*> workers_ = nullptr;
  Connections connections_;
};

class LoopbackServer final : public Server {
 public:
  LoopbackServer(TlsContext context, Handler& handler, std::size_t threads)
      : http_(std::move(context), handler, threads) {}
  ~LoopbackServer() override {
    stop();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !running_; });
  }

  bool bind(std::uint16_t port) {
    port_ = http_.bind(port);
    return port_ != 0;
  }

  std::uint16_t port() const override { return port_; }

  llvm::Error run() override {
    {
      const std::lock_guard lock(mutex_);
      if (stopped_ || running_) return llvm::Error::success();
      running_ = true;
    }
    int why = 0;
    do {
      http_.listen_after_bind();
      why = errno;
    } while (goesOn());
    const std::lock_guard lock(mutex_);
    running_ = false;
    changed_.notify_all();
    if (stopped_) return llvm::Error::success();
    return llvm::createStringError(std::error_code(why, std::generic_category()),
                                   "the server on 127.0.0.1:%d cannot accept connections any more",
                                   static_cast<int>(port_));
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(stopped_, true)) return;
    }
    http_.stopConnections();
    std::unique_lock lock(mutex_);
    while (running_) {
      http_.stopListening();
      changed_.wait_for(lock, 5ms, [this] { return !running_; });
    }
  }

 private:
  // The library gives its listening socket up at the first error of accept(), which may be about
  // one connection only.
  bool goesOn() {
    const std::lock_guard lock(mutex_);
    return !stopped_ && http_.bind(port_) != 0;
  }

  HttpServer http_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false, stopped_ = false;
};

}  // namespace

llvm::Expected<std::unique_ptr<Server>> makeServer(const Certificates& certificates,
                                                   Handler& handler, ServerOptions options) {
  llvm::Expected<TlsContext> context = makeTlsContext(certificates);
  if (!context) return context.takeError();
  auto server = std::make_unique<LoopbackServer>(std::move(*context), handler, options.threads);
  if (!server->bind(options.port))
    return llvm::createStringError(std::errc::address_in_use,
                                   "cannot listen on 127.0.0.1:%d: another process has that port",
                                   static_cast<int>(options.port));
  return server;
}

}  // namespace gpuspec::deploy::sandbox
