#include <algorithm>
#include <set>

#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

constexpr std::size_t kMostFields = 12;   // of one change; the rest is counted
constexpr std::size_t kMostObjects = 12;  // of one declaration, listed one by one

class HumanPlan {
 public:
  HumanPlan(const Plan& plan, const Look& look)
      : plan_(plan), look_(look), arrow_(look.unicode ? "→" : "->") {}

  std::string render() {
    head();
    for (const std::string& cluster : clusters()) clusterSection(cluster);
    foot();
    return std::move(out_);
  }

 private:
  void head() {
    out_ += "Plan: project " + plan_.project;
    if (!plan_.environment.empty()) out_ += ", environment " + plan_.environment;
    if (plan_.azure_requests > 0) {
      if (!plan_.subscription.empty()) out_ += ", subscription " + plan_.subscription.substr(0, 8);
      out_ +=
          ", " + countText(static_cast<std::size_t>(plan_.azure_requests), "request") + " to Azure";
    }
    if (plan_.kubernetes_requests > 0)
      out_ += ", " + std::to_string(plan_.kubernetes_requests) + " to Kubernetes";
    out_ += "\n";
  }

  std::set<std::string> clusters() const {
    std::set<std::string> names;
    for (const Change& change : plan_.changes) names.insert(change.key.cluster);
    for (const Conflict& conflict : plan_.conflicts) names.insert(conflict.key.cluster);
    return names;
  }

  void clusterSection(const std::string& cluster) {
    out_ += "\n" + bold(cluster) + "\n";
    static constexpr std::pair<System, const char*> kSystems[] = {
        {System::Azure, "Azure"}, {System::Kubernetes, "Kubernetes"}, {System::Helm, "Helm"}};
    for (const auto& [system, title] : kSystems) {
      const std::vector<Group> groups = groupsOf(plan_, cluster, system);
      const bool conflicts = hasConflicts(cluster, system);
      if (groups.empty() && !conflicts) continue;
      out_ += std::string("  ") + title + "\n";
      for (const Group& group : groups) groupLines(group);
      conflictLines(cluster, system);
    }
  }

  void groupLines(const Group& group) {
    const bool plain = group.action == Action::Create || group.action == Action::Delete ||
                       group.action == Action::Release;
    if (plain && group.changes.size() > 1 && group.changes[0]->key.system == System::Kubernetes) {
      line(group.action, nameOf(group.address), kindsText(group.changes));
      if (group.changes.size() <= kMostObjects) {
        for (const Change* change : group.changes) effectLines(*change);
      }
      return;
    }
    for (const Change* change : group.changes) changeLines(*change, group.address);
  }

  // "team.vision" as people say it: team vision.
  static std::string nameOf(const std::string& address) {
    std::string name = address;
    if (const std::size_t dot = name.find('.');
        dot != std::string::npos && std::count(name.begin(), name.end(), '.') == 1)
      name[dot] = ' ';
    return name;
  }

  void changeLines(const Change& change, const std::string& address) {
    const bool of_object = change.key.system == System::Kubernetes;
    const std::string name = of_object ? titleOf(change.key) : nameOf(address);
    std::string what = change.action == Action::Create ? createText(change) : "";
    if (change.action == Action::Delete || change.action == Action::Replace ||
        change.action == Action::Move || change.action == Action::Adopt ||
        change.action == Action::Release ||
        (change.action == Action::Update && change.fields.empty()))
      what = change.reason;
    line(change.action, name, what);
    std::size_t shown = 0;
    for (const FieldChange& field : change.fields) {
      if (++shown > kMostFields) break;
      detail(shortPath(field.path) + "   " + fieldText(field, valueWidth(), arrow_));
    }
    if (change.fields.size() > kMostFields)
      detail("and " + countText(change.fields.size() - kMostFields, "more field"));
    effectLines(change);
  }

  static std::string createText(const Change& change) {
    const Tree* properties = change.body.find("properties");
    const Tree* size = properties != nullptr ? properties->find("vmSize") : nullptr;
    if (size != nullptr && size->isString()) {
      const auto number = [&](const char* key) {
        const Tree* value = properties->find(key);
        return value != nullptr && value->isInt() ? std::to_string(value->asInt()) : "";
      };
      const std::string most = number("maxCount");
      return (most.empty() ? number("count") : number("minCount") + ".." + most) + " x " +
             size->asString();
    }
    const Tree* version = change.body.find("version");
    if (change.key.system == System::Helm && version != nullptr && version->isString())
      return "version " + version->asString();
    const Tree* location = change.body.find("location");
    return location != nullptr && location->isString() ? location->asString() : "";
  }

  static std::string shortPath(const std::string& path) {
    constexpr std::string_view kProperties = "properties.";
    return path.starts_with(kProperties) ? path.substr(kProperties.size()) : path;
  }

  std::size_t valueWidth() const { return std::max<std::size_t>(look_.width / 3, 20); }

  void effectLines(const Change& change) {
    for (const std::string& effect : change.effects) detail(effect);
  }

  bool hasConflicts(const std::string& cluster, System system) const {
    return std::any_of(plan_.conflicts.begin(), plan_.conflicts.end(),
                       [&](const Conflict& conflict) {
                         return conflict.key.cluster == cluster && conflict.key.system == system;
                       });
  }

  void conflictLines(const std::string& cluster, System system) {
    for (const Conflict& conflict : plan_.conflicts) {
      if (conflict.key.cluster != cluster || conflict.key.system != system) continue;
      out_ +=
          "  " + colored("31", "!") + " " + padded(titleOf(conflict.key)) + conflict.text + "\n";
      for (const std::string& text : conflict.details) detail(text);
      detail(conflict.way_out);
    }
  }

  static constexpr std::size_t kNameWidth = 22;

  static std::string padded(std::string name) {
    name += name.size() < kNameWidth ? std::string(kNameWidth - name.size(), ' ') : "  ";
    return name;
  }

  void line(Action action, const std::string& name, const std::string& what) {
    static constexpr std::pair<char, const char*> kColors[] = {
        {'+', "32"}, {'-', "31"}, {'*', "35"}, {'~', "33"}, {'>', "36"}};
    const char sign = signOf(action);
    const char* color = "0";
    for (const auto& [known, code] : kColors) {
      if (known == sign) color = code;
    }
    const std::string shown = sign == '*' && look_.unicode ? "±" : std::string(1, sign);
    std::string text = padded(name) + what;
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out_ += "  " + colored(color, shown) + " " + text + "\n";
  }

  void detail(const std::string& text) { out_ += std::string(4 + kNameWidth, ' ') + text + "\n"; }

  void foot() {
    if (!plan_.changes.empty() || !plan_.conflicts.empty()) out_ += "\n";
    out_ += countsText(plan_);
    if (plan_.empty() && plan_.unchanged > 0)
      out_ += ": " + countText(static_cast<std::size_t>(plan_.unchanged), "resource") +
              " as the spec says";
    out_ += "\n";
    if (const std::string gpus = gpuText(plan_, arrow_); !gpus.empty()) out_ += gpus + "\n";
    list("Left out: ", plan_.left_out);
    list("Not checked: ", plan_.not_checked);
    list("Not in the spec any more, and not touched: ", plan_.strays);
  }

  void list(const std::string& title, const std::vector<std::string>& items) {
    constexpr std::size_t kMost = 8;
    for (std::size_t i = 0; i < std::min(items.size(), kMost); ++i)
      out_ += (i == 0 ? title : std::string(title.size(), ' ')) + items[i] + "\n";
    if (items.size() > kMost)
      out_ += std::string(title.size(), ' ') + "and " + std::to_string(items.size() - kMost) +
              " more\n";
  }

  std::string colored(const char* code, const std::string& text) const {
    return look_.color ? "\x1B[" + std::string(code) + "m" + text + "\x1B[0m" : text;
  }
  std::string bold(const std::string& text) const { return colored("1", text); }

  const Plan& plan_;
  const Look& look_;
  const char* arrow_;
  std::string out_;
};

}  // namespace

std::string renderHuman(const Plan& plan, const Look& look) {
  return HumanPlan(plan, look).render();
}

}  // namespace gpuspec::deploy::plan
