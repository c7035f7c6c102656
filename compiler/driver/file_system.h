#pragma once

// Reading files, as a port: the real disk or a map in memory.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

namespace gpuspec::driver {

enum class FileKind : std::uint8_t { Missing, Regular, Folder, Other };

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual FileKind kind(const std::string& path) const = 0;
  // The bytes of a regular file of at most `limit` bytes. Fails with a plain reason: "no such
  // file", "permission denied".
  virtual llvm::Expected<std::string> read(const std::string& path, std::uint64_t limit) const = 0;
  // Names in a folder, sorted.
  virtual llvm::Expected<std::vector<std::string>> list(const std::string& folder) const = 0;
  // Absolute, without `.`, `..` and symbolic links as far as the path exists.
  virtual std::string canonical(const std::string& path) const = 0;
};

class RealFileSystem final : public FileSystem {
 public:
  FileKind kind(const std::string& path) const override;
  llvm::Expected<std::string> read(const std::string& path, std::uint64_t limit) const override;
  llvm::Expected<std::vector<std::string>> list(const std::string& folder) const override;
  std::string canonical(const std::string& path) const override;
};

// Paths are absolute: "/project/main.gpuspec". Folders exist by having files.
class MemoryFileSystem final : public FileSystem {
 public:
  std::map<std::string, std::string> files;
  FileKind kind(const std::string& path) const override;
  llvm::Expected<std::string> read(const std::string& path, std::uint64_t limit) const override;
  llvm::Expected<std::vector<std::string>> list(const std::string& folder) const override;
  std::string canonical(const std::string& path) const override;
};

// "a/./b/../c" to "a/c"; a leading ".." stays.
std::string normalized(std::string_view path);
std::string folderOf(const std::string& path);
std::string joined(const std::string& folder, const std::string& name);
// `path` as seen from `root`; the path itself when it lies outside.
std::string relativeTo(const std::string& root, const std::string& path);
bool isInside(const std::string& root, const std::string& path);

}  // namespace gpuspec::driver
