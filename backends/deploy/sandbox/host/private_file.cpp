#include "backends/deploy/sandbox/host/private_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gpuspec::deploy::sandbox {

namespace {

constexpr off_t kLargestFile = off_t{256} << 20;
constexpr const char* kFolder = "it is a folder";
constexpr const char* kNoFile = "it is no regular file";

llvm::Error refused(const char* what, const std::string& path, const char* why) {
  return llvm::createStringError(std::errc::invalid_argument, "cannot %s `%s`: %s", what,
                                 path.c_str(), why);
}

llvm::Error failed(const std::string& what, const std::string& path) {
  const int error = errno;
  return llvm::createStringError(std::error_code(error, std::generic_category()),
                                 "cannot %s `%s`: %s", what.c_str(), path.c_str(),
                                 std::strerror(error));
}

bool writeAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file) == 0;
}

// The lock belongs to the open file, not to the process: another thread is refused, too.
struct flock wholeFile() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

llvm::Error writePrivateFile(const std::string& path, std::string_view text) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return refused("write", path, S_ISDIR(status.st_mode) ? kFolder : kNoFile);
  std::string beside = path + ".XXXXXX";
  const int file = ::mkostemp(beside.data(), O_CLOEXEC);  // readable by its owner only
  if (file < 0) return failed("write", path);
  const bool written = writeAll(file, text);
  llvm::Error error = written ? llvm::Error::success() : failed("write", path);
  ::close(file);
  if (written && ::rename(beside.c_str(), path.c_str()) != 0)
    error = llvm::joinErrors(std::move(error), failed("write", path));
  if (error) ::unlink(beside.c_str());
  return error;
}

llvm::Expected<std::string> readFile(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return failed("read", path);
  if (S_ISDIR(status.st_mode)) return refused("read", path, kFolder);
  if (!S_ISREG(status.st_mode)) return refused("read", path, kNoFile);
  if (status.st_size > kLargestFile)
    return refused("read", path, "it is larger than any such file is");
  std::ifstream in(path, std::ios::binary);
  if (!in) return failed("read", path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

llvm::Expected<FolderLock> FolderLock::take(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  if (file < 0) return failed("open", path);
  struct flock whole = wholeFile();
  if (::fcntl(file, F_OFD_SETLK, &whole) == 0) return FolderLock(file);
  llvm::Error error = failed("lock", path);
  ::close(file);
  return error;
}

bool FolderLock::isTaken(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  struct flock whole = wholeFile();
  const bool taken = ::fcntl(file, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
  ::close(file);
  return taken;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace gpuspec::deploy::sandbox
