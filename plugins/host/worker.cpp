#include "plugins/host/worker.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <mutex>

#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/host/plugin_error.h"
#include "plugins/host/worker_main.h"
#include "plugins/host/worker_wire.h"

namespace gpuspec::host {

namespace {

constexpr std::size_t kNameLimit = 256;
constexpr std::size_t kArgumentLimit = 4096;
constexpr std::uint64_t kMostArguments = 8;
constexpr std::uint64_t kMostFindings = 100000;

std::string endText(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return "it was ended by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  }
  return "it ended its process with status " + std::to_string(WEXITSTATUS(status));
}

// The child process and our end of the socket.
class Process {
 public:
  Process(pid_t pid, int socket) : pid_(pid), socket_(socket) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    close(socket_);
    if (pid_ > 0) end();
  }

  int socket() const { return socket_; }
  bool running() const { return pid_ > 0; }

  // After a failed read; the process is gone then.
  std::string reasonFor(WireState state, std::chrono::milliseconds deadline) {
    if (state == WireState::Ended) {
      // Its socket is closed: either it is ending by itself, or it closed the socket.
      return waitForEnd();
    }
    end();
    if (state == WireState::TooLarge) return "its process sent something that is no answer";
    return "no answer within " + std::to_string(deadline.count() / 1000) + "." +
           std::to_string(deadline.count() % 1000 / 100) + " s";
  }

 private:
  // Whatever it made goes with it; its group is there once it has made one.
  int end() {
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  std::string waitForEnd() {
    int status = 0;
    for (int tries = 0; tries < 200; ++tries) {
      const pid_t found = waitpid(pid_, &status, WNOHANG);
      if (found == pid_) {
        kill(-pid_, SIGKILL);
        pid_ = -1;
        return endText(status);
      }
      if (found < 0 && errno != EINTR) break;
      usleep(5000);
    }
    end();
    return "it closed its connection";
  }

  pid_t pid_;
  int socket_;
};

class WorkerChannel : public Channel {
 public:
  WorkerChannel(std::unique_ptr<Process> process, const WorkerLimits& limits)
      : process_(std::move(process)), limits_(limits) {}

  Answer call(Function function, std::string_view request) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!process_->running()) return failed("its process has ended");
    const Deadline deadline = std::chrono::steady_clock::now() + limits_.deadline;
    std::string message;
    putNumber(message, static_cast<std::uint64_t>(function));
    putText(message, request);
    WireReader reader(process_->socket(), deadline);
    // What went wrong with sending shows in reading: the process has ended, or is late.
    sendAll(process_->socket(), message, deadline);
    Answer answer = read(reader);
    if (reader.good()) return answer;
    return failed(process_->reasonFor(reader.state(), limits_.deadline));
  }

 private:
  static Answer read(WireReader& reader) {
    Answer answer;
    const std::uint64_t status = reader.number();
    answer.status = status <= GS_INTERNAL ? static_cast<gs_status>(status) : GS_INTERNAL;
    answer.too_large = reader.number() != 0;
    answer.reply = reader.text(kReplyLimit);
    const std::uint64_t findings = reader.number();
    if (findings > kMostFindings) reader.fail(WireState::TooLarge);
    std::size_t left = kReplyLimit;
    for (std::uint64_t i = 0; i < findings && reader.good(); ++i) {
      answer.findings.push_back(reader.text(left));
      left -= answer.findings.back().size();
    }
    return answer;
  }

  static Answer failed(const std::string& reason) {
    Answer answer;
    answer.findings.push_back("{\"code\":5007,\"at\":0,\"message\":" + plugin::quoted(reason) +
                              "}");
    return answer;
  }

  std::unique_ptr<Process> process_;
  const WorkerLimits limits_;
  std::mutex mutex_;
};

llvm::Error loadError(std::uint64_t code, WireReader& reader, const std::string& path) {
  std::vector<std::string> args;
  const std::uint64_t count = reader.number();
  for (std::uint64_t i = 0; i < count && i < kMostArguments && reader.good(); ++i)
    args.push_back(reader.text(kArgumentLimit));
  const diag::CodeInfo* info =
      code <= 5999 ? diag::findCode(static_cast<std::uint16_t>(code)) : nullptr;
  if (!reader.good() || info == nullptr || code < 5000)
    return pluginError(diag::PluginUnreadable, path,
                       std::string("its process sent something that is no answer"));
  return llvm::make_error<PluginError>(*info, std::move(args));
}

}  // namespace

llvm::Expected<Worker> startWorker(const std::string& path, const WorkerLimits& limits) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return pluginError(diag::PluginUnreadable, path, std::string(std::strerror(errno)));
  const pid_t pid = fork();
  if (pid == 0) {
    close(sockets[0]);
    runWorker(path, limits, sockets[1]);
  }
  close(sockets[1]);
  if (pid < 0) {
    const std::string reason = std::strerror(errno);
    close(sockets[0]);
    return pluginError(diag::PluginUnreadable, path, reason);
  }
  auto process = std::make_unique<Process>(pid, sockets[0]);
  WireReader reader(sockets[0], std::chrono::steady_clock::now() + limits.deadline);
  const std::uint64_t code = reader.number();
  if (reader.good() && code != 0) return loadError(code, reader, path);
  std::string name = reader.text(kNameLimit);
  if (!reader.good()) {
    return pluginError(diag::PluginUnreadable, path,
                       process->reasonFor(reader.state(), limits.deadline));
  }
  return Worker{std::move(name), std::make_unique<WorkerChannel>(std::move(process), limits)};
}

}  // namespace gpuspec::host
