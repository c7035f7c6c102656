#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "backends/artifact/disk.h"
#include "backends/artifact/write_error.h"

namespace gpuspec::artifact {

// The folder that holds `path`; empty when the path has only one part.
std::string parentOf(const std::string& path);

// An output folder and what is in it, by paths below it. Never follows a symbolic link.
class OutputFolder {
 public:
  OutputFolder(std::string path, Disk& disk);

  const std::string& path() const { return path_; }  // as given, without `/` at the end
  std::string at(std::string_view below) const;      // as the user and the disk name it
  std::string staging() const;
  std::string staged(std::string_view name) const;  // in the staging folder

  // What is at `below`; Missing also when one of its folders is. `blocked` names a link or a file
  // among those folders.
  llvm::Expected<NodeKind> look(const std::string& below, std::optional<Obstacle>& blocked);
  // Makes the folders that `below` needs. Precondition: look() found nothing in the way.
  llvm::Error makeParents(const std::string& below);
  // Removes the folders above `below` that are empty, up to the output folder itself.
  llvm::Error prune(const std::string& below);

 private:
  llvm::Expected<bool> removeIfEmpty(const std::string& folder);

  std::string path_;
  Disk& disk_;
  std::set<std::string> folders_;  // below path_, known to be real folders
};

}  // namespace gpuspec::artifact
