#pragma once

// The few things that writing an output folder asks of a file system. Tests put a disk here that is
// full, refuses, or is switched off between two steps.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

namespace gpuspec::artifact {

enum class NodeKind : std::uint8_t { Missing, File, Folder, Link, Other };

// Held until destroyed; the system lets go of it when the process dies.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
};

// Errors are WriteErrors of Reason::System.
class Disk {
 public:
  virtual ~Disk() = default;

  // Never looks through a symbolic link in the last component.
  virtual llvm::Expected<NodeKind> kind(const std::string& path) = 0;
  virtual llvm::Expected<std::string> read(const std::string& path) = 0;
  virtual llvm::Expected<std::vector<std::string>> list(
      const std::string& folder) = 0;  // names, sorted
  // nullptr when another process holds it.
  virtual llvm::Expected<std::unique_ptr<FolderLock>> lock(const std::string& folder) = 0;

  virtual llvm::Error makeFolder(const std::string& path) = 0;  // its parent exists
  virtual llvm::Error writeNew(const std::string& path,
                               std::string_view bytes) = 0;  // fails if it exists
  virtual llvm::Error rename(const std::string& from,
                             const std::string& to) = 0;          // replaces a file
  virtual llvm::Error remove(const std::string& path) = 0;        // a file
  virtual llvm::Error removeFolder(const std::string& path) = 0;  // an empty one
  // What was written below `folder` outlives a power cut.
  virtual llvm::Error sync(const std::string& folder) = 0;
};

Disk& realDisk();

}  // namespace gpuspec::artifact
