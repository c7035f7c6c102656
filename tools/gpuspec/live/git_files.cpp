#include "tools/gpuspec/live/git_files.h"

#include <algorithm>
#include <cstdlib>

#include "backends/deploy/process/process.h"
#include "tools/gpuspec/locations.h"

namespace gpuspec::cli {

namespace {

using driver::FileKind;

constexpr std::chrono::seconds kTimeout{60};
constexpr std::size_t kMostBytes = 128u << 20;

llvm::Error failed(const std::string& text) {
  return llvm::createStringError(std::errc::invalid_argument, "%s", text.c_str());
}

llvm::Expected<std::string> runGit(const std::string& git, std::vector<std::string> words) {
  words.insert(words.begin(), git);
  static const deploy::http::CancelToken kNever;
  llvm::Expected<deploy::process::ProcessResult> result =
      deploy::process::runProcess(words, kNever, {.timeout = kTimeout, .keep = kMostBytes});
  if (!result) return result.takeError();
  if (result->exit_code == 0) return std::move(result->out);
  return failed("git: " + result->err.substr(0, result->err.find('\n')));
}

}  // namespace

llvm::Expected<GitPlace> gitPlace() {
  GitPlace place;
  place.git = deploy::process::findProgram("git");
  if (place.git.empty()) return failed("there is no `git` on PATH to read revisions with");
  llvm::Expected<std::string> prefix = runGit(place.git, {"rev-parse", "--show-prefix"});
  if (!prefix) return prefix.takeError();
  place.prefix = prefix->substr(0, prefix->find('\n'));
  return place;
}

bool isRevision(const GitPlace& place, const std::string& text) {
  if (text.empty() || text[0] == '-') return false;
  llvm::Expected<std::string> found = runGit(
      place.git, {"rev-parse", "--verify", "--quiet", "--end-of-options", text + "^{commit}"});
  if (found) return true;
  llvm::consumeError(found.takeError());
  return false;
}

llvm::Expected<std::unique_ptr<GitFileSystem>> GitFileSystem::open(const GitPlace& place,
                                                                   const std::string& revision) {
  llvm::Expected<std::string> names =
      runGit(place.git, {"ls-tree", "-r", "-z", "--full-tree", "--name-only", revision});
  if (!names) return names.takeError();
  std::unique_ptr<GitFileSystem> files(new GitFileSystem(place, revision));
  for (std::size_t begin = 0; begin < names->size();) {
    const std::size_t end = std::min(names->find('\0', begin), names->size());
    files->files_.insert("/" + names->substr(begin, end - begin));
    begin = end + 1;
  }
  return files;
}

FileKind GitFileSystem::kind(const std::string& path) const {
  if (driver::isInside(locations().stdlib, path)) return library_.kind(path);
  const std::string full = canonical(path);
  if (files_.contains(full)) return FileKind::Regular;
  const std::string folder = full == "/" ? full : full + "/";
  const auto first = files_.lower_bound(folder);
  return first != files_.end() && first->starts_with(folder) ? FileKind::Folder : FileKind::Missing;
}

llvm::Expected<std::string> GitFileSystem::read(const std::string& path,
                                                std::uint64_t limit) const {
  if (driver::isInside(locations().stdlib, path)) return library_.read(path, limit);
  const std::string full = canonical(path);
  if (!files_.contains(full)) return failed("no such file in " + revision_);
  llvm::Expected<std::string> text = runGit(place_.git, {"show", revision_ + ":" + full.substr(1)});
  if (!text) return text.takeError();
  if (text->size() > limit) return failed("it is too large");
  return text;
}

llvm::Expected<std::vector<std::string>> GitFileSystem::list(const std::string& folder) const {
  if (driver::isInside(locations().stdlib, folder)) return library_.list(folder);
  const std::string full = canonical(folder);
  const std::string prefix = full == "/" ? full : full + "/";
  std::vector<std::string> names;
  for (auto file = files_.lower_bound(prefix); file != files_.end() && file->starts_with(prefix);
       ++file) {
    std::string name = file->substr(prefix.size());
    name = name.substr(0, name.find('/'));
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

std::string GitFileSystem::canonical(const std::string& path) const {
  if (driver::isInside(locations().stdlib, path)) return library_.canonical(path);
  const std::string full = path.starts_with('/') ? path : "/" + place_.prefix + path;
  std::string plain = driver::normalized(full);
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  return plain;
}

}  // namespace gpuspec::cli
