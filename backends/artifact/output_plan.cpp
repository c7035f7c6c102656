#include "backends/artifact/output_plan.h"

#include <optional>
#include <utility>

#include "backends/artifact/digest.h"

namespace gpuspec::artifact {

namespace {

class Planner {
 public:
  Planner(OutputFolder& folder, Disk& disk, bool force)
      : folder_(folder), disk_(disk), force_(force) {}

  llvm::Error addFile(std::size_t index, const ManifestFile& file, const ManifestFile* before) {
    std::optional<Obstacle> blocked;
    llvm::Expected<NodeKind> kind = folder_.look(file.path, blocked);
    if (!kind) return kind.takeError();
    if (blocked) {
      obstruct(blocked->reason, blocked->path);
    } else if (*kind == NodeKind::Missing) {
      plan_.moves.push_back(index);
    } else if (*kind == NodeKind::File) {
      return addReplacement(index, file, before);
    } else {
      obstruct(*kind == NodeKind::Link ? Reason::Link : Reason::Foreign, folder_.at(file.path));
    }
    return llvm::Error::success();
  }

  // Whether the stage that was left behind still has this file, as its manifest says.
  llvm::Expected<bool> isStaged(std::size_t index, const ManifestFile& file) {
    const std::string path = folder_.staged(std::to_string(index));
    llvm::Expected<NodeKind> kind = disk_.kind(path);
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return false;
    llvm::Expected<bool> intact = *kind == NodeKind::File ? holds(path, file.sha256) : false;
    if (intact && !*intact && !force_) obstruct(Reason::BadStaging, path);
    return intact;
  }

  llvm::Error addLeftover(const ManifestFile& file) {
    std::optional<Obstacle> blocked;
    llvm::Expected<NodeKind> kind = folder_.look(file.path, blocked);
    if (!kind) return kind.takeError();
    if (!blocked && *kind == NodeKind::Missing) {
      plan_.gone.push_back(file.path);
      return llvm::Error::success();
    }
    bool removable = false;
    if (!blocked && *kind == NodeKind::File) {
      llvm::Expected<bool> ours = holds(folder_.at(file.path), file.sha256);
      if (!ours) return ours.takeError();
      removable = *ours || force_;
    }
    (removable ? plan_.removals : plan_.kept).push_back(file.path);
    return llvm::Error::success();
  }

  OutputPlan take() { return std::move(plan_); }

 private:
  llvm::Error addReplacement(std::size_t index, const ManifestFile& file,
                             const ManifestFile* before) {
    llvm::Expected<std::string> bytes = disk_.read(folder_.at(file.path));
    if (!bytes) return bytes.takeError();
    const std::string found = sha256(*bytes);
    if (found == file.sha256) {
      ++plan_.unchanged;
    } else if (before == nullptr) {
      obstruct(Reason::Foreign, folder_.at(file.path));
    } else if (found == before->sha256 || force_) {
      plan_.moves.push_back(index);
    } else {
      obstruct(Reason::Edited, folder_.at(file.path));
    }
    return llvm::Error::success();
  }

  llvm::Expected<bool> holds(const std::string& path, const std::string& digest) {
    llvm::Expected<std::string> bytes = disk_.read(path);
    if (!bytes) return bytes.takeError();
    return sha256(*bytes) == digest;
  }

  // Many files can have the same folder in their way.
  void obstruct(Reason reason, const std::string& path) {
    if (!plan_.obstacles.empty() && plan_.obstacles.back().path == path) return;
    plan_.obstacles.push_back({reason, path, "", ""});
  }

  OutputFolder& folder_;
  Disk& disk_;
  bool force_;
  OutputPlan plan_;
};

}  // namespace

llvm::Expected<OutputPlan> makePlan(OutputFolder& folder, Disk& disk, const Manifest& old,
                                    const Manifest& next, Stage stage, bool force) {
  Planner planner(folder, disk, force);
  for (std::size_t i = 0; i < next.files.size(); ++i) {
    const ManifestFile& file = next.files[i];
    if (stage == Stage::LeftBehind) {
      llvm::Expected<bool> staged = planner.isStaged(i, file);
      if (!staged) return staged.takeError();
      if (!*staged) continue;
    }
    if (llvm::Error error = planner.addFile(i, file, old.find(file.path))) return error;
  }
  for (const ManifestFile& file : old.files) {
    if (next.find(file.path) != nullptr) continue;
    if (llvm::Error error = planner.addLeftover(file)) return error;
  }
  return planner.take();
}

}  // namespace gpuspec::artifact
