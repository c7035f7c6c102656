#pragma once

// An apply in simulated time: it goes on, to the next moment at which somebody wakes, only when
// everything that has begun is asleep.

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "backends/deploy/apply/executor.h"

namespace gpuspec::deploy::apply {

using std::chrono::milliseconds;

class SimulatedClock final : public Clock {
 public:
  milliseconds now() const override;
  void sleep(milliseconds time, const http::CancelToken& cancel) override;
  // While `running` actions run: lets time go on when all of them sleep.
  void goOn(std::size_t running);

 private:
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  milliseconds now_{0};
  std::multimap<milliseconds, const http::CancelToken*> asleep_;  // by when they wake
};

// Writes down what it is told, checks that nobody calls it while it is called, drives the clock.
class RecordingView final : public View {
 public:
  explicit RecordingView(SimulatedClock& clock) : clock_(clock) {}
  void started(const plan::Change& change) override;
  void progressed(const plan::Change& change, const std::string& text) override;
  void finished(const plan::Change& change, const Outcome& outcome) override;
  void tick(milliseconds elapsed) override;

  std::vector<std::string> events;  // "start a", "done a", "skipped b"
  std::size_t running = 0, most_running = 0;
  std::map<std::size_t, milliseconds> started_at, finished_at;

 private:
  SimulatedClock& clock_;
  std::atomic<bool> busy_{false};
};

// Takes as long as it is told to, then answers what it is told to.
class SimulatedClient final : public ResourceClient {
 public:
  explicit SimulatedClient(SimulatedClock& clock) : clock_(clock) {}
  llvm::Error perform(const plan::Change& change, const Progress& progress,
                      const http::CancelToken& cancel) override;

  std::function<milliseconds(const plan::Change&)> latency = [](const auto&) {
    return milliseconds(100);
  };
  std::function<llvm::Error(const plan::Change&)> answer = [](const auto&) {
    return llvm::Error::success();
  };

 private:
  SimulatedClock& clock_;
};

plan::Change& addChange(plan::Plan& plan, model::System system, const std::string& name,
                        std::vector<std::size_t> after = {});
llvm::Error apiError(ApiError::Kind kind, const std::string& code, const std::string& message,
                     const std::string& way_out = "");

// A plan with everything that is needed to run it.
struct Simulation {
  Result run();
  // The longest way through the plan.
  milliseconds criticalPath() const;

  plan::Plan plan;
  SimulatedClock clock;
  SimulatedClient client{clock};
  RecordingView view{clock};
  ExecuteOptions options;
};

}  // namespace gpuspec::deploy::apply
