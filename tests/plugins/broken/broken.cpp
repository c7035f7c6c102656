// One source, many faults: each macro makes a plugin that breaks the interface in one way.

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "plugins/abi/gpuspec_plugin.hpp"

namespace {

using gpuspec::plugin::write;

[[maybe_unused]] const char* const kDescription =
    R"({"schema":"gpuspec.describe/1","name":"broken","version":"1","stacks":[{"name":"s"}],
  "models":[{"key":"b1","title":"B1","memory_gib":1,"profiles":[]}],"rows":[]})";

gs_status describe([[maybe_unused]] const gs_sink& sink) {
#if defined(BROKEN_GARBAGE)
  write(sink, "{\"schema\": \"gpuspec.describe/1\", \"name\"");
#elif defined(BROKEN_CRASH_EARLY)
  std::raise(SIGSEGV);
#elif defined(BROKEN_DEEP)
  write(sink, std::string(1 << 20, '['));
#elif defined(BROKEN_BYTES)
  write(sink, "{\"schema\": \"gpuspec.describe/1\", \"name\": \"\xff\xfe\"}");
#elif defined(BROKEN_INTERNAL)
  return gpuspec::plugin::internalError(sink, "the table of devices is empty");
#else
  write(sink, kDescription);
#endif
  return GS_OK;
}

gs_status partition(std::string_view, [[maybe_unused]] const gs_sink& sink) {
#if defined(BROKEN_HUGE)
  const std::string block(1 << 20, ' ');
  for (int i = 0; i < 17; ++i) write(sink, block);
#elif defined(BROKEN_SILENT)
  return GS_REJECTED;
#elif defined(BROKEN_CRASH)
  std::raise(SIGSEGV);
#elif defined(BROKEN_EXIT)
  std::_Exit(7);
#elif defined(BROKEN_HANG)
  for (;;) pause();
#elif defined(BROKEN_HOARD)
  std::vector<std::string> kept;
  for (;;) kept.emplace_back(std::size_t{64} << 20, 'x');
#elif defined(BROKEN_RAISE)
  std::raise(SIGTERM);
#elif defined(BROKEN_STOP)
  std::raise(SIGSTOP);
#elif defined(BROKEN_ABORT)
  std::abort();
#elif defined(BROKEN_CLOSE)
  for (int fd = 0; fd < 1024; ++fd) close(fd);
  for (;;) pause();
#elif defined(BROKEN_FLOOD)
  for (;;) gpuspec::plugin::diagnose(sink, "");
#elif defined(BROKEN_PRINT)
  for (const int fd : {1, 2}) (void)!::write(fd, "printed by the plugin\n", 22);
  return gpuspec::plugin::internalError(sink, "it has printed");
#elif defined(BROKEN_FORK)
  const pid_t child = fork();
  while (child == 0) pause();
  if (child < 0) return gpuspec::plugin::internalError(sink, "no child");
  return gpuspec::plugin::internalError(sink, "child " + std::to_string(child));
#elif defined(BROKEN_SPAWN)
  // 127: the shell could not be started.
  const int status = std::system("sleep 1000 &");
  return gpuspec::plugin::internalError(
      sink, status == -1 || WEXITSTATUS(status) == 127 ? "no shell" : "a shell");
#elif defined(BROKEN_THREAD)
  std::string reason;
  std::thread([&] { reason = "threads are fine"; }).join();
  return gpuspec::plugin::internalError(sink, reason);
#endif
#if defined(BROKEN_LOUD)
  for (int fd = 3; fd < 64; ++fd) {
    if (::write(fd, "no answer at all, and longer than a number", 42) < 0) continue;
  }
#endif
  write(sink, "{}");
  return GS_OK;
}

gs_status emit(std::string_view, const gs_sink&) {
  return GS_UNSUPPORTED;
}

#if defined(BROKEN_WRONG_ABI)
constexpr unsigned kMajor = GPUSPEC_ABI_MAJOR + 1;
#else
constexpr unsigned kMajor = GPUSPEC_ABI_MAJOR;
#endif
#if defined(BROKEN_STUCK)
const bool kStuck = [] {
  for (;;) pause();
  return true;
}();
#endif
#if defined(BROKEN_QUIT)
const bool kQuit = [] {
  std::exit(0);
  return true;
}();
#endif
#if defined(BROKEN_WILD_NAME)
const gs_str kName = {reinterpret_cast<const char*>(16), 6};
#elif defined(BROKEN_ODD_NAME)
const gs_str kName = gpuspec::plugin::str("\x1b[31m\xff");
#else
const gs_str kName = gpuspec::plugin::str("broken");
#endif
#if defined(BROKEN_TOO_SMALL)
constexpr std::size_t kSize = offsetof(gs_vendor_v1, emit);
#else
constexpr std::size_t kSize = sizeof(gs_vendor_v1);
#endif

}  // namespace

#if defined(BROKEN_NO_ENTRY)
extern "C" GPUSPEC_PLUGIN_EXPORT const gs_vendor_v1* gpuspec_vendor_v2() {
#else
const gs_vendor_v1* gpuspec_vendor_v1() {
#endif
  static const gs_vendor_v1 api = {kSize,
                                   kMajor,
                                   GPUSPEC_ABI_MINOR,
                                   kName,
                                   gpuspec::plugin::str("1"),
                                   &gpuspec::plugin::guarded<describe>,
                                   &gpuspec::plugin::guarded<partition>,
                                   &gpuspec::plugin::guarded<emit>,
                                   nullptr};
  return &api;
}
