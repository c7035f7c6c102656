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

std::string plural(const std::string& noun) {
  if (noun.ends_with("y")) return noun.substr(0, noun.size() - 1) + "ies";
  if (noun == "limits") return noun;
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
         valueText(field, field.after, most);
}

std::string countText(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + (count == 1 ? noun : plural(noun));
}

std::string countsText(const Plan& plan) {
  std::map<Action, std::size_t> counts;
  for (const Change& change : plan.changes) ++counts[change.action];
  static constexpr std::pair<Action, const char*> kWords[] = {
      {Action::Create, "to add"},    {Action::Update, "to change"}, {Action::Replace, "to replace"},
      {Action::Adopt, "to adopt"},   {Action::Move, "to move"},     {Action::Release, "to let go"},
      {Action::Delete, "to delete"}, {Action::Wait, "to wait for"}};
  std::string text;
  for (const auto& [action, word] : kWords) {
    if (counts[action] > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(counts[action]) + " " + word;
  }
  if (text.empty()) text = "nothing to change";
  if (!plan.conflicts.empty()) text += ", " + countText(plan.conflicts.size(), "conflict");
  return text;
}

std::string rangeText(std::int64_t least, std::int64_t most) {
  return least == most ? std::to_string(most) : std::to_string(least) + ".." + std::to_string(most);
}

std::string gpuText(const GpuTotals& gpus, const char* arrow) {
  const std::string after = rangeText(gpus.min_after, gpus.max_after);
  if (!gpus.before_known) return std::string("unknown ") + arrow + " " + after;
  if (gpus.max_before == 0 && gpus.max_after == 0) return {};
  const std::string before = rangeText(gpus.min_before, gpus.max_before);
  return before == after ? after + ", as before" : before + " " + arrow + " " + after;
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

std::vector<std::string> firstOf(const std::vector<std::string>& items) {
  constexpr std::size_t kMost = 10;
  if (items.size() <= kMost) return items;
  std::vector<std::string> first(items.begin(), items.begin() + kMost);
  first.push_back("and " + std::to_string(items.size() - kMost) + " more");
  return first;
}

std::size_t lengthOf(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    // A word, and the spaces before it.
    const std::size_t begin = std::min(text.find_first_not_of(' ', at), text.size());
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin), gap = text.substr(at, begin - at);
    if (!line.empty() && lengthOf(line) + gap.size() + lengthOf(word) > width) {
      lines.push_back(std::move(line));
      line = word;
    } else {
      line += (line.empty() ? "" : gap) + word;
    }
    at = end;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
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
      return '>';
    case Action::Move:
      return '=';
    case Action::Release:
      return '<';
    case Action::Update:
    case Action::Wait:
    case Action::NoOp:
      break;
  }
  return '~';
}

}  // namespace gpuspec::deploy::plan
