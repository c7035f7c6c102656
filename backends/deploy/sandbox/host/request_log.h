#pragma once

// Every request that the sandbox answers, as a line of JSON: what was asked, by which process, and
// how it ended. No header and no body.

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <sys/types.h>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/faults/faults.h"
#include "backends/deploy/sandbox/server/handler.h"

namespace gpuspec::deploy::sandbox {

class RequestLog {
 public:
  RequestLog() = default;
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  // Without this nothing is noted. `file` begins empty.
  [[nodiscard]] llvm::Error open(const std::string& file);
  HttpResponse noted(const HttpRequest& request, const FaultTarget& target,
                     const std::function<HttpResponse()>& answer);

 private:
  pid_t clientOf(const HttpRequest& request);

  std::mutex mutex_;
  int file_ = -1;
  std::vector<pid_t> recent_;  // clients
};

}  // namespace gpuspec::deploy::sandbox
