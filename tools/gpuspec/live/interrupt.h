#pragma once

// Ctrl-C once: begin nothing more, finish what is in flight. Twice: stop now.

#include "backends/deploy/http/transport.h"

namespace gpuspec::cli {

class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;

  // As if Ctrl-C had been pressed twice.
  void end() {
    drain_.cancel();
    stop_.cancel();
  }

  // As if it had been pressed once.
  void endSoon() { drain_.cancel(); }

  const deploy::http::CancelToken& drain() const { return drain_; }
  const deploy::http::CancelToken& stop() const { return stop_; }

 private:
  friend void onInterrupt(int);
  deploy::http::CancelToken drain_, stop_;
};

}  // namespace gpuspec::cli
