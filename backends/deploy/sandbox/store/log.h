#pragma once

// What was written last, in a file beside the database: a batch is one record, appended with one
// system call. A record is there as a whole or not at all; one that a killed process wrote in part
// was never answered, and is dropped.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox {

// An event as it stands in the log; the texts live for the call that they are given to.
struct Logged {
  bool removed = false;
  std::string_view key, value;  // the value as JSON
  std::int64_t created = 0, modified = 0;
};

// One thread at a time.
class WriteLog {
 public:
  WriteLog() = default;
  ~WriteLog();
  WriteLog(WriteLog&& other) noexcept { *this = std::move(other); }
  WriteLog& operator=(WriteLog&& other) noexcept;

  // Opens or makes the file, readable by its owner only.
  [[nodiscard]] llvm::Error open(const std::string& file);
  // Survives the process from here on. When it fails, nothing of it is there.
  [[nodiscard]] llvm::Error append(const std::vector<Event>& events);
  // All events of all records to `use`, which takes a copy of nothing: the texts go away after it.
  [[nodiscard]] llvm::Error read(const std::function<llvm::Error(std::vector<Logged>)>& use);
  [[nodiscard]] llvm::Error clear();
  // Over what has that name.
  [[nodiscard]] llvm::Error rename(const std::string& file);
  std::uint64_t size() const { return size_; }

 private:
  llvm::Error fail(const char* what) const;

  std::string file_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string record_;  // kept for its memory
};

}  // namespace gpuspec::deploy::sandbox
