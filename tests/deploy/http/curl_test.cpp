// The Transport over libcurl against a server in this process: bodies, methods, limits, streams,
// cancelling, many threads at once.

#include "backends/deploy/http/curl.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "tests/deploy/http/test_server.h"

namespace gpuspec::deploy::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::TestServer;

std::unique_ptr<Transport> transport(CurlOptions options = {}) {
  auto made = makeCurlTransport(std::move(options));
  EXPECT_TRUE(static_cast<bool>(made)) << llvm::toString(made.takeError());
  return std::move(*made);
}

Request get(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

struct Failure {
  TransportError::Kind kind = TransportError::Kind::Other;
  bool sent = false;
  std::string text;
};

Failure failureOf(llvm::Expected<Response> response) {
  Failure failure{TransportError::Kind::Other, false, "no error"};
  if (response) return failure;
  llvm::handleAllErrors(response.takeError(), [&](const TransportError& error) {
    failure = {error.kind, error.sent, error.text};
  });
  return failure;
}

milliseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

// Lets a handler wait until the test lets go.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool wait(milliseconds longest = milliseconds(10'000)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// A socket that answers each connection with `reply` and closes it.
class RawServer {
 public:
  explicit RawServer(std::string reply)
      : reply_(std::move(reply)), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(socket_, 16);
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~RawServer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  int requests() const { return requests_; }

 private:
  void serve() {
    while (true) {
      const int client = accept(socket_, nullptr, nullptr);
      if (client < 0) return;
      std::string seen;
      std::array<char, 4096> buffer{};
      while (seen.find("\r\n\r\n") == std::string::npos) {
        const ssize_t count = read(client, buffer.data(), buffer.size());
        if (count <= 0) break;
        seen.append(buffer.data(), static_cast<std::size_t>(count));
      }
      ++requests_;
      if (write(client, reply_.data(), reply_.size()) < 0) ++requests_;
      close(client);
    }
  }

  std::string reply_;
  int socket_;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
};

TEST(Curl, CarriesMethodHeadersAndBodyBothWays) {
  TestServer server;
  httplib::Request seen;
  server.routes().Patch("/api", [&](const httplib::Request& request, httplib::Response& response) {
    seen = request;
    response.status = 409;
    response.set_header("X-Reason", "  busy ");
    response.set_content("taken", "text/plain");
  });
  server.start();
  Request request = get(server.url("/api?fieldManager=gpuspec"));
  request.method = "PATCH";
  request.headers = {{"Content-Type", "application/apply-patch+yaml"}};
  request.body = "kind: ConfigMap";
  auto response = transport()->send(request);
  ASSERT_TRUE(static_cast<bool>(response));
  EXPECT_EQ(response->status, 409);
  EXPECT_EQ(response->header("x-reason"), "busy");
  EXPECT_EQ(response->header("content-type"), "text/plain");
  EXPECT_EQ(response->body, "taken");
  EXPECT_EQ(seen.body, "kind: ConfigMap");
  EXPECT_EQ(seen.get_param_value("fieldManager"), "gpuspec");
  EXPECT_EQ(seen.get_header_value("Content-Type"), "application/apply-patch+yaml");
  EXPECT_EQ(seen.get_header_value("User-Agent"), "gpuspec");
  EXPECT_FALSE(seen.has_header("Expect"));
}

TEST(Curl, AHandleKeepsNothingOfTheRequestBefore) {
  TestServer server;
  std::vector<httplib::Request> seen;
  const auto note = [&](const httplib::Request& request, httplib::Response& response) {
    seen.push_back(request);
    response.set_content("ok", "text/plain");
  };
  server.routes().Put("/x", note);
  server.routes().Get("/x", note);
  server.routes().Delete("/x", note);
  server.start();
  const auto client = transport();
  for (const std::string method : {"PUT", "GET", "HEAD", "DELETE", "PUT"}) {
    Request request = get(server.url("/x"));
    request.method = method;
    if (method == "PUT") request.body = R"({"a":1})", request.headers = {{"X-Secret", "s"}};
    auto response = client->send(request);
    ASSERT_TRUE(static_cast<bool>(response)) << method;
    EXPECT_EQ(response->body, method == "HEAD" ? "" : "ok");
  }
  ASSERT_EQ(seen.size(), 5u);
  for (std::size_t i : {1u, 2u, 3u}) {
    EXPECT_EQ(seen[i].body, "");
    EXPECT_FALSE(seen[i].has_header("X-Secret"));
    EXPECT_FALSE(seen[i].has_header("Content-Type"));
  }
  EXPECT_EQ(seen[3].method, "DELETE");
  EXPECT_EQ(seen[4].body, R"({"a":1})");
}

TEST(Curl, FollowsNoRedirect) {
  TestServer server;
  server.routes().Get("/old", [](const httplib::Request&, httplib::Response& response) {
    response.set_redirect("/new");
  });
  server.start();
  auto response = transport()->send(get(server.url("/old")));
  ASSERT_TRUE(static_cast<bool>(response));
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->header("location"), "/new");
}

TEST(Curl, ManyThreadsShareAFewConnections) {
  TestServer server;
  std::mutex mutex;
  std::set<int> client_ports;
  server.routes().set_keep_alive_max_count(100'000);
  server.routes().Post("/echo", [&](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex);
    client_ports.insert(request.remote_port);
    response.set_content(request.body, "text/plain");
  });
  server.start();
  CurlOptions options;
  options.connections = 4;
  const auto client = transport(options);
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 24; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Request request = get(server.url("/echo"));
        request.method = "POST";
        request.body = std::to_string(t) + ":" + std::to_string(i);
        auto response = client->send(request);
        if (response && response->body == request.body) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 24 * 20);
  EXPECT_LE(client_ports.size(), 4u);
}

TEST(Curl, PlainHttpOnlyToThisMachine) {
  const Failure failure = failureOf(transport()->send(get("http://example.com/x?token=abc")));
  EXPECT_EQ(failure.kind, TransportError::Kind::Other);
  EXPECT_FALSE(failure.sent);
  EXPECT_NE(failure.text.find("GET http://example.com/x: plain http"), std::string::npos)
      << failure.text;
  EXPECT_NE(failure.text.find("unencrypted"), std::string::npos);
  EXPECT_EQ(failure.text.find("abc"), std::string::npos);
  for (const std::string url :
       {"http://127.evil.example/", "http://localhost.evil.example/", "http://10.0.0.1/"})
    EXPECT_NE(failureOf(transport()->send(get(url))).text.find("plain http"), std::string::npos)
        << url;
}

TEST(Curl, RefusesUrlsThatItCannotTrust) {
  const Failure user = failureOf(transport()->send(get("https://me:hunter2@example.com/")));
  EXPECT_EQ(user.text.find("hunter2"), std::string::npos) << user.text;
  EXPECT_NE(user.text.find("user name"), std::string::npos) << user.text;
  EXPECT_NE(
      failureOf(transport()->send(get("file:///etc/passwd"))).text.find("neither https nor http"),
      std::string::npos);
  EXPECT_NE(failureOf(transport()->send(get("/api"))).text.find("absolute"), std::string::npos);
}

TEST(Curl, AHeaderCannotSmuggleAnother) {
  TestServer server;
  server.start();
  Request request = get(server.url("/"));
  request.headers = {{"Authorization", "Bearer a\r\nX-Other: b"}};
  const Failure failure = failureOf(transport()->send(request));
  EXPECT_FALSE(failure.sent);
  EXPECT_NE(failure.text.find("line break"), std::string::npos);
  EXPECT_EQ(failure.text.find("Bearer"), std::string::npos);
}

TEST(Curl, SaysThatNobodyListens) {
  const int unused = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(unused, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  getsockname(unused, reinterpret_cast<sockaddr*>(&address), &size);
  const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/api";
  const Failure failure = failureOf(transport()->send(get(url)));
  close(unused);
  EXPECT_EQ(failure.kind, TransportError::Kind::Connect);
  EXPECT_FALSE(failure.sent);
  EXPECT_EQ(failure.text, "GET " + url + ": connection refused");
}

TEST(Curl, ADroppedConnectionWasSent) {
  RawServer server("");
  Request request = get(server.url("/x"));
  request.method = "POST";
  const Failure failure = failureOf(transport()->send(request));
  EXPECT_EQ(failure.kind, TransportError::Kind::Dropped);
  EXPECT_TRUE(failure.sent);
  EXPECT_EQ(server.requests(), 1);
}

TEST(Curl, AnAnswerCutInItsHeaderIsNoAnswer) {
  for (const char* half : {"HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\n"}) {
    RawServer server(half);
    const Failure failure = failureOf(transport()->send(get(server.url("/x"))));
    EXPECT_EQ(failure.kind, TransportError::Kind::Dropped) << half;
  }
}

TEST(Curl, AnAnswerCutShortIsNoAnswer) {
  RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  const Failure failure = failureOf(transport()->send(get(server.url("/x"))));
  EXPECT_EQ(failure.kind, TransportError::Kind::Dropped);
  EXPECT_TRUE(failure.sent);
  EXPECT_NE(failure.text.find("in the middle"), std::string::npos) << failure.text;
}

TEST(Curl, InterimAnswersDoNotCount) {
  RawServer server(
      "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: "
      "2\r\n\r\nok");
  auto response = transport()->send(get(server.url("/x")));
  ASSERT_TRUE(static_cast<bool>(response));
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->header("x-early"), "");
}

TEST(Curl, KeepsABoundOnWhatItHolds) {
  TestServer server;
  server.routes().Get("/big", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::string(3u << 20, 'x'), "text/plain");
  });
  server.start();
  CurlOptions options;
  options.max_body = 1u << 20;
  const auto client = transport(options);
  const Failure failure = failureOf(client->send(get(server.url("/big"))));
  EXPECT_EQ(failure.kind, TransportError::Kind::TooLarge);
  EXPECT_NE(failure.text.find("larger than 1 MiB"), std::string::npos) << failure.text;
  std::size_t seen = 0;
  Request streaming = get(server.url("/big"));
  streaming.on_body = [&](std::string_view piece) {
    seen += piece.size();
    return true;
  };
  ASSERT_TRUE(static_cast<bool>(client->send(streaming)));
  EXPECT_EQ(seen, 3u << 20);
}

TEST(Curl, TimesOutWithoutAnAnswer) {
  Gate gate;  // outlives the server, whose threads wait at it
  TestServer server;
  server.routes().Get("/slow", [&](const httplib::Request&, httplib::Response&) { gate.wait(); });
  server.start();
  Request request = get(server.url("/slow"));
  request.timeout = milliseconds(150);
  const auto start = steady_clock::now();
  const Failure failure = failureOf(transport()->send(request));
  EXPECT_LT(since(start), milliseconds(5'000));
  gate.open();
  EXPECT_EQ(failure.kind, TransportError::Kind::Timeout);
  EXPECT_TRUE(failure.sent);
  EXPECT_NE(failure.text.find("no answer within 150 ms"), std::string::npos) << failure.text;
}

TEST(Curl, CancelsAtOnce) {
  TestServer server;
  Gate arrived, gate;
  server.routes().Get("/slow", [&](const httplib::Request&, httplib::Response&) {
    arrived.open();
    gate.wait();
  });
  server.start();
  CancelToken cancel;
  Request request = get(server.url("/slow"));
  request.cancel = &cancel;
  steady_clock::time_point cancelled;
  std::thread canceller([&] {
    arrived.wait();
    cancelled = steady_clock::now();
    cancel.cancel();
  });
  const Failure failure = failureOf(transport()->send(request));
  const milliseconds took = since(cancelled);
  canceller.join();
  gate.open();
  EXPECT_EQ(failure.kind, TransportError::Kind::Cancelled);
  EXPECT_TRUE(failure.sent);
  EXPECT_LT(took, milliseconds(2'000));
  EXPECT_FALSE(failureOf(transport()->send(request)).sent) << "already cancelled: nothing goes out";
}

TEST(Curl, StreamsEachPieceAsItArrives) {
  TestServer server;
  Gate first_read;
  server.routes().Get("/watch", [&](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("application/json",
                                          [&](std::size_t, httplib::DataSink& sink) {
                                            sink.write("one\n", 4);
                                            const bool read = first_read.wait();
                                            sink.write(read ? "two\n" : "lost\n", read ? 4 : 5);
                                            sink.done();
                                            return true;
                                          });
  });
  server.start();
  std::string seen;
  const std::thread::id sender = std::this_thread::get_id();
  Request request = get(server.url("/watch"));
  request.on_body = [&](std::string_view piece) {
    EXPECT_EQ(std::this_thread::get_id(), sender);
    seen += piece;
    if (seen == "one\n") first_read.open();
    return true;
  };
  auto response = transport()->send(request);
  ASSERT_TRUE(static_cast<bool>(response));
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(seen, "one\ntwo\n");
}

TEST(Curl, AReaderMayEndAStream) {
  Gate gate;  // outlives the server, whose threads wait at it
  TestServer server;
  server.routes().Get("/watch", [&](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("application/json",
                                          [&](std::size_t, httplib::DataSink& sink) {
                                            sink.write("event\n", 6);
                                            gate.wait();
                                            sink.done();
                                            return true;
                                          });
  });
  server.start();
  Request request = get(server.url("/watch"));
  request.on_body = [](std::string_view) { return false; };
  auto response = transport()->send(request);
  gate.open();
  ASSERT_TRUE(static_cast<bool>(response));
  EXPECT_EQ(response->status, 200);
}

TEST(Curl, ErrorsOfAStreamComeAsABody) {
  TestServer server;
  server.routes().Get("/watch", [](const httplib::Request&, httplib::Response& response) {
    response.status = 410;
    response.set_content("gone", "text/plain");
  });
  server.start();
  Request request = get(server.url("/watch"));
  request.on_body = [](std::string_view) {
    ADD_FAILURE() << "not a 2xx body";
    return true;
  };
  auto response = transport()->send(request);
  ASSERT_TRUE(static_cast<bool>(response));
  EXPECT_EQ(response->body, "gone");
}

// Far more than what may wait: the stream stands still, goes on, and loses nothing; meanwhile other
// requests are answered, even from within the reader.
TEST(Curl, ASlowReaderHoldsUpNobody) {
  TestServer server;
  const std::string block(1u << 20, 'b');
  server.routes().Get("/log", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content_provider(24u << 20, "text/plain",
                                  [&](std::size_t, std::size_t, httplib::DataSink& sink) {
                                    return sink.write(block.data(), block.size());
                                  });
  });
  server.routes().Get("/quick", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok", "text/plain");
  });
  server.start();
  const auto client = transport();
  std::size_t seen = 0;
  int others = 0;
  Request request = get(server.url("/log"));
  request.on_body = [&](std::string_view piece) {
    seen += piece.size();
    if (others < 20) {
      auto quick = client->send(get(server.url("/quick")));
      others += quick && quick->body == "ok" ? 1 : 100;
    }
    return true;
  };
  ASSERT_TRUE(static_cast<bool>(client->send(request)));
  EXPECT_EQ(seen, 24u << 20);
  EXPECT_GE(others, 2);
  EXPECT_LE(others, 20);
}

}  // namespace
}  // namespace gpuspec::deploy::http
