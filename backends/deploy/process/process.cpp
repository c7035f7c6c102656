#include "backends/deploy/process/process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gpuspec::deploy::process {

namespace {

constexpr int kPollMs = 100;
constexpr int kEndingMs = 5;               // from the end of its output to its own
constexpr std::chrono::seconds kGrace{5};  // between SIGTERM and SIGKILL
// Who left the group may hold the pipes for ever.
constexpr std::chrono::seconds kLastWords{1};

llvm::Error systemError(const std::string& what) {
  const int error = errno;
  return llvm::createStringError(std::error_code(error, std::generic_category()), "%s: %s",
                                 what.c_str(), std::strerror(error));
}

void append(std::string& to, const char* data, std::size_t size, std::size_t keep) {
  to.append(data, size);
  if (to.size() > keep) to.erase(0, to.size() - keep);
}

class Running {
 public:
  Running(pid_t child, int out, int err, const http::CancelToken& cancel, std::size_t keep)
      : child_(child), files_{out, err}, cancel_(cancel), keep_(keep) {}
  ~Running() { closeFiles(); }
  Running(const Running&) = delete;

  ProcessResult await(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!hasEnded()) {
      const auto now = std::chrono::steady_clock::now();
      if (!killed_at_ && (cancel_.cancelled() || now > deadline)) {
        result_.cancelled = cancel_.cancelled();
        result_.timed_out = !result_.cancelled;
        ::kill(-child_, SIGTERM);
        killed_at_ = now;
      }
      if (killed_at_ && now > *killed_at_ + kGrace) ::kill(-child_, SIGKILL);
      if (killed_at_ && now > *killed_at_ + kGrace + kLastWords) closeFiles();
      readSome();
    }
    return std::move(result_);
  }

 private:
  bool isOpen() const { return files_[0] >= 0 || files_[1] >= 0; }

  void closeFiles() {
    for (int& file : files_) {
      if (file >= 0) ::close(file);
      file = -1;
    }
  }

  // Whoever it started may hold its output open for longer.
  bool hasEnded() {
    if (isOpen()) return false;
    int status = 0;
    const pid_t ended = ::waitpid(child_, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
    result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }

  void readSome() {
    pollfd waiting[2] = {{files_[0], POLLIN, 0}, {files_[1], POLLIN, 0}};
    if (::poll(waiting, 2, isOpen() ? kPollMs : kEndingMs) <= 0) return;
    for (int i = 0; i < 2; ++i) {
      if (files_[i] < 0 || waiting[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t count = ::read(files_[i], buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count > 0) {
        append(i == 0 ? result_.out : result_.err, buffer, static_cast<std::size_t>(count), keep_);
        continue;
      }
      ::close(files_[i]);
      files_[i] = -1;
    }
  }

  pid_t child_;
  int files_[2];
  const http::CancelToken& cancel_;
  std::size_t keep_;
  ProcessResult result_;
  std::optional<std::chrono::steady_clock::time_point> killed_at_;
};

std::vector<char*> environmentOf(const std::vector<std::string>& without,
                                 const std::vector<std::string>& with) {
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto left_out = [&](const std::string& name) { return text.starts_with(name); };
    const auto replaced = [&](const std::string& set) {
      return text.starts_with(std::string_view(set).substr(0, set.find('=') + 1));
    };
    if (std::any_of(without.begin(), without.end(), left_out)) continue;
    if (std::any_of(with.begin(), with.end(), replaced)) continue;
    kept.push_back(*variable);
  }
  for (const std::string& set : with) kept.push_back(const_cast<char*>(set.c_str()));
  kept.push_back(nullptr);
  return kept;
}

}  // namespace

llvm::Expected<ProcessResult> runProcess(const std::vector<std::string>& arguments,
                                         const http::CancelToken& cancel,
                                         const ProcessOptions& options) {
  std::vector<char*> words;
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  std::vector<char*> environment = environmentOf(options.without, options.with);
  int out[2], err[2];
  if (::pipe2(out, O_CLOEXEC) != 0) return systemError("cannot run " + arguments[0]);
  if (::pipe2(err, O_CLOEXEC) != 0) {
    ::close(out[0]);
    ::close(out[1]);
    return systemError("cannot run " + arguments[0]);
  }
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    // Only calls that are safe after fork in a process with threads.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);
    for (const int file : options.files) ::fcntl(file, F_SETFD, 0);
    if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) ::_exit(127);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    ::execve(words[0], words.data(), environment.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  if (child < 0) {
    ::close(out[0]);
    ::close(err[0]);
    return systemError("cannot run " + arguments[0]);
  }
  ::setpgid(child, child);
  return Running(child, out[0], err[0], cancel, options.keep).await(options.timeout);
}

std::string findProgram(const std::string& name) {
  const char* variable = std::getenv("PATH");
  const std::string path = variable != nullptr ? variable : "";
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    std::string candidate = path.substr(begin, end - begin) + "/" + name;
    const bool absolute = candidate.front() == '/' && end > begin;
    if (absolute && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  return "";
}

llvm::Expected<PrivateFile> PrivateFile::make(const std::string& text) {
  const int file = ::memfd_create("gpuspec", MFD_CLOEXEC);
  if (file < 0) return systemError("cannot make a file in memory");
  PrivateFile made(file);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return systemError("cannot write a file in memory");
    written += static_cast<std::size_t>(count);
  }
  return made;
}

PrivateFile::~PrivateFile() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace gpuspec::deploy::process
