#include "plugins/host/worker_limits.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <iterator>
#include <utility>

#include <llvm/Support/Compiler.h>

namespace gpuspec::host {

namespace {

void limitMemory(const WorkerLimits& limits) {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // These sanitizers map terabytes of shadow, so that any limit of address space would end the
  // process.
  if (!LLVM_ADDRESS_SANITIZER_BUILD && !LLVM_THREAD_SANITIZER_BUILD) {
    const rlimit memory{limits.memory_bytes, limits.memory_bytes};
    setrlimit(RLIMIT_AS, &memory);
  }
}

void closeOthers(int socket) {
  // Where the kernel has no close_range the files stay open, which harms nothing of gpuspec's own.
  const auto from = static_cast<unsigned>(socket);
  if (from > 3) syscall(SYS_close_range, 3u, from - 1, 0u);
  syscall(SYS_close_range, from + 1, ~0u, 0u);
  const int nowhere = open("/dev/null", O_RDWR);
  if (nowhere < 0) return;
  dup2(nowhere, STDIN_FILENO);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  close(nowhere);
}

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#endif

// Threads may be made, processes may not: they would be left when the worker is ended.
void forbidProcesses() {
#if defined(__x86_64__) || defined(__aarch64__)
  constexpr unsigned kRefuse = SECCOMP_RET_ERRNO | EPERM;
  // glibc goes back to clone() then, whose flags a filter can see.
  constexpr unsigned kUnknown = SECCOMP_RET_ERRNO | ENOSYS;
  const auto refuse = [](long number, unsigned with) {
    return std::pair<sock_filter, sock_filter>{
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, with)};
  };
  const auto [exec, no_exec] = refuse(SYS_execve, kRefuse);
  const auto [exec_at, no_exec_at] = refuse(SYS_execveat, kRefuse);
  const auto [clone3, no_clone3] = refuse(SYS_clone3, kUnknown);
#if defined(__x86_64__)
  const auto [fork_call, no_fork] = refuse(SYS_fork, kRefuse);
  const auto [vfork_call, no_vfork] = refuse(SYS_vfork, kRefuse);
#endif
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, kRefuse),  // another architecture has other numbers
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      exec,
      no_exec,
      exec_at,
      no_exec_at,
      clone3,
      no_clone3,
#if defined(__x86_64__)
      fork_call,
      no_fork,
      vfork_call,
      no_vfork,
#endif
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, kRefuse),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  // Where the kernel has no filters the process group is what is ended.
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
#endif
}

}  // namespace

void limitProcess(const WorkerLimits& limits, int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  limitMemory(limits);
  closeOthers(socket);
  forbidProcesses();
}

}  // namespace gpuspec::host
