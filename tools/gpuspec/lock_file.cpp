#include "tools/gpuspec/lock_file.h"

#include <algorithm>

#include "compiler/driver/compilation.h"
#include "lang/diag/catalogue.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

bool isRefusal(const diag::Diagnostic& finding) {
  return finding.info == &diag::PluginDiffersInfo || finding.info == &diag::PluginNotLockedInfo;
}

}  // namespace

ProjectLock::ProjectLock(const ProjectPlace& place) {
  const driver::RealFileSystem files;
  const std::string root = place.root.empty()
                               ? driver::findRoot(files, place.path == "-" ? "." : place.path)
                               : files.canonical(place.root);
  path_ = driver::joined(root, driver::kLockFile);
  if (files.kind(path_) == driver::FileKind::Missing) return;
  llvm::Expected<std::string> text = files.read(path_, host::kLockLimit);
  if (!text) {
    file_.good = false;
    sink_.report({}, diag::LockUnreadable, path_, llvm::toString(text.takeError()))
        .help("`gpuspec lock` writes it");
    return;
  }
  file_ = host::readLock(sources_, sources_.add(driver::kLockFile, std::move(*text)), sink_);
}

std::string_view ProjectLock::text() const {
  return sources_.fileCount() > 0 ? sources_.file(source::FileId{0}).text() : std::string_view();
}

int ProjectLock::show(const std::string& format, Terminal& terminal) {
  const std::vector<diag::Diagnostic> findings = sink_.finish(sources_);
  showFindings(sources_, findings, format, terminal);
  return std::any_of(findings.begin(), findings.end(), isRefusal) ? kRefused : kWorldSaysNo;
}

}  // namespace gpuspec::cli
