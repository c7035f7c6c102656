#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::helm {

struct ProcessResult {
  int exit_code = 0;     // 128 + signal when killed
  std::string out, err;  // the last bytes of each, at most as many as were asked for
  bool timed_out = false, cancelled = false;
};

// Runs a program without a shell, with the caller's environment but for the variables whose names
// begin with one of `without`, and ends it with its whole group when time is over or somebody
// cancels.
[[nodiscard]] llvm::Expected<ProcessResult> runProcess(
    const std::vector<std::string>& arguments, std::chrono::seconds timeout,
    const http::CancelToken& cancel, std::size_t keep = 64 * 1024,
    const std::vector<std::string>& without = {});

// A file that only this user can read, for as long as it lives.
class PrivateFile {
 public:
  [[nodiscard]] static llvm::Expected<PrivateFile> make(const std::string& text);
  PrivateFile(PrivateFile&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  PrivateFile& operator=(PrivateFile&&) = delete;
  ~PrivateFile();
  const std::string& path() const { return path_; }

 private:
  explicit PrivateFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace gpuspec::deploy::helm
