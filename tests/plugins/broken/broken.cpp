// One source, many faults: each macro makes a plugin that breaks the interface in one way.

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <unistd.h>

#include "plugins/abi/gpuspec_plugin.hpp"

namespace {

using gpuspec::plugin::write;

const char* const kDescription =
    R"({"schema":"gpuspec.describe/1","name":"broken","version":"1","stacks":[{"name":"s"}],
  "models":[{"key":"b1","title":"B1","memory_gib":1,"profiles":[]}],"rows":[]})";

gs_status describe(const gs_sink& sink) {
#if defined(BROKEN_GARBAGE)
  write(sink, "{\"schema\": \"gpuspec.describe/1\", \"name\"");
#elif defined(BROKEN_INTERNAL)
  return gpuspec::plugin::internalError(sink, "the table of devices is empty");
#else
  write(sink, kDescription);
#endif
  return GS_OK;
}

gs_status partition(std::string_view, const gs_sink& sink) {
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
                                   gpuspec::plugin::str("broken"),
                                   gpuspec::plugin::str("1"),
                                   &gpuspec::plugin::guarded<describe>,
                                   &gpuspec::plugin::guarded<partition>,
                                   &gpuspec::plugin::guarded<emit>,
                                   nullptr};
  return &api;
}
