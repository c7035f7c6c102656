#pragma once

// Programs of others, run without a shell, and files for their eyes only.

#include <chrono>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::process {

struct ProcessResult {
  int exit_code = 0;     // 128 + signal when killed
  std::string out, err;  // the last bytes of each, at most as many as were asked for
  bool timed_out = false, cancelled = false;
};

// Runs a program without a shell and without a terminal, with the caller's environment but for the
// variables whose names begin with one of `without`, and with those of `with` ("NAME=value"). Ends
// it with its whole group when time is over or somebody cancels.
[[nodiscard]] llvm::Expected<ProcessResult> runProcess(const std::vector<std::string>& arguments,
                                                       std::chrono::milliseconds timeout,
                                                       const http::CancelToken& cancel,
                                                       std::size_t keep = 64 * 1024,
                                                       const std::vector<std::string>& without = {},
                                                       const std::vector<std::string>& with = {});

// The program of this name on PATH; "" where there is none. Never one of the current folder.
std::string findProgram(const std::string& name);

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

}  // namespace gpuspec::deploy::process
