#include <algorithm>
#include <map>

#include "backends/deploy/apply/view_text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::apply {

namespace {

using plan::Action;

std::string pastOf(Action action) {
  switch (action) {
    case Action::Create:
      return "added";
    case Action::Replace:
      return "replaced";
    case Action::Delete:
      return "deleted";
    case Action::Adopt:
      return "adopted";
    case Action::Move:
      return "moved";
    case Action::Release:
      return "let go";
    case Action::Wait:
      return "waited for";
    case Action::Update:
    case Action::NoOp:
      break;
  }
  return "changed";
}

std::string countsText(const plan::Plan& plan, const Result& result) {
  std::map<Action, std::size_t> done;
  for (const plan::Change& change : plan.changes)
    done[change.action] += result.outcomes[change.id].state == State::Done;
  std::string text;
  for (const Action action : {Action::Create, Action::Update, Action::Replace, Action::Adopt,
                              Action::Move, Action::Release, Action::Delete, Action::Wait}) {
    if (done[action] == 0) continue;
    text += (text.empty() ? "" : ", ") + groupedNumber(done[action]) + " " + pastOf(action);
  }
  return text.empty() ? "nothing changed" : text;
}

void addFailures(const plan::Plan& plan, const Result& result, std::string& out) {
  constexpr std::size_t kMost = 20;
  const Objects objects(plan);
  std::size_t shown = 0;
  for (const plan::Change& change : plan.changes) {
    const Outcome& outcome = result.outcomes[change.id];
    if (outcome.state != State::Failed || ++shown > kMost) continue;
    out += "failed   " + padded(systemOf(change), 12) + objects.nameIn(change) + "\n";
    out += "         " + errorText(outcome) + "\n";
    if (!outcome.way_out.empty()) out += "         " + printable(outcome.way_out) + "\n";
  }
  if (shown > kMost) out += "and " + groupedNumber(shown - kMost) + " more that failed\n";
}

// One line for each change that others waited for in vain.
void addSkipped(const plan::Plan& plan, const Result& result, std::string& out) {
  std::map<std::string, std::vector<std::size_t>> by_cause;
  for (const plan::Change& change : plan.changes) {
    const Outcome& outcome = result.outcomes[change.id];
    if (outcome.state == State::Skipped) by_cause[outcome.error].push_back(change.id);
  }
  for (const auto& [why, ids] : by_cause) {
    const plan::Change& first = plan.changes[ids.front()];
    out += "skipped  " + padded(systemOf(first), 12) + nameOf(first);
    if (ids.size() > 1) out += " and " + groupedNumber(ids.size() - 1) + " more";
    out += ": " + printable(why) + "\n";
  }
}

const char* beginOf(const Result& result) {
  if (result.interrupted) return "Interrupted after ";
  return result.count(State::Failed) > 0 ? "Not all applied in " : "Applied in ";
}

// What running again does not mend: there is no helm.
std::size_t failsForHelm(const Result& result) {
  return static_cast<std::size_t>(
      std::count_if(result.outcomes.begin(), result.outcomes.end(), [](const Outcome& outcome) {
        return outcome.state == State::Failed && outcome.code == "NoHelm";
      }));
}

std::size_t neverBegun(const Result& result) {
  return static_cast<std::size_t>(
      std::count_if(result.outcomes.begin(), result.outcomes.end(), [](const Outcome& outcome) {
        return outcome.state == State::Interrupted && neverBegan(outcome);
      }));
}

}  // namespace

std::string durationText(std::chrono::milliseconds time) {
  const auto milliseconds = time.count();
  const auto seconds = milliseconds / 1000;
  if (seconds < 10)
    return std::to_string(milliseconds / 1000) + "." + std::to_string(milliseconds / 100 % 10) +
           " s";
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600)
    return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
}

std::string_view str(State state) {
  switch (state) {
    case State::Waiting:
      return "waiting";
    case State::Running:
      return "running";
    case State::Done:
      return "done";
    case State::Failed:
      return "failed";
    case State::Skipped:
      return "skipped";
    case State::Interrupted:
      return "interrupted";
  }
  return "";
}

std::string systemOf(const plan::Change& change) {
  switch (change.key.system) {
    case model::System::Azure:
      return "Azure";
    case model::System::Kubernetes:
      return "Kubernetes";
    case model::System::Helm:
      return "Helm";
  }
  return "";
}

std::string nameOf(const plan::Change& change) {
  const model::ResourceKey& key = change.key;
  if (key.system == model::System::Azure) {
    const std::string_view last = std::string_view(key.name).substr(key.name.rfind('/') + 1);
    if (key.kind == "managedClusters") return "cluster " + key.name;
    if (key.kind == "managedClusters/agentPools") return "pool " + std::string(last);
    return key.kind.substr(key.kind.rfind('/') + 1) + " " + std::string(last);
  }
  const std::string place = key.scope.empty() ? "" : key.scope + "/";
  return (key.system == model::System::Helm ? "release" : key.kind) + " " + place + key.name;
}

std::string summaryText(const plan::Plan& plan, const Result& result, const std::string& next) {
  std::string out;
  addFailures(plan, result, out);
  addSkipped(plan, result, out);
  const std::size_t failed = result.count(State::Failed), skipped = result.count(State::Skipped);
  const std::size_t not_begun = neverBegun(result);
  const std::size_t stopped = result.count(State::Interrupted) - not_begun;
  out += beginOf(result) + durationText(result.took) + ": " + countsText(plan, result);
  if (failed > 0) out += ", " + groupedNumber(failed) + " failed";
  if (skipped > 0) out += ", " + groupedNumber(skipped) + " skipped";
  if (stopped > 0) out += ", " + groupedNumber(stopped) + " stopped midway";
  if (not_begun > 0) out += ", " + groupedNumber(not_begun) + " not begun";
  out += ".";
  if (failed > 0 && failsForHelm(result) == failed && stopped + not_begun == 0) {
    out += "   Install helm and run it again, or leave releases out with --skip-helm.";
  } else if (failed + skipped + stopped + not_begun > 0) {
    out += "   Run it again to go on.";
  } else if (!next.empty()) {
    out += "   Next: " + next;
  }
  return out + "\n";
}

Tree summaryTree(const plan::Plan& plan, const Result& result) {
  Tree changes = Tree::list();
  for (const plan::Change& change : plan.changes) {
    Tree entry = changeTree(change);
    entry.merge(outcomeTree(result.outcomes[change.id]));
    changes.push(std::move(entry));
  }
  const auto count = [&](State state) { return static_cast<std::int64_t>(result.count(state)); };
  return ir::mapOf("schema", "gpuspec.apply/1", "changes", std::move(changes), "summary",
                   ir::mapOf("done", count(State::Done), "failed", count(State::Failed), "skipped",
                             count(State::Skipped), "interrupted", count(State::Interrupted)),
                   "interrupted", result.interrupted, "took_ms",
                   static_cast<std::int64_t>(result.took.count()));
}

}  // namespace gpuspec::deploy::apply
