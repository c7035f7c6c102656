#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/plan/group_lines.h"
#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

constexpr std::size_t kNameWidth = 22;
constexpr std::size_t kMostListed = 8;

class HumanPlan {
 public:
  HumanPlan(const Plan& plan, const Look& look)
      : plan_(plan), look_(look), arrow_(look.unicode ? "→" : "->") {
    for (const Change& change : plan.changes) changed_.insert(change.key);
    for (const Conflict& conflict : plan.conflicts) conflicts_[conflict.key].push_back(&conflict);
  }

  std::string render() {
    head();
    for (const std::string& cluster : clusters()) clusterSection(cluster);
    foot();
    return std::move(out_);
  }

 private:
  void head() {
    std::string text = std::string(plan_.of_specs ? "Diff" : "Plan") + ": project " + plan_.project;
    if (!plan_.environment.empty()) text += ", environment " + plan_.environment;
    if (plan_.azure_requests > 0) {
      if (!plan_.subscription.empty()) text += ", subscription " + plan_.subscription.substr(0, 8);
      text +=
          ", " + countText(static_cast<std::size_t>(plan_.azure_requests), "request") + " to Azure";
    }
    if (plan_.kubernetes_requests > 0)
      text += ", " +
              (plan_.azure_requests > 0
                   ? std::to_string(plan_.kubernetes_requests)
                   : countText(static_cast<std::size_t>(plan_.kubernetes_requests), "request")) +
              " to Kubernetes";
    hanging("", text, 2);
  }

  std::set<std::string> clusters() const {
    std::set<std::string> names;
    for (const Change& change : plan_.changes) names.insert(change.key.cluster);
    for (const Conflict& conflict : plan_.conflicts) names.insert(conflict.key.cluster);
    return names;
  }

  void clusterSection(const std::string& cluster) {
    out_ += "\n" + colored("1", cluster) + "\n";
    static constexpr std::pair<System, const char*> kSystems[] = {
        {System::Azure, "Azure"}, {System::Kubernetes, "Kubernetes"}, {System::Helm, "Helm"}};
    for (const auto& [system, title] : kSystems) {
      const std::vector<Group> groups = groupsOf(plan_, cluster, system);
      const std::vector<const Conflict*> conflicts = conflictsOf(cluster, system);
      if (groups.empty() && conflicts.empty()) continue;
      out_ += std::string("  ") + title + "\n";
      for (const Group& group : groups) groupSection(group);
      for (const Conflict* conflict : conflicts) conflictSection(*conflict);
    }
  }

  void groupSection(const Group& group) {
    static constexpr std::pair<char, const char*> kColors[] = {
        {'+', "32"}, {'-', "31"}, {'*', "35"}, {'~', "33"}, {'>', "36"}, {'<', "36"}, {'=', "36"}};
    const char sign = signOf(group.action);
    const char* color = "0";
    for (const auto& [known, code] : kColors) {
      if (known == sign) color = code;
    }
    std::vector<std::string> lines = groupLines(group, textWidth(), arrow_);
    for (const Change* change : group.changes) {
      const auto found = conflicts_.find(change->key);
      if (found == conflicts_.end()) continue;
      for (const Conflict* conflict : found->second) addConflict(*conflict, lines);
    }
    entry(color, sign == '*' && look_.unicode ? "±" : std::string(1, sign), groupName(group),
          lines);
  }

  // What stands in the way of a change that is shown, right below it.
  void addConflict(const Conflict& conflict, std::vector<std::string>& lines) const {
    std::vector<std::string> texts = firstOf(conflict.details);
    if (conflict.kind != Conflict::Kind::NeedsReplace) texts.insert(texts.begin(), conflict.text);
    texts.push_back(conflict.way_out);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (const std::string& line : wrapped((i == 0 ? "! " : "  ") + texts[i], textWidth()))
        lines.push_back(line);
    }
  }

  // Of what is not in the plan for this very reason.
  std::vector<const Conflict*> conflictsOf(const std::string& cluster, System system) const {
    std::vector<const Conflict*> found;
    for (const Conflict& conflict : plan_.conflicts) {
      if (conflict.key.cluster == cluster && conflict.key.system == system &&
          !changed_.contains(conflict.key))
        found.push_back(&conflict);
    }
    return found;
  }

  void conflictSection(const Conflict& conflict) {
    std::vector<std::string> lines = wrapped(conflict.text, textWidth());
    for (const std::string& text : firstOf(conflict.details)) lines.push_back(text);
    for (const std::string& line : wrapped(conflict.way_out, textWidth())) lines.push_back(line);
    entry("31", "!", titleOf(conflict.key), lines);
  }

  std::size_t textWidth() const {
    return std::max<std::size_t>(look_.width, kNameWidth + 34) - kNameWidth - 4;
  }

  // A sign, a name, and lines in the column beside it.
  void entry(const char* color, const std::string& sign, const std::string& name,
             const std::vector<std::string>& lines) {
    const std::string indent(4 + kNameWidth, ' ');
    std::size_t next = 0;
    std::string text = name;
    const bool fits =
        lengthOf(name) + 2 <= kNameWidth ||
        (!lines.empty() && lengthOf(name) + 2 + lengthOf(lines[0]) <= textWidth() + kNameWidth);
    if (!lines.empty() && fits) {
      text +=
          lengthOf(name) + 2 <= kNameWidth ? std::string(kNameWidth - lengthOf(name), ' ') : "  ";
      text += lines[next++];
    }
    while (text.ends_with(' ')) text.pop_back();
    out_ += "  " + colored(color, sign) + " " + text + "\n";
    for (; next < lines.size(); ++next) out_ += indent + lines[next] + "\n";
  }

  void foot() {
    if (!plan_.changes.empty() || !plan_.conflicts.empty()) out_ += "\n";
    out_ += countsText(plan_);
    if (plan_.empty() && plan_.unchanged > 0)
      out_ += ": " + countText(static_cast<std::size_t>(plan_.unchanged), "resource") +
              " as the spec says";
    out_ += "\n";
    if (const std::string gpus = gpuText(plan_.gpus, arrow_); !gpus.empty())
      out_ += "GPUs " + gpus + "\n";
    if (const std::string order = orderText(plan_, arrow_); !order.empty())
      hanging("Order: ", order, 7);
    leftOut();
    list("Not checked: ", plan_.not_checked);
    list("Not in the spec any more, and not touched: ", plan_.strays);
  }

  void leftOut() {
    constexpr std::size_t kMost = 20;
    if (plan_.left_out.empty()) return;
    std::string text;
    for (std::size_t i = 0; i < std::min(plan_.left_out.size(), kMost); ++i)
      text += (i == 0 ? "" : ", ") + plan_.left_out[i];
    if (plan_.left_out.size() > kMost)
      text += ", and " + std::to_string(plan_.left_out.size() - kMost) + " more";
    hanging("Left out: ", text, 10);
  }

  void hanging(const std::string& title, const std::string& text, std::size_t indent) {
    const std::size_t width = std::max<std::size_t>(look_.width, 40);
    const std::vector<std::string> lines = wrapped(text, width - std::max(indent, title.size()));
    for (std::size_t i = 0; i < lines.size(); ++i)
      out_ += (i == 0 ? title : std::string(indent, ' ')) + lines[i] + "\n";
  }

  void list(const std::string& title, const std::vector<std::string>& items) {
    constexpr std::size_t kWidestTitle = 16;
    const std::size_t indent = title.size() <= kWidestTitle ? title.size() : 2;
    for (std::size_t i = 0; i < std::min(items.size(), kMostListed); ++i)
      hanging(i == 0 ? title : std::string(indent, ' '), items[i], indent);
    if (items.size() > kMostListed)
      out_ += std::string(indent, ' ') + "and " + std::to_string(items.size() - kMostListed) +
              " more\n";
  }

  std::string colored(const char* code, const std::string& text) const {
    return look_.color ? "\x1B[" + std::string(code) + "m" + text + "\x1B[0m" : text;
  }

  const Plan& plan_;
  const Look& look_;
  const char* arrow_;
  std::set<model::ResourceKey> changed_;
  std::map<model::ResourceKey, std::vector<const Conflict*>> conflicts_;
  std::string out_;
};

}  // namespace

std::string renderHuman(const Plan& plan, const Look& look) {
  return HumanPlan(plan, look).render();
}

}  // namespace gpuspec::deploy::plan
