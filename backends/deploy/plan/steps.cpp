#include <algorithm>
#include <map>

#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

constexpr std::size_t kMostSteps = 6;
constexpr std::size_t kMostNamed = 3;  // of one step

// What has a name of its own in a step, and how many objects go with it.
std::string stepText(const std::vector<const Change*>& changes) {
  std::vector<std::string> parts;
  std::size_t objects = 0, named = 0;
  for (const Change* change : changes) {
    if (change->key.system == model::System::Kubernetes) {
      ++objects;
    } else if (++named <= kMostNamed) {
      parts.push_back(titleOf(change->key));
    }
  }
  if (named > kMostNamed) parts.push_back(std::to_string(named - kMostNamed) + " more");
  if (objects > 0) parts.push_back(countText(objects, "object"));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::vector<std::size_t> stepsOf(const Plan& plan) {
  std::vector<std::size_t> steps(plan.changes.size()), gates(plan.gates.size());
  const auto last = [&](const std::vector<std::size_t>& ids) {
    std::size_t step = 0;
    for (const std::size_t id : ids) step = std::max(step, steps[id]);
    return step;
  };
  // What a change waits for stands before it in the plan.
  for (const Change& change : plan.changes) {
    std::size_t before = last(change.after);
    for (const std::size_t gate : change.gates) {
      if (gates[gate] == 0) gates[gate] = last(plan.gates[gate].after);
      before = std::max(before, gates[gate]);
    }
    steps[change.id] = before + 1;
  }
  return steps;
}

std::string orderText(const Plan& plan, const char* arrow) {
  const bool only_objects = std::all_of(
      plan.changes.begin(), plan.changes.end(),
      [](const Change& change) { return change.key.system == model::System::Kubernetes; });
  if (only_objects) return {};
  const std::vector<std::size_t> steps = stepsOf(plan);
  std::map<std::size_t, std::vector<const Change*>> by_step;
  for (const Change& change : plan.changes) by_step[steps[change.id]].push_back(&change);
  if (by_step.size() < 2) return {};
  std::string text;
  for (const auto& [step, changes] : by_step) {
    if (step > kMostSteps) break;
    text += (text.empty() ? "" : std::string(" ") + arrow + " ") + stepText(changes);
  }
  if (by_step.size() > kMostSteps)
    text += std::string(" ") + arrow + " " + countText(by_step.size() - kMostSteps, "more step");
  return text;
}

}  // namespace gpuspec::deploy::plan
