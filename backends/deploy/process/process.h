#pragma once

// Programs of others, run without a shell, and files for their eyes only.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::process {

struct ProcessResult {
  int exit_code = 0;     // 128 + signal when killed
  std::string out, err;  // the last bytes of each, at most as many as were asked for
  bool timed_out = false, cancelled = false;
};

struct ProcessOptions {
  std::chrono::milliseconds timeout{30'000};
  std::size_t keep = 64 * 1024;  // of each output, its end
  // The caller's environment but for variables whose names begin with one of `without`, and with
  // these ("NAME=value").
  std::vector<std::string> without{}, with{};
  std::vector<int> files{};  // open files that it gets, under the same numbers
  std::string folder{};      // where it starts; "" = here
};

// Runs a program without a shell and without a terminal. It ends with its whole group when time is
// over or somebody cancels, and is told to end when this process dies.
[[nodiscard]] llvm::Expected<ProcessResult> runProcess(const std::vector<std::string>& arguments,
                                                       const http::CancelToken& cancel,
                                                       const ProcessOptions& options);

// The program of this name on PATH; "" where there is none. Never one of the current folder.
std::string findProgram(const std::string& name);

// A file without a place on any disk: only programs that are run with it can read it, and nothing
// of it stays, however they or this process end.
class PrivateFile {
 public:
  [[nodiscard]] static llvm::Expected<PrivateFile> make(const std::string& text);
  PrivateFile(PrivateFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  PrivateFile& operator=(PrivateFile&&) = delete;
  ~PrivateFile();
  int file() const { return file_; }
  // As a program that is run with it finds it.
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  explicit PrivateFile(int file) : file_(file) {}
  int file_;
};

}  // namespace gpuspec::deploy::process
