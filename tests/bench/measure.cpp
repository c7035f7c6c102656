// measure FILE COMMAND [ARGUMENT...]: runs it, and writes wall time and processor time in
// milliseconds and its peak of resident memory in bytes to the file. A small program of its own,
// because a process inherits the peak of the one that starts it.

#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>

#include <unistd.h>

namespace {

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  std::FILE* const out = std::fopen(argv[1], "we");
  if (out == nullptr) return 73;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child < 0) return 71;
  if (child == 0) {
    ::execvp(argv[2], argv + 2);
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child) return 71;
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begin;
  std::fprintf(out, "%.3f %.3f %ld\n", wall.count(),
               milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime), usage.ru_maxrss * 1024);
  if (std::fclose(out) != 0) return 74;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
