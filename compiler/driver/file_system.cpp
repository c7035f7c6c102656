#include "compiler/driver/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

namespace gpuspec::driver {

namespace fs = std::filesystem;

namespace {

llvm::Error failure(const std::string& reason) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s", reason.c_str());
}

std::string reasonOf(int error) {
  switch (error) {
    case ENOENT:
      return "no such file";
    case EACCES:
      return "permission denied";
    case EISDIR:
      return "it is a folder";
    case ELOOP:
      return "its symbolic links go in a circle";
    default:
      return std::strerror(error);
  }
}

}  // namespace

FileKind RealFileSystem::kind(const std::string& path) const {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return FileKind::Missing;
  if (S_ISREG(info.st_mode)) return FileKind::Regular;
  return S_ISDIR(info.st_mode) ? FileKind::Folder : FileKind::Other;
}

llvm::Expected<std::string> RealFileSystem::read(const std::string& path,
                                                 std::uint64_t limit) const {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failure(reasonOf(errno));
  struct stat info{};
  if (::fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    const bool folder = S_ISDIR(info.st_mode);
    ::close(file);
    return failure(folder ? "it is a folder" : "it is no regular file");
  }
  if (static_cast<std::uint64_t>(info.st_size) > limit) {
    ::close(file);
    return failure("it is " + std::to_string(info.st_size >> 20) + " MiB, more than the " +
                   std::to_string(limit >> 20) + " MiB that a file may have");
  }
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::read(file, text.data() + done, text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      ::close(file);
      return failure(reasonOf(error));
    }
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  ::close(file);
  text.resize(done);
  return text;
}

llvm::Expected<std::vector<std::string>> RealFileSystem::list(const std::string& folder) const {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return failure(error.message());
  std::sort(names.begin(), names.end());
  return names;
}

std::string RealFileSystem::canonical(const std::string& path) const {
  std::error_code error;
  const fs::path out = fs::weakly_canonical(path, error);
  return error ? normalized(fs::absolute(path).string()) : out.string();
}

FileKind MemoryFileSystem::kind(const std::string& path) const {
  if (files.contains(path)) return FileKind::Regular;
  const auto below = files.lower_bound(path + "/");
  return below != files.end() && below->first.starts_with(path + "/") ? FileKind::Folder
                                                                      : FileKind::Missing;
}

llvm::Expected<std::string> MemoryFileSystem::read(const std::string& path,
                                                   std::uint64_t limit) const {
  const auto found = files.find(path);
  if (found == files.end())
    return failure(kind(path) == FileKind::Folder ? "it is a folder" : "no such file");
  if (found->second.size() > limit) return failure("it is too large");
  return found->second;
}

llvm::Expected<std::vector<std::string>> MemoryFileSystem::list(const std::string& folder) const {
  std::set<std::string> names;
  for (const auto& entry : files) {
    if (!entry.first.starts_with(folder + "/")) continue;
    const std::string rest = entry.first.substr(folder.size() + 1);
    names.insert(rest.substr(0, rest.find('/')));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

std::string MemoryFileSystem::canonical(const std::string& path) const {
  return normalized(path);
}

std::string normalized(std::string_view path) {
  return fs::path(path).lexically_normal().generic_string();
}

std::string folderOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().generic_string();
  return parent.empty() ? "." : parent;
}

std::string joined(const std::string& folder, const std::string& name) {
  return normalized((fs::path(folder) / name).generic_string());
}

bool isInside(const std::string& root, const std::string& path) {
  if (path == root || root == "/") return true;
  return path.size() > root.size() && path.compare(0, root.size(), root) == 0 &&
         path[root.size()] == '/';
}

std::string relativeTo(const std::string& root, const std::string& path) {
  if (!isInside(root, path) || path == root) return path;
  return path.substr(root == "/" ? 1 : root.size() + 1);
}

}  // namespace gpuspec::driver
