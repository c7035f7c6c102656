#include "tests/deploy/apply/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gpuspec::deploy::apply {

milliseconds SimulatedClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void SimulatedClock::sleep(milliseconds time, const http::CancelToken& cancel) {
  std::unique_lock lock(mutex_);
  const auto mine = asleep_.emplace(now_ + time, &cancel);
  woken_.wait(lock, [&] { return now_ >= mine->first || cancel.cancelled(); });
  asleep_.erase(mine);
}

void SimulatedClock::goOn(std::size_t running) {
  const std::lock_guard lock(mutex_);
  const bool all_asleep = asleep_.size() == running && running > 0 &&
                          std::none_of(asleep_.begin(), asleep_.end(), [](const auto& sleeper) {
                            return sleeper.second->cancelled();
                          });
  if (all_asleep && asleep_.begin()->first > now_) now_ = asleep_.begin()->first;
  woken_.notify_all();
}

void RecordingView::started(const plan::Change& change) {
  EXPECT_FALSE(busy_.exchange(true));
  events.push_back("start " + change.key.name);
  started_at[change.id] = clock_.now();
  most_running = std::max(most_running, ++running);
  busy_ = false;
}

void RecordingView::progressed(const plan::Change& change, const std::string& text) {
  EXPECT_FALSE(busy_.exchange(true));
  events.push_back(change.key.name + ": " + text);
  busy_ = false;
}

void RecordingView::finished(const plan::Change& change, const Outcome& outcome) {
  EXPECT_FALSE(busy_.exchange(true));
  const char* state = outcome.state == State::Done      ? "done "
                      : outcome.state == State::Failed  ? "failed "
                      : outcome.state == State::Skipped ? "skipped "
                                                        : "interrupted ";
  events.push_back(state + change.key.name);
  if (started_at.count(change.id) != 0) {
    finished_at[change.id] = clock_.now();
    --running;
  }
  busy_ = false;
}

void RecordingView::tick(milliseconds) {
  EXPECT_FALSE(busy_.exchange(true));
  clock_.goOn(running);
  busy_ = false;
}

llvm::Error SimulatedClient::perform(const plan::Change& change, const Progress& progress,
                                     const http::CancelToken& cancel) {
  if (change.key.system == model::System::Azure) progress("0 of 1 nodes ready");
  clock_.sleep(latency(change), cancel);
  if (cancel.cancelled()) return apiError(ApiError::Kind::Cancelled, "", "stopped");
  return answer(change);
}

plan::Change& addChange(plan::Plan& plan, model::System system, const std::string& name,
                        std::vector<std::size_t> after) {
  plan::Change change;
  change.id = plan.changes.size();
  change.action = plan::Action::Create;
  change.key = {system, "shared", "", "ConfigMap", "", name};
  if (system == model::System::Azure) {
    change.key.group = "Microsoft.ContainerService";
    change.key.kind = name == "shared" ? "managedClusters" : "managedClusters/agentPools";
    if (name != "shared") change.key.name = "shared/" + name;
  }
  if (system == model::System::Kubernetes) change.key.scope = "ml";
  if (system == model::System::Helm) change.key.kind = "Release";
  change.after = std::move(after);
  plan.changes.push_back(std::move(change));
  return plan.changes.back();
}

llvm::Error apiError(ApiError::Kind kind, const std::string& code, const std::string& message,
                     const std::string& way_out) {
  auto error = std::make_unique<ApiError>(kind, 0, code, message);
  error->way_out = way_out;
  return llvm::Error(std::move(error));
}

Result Simulation::run() {
  options.client_for = [this](const plan::Change&) { return &client; };
  options.tick = milliseconds(1);
  return execute(plan, options, view, clock);
}

milliseconds Simulation::criticalPath() const {
  std::vector<milliseconds> ends;
  milliseconds longest{0};
  for (const plan::Change& change : plan.changes) {
    milliseconds begin{0};
    for (const std::size_t before : change.after) begin = std::max(begin, ends[before]);
    for (const std::size_t gate : change.gates) {
      for (const std::size_t before : plan.gates[gate].after) begin = std::max(begin, ends[before]);
    }
    ends.push_back(begin + client.latency(change));
    longest = std::max(longest, ends.back());
  }
  return longest;
}

}  // namespace gpuspec::deploy::apply
