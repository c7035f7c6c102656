#include "plugins/host/plugin_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "lang/source/sha256.h"
#include "plugins/host/plugin_error.h"

namespace gpuspec::host {

namespace {

constexpr off_t kMostBytes = off_t{1} << 30;
constexpr std::size_t kChunk = std::size_t{1} << 16;

FileStamp stampOf(const struct stat& info) {
  return {static_cast<std::uint64_t>(info.st_dev),
          static_cast<std::uint64_t>(info.st_ino),
          static_cast<std::uint64_t>(info.st_size),
          info.st_ctim.tv_sec,
          info.st_ctim.tv_nsec,
          info.st_mtim.tv_sec,
          info.st_mtim.tv_nsec};
}

// Closes with the scope.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      // O_NONBLOCK: opening a pipe must not wait for a writer.
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// 0, or errno.
int addAll(int fd, source::Sha256& digest) {
  std::array<char, kChunk> chunk;
  for (;;) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    digest.add({chunk.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace

llvm::Expected<PluginBytes> pluginBytes(const std::string& path) {
  const OpenFile file(path);
  struct stat info{};
  if (file.fd() < 0 || ::fstat(file.fd(), &info) != 0)
    return pluginError(diag::PluginUnreadable, path, std::string(std::strerror(errno)));
  if (!S_ISREG(info.st_mode))
    return pluginError(diag::PluginUnreadable, path, std::string("it is no regular file"));
  if (info.st_size > kMostBytes)
    return pluginError(diag::PluginUnreadable, path, std::string("it is larger than 1 GiB"));
  source::Sha256 digest;
  if (const int error = addAll(file.fd(), digest); error != 0)
    return pluginError(diag::PluginUnreadable, path, std::string(std::strerror(error)));
  return PluginBytes{digest.hex(), stampOf(info)};
}

bool isUnchanged(const std::string& path, const FileStamp& stamp) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && stampOf(info) == stamp;
}

}  // namespace gpuspec::host
