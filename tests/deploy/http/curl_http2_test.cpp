// HTTP/2 where the server speaks it: one connection carries everything, also streams that stand
// still. The server is nghttpd.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "backends/deploy/http/curl.h"
#include "tests/deploy/support/test_ca.h"
#include "tests/support/needs.h"

namespace gpuspec::deploy::http {
namespace {

namespace fs = std::filesystem;

int freePort() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address);
  getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  close(probe);
  return ntohs(address.sin_port);
}

// nghttpd over one folder, its log in a file.
class Http2Server {
 public:
  explicit Http2Server(const test::KeyAndCertificate& identity) : port_(freePort()) {
    std::string name = (fs::temp_directory_path() / "gpuspec-http2-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    write("cert.pem", identity.certificate_pem);
    write("key.pem", identity.key_pem);
    fs::create_directory(folder_ / "www");
    write("www/small", "small");
    write("www/large", std::string(16u << 20, 'x'));
    process_ = fork();
    if (process_ == 0) serve();
  }
  ~Http2Server() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    fs::remove_all(folder_);
  }
  std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(port_) + path;
  }
  // Connections are numbered in the log: "[id=7] ...".
  std::string log() const {
    std::ifstream file(folder_ / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  [[noreturn]] void serve() const {
    const std::string log_file = (folder_ / "log").string();
    if (freopen(log_file.c_str(), "w", stdout) == nullptr) _exit(126);
    execlp("nghttpd", "nghttpd", "-v", "-a", "127.0.0.1", "-d", (folder_ / "www").c_str(),
           std::to_string(port_).c_str(), (folder_ / "key.pem").c_str(),
           (folder_ / "cert.pem").c_str(), nullptr);
    _exit(127);
  }

  int port_;
  fs::path folder_;
  pid_t process_ = -1;
};

Request get(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

std::unique_ptr<Transport> transportFor(const test::TestCa& ca) {
  CurlOptions options;
  options.tls.ca_pem = ca.pem();
  return llvm::cantFail(makeCurlTransport(options));
}

// Until the server listens.
bool answers(Transport& transport, const std::string& url) {
  for (int i = 0; i < 200; ++i) {
    auto response = transport.send(get(url));
    if (response) return response->status == 200;
    llvm::consumeError(response.takeError());
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return false;
}

std::size_t handshakes(const std::string& log) {
  std::size_t count = 0;
  const std::string mark = "The negotiated protocol: h2";
  for (std::size_t at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1))
    ++count;
  return count;
}

TEST(CurlHttp2, OneConnectionCarriesEverything) {
  GPUSPEC_NEEDS("nghttpd");
  const test::TestCa ca("ours");
  const Http2Server server(ca.server("IP:127.0.0.1"));
  const auto transport = transportFor(ca);
  ASSERT_TRUE(answers(*transport, server.url("/small")));
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 32; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        auto response = transport->send(get(server.url("/small")));
        if (response && response->body == "small") ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 320);
  EXPECT_EQ(handshakes(server.log()), 1u) << server.log().substr(0, 2000);
}

TEST(CurlHttp2, AStandingStreamHoldsUpNoOther) {
  GPUSPEC_NEEDS("nghttpd");
  const test::TestCa ca("ours");
  const Http2Server server(ca.server("IP:127.0.0.1"));
  const auto transport = transportFor(ca);
  ASSERT_TRUE(answers(*transport, server.url("/small")));
  std::size_t seen = 0;
  int others = 0;
  Request request = get(server.url("/large"));
  request.on_body = [&](std::string_view piece) {
    seen += piece.size();
    if (others < 10) {
      auto small = transport->send(get(server.url("/small")));
      others += small && small->body == "small" ? 1 : 100;
    }
    return true;
  };
  ASSERT_TRUE(static_cast<bool>(transport->send(request)));
  EXPECT_EQ(seen, 16u << 20);
  EXPECT_GE(others, 2);
  EXPECT_LE(others, 10);
}

}  // namespace
}  // namespace gpuspec::deploy::http
