// apply_rate SERVER CA TOKEN_FILE CONNECTIONS < OBJECTS: server-side applies as quickly as a server
// takes them, from one thread, over that many connections. A line of OBJECTS is a path, a tab and a
// body in JSON; an empty line waits until everything before it is answered. Prints how many, wall
// seconds and this program's own processor seconds.

#include <curl/curl.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr const char* kQuery = "?fieldManager=gpuspec&fieldValidation=Strict";

struct Object {
  std::string url, body;
};

std::vector<std::vector<Object>> readStages(const std::string& server) {
  std::vector<std::vector<Object>> stages(1);
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      stages.emplace_back();
    } else {
      stages.back().push_back({server + line.substr(0, tab) + kQuery, line.substr(tab + 1)});
    }
  }
  return stages;
}

std::size_t forget(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

class Client {
 public:
  Client(const std::string& ca, const std::string& token, long connections)
      : multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, connections);
    for (const std::string& line :
         {"Authorization: Bearer " + token, std::string("Accept: application/json"),
          std::string("Content-Type: application/apply-patch+yaml"), std::string("Expect:")})
      headers_ = curl_slist_append(headers_, line.c_str());
    for (long i = 0; i < connections; ++i) idle_.push_back(makeHandle(ca));
  }

  ~Client() {
    for (CURL* easy : idle_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
    curl_slist_free_all(headers_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void run(const std::vector<Object>& objects) {
    std::size_t next = 0, answered = 0;
    while (answered < objects.size()) {
      for (; next < objects.size() && !idle_.empty(); ++next) begin(objects[next]);
      int running = 0;
      curl_multi_perform(multi_, &running);
      const std::size_t ended = collect();
      answered += ended;
      if (ended == 0) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
  }

 private:
  CURL* makeHandle(const std::string& ca) const {
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PATCH");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, forget);
    return easy;
  }

  void begin(const Object& object) {
    CURL* easy = idle_.back();
    idle_.pop_back();
    curl_easy_setopt(easy, CURLOPT_URL, object.url.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, object.body.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(object.body.size()));
    curl_multi_add_handle(multi_, easy);
  }

  std::size_t collect() {
    std::size_t ended = 0;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      long status = 0;
      curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      if (message->data.result != CURLE_OK || (status != 200 && status != 201)) {
        std::fprintf(stderr, "apply_rate: %s, status %ld\n",
                     curl_easy_strerror(message->data.result), status);
        std::exit(1);
      }
      CURL* easy = message->easy_handle;
      curl_multi_remove_handle(multi_, easy);
      idle_.push_back(easy);
      ++ended;
    }
    return ended;
  }

  CURLM* multi_;
  curl_slist* headers_ = nullptr;
  std::vector<CURL*> idle_;
};

double processorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fprintf(stderr, "usage: apply_rate SERVER CA TOKEN_FILE CONNECTIONS < OBJECTS\n");
    return 64;
  }
  std::string token;
  std::getline(std::ifstream(words[3]), token);
  const std::vector<std::vector<Object>> stages = readStages(words[1]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Client client(words[2], token, std::atol(words[4]));
  const double processor = processorSeconds();
  const auto began = std::chrono::steady_clock::now();
  std::size_t all = 0;
  for (const std::vector<Object>& stage : stages) {
    client.run(stage);
    all += stage.size();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%zu %.6f %.6f\n", all, took.count(), processorSeconds() - processor);
  return 0;
}
