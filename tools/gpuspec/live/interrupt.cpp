#include "tools/gpuspec/live/interrupt.h"

#include <atomic>
#include <csignal>

#include <unistd.h>

namespace gpuspec::cli {

namespace {

// A handler reaches nothing else; at most one Interrupts lives at a time.
std::atomic<Interrupts*> current{nullptr};

void say(const char* text, std::size_t size) {
  if (::write(STDERR_FILENO, text, size) < 0) return;
}

}  // namespace

void onInterrupt(int) {
  Interrupts* interrupts = current.load();
  if (interrupts == nullptr) return;
  if (!interrupts->drain_.cancelled()) {
    interrupts->drain_.cancel();
    constexpr char kText[] = "\nInterrupted: finishing what is in flight. Once more stops now.\n";
    say(kText, sizeof kText - 1);
  } else {
    interrupts->stop_.cancel();
  }
}

Interrupts::Interrupts() {
  current.store(this);
  struct sigaction action{};
  action.sa_handler = onInterrupt;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

Interrupts::~Interrupts() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  current.store(nullptr);
}

}  // namespace gpuspec::cli
