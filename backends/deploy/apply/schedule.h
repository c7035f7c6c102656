#pragma once

// Which changes of a plan may begin: each as soon as those it waits for are done, first those that
// hold up the most, by id where they are alike, and never more than their API takes. O(changes +
// edges) over a whole plan. Not thread-safe.

#include <optional>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "backends/deploy/apply/limiter.h"
#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::apply {

class Schedule {
 public:
  // `changes` and `gates` outlive the schedule. `parallel`: at most, for each system.
  Schedule(std::span<const plan::Change> changes, std::size_t parallel,
           std::span<const plan::Gate> gates = {});

  // The next change to begin; counts as running from here on.
  std::optional<std::size_t> start();
  void succeeded(std::size_t id, Limiter::Latency took);
  // Everything that needs it, at whatever distance: never begins; by id. What only takes its turn
  // after it goes on. `pushed_back`: the API said that it was too much.
  std::vector<std::size_t> failed(std::size_t id, bool pushed_back);
  // What has not begun never begins; by id.
  std::vector<std::size_t> abandon();

  std::size_t running() const { return running_; }
  bool over() const { return running_ == 0 && left_ == 0; }

 private:
  // One API: a cluster's, or Azure's for all of them.
  struct Lane {
    model::System system;
    Limiter limiter;
    std::priority_queue<std::pair<std::uint64_t, std::size_t>> ready;  // rest, changes after it
  };
  enum class Step : std::uint8_t { Waiting, Ready, Running, Over };
  struct Node {
    Step step = Step::Waiting;
    std::size_t lane = 0;
    std::size_t waits_for = 0;  // how many changes are still before it
    std::uint64_t ticket = 0;
    std::uint64_t rest = 0;  // of the longest way from here to the end of the plan
    std::vector<std::size_t> needed_by;
  };

  void makeLanes(std::size_t parallel);
  void rank(std::span<const plan::Gate> gates);
  void makeReady(std::size_t id);
  void open(std::size_t id);
  void leave(std::size_t id);
  std::size_t& runningOf(model::System system);

  std::span<const plan::Change> changes_;
  std::size_t parallel_;
  std::vector<Lane> lanes_;
  std::vector<Node> nodes_;  // of the changes, then of the gates
  std::size_t left_ = 0;     // not begun
  std::size_t running_ = 0;
  std::size_t running_by_system_[3] = {};
};

}  // namespace gpuspec::deploy::apply
