#include "tools/gpuspec/live/sandbox_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gpuspec::cli {

namespace {

namespace sandbox = deploy::sandbox;

constexpr char kReady = '\0';  // first byte on the pipe: it answers; anything else is why not

llvm::Error systemError(const char* what) {
  const int error = errno;
  return llvm::createStringError(std::error_code(error, std::generic_category()), "%s: %s", what,
                                 std::strerror(error));
}

void say(int pipe, const std::string& text) {
  // The parent may have gone; nobody is left to be told then.
  if (::write(pipe, text.data(), text.size()) < 0) return;
}

// Nothing of the parent's terminal stays open, or a pipeline would wait for the sandbox.
void leaveTerminal(const std::string& log_file) {
  ::setsid();
  const int nothing = ::open("/dev/null", O_RDONLY);
  const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  if (log >= 0) {
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
  }
  for (const int file : {nothing, log}) {
    if (file > STDERR_FILENO) ::close(file);
  }
}

[[noreturn]] void runChild(const sandbox::SandboxOptions& options, const sandbox::NodeFacts& facts,
                           int pipe) {
  leaveTerminal(options.folder + "/sandbox.log");
  bool answers = false;
  llvm::Error error = serve(options, facts, [&](const sandbox::Access&) {
    say(pipe, std::string(1, kReady));
    ::close(pipe);
    answers = true;
  });
  if (!error) ::_exit(0);
  const std::string why = llvm::toString(std::move(error));
  // Until it answers somebody waits for the reason; after that only the log is read.
  say(answers ? STDERR_FILENO : pipe, answers ? why + "\n" : why);
  ::_exit(1);
}

std::string readAll(int pipe) {
  std::string text;
  char buffer[512];
  for (;;) {
    const ssize_t count = ::read(pipe, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace

llvm::Error startInBackground(const sandbox::SandboxOptions& options,
                              const sandbox::NodeFacts& facts) {
  std::error_code made;
  std::filesystem::create_directories(options.folder, made);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return systemError("cannot start the sandbox");
  const pid_t child = ::fork();
  if (child < 0) return systemError("cannot start the sandbox");
  if (child == 0) {
    ::close(ends[0]);
    runChild(options, facts, ends[1]);
  }
  ::close(ends[1]);
  const std::string answer = readAll(ends[0]);
  ::close(ends[0]);
  if (answer == std::string(1, kReady)) return llvm::Error::success();
  ::waitpid(child, nullptr, 0);
  const std::string why =
      answer.empty() ? "it ended while starting; see " + options.folder + "/sandbox.log" : answer;
  return llvm::createStringError(std::errc::connection_refused, "%s", why.c_str());
}

llvm::Error serve(const sandbox::SandboxOptions& options, const sandbox::NodeFacts& facts,
                  const std::function<void(const sandbox::Access&)>& ready) {
  // Before any thread starts, so that all of them inherit it: one thread waits for the signals.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  llvm::Expected<std::unique_ptr<sandbox::Sandbox>> made = sandbox::openSandbox(options, facts);
  if (!made) return made.takeError();
  sandbox::Sandbox& running = **made;
  std::thread waiter([&] {
    int signal = 0;
    ::sigwait(&signals, &signal);
    running.stop();
  });
  ready(running.access());
  llvm::Error error = running.run();
  ::kill(::getpid(), SIGTERM);  // in case it ended by itself: wakes the waiter
  waiter.join();
  return error;
}

}  // namespace gpuspec::cli
