#include "tools/gpuspec/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace gpuspec::cli {

namespace {

namespace fs = std::filesystem;

llvm::Error failure(const std::string& path, int error) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "cannot write `%s`: %s",
                                 path.c_str(), std::strerror(error));
}

int writeAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

// Where the links lead: they stay.
std::string behindLinks(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::is_symlink(path, error) ? fs::canonical(path, error) : fs::path(path);
  return error ? path : target.string();
}

}  // namespace

llvm::Error replaceFile(const std::string& named, std::string_view text) {
  const std::string path = behindLinks(named);
  struct stat info{};
  const mode_t mode = ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0644;
  const std::string temporary = path + ".gpuspec-new";
  const int file =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  if (file < 0) return failure(path, errno);
  const int error = writeAll(file, text);
  ::close(file);
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) == 0) return llvm::Error::success();
  const int reason = error != 0 ? error : errno;
  ::unlink(temporary.c_str());
  return failure(path, reason);
}

}  // namespace gpuspec::cli
