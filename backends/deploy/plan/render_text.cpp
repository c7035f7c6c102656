#include "backends/deploy/plan/render_text.h"

#include <algorithm>
#include <map>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::plan {

namespace {

// Never into the middle of a UTF-8 character.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most > 3 ? most - 3 : 0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// What an API handed out may hold anything; nothing of it reaches the terminal as a command.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return out;
}

std::string words(const std::string& kind) {
  std::string out;
  for (std::size_t i = 0; i < kind.size(); ++i) {
    const bool upper = kind[i] >= 'A' && kind[i] <= 'Z';
    const bool begins = upper && i > 0 && !(kind[i - 1] >= 'A' && kind[i - 1] <= 'Z');
    if (begins) out += ' ';
    out += upper ? static_cast<char>(kind[i] + 32) : kind[i];
  }
  return out;
}

std::string plural(const std::string& noun) {
  if (noun.ends_with("y")) return noun.substr(0, noun.size() - 1) + "ies";
  if (noun.ends_with("s")) return noun + "es";
  return noun + "s";
}

}  // namespace

std::string valueText(const FieldChange& field, const std::optional<Tree>& value,
                      std::size_t most) {
  if (!value) return "(none)";
  if (field.sensitive) return "(sensitive)";
  return cut(printable(value->isString() ? value->asString() : ir::toJson(*value)), most);
}

std::string fieldText(const FieldChange& field, std::size_t most, const char* arrow) {
  return valueText(field, field.before, most) + " " + arrow + " " +
         valueText(field, field.after, most) +
         (field.forces_replacement ? "   (cannot change in place)" : "");
}

std::string countText(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + (count == 1 ? noun : plural(noun));
}

std::string countsText(const Plan& plan) {
  std::map<Action, std::size_t> counts;
  for (const Change& change : plan.changes) ++counts[change.action];
  static constexpr std::pair<Action, const char*> kWords[] = {
      {Action::Create, "to add"},   {Action::Update, "to change"}, {Action::Replace, "to replace"},
      {Action::Adopt, "to adopt"},  {Action::Move, "to move"},     {Action::Release, "to let go"},
      {Action::Delete, "to delete"}};
  std::string text;
  for (const auto& [action, word] : kWords) {
    if (counts[action] > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(counts[action]) + " " + word;
  }
  if (text.empty()) text = "nothing to change";
  if (!plan.conflicts.empty()) text += ", " + countText(plan.conflicts.size(), "conflict");
  return text;
}

std::string gpuText(const Plan& plan, const char* arrow) {
  const auto range = [](std::int64_t least, std::int64_t most) {
    return least == most ? std::to_string(most)
                         : std::to_string(least) + ".." + std::to_string(most);
  };
  const GpuTotals& gpus = plan.gpus;
  const std::string before = range(gpus.min_before, gpus.max_before);
  const std::string after = range(gpus.min_after, gpus.max_after);
  if (gpus.max_before == 0 && gpus.max_after == 0) return {};
  return before == after ? "GPUs " + after + ", as before"
                         : "GPUs " + before + " " + arrow + " " + after;
}

std::vector<Group> groupsOf(const Plan& plan, const std::string& cluster, model::System system) {
  std::vector<Group> groups;
  std::map<std::pair<std::string, Action>, std::size_t> known;
  for (const Change& change : plan.changes) {
    if (change.key.cluster != cluster || change.key.system != system) continue;
    const std::string address = change.address.empty() ? change.key.id() : change.address;
    const auto [found, fresh] = known.try_emplace({address, change.action}, groups.size());
    if (fresh) groups.push_back({address, change.action, {}});
    groups[found->second].changes.push_back(&change);
  }
  return groups;
}

std::string kindsText(const std::vector<const Change*>& changes) {
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (const Change* change : changes) {
    const std::string kind = words(change->key.kind);
    const auto found = std::find_if(counts.begin(), counts.end(),
                                    [&](const auto& entry) { return entry.first == kind; });
    if (found == counts.end()) {
      counts.emplace_back(kind, 1);
    } else {
      ++found->second;
    }
  }
  std::string text;
  for (const auto& [kind, count] : counts)
    text += (text.empty() ? "" : ", ") + (count == 1 ? kind : countText(count, kind));
  return text;
}

char signOf(Action action) {
  switch (action) {
    case Action::Create:
      return '+';
    case Action::Delete:
      return '-';
    case Action::Replace:
      return '*';
    case Action::Adopt:
    case Action::Move:
    case Action::Release:
      return '>';
    case Action::Update:
    case Action::NoOp:
      break;
  }
  return '~';
}

}  // namespace gpuspec::deploy::plan
