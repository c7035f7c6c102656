#include "tools/gpuspec/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <llvm/Support/Error.h>

#include "compiler/driver/file_system.h"
#include "tools/gpuspec/command.h"

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

llvm::Error replaceAt(const std::string& path, std::string_view text) {
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

// Where the links lead: they stay.
llvm::Error replaceBehindLinks(const std::string& named, std::string_view text) {
  std::error_code error;
  if (!fs::is_symlink(named, error)) return replaceAt(named, text);
  const fs::path target = fs::canonical(named, error);
  return error ? failure(named, error.value()) : replaceAt(target.string(), text);
}

}  // namespace

bool refusedOutside(const std::string& path, const std::string& root, Terminal& terminal) {
  const driver::RealFileSystem files;
  if (driver::isInside(files.canonical(root), files.canonical(path))) return false;
  std::error_code error;
  const bool is_link = fs::is_symlink(path, error);
  terminal.complain("`" + path + "`" +
                    (is_link ? " is a link that leads out of the project"
                             : ", to which a link leads, is outside of the project") +
                    "; it stays as it is");
  return true;
}

int replaceFile(const std::string& named, std::string_view text, const std::string& root,
                Terminal& terminal) {
  if (refusedOutside(named, root, terminal)) return kRefused;
  llvm::Error error = replaceBehindLinks(named, text);
  if (!error) return kDone;
  terminal.complain(llvm::toString(std::move(error)));
  return kWorldSaysNo;
}

}  // namespace gpuspec::cli
