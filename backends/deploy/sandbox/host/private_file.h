#pragma once

#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

namespace gpuspec::deploy::sandbox {

// Replaces the file in one step; nobody but its owner can read it at any moment.
[[nodiscard]] llvm::Error writePrivateFile(const std::string& path, std::string_view text);
[[nodiscard]] llvm::Expected<std::string> readFile(const std::string& path);

// An exclusive lock on a file, for as long as it lives.
class FolderLock {
 public:
  // Fails when somebody else holds it.
  [[nodiscard]] static llvm::Expected<FolderLock> take(const std::string& path);
  // Looks without taking it, so that nobody who takes it at the same moment is refused.
  static bool isTaken(const std::string& path);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace gpuspec::deploy::sandbox
