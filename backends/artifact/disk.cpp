#include "backends/artifact/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "backends/artifact/write_error.h"

namespace gpuspec::artifact {

namespace {

llvm::Error failed(const char* action, const std::string& path) {
  return systemError(action, path, std::error_code(errno, std::generic_category()));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Descriptor openFolder(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

class DescriptorLock : public FolderLock {
 public:
  explicit DescriptorLock(Descriptor folder) : folder_(std::move(folder)) {}

 private:
  Descriptor folder_;
};

bool writeAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

class RealDisk : public Disk {
 public:
  llvm::Expected<NodeKind> kind(const std::string& path) override {
    struct stat status;
    if (::lstat(path.c_str(), &status) != 0) {
      if (errno == ENOENT) return NodeKind::Missing;
      return failed("look at", path);
    }
    if (S_ISREG(status.st_mode)) return NodeKind::File;
    if (S_ISDIR(status.st_mode)) return NodeKind::Folder;
    return S_ISLNK(status.st_mode) ? NodeKind::Link : NodeKind::Other;
  }

  llvm::Expected<std::string> read(const std::string& path) override {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat status;
    if (!file || ::fstat(file.get(), &status) != 0) return failed("read", path);
    if (!S_ISREG(status.st_mode)) {
      errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
      return failed("read", path);
    }
    // One byte more than it had, to see its end; it may have grown since.
    std::string bytes(static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)) + 1, '\0');
    std::size_t done = 0;
    for (;;) {
      if (done == bytes.size()) bytes.resize(2 * done);
      const ssize_t got = ::read(file.get(), bytes.data() + done, bytes.size() - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed("read", path);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

  llvm::Expected<std::vector<std::string>> list(const std::string& folder) override {
    DIR* const handle = ::opendir(folder.c_str());
    if (handle == nullptr) return failed("list", folder);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(handle)) names.emplace_back(entry->d_name);
    ::closedir(handle);
    std::erase_if(names, [](const std::string& name) { return name == "." || name == ".."; });
    std::sort(names.begin(), names.end());
    return names;
  }

  llvm::Expected<std::unique_ptr<FolderLock>> lock(const std::string& path) override {
    Descriptor folder = openFolder(path);
    if (!folder) return failed("open", path);
    // A file system without locks is written without one.
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return nullptr;
    return std::make_unique<DescriptorLock>(std::move(folder));
  }

  llvm::Error makeFolder(const std::string& path) override {
    return ::mkdir(path.c_str(), 0777) == 0 ? llvm::Error::success() : failed("make", path);
  }

  llvm::Error writeNew(const std::string& path, std::string_view bytes) override {
    Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file || !writeAll(file.get(), bytes)) return failed("write", path);
    // Some file systems report a full disk only here.
    return ::close(file.release()) == 0 ? llvm::Error::success() : failed("write", path);
  }

  llvm::Error rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? llvm::Error::success() : failed("write", to);
  }

  llvm::Error remove(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 ? llvm::Error::success() : failed("remove", path);
  }

  llvm::Error removeFolder(const std::string& path) override {
    return ::rmdir(path.c_str()) == 0 ? llvm::Error::success() : failed("remove", path);
  }

  // One flush of the file system costs a fifth of one for each file.
  llvm::Error sync(const std::string& path) override {
    const Descriptor folder = openFolder(path);
    if (folder && ::syncfs(folder.get()) == 0) return llvm::Error::success();
    return failed("flush", path);
  }
};

}  // namespace

Disk& realDisk() {
  static RealDisk disk;
  return disk;
}

}  // namespace gpuspec::artifact
