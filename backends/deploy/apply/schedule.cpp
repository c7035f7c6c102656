#include "backends/deploy/apply/schedule.h"

#include <algorithm>
#include <map>

#include "lang/source/check.h"

namespace gpuspec::deploy::apply {

namespace {

using model::System;

// What an API server takes without a word; half a plan would be over before a smaller beginning had
// grown to it, wherever each answer comes from afar.
constexpr std::size_t kFirst = 32;
constexpr std::size_t kLeast = 8;
// Each release is a process of its own that holds a whole chart in memory.
constexpr std::size_t kMostReleases = 16;

// Operations of Azure take minutes, not throughput: there is nothing to feel one's way to.
Limiter limiterFor(System system, std::size_t parallel) {
  if (system == System::Azure) return {parallel, parallel};
  if (system == System::Helm) return {kLeast, std::min(parallel, kMostReleases)};
  return {kFirst, parallel, kLeast};
}

// A removal waits until others have let go, which says nothing about how busy the API is.
bool tellsLoad(plan::Action action) {
  return action != plan::Action::Delete && action != plan::Action::Replace;
}

// How long a change takes beside others, roughly: minutes, seconds, milliseconds.
std::uint64_t costOf(const plan::Change& change) {
  switch (change.key.system) {
    case System::Azure:
      return 10'000;
    case System::Helm:
      return 100;
    case System::Kubernetes:
      break;
  }
  return 1;
}

bool isPool(const plan::Change& change) {
  return change.key.system == System::Azure && change.key.kind.find('/') != std::string::npos;
}

// Pools of a cluster take turns, and none needs another; but what goes away may be what the one
// before it was to stand in for.
bool isTurn(const plan::Change& before, const plan::Change& next) {
  return isPool(before) && isPool(next) && next.action != plan::Action::Delete;
}

}  // namespace

Schedule::Schedule(std::span<const plan::Change> changes, std::size_t parallel,
                   std::span<const plan::Gate> gates)
    : changes_(changes),
      parallel_(std::max<std::size_t>(parallel, 1)),
      nodes_(changes.size() + gates.size()),
      left_(changes.size()) {
  makeLanes(parallel_);
  const auto wait = [&](std::size_t id, const std::vector<std::size_t>& befores) {
    for (const std::size_t before : befores) {
      GPUSPEC_CHECK(before < changes.size(), "a change waits for one that is in the plan");
      nodes_[before].needed_by.push_back(id);
    }
    nodes_[id].waits_for += befores.size();
  };
  for (std::size_t i = 0; i < gates.size(); ++i) wait(changes.size() + i, gates[i].after);
  for (const plan::Change& change : changes) {
    GPUSPEC_CHECK(change.id == static_cast<std::size_t>(&change - changes.data()),
                  "a change's id is its position");
    wait(change.id, change.after);
    for (const std::size_t gate : change.gates) {
      GPUSPEC_CHECK(gate < gates.size() && !gates[gate].after.empty(),
                    "a gate is in the plan, and waits for something");
      nodes_[changes.size() + gate].needed_by.push_back(change.id);
      ++nodes_[change.id].waits_for;
    }
  }
  rank(gates);
  for (const plan::Change& change : changes) {
    if (nodes_[change.id].waits_for == 0) makeReady(change.id);
  }
}

// From the ends of the plan to its beginnings; what waits in a circle is never reached.
void Schedule::rank(std::span<const plan::Gate> gates) {
  std::vector<std::size_t> open(nodes_.size()), ready;
  for (std::size_t id = 0; id < nodes_.size(); ++id) {
    open[id] = nodes_[id].needed_by.size();
    if (open[id] == 0) ready.push_back(id);
  }
  const auto reach = [&](std::size_t before, std::uint64_t rest) {
    nodes_[before].rest = std::max(nodes_[before].rest, rest);
    if (--open[before] == 0) ready.push_back(before);
  };
  while (!ready.empty()) {
    const std::size_t id = ready.back();
    ready.pop_back();
    const bool is_gate = id >= changes_.size();
    const std::uint64_t rest = nodes_[id].rest + (is_gate ? 0 : costOf(changes_[id]));
    for (const std::size_t before :
         is_gate ? gates[id - changes_.size()].after : changes_[id].after)
      reach(before, rest);
    if (is_gate) continue;
    for (const std::size_t gate : changes_[id].gates) reach(changes_.size() + gate, rest);
  }
}

void Schedule::makeLanes(std::size_t parallel) {
  std::map<std::pair<System, std::string>, std::size_t> known;
  for (const plan::Change& change : changes_) {
    const System system = change.key.system;
    const std::string cluster = system == System::Azure ? "" : change.key.cluster;
    const auto [found, is_new] = known.try_emplace({system, cluster}, lanes_.size());
    if (is_new) lanes_.push_back({system, limiterFor(system, parallel), {}});
    nodes_[change.id].lane = found->second;
  }
}

std::size_t& Schedule::runningOf(System system) {
  return running_by_system_[static_cast<std::size_t>(system)];
}

void Schedule::makeReady(std::size_t id) {
  nodes_[id].step = Step::Ready;
  lanes_[nodes_[id].lane].ready.push({nodes_[id].rest, changes_.size() - id});
}

std::optional<std::size_t> Schedule::start() {
  Lane* chosen = nullptr;
  for (Lane& lane : lanes_) {
    const bool may =
        !lane.ready.empty() && lane.limiter.mayStart() && runningOf(lane.system) < parallel_;
    if (may && (chosen == nullptr || lane.ready.top() > chosen->ready.top())) chosen = &lane;
  }
  if (chosen == nullptr) {
    GPUSPEC_CHECK(running_ > 0 || left_ == 0, "the changes of a plan never wait in a circle");
    return std::nullopt;
  }
  const std::size_t id = changes_.size() - chosen->ready.top().second;
  chosen->ready.pop();
  nodes_[id].step = Step::Running;
  nodes_[id].ticket = chosen->limiter.started();
  ++runningOf(chosen->system);
  ++running_;
  --left_;
  return id;
}

void Schedule::leave(std::size_t id) {
  GPUSPEC_CHECK(nodes_[id].step == Step::Running, "only what runs can end");
  nodes_[id].step = Step::Over;
  --runningOf(changes_[id].key.system);
  --running_;
}

void Schedule::succeeded(std::size_t id, Limiter::Latency took) {
  leave(id);
  Limiter& limiter = lanes_[nodes_[id].lane].limiter;
  limiter.finished(nodes_[id].ticket,
                   tellsLoad(changes_[id].action) ? std::optional(took) : std::nullopt);
  open(id);
}

// What waited for it, or for a gate that opens with it, may begin.
void Schedule::open(std::size_t id) {
  for (const std::size_t next : nodes_[id].needed_by) {
    if (--nodes_[next].waits_for > 0 || nodes_[next].step != Step::Waiting) continue;
    if (next < changes_.size()) {
      makeReady(next);
    } else {
      open(next);
    }
  }
}

std::vector<std::size_t> Schedule::failed(std::size_t id, bool pushed_back) {
  leave(id);
  Limiter& limiter = lanes_[nodes_[id].lane].limiter;
  if (pushed_back) {
    limiter.pushedBack(nodes_[id].ticket);
  } else {
    limiter.finished(nodes_[id].ticket, std::nullopt);
  }
  std::vector<std::size_t> skipped, open = {id};
  while (!open.empty()) {
    const std::size_t here = open.back();
    open.pop_back();
    for (const std::size_t next : nodes_[here].needed_by) {
      if (nodes_[next].step != Step::Waiting) continue;
      const bool changes = here < changes_.size() && next < changes_.size();  // and no gate
      if (changes && isTurn(changes_[here], changes_[next])) {
        if (--nodes_[next].waits_for == 0) makeReady(next);
        continue;
      }
      nodes_[next].step = Step::Over;
      open.push_back(next);
      if (next >= changes_.size()) continue;  // a gate
      --left_;
      skipped.push_back(next);
    }
  }
  std::sort(skipped.begin(), skipped.end());
  return skipped;
}

std::vector<std::size_t> Schedule::abandon() {
  std::vector<std::size_t> abandoned;
  for (std::size_t id = 0; id < changes_.size() && left_ > 0; ++id) {
    if (nodes_[id].step != Step::Waiting && nodes_[id].step != Step::Ready) continue;
    nodes_[id].step = Step::Over;
    --left_;
    abandoned.push_back(id);
  }
  for (Lane& lane : lanes_) lane.ready = {};
  return abandoned;
}

}  // namespace gpuspec::deploy::apply
