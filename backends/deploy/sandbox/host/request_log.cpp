#include "backends/deploy/sandbox/host/request_log.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "backends/deploy/sandbox/server/peer.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

namespace {

constexpr std::size_t kRecent = 4;

std::int64_t nowInMicroseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

const char* nameOf(FaultApi api) {
  return api == FaultApi::Kubernetes ? "kubernetes" : api == FaultApi::Login ? "login" : "arm";
}

const char* nameOf(HttpResponse::Ending ending) {
  switch (ending) {
    case HttpResponse::Ending::Dropped:
      return "dropped";
    case HttpResponse::Ending::CutInHeader:
    case HttpResponse::Ending::CutInBody:
      return "cut";
    case HttpResponse::Ending::Whole:
      break;
  }
  return "whole";
}

}  // namespace

RequestLog::~RequestLog() {
  if (file_ >= 0) ::close(file_);
}

llvm::Error RequestLog::open(const std::string& file) {
  file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (file_ >= 0) return llvm::Error::success();
  const int why = errno;
  return llvm::createStringError(std::error_code(why, std::generic_category()),
                                 "cannot write the log of requests `%s`: %s", file.c_str(),
                                 std::strerror(why));
}

pid_t RequestLog::clientOf(const HttpRequest& request) {
  std::vector<pid_t> likely;
  {
    const std::lock_guard lock(mutex_);
    likely = recent_;
  }
  const std::optional<pid_t> client =
      sandbox::clientOf(request.client_port, request.server_port, likely);
  if (!client || std::ranges::find(likely, *client) != likely.end()) return client.value_or(0);
  const std::lock_guard lock(mutex_);
  recent_.insert(recent_.begin(), *client);
  recent_.resize(std::min(recent_.size(), kRecent));
  return *client;
}

HttpResponse RequestLog::noted(const HttpRequest& request, const FaultTarget& target,
                               const std::function<HttpResponse()>& answer) {
  if (file_ < 0) return answer();
  const std::int64_t began = nowInMicroseconds();
  // While it waits for the answer: later it may be gone.
  const pid_t client = clientOf(request);
  HttpResponse response = answer();
  const Tree line = ir::mapOf(
      "began_us", began, "ended_us", nowInMicroseconds(), "pid", static_cast<std::int64_t>(client),
      "api", nameOf(target.api), "cluster", target.cluster, "method", request.method, "path",
      target.path, "status", response.status, "ending", nameOf(response.ending));
  const std::string text = ir::toJson(line) + "\n";
  const std::lock_guard lock(mutex_);
  if (::write(file_, text.data(), text.size()) < 0) return response;
  return response;
}

}  // namespace gpuspec::deploy::sandbox
