#include "backends/artifact/output_tree.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

#include "backends/artifact/output_folder.h"
#include "backends/artifact/output_plan.h"
#include "lang/diag/catalogue.h"
#include "lang/source/check.h"

namespace gpuspec::artifact {

namespace {

// In the staging folder: the files, numbered as in the manifest beside them, which has this name
// once all are there.
constexpr std::string_view kStagedManifest = "manifest.json";
constexpr std::string_view kUnfinishedManifest = "manifest.part";

bool isStagingName(const std::string& name) {
  return name == kStagedManifest || name == kUnfinishedManifest ||
         name.find_first_not_of("0123456789") == std::string::npos;
}

class TreeWriter {
 public:
  TreeWriter(const std::string& folder, const WriteOptions& options, Disk& disk)
      : folder_(folder, disk), options_(options), disk_(disk) {}

  // `next` without origins, its text is still being made.
  llvm::Expected<WriteReport> write(const Set& set, const Manifest& next,
                                    std::future<std::string> text) {
    llvm::Error error = openFolder();
    if (!error) error = replaceTree(set, next, std::move(text));
    if (!error) return std::move(report_);
    for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
      llvm::consumeError(
          disk_.removeFolder(*made));  // fails, as it should, where something is in it
    }
    return error;
  }

 private:
  llvm::Error openFolder() {
    llvm::Expected<NodeKind> kind = disk_.kind(folder_.path());
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return makeFolder(folder_.path());
    if (*kind == NodeKind::Link) return refusal(Reason::Link, folder_.path());
    return *kind == NodeKind::Folder ? llvm::Error::success()
                                     : refusal(Reason::Foreign, folder_.path());
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

  llvm::Error replaceTree(const Set& set, const Manifest& next, std::future<std::string> text) {
    llvm::Expected<std::unique_ptr<FolderLock>> lock = disk_.lock(folder_.path());
    if (!lock) return lock.takeError();
    if (*lock == nullptr) return refusal(Reason::Locked, folder_.path());
    if (llvm::Error error = readOld()) return error;
    if (llvm::Error error = repair()) return error;
    llvm::Expected<OutputPlan> plan = planFor(next, Stage::ToBeWritten);
    if (!plan) return plan.takeError();
    const std::shared_future<std::string> next_text = text.share();
    if (!plan->moves.empty() || !plan->removals.empty() || next_text.get() != old_text_) {
      if (llvm::Error error = stage(set, *plan, next_text)) {
        llvm::consumeError(discardStaging());
        return error;
      }
      if (llvm::Error error = commit(*plan, next)) return error;
    }
    note(*plan, next);
    return discardStaging();
  }

  llvm::Error readOld() {
    const std::string path = folder_.at(kManifestName);
    llvm::Expected<NodeKind> kind = disk_.kind(path);
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return llvm::Error::success();
    if (*kind == NodeKind::Link) return refusal(Reason::Link, path);
    if (*kind != NodeKind::File) return refusal(Reason::Foreign, path);
    return readManifestAt(path, old_, old_text_).takeError();
  }

  // False when it is damaged and `force` says to do without it.
  llvm::Expected<bool> readManifestAt(const std::string& path, Manifest& manifest,
                                      std::string& text) {
    llvm::Expected<std::string> bytes = disk_.read(path);
    if (!bytes) return bytes.takeError();
    llvm::Expected<Manifest> parsed = parseManifest(*bytes);
    if (!parsed) {
      std::string what = llvm::toString(parsed.takeError());
      if (options_.force) return false;
      return refusal(Reason::BadManifest, path, std::move(what));
    }
    manifest = std::move(*parsed);
    text = std::move(*bytes);
    return true;
  }

  // Finishes the run that left a complete stage behind.
  llvm::Error repair() {
    llvm::Expected<bool> complete = hasCompleteStage();
    if (!complete || !*complete) return complete.takeError();
    Manifest interrupted;
    std::string text;
    llvm::Expected<bool> readable =
        readManifestAt(folder_.staged(kStagedManifest), interrupted, text);
    if (!readable || !*readable) return readable.takeError();
    llvm::Expected<OutputPlan> plan = planFor(interrupted, Stage::LeftBehind);
    if (!plan) return plan.takeError();
    if (llvm::Error error = commit(*plan, interrupted)) return error;
    report_.repaired = true;
    report_.kept = std::move(plan->kept);
    old_ = std::move(interrupted);
    old_text_ = std::move(text);
    return llvm::Error::success();
  }

  llvm::Expected<bool> hasCompleteStage() {
    llvm::Expected<NodeKind> kind = disk_.kind(folder_.staging());
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return false;
    if (*kind == NodeKind::Link) return refusal(Reason::Link, folder_.staging());
    if (*kind != NodeKind::Folder) return refusal(Reason::Foreign, folder_.staging());
    llvm::Expected<NodeKind> manifest = disk_.kind(folder_.staged(kStagedManifest));
    if (!manifest) return manifest.takeError();
    return *manifest == NodeKind::File;
  }

  llvm::Expected<OutputPlan> planFor(const Manifest& next, Stage stage) {
    llvm::Expected<OutputPlan> plan = makePlan(folder_, disk_, old_, next, stage, options_.force);
    if (!plan || plan->obstacles.empty()) return plan;
    return llvm::make_error<WriteError>(std::move(plan->obstacles));
  }

  llvm::Error stage(const Set& set, const OutputPlan& plan,
                    const std::shared_future<std::string>& manifest) {
    if (llvm::Error error = discardStaging()) return error;
    if (llvm::Error error = disk_.makeFolder(folder_.staging())) return error;
    for (const std::size_t index : plan.moves) {
      const std::string path = folder_.staged(std::to_string(index));
      if (llvm::Error error = disk_.writeNew(path, set[index].bytes)) return error;
    }
    const std::string unfinished = folder_.staged(kUnfinishedManifest);
    if (llvm::Error error = disk_.writeNew(unfinished, manifest.get())) return error;
    if (options_.durable) {
      if (llvm::Error error = disk_.sync(folder_.staging())) return error;
    }
    return disk_.rename(unfinished, folder_.staged(kStagedManifest));
  }

  llvm::Error commit(const OutputPlan& plan, const Manifest& next) {
    for (const std::string& path : plan.removals) {
      if (llvm::Error error = disk_.remove(folder_.at(path))) return error;
    }
    for (const std::size_t index : plan.moves) {
      const std::string& path = next.files[index].path;
      if (llvm::Error error = folder_.makeParents(path)) return error;
      const std::string staged = folder_.staged(std::to_string(index));
      if (llvm::Error error = disk_.rename(staged, folder_.at(path))) return error;
    }
    for (const auto* paths : {&plan.removals, &plan.gone}) {
      for (const std::string& path : *paths) {
        if (llvm::Error error = folder_.prune(path)) return error;
      }
    }
    return disk_.rename(folder_.staged(kStagedManifest), folder_.at(kManifestName));
  }

  // Our own names only: with anything else in it, the folder cannot be removed, and that is the
  // error.
  llvm::Error discardStaging() {
    llvm::Expected<NodeKind> kind = disk_.kind(folder_.staging());
    if (!kind) return kind.takeError();
    if (*kind == NodeKind::Missing) return llvm::Error::success();
    llvm::Expected<std::vector<std::string>> names = disk_.list(folder_.staging());
    if (!names) return names.takeError();
    // The manifest goes first: what is left without it is no complete stage.
    std::stable_partition(names->begin(), names->end(),
                          [](const std::string& name) { return name == kStagedManifest; });
    for (const std::string& name : *names) {
      if (!isStagingName(name)) continue;
      if (llvm::Error error = disk_.remove(folder_.staged(name))) return error;
    }
    return disk_.removeFolder(folder_.staging());
  }

  void note(OutputPlan& plan, const Manifest& next) {
    for (const std::size_t index : plan.moves) report_.written.push_back(next.files[index].path);
    report_.removed = std::move(plan.removals);
    report_.unchanged = plan.unchanged;
    std::move(plan.kept.begin(), plan.kept.end(), std::back_inserter(report_.kept));
    std::sort(report_.kept.begin(), report_.kept.end());
  }

  OutputFolder folder_;
  const WriteOptions& options_;
  Disk& disk_;
  Manifest old_;
  std::string old_text_;           // old_ as the disk has it
  std::vector<std::string> made_;  // the output folder and its parents, where this run made them
  WriteReport report_;
};

void checkSet(const Set& set) {
  for (std::size_t i = 0; i < set.size(); ++i) {
    GPUSPEC_CHECK(isOutputPath(set[i].path),
                  "a backend made a path that leads out of the output folder");
    GPUSPEC_CHECK(i == 0 || set[i - 1].path < set[i].path,
                  "output files are sorted by unique paths");
  }
}

}  // namespace

llvm::Expected<WriteReport> writeTree(const std::string& folder, const Set& set,
                                      const ManifestInfo& info, const source::SourceMap& sources,
                                      const WriteOptions& options, Disk& disk) {
  checkSet(set);
  // The files are written meanwhile.
  std::future<std::string> text = std::async(std::launch::async | std::launch::deferred, [&] {
    return manifestText(makeManifest(set, info, sources));
  });
  Manifest next;
  next.files = withoutOrigins(set);
  return TreeWriter(folder, options, disk).write(set, next, std::move(text));
}

void reportKept(const WriteReport& report, const std::string& folder, diag::Sink& sink) {
  for (const std::string& path : report.kept) {
    sink.report(source::Location{}, diag::OutputKept, folder + "/" + path)
        .help("remove it if it is not needed; gpuspec no longer looks after it");
  }
}

llvm::Expected<Manifest> readManifest(const std::string& folder, Disk& disk) {
  const std::string path = OutputFolder(folder, disk).at(kManifestName);
  llvm::Expected<std::string> text = disk.read(path);
  if (!text) return text.takeError();
  llvm::Expected<Manifest> manifest = parseManifest(*text);
  if (manifest) return manifest;
  return refusal(Reason::BadManifest, path, llvm::toString(manifest.takeError()));
}

}  // namespace gpuspec::artifact
