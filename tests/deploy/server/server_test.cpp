#include "backends/deploy/sandbox/server/server.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "tests/deploy/server/temp_folder.h"

namespace gpuspec::deploy::sandbox {
namespace {

using namespace std::chrono_literals;

// Answers what it was asked; a few paths do more.
class Echo : public Handler {
 public:
  HttpResponse handle(const HttpRequest& request) override {
    if (request.path == "/throw") throw std::runtime_error("secret inside");
    if (request.path == "/stream") return stream();
    if (request.path == "/forever") return forever();
    if (request.path == "/meet") return meet();
    HttpResponse response;
    response.content_type = "text/plain";
    response.headers = {{"X-Answer", "yes"}};
    response.status = request.path == "/none" ? 204 : 200;
    if (request.path == "/none") return response;
    response.body = request.method + " " + request.path + "\n";
    for (const auto& [name, value] : request.query) response.body += name + "=" + value + "\n";
    response.body += "type:" + std::string(request.header("content-type")) + "\n";
    response.body +=
        "body:" + std::to_string(request.body.size()) + ":" + request.body.substr(0, 40);
    return response;
  }

  std::atomic<int> pieces = 0;
  std::atomic<bool> gone = false;

 private:
  HttpResponse stream() {
    HttpResponse response;
    response.content_type = "application/json";
    auto left = std::make_shared<int>(3);
    response.stream = [left](const std::function<bool(std::string_view)>& write) {
      return write("piece " + std::to_string(*left) + "\n") && --*left > 0;
    };
    return response;
  }

  HttpResponse forever() {
    HttpResponse response;
    response.stream = [this](const std::function<bool(std::string_view)>& write) {
      std::this_thread::sleep_for(2ms);
      ++pieces;
      const bool sent = write("more\n");
      gone = !sent;
      return sent;
    };
    return response;
  }

  // Answers when 40 callers are here at the same time.
  HttpResponse meet() {
    std::unique_lock lock(mutex_);
    ++here_;
    all_here_.notify_all();
    HttpResponse response;
    response.status = all_here_.wait_for(lock, 20s, [this] { return here_ >= 40; }) ? 200 : 500;
    return response;
  }

  std::mutex mutex_;
  std::condition_variable all_here_;
  int here_ = 0;
};

struct Answer {
  CURLcode code = CURLE_OK;
  long status = 0;
  std::string body, headers;
  long connects = 0;
};

class Client {
 public:
  explicit Client(std::string ca_file) : ca_file_(std::move(ca_file)), curl_(curl_easy_init()) {}
  ~Client() { curl_easy_cleanup(curl_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // `body` null = none.
  Answer send(const std::string& method, const std::string& url, const std::string* body = nullptr,
              const std::string& type = "",
              std::function<bool(const std::string&)> on_data = nullptr) {
    Answer answer;
    on_data_ = std::move(on_data);
    answer_ = &answer;
    curl_easy_reset(curl_);
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl_, CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl_, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl_, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Client::take);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, &Client::takeHeader);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
    if (method == "HEAD") curl_easy_setopt(curl_, CURLOPT_NOBODY, 1L);
    curl_slist* headers =
        type.empty() ? nullptr : curl_slist_append(nullptr, ("Content-Type: " + type).c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
    if (body != nullptr) {
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body->data());
    }
    answer.code = curl_easy_perform(curl_);
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(curl_, CURLINFO_NUM_CONNECTS, &answer.connects);
    curl_slist_free_all(headers);
    return answer;
  }

 private:
  static std::size_t take(char* data, std::size_t, std::size_t size, void* self) {
    auto* client = static_cast<Client*>(self);
    client->answer_->body.append(data, size);
    if (client->on_data_ && !client->on_data_(client->answer_->body)) return 0;
    return size;
  }
  static std::size_t takeHeader(char* data, std::size_t, std::size_t size, void* self) {
    static_cast<Client*>(self)->answer_->headers.append(data, size);
    return size;
  }

  std::string ca_file_;
  CURL* curl_;
  Answer* answer_ = nullptr;
  std::function<bool(const std::string&)> on_data_;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest()
      : certificates_(llvm::cantFail(openCertificates(folder_.path()))),
        server_(llvm::cantFail(makeServer(certificates_, echo_, {0, 128}))),
        thread_([this] { llvm::cantFail(server_->run()); }) {}
  ~ServerTest() override {
    server_->stop();
    thread_.join();
  }

  std::string url(const std::string& path, const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(server_->port()) + path;
  }

  TempFolder folder_;
  Echo echo_;
  Certificates certificates_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST_F(ServerTest, ServesEveryMethodWithAnyContentType) {
  Client client(certificates_.ca_file);
  const std::string body = "{\"a\":1}";
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    for (const char* type : {"application/json", "application/apply-patch+yaml",
                             "application/x-www-form-urlencoded"}) {
      const Answer answer = client.send(method, url("/x"), &body, type);
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.body, std::string(method) + " /x\ntype:" + type + "\nbody:7:{\"a\":1}");
    }
  }
  EXPECT_EQ(client.send("GET", url("/x")).body, "GET /x\ntype:\nbody:0:");
  EXPECT_EQ(client.send("OPTIONS", url("/x")).body, "OPTIONS /x\ntype:\nbody:0:");
}

TEST_F(ServerTest, DoesNotWaitForABodyThatNobodyAnnounced) {
  Client client(certificates_.ca_file);
  const auto begin = std::chrono::steady_clock::now();
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"})
    EXPECT_EQ(client.send(method, url("/x")).body, std::string(method) + " /x\ntype:\nbody:0:");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
}

TEST_F(ServerTest, HeadHasHeadersOnly) {
  Client client(certificates_.ca_file);
  const Answer answer = client.send("HEAD", url("/x"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_NE(answer.headers.find("X-Answer: yes"), std::string::npos);
}

TEST_F(ServerTest, DecodesPathAndQueryAndKeepsTheirOrder) {
  Client client(certificates_.ca_file);
  const Answer answer = client.send(
      "GET", url("/a%20b/c?z=1%26+2&a=%7B%22x%22%7D&empty=&flag&$filter=n%20eq%20'v'&z=3"));
  EXPECT_EQ(answer.body,
            "GET /a b/c\nz=1& 2\na={\"x\"}\nempty=\nflag=\n$filter=n eq 'v'\nz=3\ntype:\nbody:0:");
}

TEST_F(ServerTest, TakesLongUrls) {
  Client client(certificates_.ca_file);
  const std::string selector(7000, 's');
  const Answer answer = client.send("GET", url("/x?labelSelector=" + selector));
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find(selector), std::string::npos);
}

TEST_F(ServerTest, AnswersWithoutABodyHaveNone) {
  Client client(certificates_.ca_file);
  const Answer answer = client.send("DELETE", url("/none"));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
}

TEST_F(ServerTest, RefusesBodiesPastItsLimitAndGoesOn) {
  Client client(certificates_.ca_file);
  const std::string fits(15u << 20, 'x'), large((16u << 20) + 1, 'x');
  EXPECT_EQ(client.send("PUT", url("/x"), &fits).status, 200);
  EXPECT_EQ(client.send("PUT", url("/x"), &large).status, 413);
  EXPECT_EQ(client.send("GET", url("/x")).status, 200);
}

TEST_F(ServerTest, AHandlerThatThrowsIsOne500) {
  Client client(certificates_.ca_file);
  const Answer answer = client.send("GET", url("/throw"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ((answer.body + answer.headers).find("secret inside"), std::string::npos);
  EXPECT_EQ(client.send("GET", url("/x")).status, 200);
}

TEST_F(ServerTest, KeepsConnectionsAlive) {
  Client client(certificates_.ca_file);
  EXPECT_EQ(client.send("GET", url("/x")).connects, 1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.send("GET", url("/x")).connects, 0);
}

TEST_F(ServerTest, StreamsInPieces) {
  Client client(certificates_.ca_file);
  const Answer answer = client.send("GET", url("/stream"));
  EXPECT_EQ(answer.code, CURLE_OK);
  EXPECT_EQ(answer.body, "piece 3\npiece 2\npiece 1\n");
  EXPECT_NE(answer.headers.find("chunked"), std::string::npos);
  EXPECT_EQ(client.send("GET", url("/x")).connects, 0);
}

TEST_F(ServerTest, StreamsArriveAsTheyAreWrittenAndEndWhenTheClientLeaves) {
  Client client(certificates_.ca_file);
  const Answer answer = client.send("GET", url("/forever"), nullptr, "",
                                    [](const std::string& body) { return body.size() < 50; });
  EXPECT_EQ(answer.code, CURLE_WRITE_ERROR);
  int last = -1;
  while (last != echo_.pieces) {
    last = echo_.pieces;
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_GT(last, 0);
}

TEST_F(ServerTest, StopEndsStreamsAndIdleConnections) {
  Client idle(certificates_.ca_file);
  EXPECT_EQ(idle.send("GET", url("/x")).status, 200);
  std::atomic<bool> streaming = false;
  Answer answer;
  std::thread follower([&] {
    Client client(certificates_.ca_file);
    answer = client.send("GET", url("/forever"), nullptr, "", [&](const std::string&) {
      streaming = true;
      streaming.notify_all();
      return true;
    });
  });
  streaming.wait(false);
  const auto begin = std::chrono::steady_clock::now();
  server_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  follower.join();
  EXPECT_EQ(answer.code, CURLE_OK) << "the stream ended as a whole";
  EXPECT_NE(idle.send("GET", url("/x")).code, CURLE_OK);
}

TEST_F(ServerTest, ManyCallersAreServedAtTheSameTime) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&] {
      Client client(certificates_.ca_file);
      if (client.send("GET", url("/meet")).status == 200) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

TEST_F(ServerTest, ItsNamesAreInTheCertificate) {
  Client client(certificates_.ca_file);
  EXPECT_EQ(client.send("GET", url("/x", "localhost")).status, 200);
  EXPECT_EQ(client.send("GET", url("/x")).status, 200);
}

TEST_F(ServerTest, AnotherCaIsNotTrusted) {
  TempFolder other;
  const Certificates others = llvm::cantFail(openCertificates(other.path()));
  Client client(others.ca_file);
  EXPECT_EQ(client.send("GET", url("/x")).code, CURLE_PEER_FAILED_VERIFICATION);
}

TEST_F(ServerTest, APortIsNotShared) {
  llvm::Expected<std::unique_ptr<Server>> second =
      makeServer(certificates_, echo_, {server_->port(), 4});
  ASSERT_FALSE(static_cast<bool>(second));
  EXPECT_NE(llvm::toString(second.takeError()).find(std::to_string(server_->port())),
            std::string::npos);
}

TEST_F(ServerTest, ListensOnLoopbackOnly) {
  // 127.0.0.2 is this machine, too, but not the address it bound.
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server_->port());
  ::inet_pton(AF_INET, "127.0.0.2", &address.sin_addr);
  EXPECT_NE(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(socket);
}

TEST_F(ServerTest, APlainConnectionDoesNotHoldUpAStop) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server_->port());
  ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  Client client(certificates_.ca_file);
  EXPECT_EQ(client.send("GET", url("/x")).status, 200);
  const auto begin = std::chrono::steady_clock::now();
  server_->stop();
  thread_.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  thread_ = std::thread([] {});
  ::close(socket);
}

int socketThatListensOn(int port) {
  for (int file = 3; file < 1024; ++file) {
    int listens = 0;
    socklen_t size = sizeof listens;
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (::getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0 &&
        ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &length) == 0 &&
        ntohs(address.sin_port) == port)
      return file;
  }
  return -1;
}

TEST_F(ServerTest, AnErrorOfAcceptIsNotItsEnd) {
  Client kept(certificates_.ca_file);
  EXPECT_EQ(kept.send("GET", url("/x")).status, 200);
  const int listening = socketThatListensOn(server_->port());
  ASSERT_GE(listening, 0);
  ASSERT_EQ(::shutdown(listening, SHUT_RDWR), 0);  // accept() fails from now on
  Answer answer;
  for (int tries = 0; tries < 1000 && answer.status != 200; ++tries) {
    answer = Client(certificates_.ca_file).send("GET", url("/y"));
    if (answer.status != 200) std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(answer.status, 200);
}

TEST(Server, StoppedBeforeItRunsReturnsAtOnce) {
  TempFolder folder;
  Echo echo;
  const Certificates certificates = llvm::cantFail(openCertificates(folder.path()));
  const std::unique_ptr<Server> server = llvm::cantFail(makeServer(certificates, echo, {}));
  server->stop();
  llvm::cantFail(server->run());
  server->stop();
}

TEST(Server, AStopThatRacesWithRunIsNotLost) {
  TempFolder folder;
  Echo echo;
  const Certificates certificates = llvm::cantFail(openCertificates(folder.path()));
  for (int i = 0; i < 50; ++i) {
    const std::unique_ptr<Server> server = llvm::cantFail(makeServer(certificates, echo, {}));
    std::thread runner([&] { llvm::cantFail(server->run()); });
    server->stop();
    runner.join();
  }
}

TEST(Server, MoreConnectionsThanThreadsAreServedInTurn) {
  TempFolder folder;
  Echo echo;
  const Certificates certificates = llvm::cantFail(openCertificates(folder.path()));
  const std::unique_ptr<Server> server = llvm::cantFail(makeServer(certificates, echo, {0, 2}));
  std::thread runner([&] { llvm::cantFail(server->run()); });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<Client>(certificates.ca_file));
    EXPECT_EQ(clients.back()
                  ->send("GET", "https://127.0.0.1:" + std::to_string(server->port()) + "/x")
                  .status,
              200);
  }
  server->stop();
  runner.join();
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
