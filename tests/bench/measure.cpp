// measure COMMAND [ARGUMENT...]: runs it without output and prints wall time and processor time in
// milliseconds and its peak of resident memory in bytes. measure --to FILE COMMAND [ARGUMENT...]:
// leaves its output alone and writes them to the file. A small program of its own, because a
// process inherits the peak of the one that starts it.

#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace {

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

void silence() {
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(nothing, STDERR_FILENO);
}

[[noreturn]] void become(char** command, bool quiet) {
  if (quiet) silence();
  ::execvp(command[0], command);
  ::_exit(127);
}

}  // namespace

int main(int argc, char** argv) {
  const bool to_file = argc > 3 && std::strcmp(argv[1], "--to") == 0;
  if (argc < 2) return 64;
  std::FILE* const out = to_file ? std::fopen(argv[2], "we") : stdout;
  if (out == nullptr) return 73;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) return 71;
  if (child == 0) become(argv + (to_file ? 3 : 1), !to_file);
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child) return 71;
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begin;
  std::fprintf(out, "%.3f %.3f %ld\n", wall.count(),
               milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime), usage.ru_maxrss * 1024);
  if (std::fclose(out) != 0) return 74;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
