#include "backends/artifact/output_tree.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "backends/artifact/digest.h"
#include "lang/diag/catalogue.h"
#include "lang/source/check.h"

namespace gpuspec::artifact {

namespace {

// In the staging folder: the file numbered as in the manifest beside it, which has this name once all are there.
constexpr std::string_view kStagedManifest = "manifest.json";
constexpr std::string_view kUnfinishedManifest = "manifest.part";

std::string parentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

// What to do to the folder to come from one manifest to another.
struct Plan {
  std::vector<std::size_t> moves;  // files of the next manifest
  std::vector<std::string> removals;
  std::vector<std::string> gone;   // no longer produced and not there: their folders may be empty
  std::vector<std::string> kept;
  std::size_t unchanged = 0;
  std::vector<Obstacle> obstacles;
};

// The folder as gpuspec sees it.
class Folder {
 public:
  Folder(std::string path, Disk& disk) : path_(std::move(path)), disk_(disk) {
    while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
    if (path_.empty()) path_ = ".";
  }

  const std::string& path() const { return path_; }
  std::string at(std::string_view below) const {
    return path_ == "/" ? path_ + std::string(below) : path_ + "/" + std::string(below);
  }
  std::string staged(std::string_view name) const { return at(kStagingName) + "/" + std::string(name); }

  // What is at `below`; Missing also when one of its folders is. `blocked` names a link or file among those folders.
  llvm::Expected<NodeKind> look(const std::string& below, std::optional<Obstacle>& blocked) {
    const std::string parent = parentOf(below);
    if (!parent.empty() && !folders_.contains(parent)) {
      llvm::Expected<NodeKind> kind = look(parent, blocked);
      if (!kind || blocked || *kind == NodeKind::Missing) return kind;
      if (*kind != NodeKind::Folder) {
        blocked = Obstacle{*kind == NodeKind::Link ? Reason::Link : Reason::Foreign, at(parent), "", ""};
        return *kind;
      }
      folders_.insert(parent);
    }
    return disk_.kind(at(below));
  }

  llvm::Error makeParents(const std::string& below) {
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

  // Removes the folders above `below` that are empty, up to the output folder itself.
  llvm::Error prune(const std::string& below) {
    for (std::string parent = parentOf(below); !parent.empty(); parent = parentOf(parent)) {
      std::optional<Obstacle> blocked;
      llvm::Expected<NodeKind> kind = look(parent, blocked);
      if (!kind) return kind.takeError();
      if (*kind == NodeKind::Missing) continue;
      if (blocked || *kind != NodeKind::Folder) break;
      llvm::Expected<std::vector<std::string>> names = disk_.list(at(parent));
      if (!names) return names.takeError();
      if (!names->empty()) break;
      if (llvm::Error error = disk_.removeFolder(at(parent))) return error;
      folders_.erase(parent);
    }
    return llvm::Error::success();
  }

 private:
  std::string path_;
  Disk& disk_;
  std::set<std::string> folders_;  // below path_, known to be real folders
};

class TreeWriter {
 public:
  TreeWriter(const std::string& folder, const WriteOptions& options, Disk& disk)
      : folder_(folder, disk), options_(options), disk_(disk) {}

  llvm::Expected<WriteReport> write(const Set& set, const Manifest& next) {
    if (llvm::Error error = openFolder()) return error;
    llvm::Error error = replaceTree(set, next);
    if (!error) return std::move(report_);
    for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
      llvm::consumeError(disk_.removeFolder(*made));  // fails, as it should, where it is not empty
    }
    return error;
  }

 private:
  llvm::Error openFolder() {
    llvm::Expected<NodeKind> kind = disk_.kind(folder_.path());
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Link) return refusal(Reason::Link, folder_.path());
    if (*kind == NodeKind::Missing) return makeFolder(folder_.path());
    return *kind == NodeKind::Folder ? llvm::Error::success() : refusal(Reason::Foreign, folder_.path());
  }

  llvm::Error makeFolder(const std::string& path) {
    const std::string parent = parentOf(path);
    if (!parent.empty()) {
      llvm::Expected<NodeKind> kind = disk_.kind(parent);
      if (!kind) return kind.takeError();
      if (*kind == NodeKind::Missing) {
        if (llvm::Error error = makeFolder(parent)) return error;
      }
    }
    if (llvm::Error error = disk_.makeFolder(path)) return error;
    made_.push_back(path);
    return llvm::Error::success();
  }

  llvm::Error replaceTree(const Set& set, const Manifest& next) {
    llvm::Expected<std::unique_ptr<FolderLock>> lock = disk_.lock(folder_.path());
    if (!lock) return lock.takeError();
    if (*lock == nullptr) return refusal(Reason::Locked, folder_.path());
    std::string old_text;
    llvm::Expected<Manifest> old = readOld(old_text);
    if (!old) return old.takeError();
    if (llvm::Error error = repair(*old, old_text)) return error;
    llvm::Expected<Plan> plan = makePlan(*old, next, false);
    if (!plan) return plan.takeError();
    if (!plan->obstacles.empty()) return llvm::make_error<WriteError>(std::move(plan->obstacles));
    const std::string next_text = manifestText(next);
    report_.unchanged = plan->unchanged;
    if (plan->moves.empty() && plan->removals.empty() && next_text == old_text) {
      report_.kept = std::move(plan->kept);
      return discardStaging();
    }
    if (llvm::Error error = stage(set, *plan, next_text)) {
      llvm::consumeError(discardStaging());
      return error;
    }
    if (llvm::Error error = commit(*plan, next)) return error;
    note(*plan, next);
    return llvm::Error::success();
  }

  // An empty manifest where there is none. `text` is what the disk has.
  llvm::Expected<Manifest> readOld(std::string& text) {
    const std::string path = folder_.at(kManifestName);
    llvm::Expected<NodeKind> kind = disk_.kind(path);
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return Manifest{};
    if (*kind == NodeKind::Link) return refusal(Reason::Link, path);
    if (*kind != NodeKind::File) return refusal(Reason::Foreign, path);
    return readAt(path, text);
  }

  llvm::Expected<Manifest> readAt(const std::string& path, std::string& text) {
    llvm::Expected<std::string> bytes = disk_.read(path);
    if (!bytes) return bytes.takeError();
    text = std::move(*bytes);
    llvm::Expected<Manifest> manifest = parseManifest(text);
    if (manifest) return manifest;
    std::string what = llvm::toString(manifest.takeError());
    if (options_.force) return Manifest{};
    return refusal(Reason::BadManifest, path, std::move(what));
  }

  // Finishes the run that left a complete stage behind, and makes `old` what it would have left.
  llvm::Error repair(Manifest& old, std::string& old_text) {
    llvm::Expected<bool> staged = hasStagedManifest();
    if (!staged) return staged.takeError();
    if (!*staged) return llvm::Error::success();
    std::string text;
    llvm::Expected<Manifest> interrupted = readAt(folder_.staged(kStagedManifest), text);
    if (!interrupted) return interrupted.takeError();
    llvm::Expected<Plan> plan = makePlan(old, *interrupted, true);
    if (!plan) return plan.takeError();
    if (!plan->obstacles.empty()) return llvm::make_error<WriteError>(std::move(plan->obstacles));
    if (llvm::Error error = commit(*plan, *interrupted)) return error;
    report_.repaired = true;
    report_.kept = std::move(plan->kept);
    old = std::move(*interrupted);
    old_text = std::move(text);
    return llvm::Error::success();
  }

  llvm::Expected<bool> hasStagedManifest() {
    const std::string staging = folder_.at(kStagingName);
    llvm::Expected<NodeKind> kind = disk_.kind(staging);
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return false;
    if (*kind == NodeKind::Link) return refusal(Reason::Link, staging);
    if (*kind != NodeKind::Folder) return refusal(Reason::Foreign, staging);
    llvm::Expected<NodeKind> manifest = disk_.kind(folder_.staged(kStagedManifest));
    if (!manifest) return manifest.takeError();
    return *manifest == NodeKind::File;
  }

  // `resumed`: only what is still staged can be moved; the rest was moved, or had not changed.
  llvm::Expected<Plan> makePlan(const Manifest& old, const Manifest& next, bool resumed) {
    Plan plan;
    for (std::size_t i = 0; i < next.files.size(); ++i) {
      if (resumed) {
        llvm::Expected<bool> usable = isStaged(i, next.files[i], plan);
        if (!usable) return usable.takeError();
        if (!*usable) continue;
      }
      if (llvm::Error error = planFile(i, next.files[i], old.find(next.files[i].path), plan)) return error;
    }
    for (const ManifestFile& file : old.files) {
      if (next.find(file.path) != nullptr) continue;
      if (llvm::Error error = planRemoval(file, plan)) return error;
    }
    return plan;
  }

  llvm::Expected<bool> isStaged(std::size_t index, const ManifestFile& file, Plan& plan) {
    const std::string path = folder_.staged(std::to_string(index));
    llvm::Expected<NodeKind> kind = disk_.kind(path);
    if (!kind) return kind.takeError();
    if (*kind != NodeKind::File) return false;
    llvm::Expected<std::string> bytes = disk_.read(path);
    if (!bytes) return bytes.takeError();
    if (sha256(*bytes) == file.sha256) return true;
    if (!options_.force) plan.obstacles.push_back({Reason::BadStaging, path, "", ""});
    return false;
  }

  llvm::Error planFile(std::size_t index, const ManifestFile& file, const ManifestFile* before, Plan& plan) {
    std::optional<Obstacle> blocked;
    llvm::Expected<NodeKind> kind = folder_.look(file.path, blocked);
    if (!kind) return kind.takeError();
    const std::string path = folder_.at(file.path);
    if (blocked) {
      plan.obstacles.push_back(std::move(*blocked));
    } else if (*kind == NodeKind::Missing) {
      plan.moves.push_back(index);
    } else if (*kind != NodeKind::File) {
      plan.obstacles.push_back({*kind == NodeKind::Link ? Reason::Link : Reason::Foreign, path, "", ""});
    } else {
      llvm::Expected<std::string> bytes = disk_.read(path);
      if (!bytes) return bytes.takeError();
      planReplacement(index, sha256(*bytes), file, before, plan);
    }
    return llvm::Error::success();
  }

  void planReplacement(std::size_t index, const std::string& found, const ManifestFile& file,
                       const ManifestFile* before, Plan& plan) {
    if (found == file.sha256) {
      ++plan.unchanged;
    } else if (before != nullptr && (found == before->sha256 || options_.force)) {
      plan.moves.push_back(index);
    } else {
      const Reason reason = before != nullptr ? Reason::Edited : Reason::Foreign;
      plan.obstacles.push_back({reason, folder_.at(file.path), "", ""});
    }
  }

  llvm::Error planRemoval(const ManifestFile& file, Plan& plan) {
    std::optional<Obstacle> blocked;
    llvm::Expected<NodeKind> kind = folder_.look(file.path, blocked);
    if (!kind) return kind.takeError();
    if (!blocked && *kind == NodeKind::Missing) {
      plan.gone.push_back(file.path);
      return llvm::Error::success();
    }
    bool removable = false;
    if (!blocked && *kind == NodeKind::File) {
      llvm::Expected<std::string> bytes = disk_.read(folder_.at(file.path));
      if (!bytes) return bytes.takeError();
      removable = options_.force || sha256(*bytes) == file.sha256;
    }
    (removable ? plan.removals : plan.kept).push_back(file.path);
    return llvm::Error::success();
  }

  llvm::Error stage(const Set& set, const Plan& plan, const std::string& next_text) {
    if (llvm::Error error = discardStaging()) return error;
    const std::string staging = folder_.at(kStagingName);
    if (llvm::Error error = disk_.makeFolder(staging)) return error;
    for (const std::size_t index : plan.moves) {
      const std::string path = folder_.staged(std::to_string(index));
      if (llvm::Error error = disk_.writeNew(path, set[index].bytes)) return error;
    }
    const std::string unfinished = folder_.staged(kUnfinishedManifest);
    if (llvm::Error error = disk_.writeNew(unfinished, next_text)) return error;
    if (options_.durable) {
      if (llvm::Error error = disk_.sync(staging)) return error;
    }
    return disk_.rename(unfinished, folder_.staged(kStagedManifest));
  }

  llvm::Error commit(const Plan& plan, const Manifest& next) {
    for (const std::string& path : plan.removals) {
      if (llvm::Error error = disk_.remove(folder_.at(path))) return error;
    }
    for (const std::size_t index : plan.moves) {
      const std::string& path = next.files[index].path;
      if (llvm::Error error = folder_.makeParents(path)) return error;
      if (llvm::Error error = disk_.rename(folder_.staged(std::to_string(index)), folder_.at(path))) return error;
    }
    for (const auto* paths : {&plan.removals, &plan.gone}) {
      for (const std::string& path : *paths) {
        if (llvm::Error error = folder_.prune(path)) return error;
      }
    }
    if (llvm::Error error = disk_.rename(folder_.staged(kStagedManifest), folder_.at(kManifestName))) return error;
    return discardStaging();
  }

  // Our own names only: whatever else is in there makes the removal of the folder fail.
  llvm::Error discardStaging() {
    const std::string staging = folder_.at(kStagingName);
    llvm::Expected<NodeKind> kind = disk_.kind(staging);
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return llvm::Error::success();
    llvm::Expected<std::vector<std::string>> names = disk_.list(staging);
    if (!names) return names.takeError();
    // The manifest goes first: without it, what is left is no complete stage.
    std::stable_partition(names->begin(), names->end(),
                          [](const std::string& name) { return name == kStagedManifest; });
    for (const std::string& name : *names) {
      const bool ours = name == kStagedManifest || name == kUnfinishedManifest ||
                        name.find_first_not_of("0123456789") == std::string::npos;
      if (!ours) continue;
      if (llvm::Error error = disk_.remove(folder_.staged(name))) return error;
    }
    return disk_.removeFolder(staging);
  }

  void note(Plan& plan, const Manifest& next) {
    for (const std::size_t index : plan.moves) report_.written.push_back(next.files[index].path);
    report_.removed = std::move(plan.removals);
    std::move(plan.kept.begin(), plan.kept.end(), std::back_inserter(report_.kept));
    std::sort(report_.kept.begin(), report_.kept.end());
  }

  Folder folder_;
  const WriteOptions& options_;
  Disk& disk_;
  std::vector<std::string> made_;
  WriteReport report_;
};

void checkSet(const Set& set) {
  for (std::size_t i = 0; i < set.size(); ++i) {
    GPUSPEC_CHECK(isOutputPath(set[i].path), "a backend made a path that leads out of the output folder");
    GPUSPEC_CHECK(i == 0 || set[i - 1].path < set[i].path, "output files are sorted by unique paths");
  }
}

}  // namespace

llvm::Expected<WriteReport> writeTree(const std::string& folder, const Set& set, const ManifestInfo& info,
                                      const source::SourceMap& sources, const WriteOptions& options,
                                      Disk& disk) {
  checkSet(set);
  return TreeWriter(folder, options, disk).write(set, makeManifest(set, info, sources));
}

void reportKept(const WriteReport& report, const std::string& folder, diag::Sink& sink) {
  for (const std::string& path : report.kept) {
    sink.report(source::Location{}, diag::OutputKept, folder + "/" + path)
        .help("remove it if it is not needed, or keep it: it is yours from now on");
  }
}

llvm::Expected<Manifest> readManifest(const std::string& folder, Disk& disk) {
  const std::string path = Folder(folder, disk).at(kManifestName);
  llvm::Expected<std::string> text = disk.read(path);
  if (!text) return text.takeError();
  llvm::Expected<Manifest> manifest = parseManifest(*text);
  if (manifest) return manifest;
  return refusal(Reason::BadManifest, path, llvm::toString(manifest.takeError()));
}

}  // namespace gpuspec::artifact
