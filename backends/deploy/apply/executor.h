#pragma once

// Walks a plan: each change as soon as those it waits for are done, as many side by side as the
// APIs take. Does nothing that the plan does not hold.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backends/deploy/apply/client.h"

namespace gpuspec::deploy::apply {

// Time by a port, so that tests tick it by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::milliseconds now() const = 0;  // monotonic
  virtual void sleep(std::chrono::milliseconds time, const http::CancelToken& cancel) = 0;
};
Clock& systemClock();

enum class State : std::uint8_t { Waiting, Running, Done, Failed, Skipped, Interrupted };

struct Outcome {
  State state = State::Waiting;
  std::string error, way_out, code;  // Failed; Skipped: why
  std::string because;               // Skipped: id of the resource whose change did not succeed
  std::chrono::milliseconds took{0};
};

// What people and programs see while it runs. Called under a lock, one call at a time. What is
// skipped or never begins is finished without having been started.
class View {
 public:
  virtual ~View() = default;
  virtual void started(const plan::Change& change) = 0;
  virtual void progressed(const plan::Change& change, const std::string& text) = 0;
  virtual void finished(const plan::Change& change, const Outcome& outcome) = 0;
  // About ten times a second, for live lines.
  virtual void tick(std::chrono::milliseconds elapsed) = 0;
};

struct ExecuteOptions {
  std::size_t parallel = 64;  // at most, for each system; adapts below it
  // Never null; called from many threads, when the change begins.
  std::function<ResourceClient*(const plan::Change&)> client_for;
  // Stops starting changes (Ctrl-C once) and what is in flight, too (twice).
  const http::CancelToken* drain = nullptr;
  const http::CancelToken* stop = nullptr;
  std::chrono::milliseconds tick{100};  // between two View::tick
};

struct Result {
  std::vector<Outcome> outcomes;  // by Change::id
  std::chrono::milliseconds took{0};
  bool interrupted = false;
  std::size_t count(State state) const;
};

Result execute(const plan::Plan& plan, const ExecuteOptions& options, View& view, Clock& clock);

}  // namespace gpuspec::deploy::apply
