#pragma once

// A view that also looks at the clock and at the locks, and ends the run when either says so.

#include <functional>
#include <memory>
#include <string>

#include "backends/deploy/apply/executor.h"

namespace gpuspec::cli {

class GuardedView final : public deploy::apply::View {
 public:
  struct Limits {
    std::chrono::milliseconds timeout{0};
    std::function<bool()> lock_lost;
    std::function<void()> stop;  // called at most once
  };
  GuardedView(std::unique_ptr<deploy::apply::View> shown, Limits limits);

  void started(const deploy::plan::Change& change) override;
  void progressed(const deploy::plan::Change& change, const std::string& text) override;
  void finished(const deploy::plan::Change& change, const deploy::apply::Outcome& outcome) override;
  void tick(std::chrono::milliseconds elapsed) override;

  // Why the run was ended; "" while it was not.
  const std::string& why() const { return why_; }

 private:
  std::unique_ptr<deploy::apply::View> shown_;
  Limits limits_;
  std::string why_;
};

}  // namespace gpuspec::cli
