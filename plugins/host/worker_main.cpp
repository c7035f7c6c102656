#include "plugins/host/worker_main.h"

#include <unistd.h>

#include <csignal>

#include <llvm/Support/Compiler.h>

#include "plugins/host/library.h"
#include "plugins/host/plugin_error.h"
#include "plugins/host/worker_limits.h"
#include "plugins/host/worker_wire.h"

#if LLVM_ADDRESS_SANITIZER_BUILD
// LeakSanitizer looks for leaks from a process of its own, and a worker may have none.
static bool is_worker = false;
extern "C" int __lsan_is_turned_off() {
  return is_worker ? 1 : 0;
}
#endif

namespace gpuspec::host {

namespace {

// Requests come from gpuspec itself; the limit only keeps sizes sane.
constexpr std::size_t kRequestLimit = std::size_t{1} << 30;

// A fault of the plugin ends the process by the fault's own signal, which the other side then
// names; a handler from before the fork (a sanitizer's, a host's) would turn it into an exit.
void takeFaultsBack() {
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) signal(fault, SIG_DFL);
}

std::string failureMessage(llvm::Error error) {
  std::string out;
  llvm::handleAllErrors(std::move(error), [&](const PluginError& failure) {
    putNumber(out, failure.info().code);
    putNumber(out, failure.args().size());
    for (const std::string& arg : failure.args()) putText(out, arg);
  });
  return out;
}

std::string answerMessage(const Answer& answer) {
  std::string out;
  putNumber(out, static_cast<std::uint64_t>(answer.status));
  putNumber(out, answer.too_large ? 1 : 0);
  putText(out, answer.reply);
  putNumber(out, answer.findings.size());
  for (const std::string& finding : answer.findings) putText(out, finding);
  return out;
}

void serve(Channel& channel, int socket) {
  for (;;) {
    WireReader reader(socket, std::nullopt);
    const auto function = static_cast<Function>(reader.number());
    const std::string request = reader.text(kRequestLimit);
    if (!reader.good()) return;
    if (!sendAll(socket, answerMessage(channel.call(function, request)), std::nullopt)) return;
  }
}

llvm::Expected<gs_vendor_v1> load(const std::string& path, std::shared_ptr<Library>& library) {
  llvm::Expected<std::shared_ptr<Library>> opened = Library::open(path);
  if (!opened) return opened.takeError();
  library = std::move(*opened);
  llvm::Expected<const gs_vendor_v1*> api = library->vendor();
  if (!api) return api.takeError();
  return checkedApi(**api, path);
}

}  // namespace

void runWorker(const std::string& path, const WorkerLimits& limits, int socket) {
#if LLVM_ADDRESS_SANITIZER_BUILD
  is_worker = true;
#endif
  takeFaultsBack();
  limitProcess(limits, socket);
  std::shared_ptr<Library> library;
  llvm::Expected<gs_vendor_v1> api = load(path, library);
  if (!api) {
    sendAll(socket, failureMessage(api.takeError()), std::nullopt);
    _exit(0);
  }
  std::string hello;
  putNumber(hello, 0);
  putText(hello, {api->name.data, api->name.size});
  if (!sendAll(socket, hello, std::nullopt)) _exit(0);
  const std::unique_ptr<Channel> channel = inProcess(*api, library);
  serve(*channel, socket);
  _exit(0);
}

}  // namespace gpuspec::host
