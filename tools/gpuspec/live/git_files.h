#pragma once

// Files as they are in a revision of the git repository around the current folder.

#include <map>
#include <memory>
#include <set>
#include <string>

#include "compiler/driver/file_system.h"

namespace gpuspec::cli {

// Where the current folder is in its repository; fails outside of one, or without git.
struct GitPlace {
  std::string git;     // the program
  std::string prefix;  // "infra/" below the repository's root, "" at it
};
[[nodiscard]] llvm::Expected<GitPlace> gitPlace();
bool isRevision(const GitPlace& place, const std::string& text);

// Paths are absolute, with the repository's root as "/".
class GitFileSystem final : public driver::FileSystem {
 public:
  [[nodiscard]] static llvm::Expected<std::unique_ptr<GitFileSystem>> open(
      const GitPlace& place, const std::string& revision);
  driver::FileKind kind(const std::string& path) const override;
  llvm::Expected<std::string> read(const std::string& path, std::uint64_t limit) const override;
  llvm::Expected<std::vector<std::string>> list(const std::string& folder) const override;
  std::string canonical(const std::string& path) const override;

 private:
  GitFileSystem(GitPlace place, std::string revision)
      : place_(std::move(place)), revision_(std::move(revision)) {}

  GitPlace place_;
  std::string revision_;
  std::set<std::string> files_;     // "/infra/main.gpuspec"
  driver::RealFileSystem library_;  // the standard library is of this program, not of the revision
};

}  // namespace gpuspec::cli
