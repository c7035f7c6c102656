#include "backends/artifact/output_folder.h"

#include <utility>
#include <vector>

#include "backends/artifact/manifest.h"

namespace gpuspec::artifact {

std::string parentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

OutputFolder::OutputFolder(std::string path, Disk& disk) : path_(std::move(path)), disk_(disk) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  if (path_.empty()) path_ = ".";
}

std::string OutputFolder::at(std::string_view below) const {
  return (path_ == "/" ? path_ : path_ + "/") + std::string(below);
}

std::string OutputFolder::staging() const {
  return at(kStagingName);
}

std::string OutputFolder::staged(std::string_view name) const {
  return staging() + "/" + std::string(name);
}

llvm::Expected<NodeKind> OutputFolder::look(const std::string& below,
                                            std::optional<Obstacle>& blocked) {
  const std::string parent = parentOf(below);
  if (!parent.empty() && !folders_.contains(parent)) {
    llvm::Expected<NodeKind> kind = look(parent, blocked);
    if (!kind || blocked || *kind == NodeKind::Missing) return kind;
    if (*kind != NodeKind::Folder) {
      blocked =
          Obstacle{*kind == NodeKind::Link ? Reason::Link : Reason::Foreign, at(parent), "", ""};
      return kind;
    }
    folders_.insert(parent);
  }
  return disk_.kind(at(below));
}

llvm::Error OutputFolder::makeParents(const std::string& below) {
  const std::string parent = parentOf(below);
  if (parent.empty() || folders_.contains(parent)) return llvm::Error::success();
  if (llvm::Error error = makeParents(parent)) return error;
  llvm::Expected<NodeKind> kind = disk_.kind(at(parent));
  if (!kind) return kind.takeError();
  if (*kind == NodeKind::Missing) {
    if (llvm::Error error = disk_.makeFolder(at(parent))) return error;
  }
  folders_.insert(parent);
  return llvm::Error::success();
}

llvm::Error OutputFolder::prune(const std::string& below) {
  for (std::string parent = parentOf(below); !parent.empty(); parent = parentOf(parent)) {
    std::optional<Obstacle> blocked;
    llvm::Expected<NodeKind> kind = look(parent, blocked);
    if (!kind) return kind.takeError();
    if (blocked) break;
    if (*kind == NodeKind::Missing) continue;
    if (*kind != NodeKind::Folder) break;
    llvm::Expected<bool> removed = removeIfEmpty(parent);
    if (!removed) return removed.takeError();
    if (!*removed) break;
  }
  return llvm::Error::success();
}

llvm::Expected<bool> OutputFolder::removeIfEmpty(const std::string& folder) {
  llvm::Expected<std::vector<std::string>> names = disk_.list(at(folder));
  if (!names) return names.takeError();
  if (!names->empty()) return false;
  if (llvm::Error error = disk_.removeFolder(at(folder))) return error;
  folders_.erase(folder);
  return true;
}

}  // namespace gpuspec::artifact
