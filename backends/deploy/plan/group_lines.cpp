#include "backends/deploy/plan/group_lines.h"

#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/plan/names.h"
#include "backends/deploy/plan/planner.h"

namespace gpuspec::deploy::plan {

namespace {

using model::System;

constexpr std::size_t kMostRows = 16;    // of one declaration; the rest is counted
constexpr std::size_t kWidestName = 60;  // of a field, before its values go below it
constexpr std::size_t kLeastValue = 12;

struct Row {
  std::string name, value;
  const FieldChange* field = nullptr;  // whose values are cut to what room there is
};

bool onlyCounted(const Group& group) {
  return (group.action == Action::Create || group.action == Action::Delete ||
          group.action == Action::Release) &&
         group.changes.size() > 1 && group.changes[0]->key.system == System::Kubernetes;
}

std::string objectName(const Change& change) {
  return kindName(change.key.kind) + " " + change.key.name;
}

std::string textAt(const Tree* tree, std::string_view key) {
  const Tree* value = tree != nullptr ? tree->find(key) : nullptr;
  if (value == nullptr) return {};
  if (value->isInt()) return std::to_string(value->asInt());
  return value->isString() ? value->asString() : "";
}

// "1..2 x Standard_ND96isr_H100_v5", "version 1.2.3", "job train"
std::string madeText(const Change& change) {
  if (change.key.system == System::Kubernetes) {
    // "job train" says already which.
    const bool same = change.address.ends_with("." + change.key.name);
    return same ? kindName(change.key.kind) : objectName(change);
  }
  if (change.key.system == System::Helm) {
    const std::string version = textAt(&change.body.tree(), "version");
    return version.empty() ? "" : "version " + version;
  }
  const Tree* properties = change.body.find("properties");
  const std::string size = textAt(properties, "vmSize"), most = textAt(properties, "maxCount");
  if (size.empty()) return textAt(&change.body.tree(), "location");
  return (most.empty() ? textAt(properties, "count")
                       : textAt(properties, "minCount") + ".." + most) +
         " x " + size;
}

class Lines {
 public:
  Lines(const Group& group, std::size_t width, const char* arrow)
      : group_(group), width_(width), arrow_(arrow) {
    std::map<std::string, std::size_t> kinds;
    for (const Change* change : group.changes) {
      if (++kinds[change->key.kind] > 1) several_.insert(change->key.kind);
    }
  }

  std::vector<std::string> take() {
    if (onlyCounted(group_)) {
      text(kindsText(group_.changes));
      reasons();
    } else if (group_.action == Action::Create) {
      for (const Change* change : group_.changes) text(madeOf(*change));
      reasons();
    } else {
      if (group_.action == Action::Adopt) formerOwners();
      fields();
      if (group_.action != Action::Adopt) reasons();
    }
    effects();
    return std::move(lines_);
  }

 private:
  void text(const std::string& line) {
    if (line.empty()) return;
    for (std::string& part : wrapped(line, width_)) lines_.push_back(std::move(part));
  }

  std::string madeOf(const Change& change) const {
    std::string made = madeText(change);
    if (change.gpus)
      made += ", " + rangeText(change.gpus->min_after, change.gpus->max_after) + " GPUs";
    return made;
  }

  // "quota example.com/gpu", "deployment web replicas"
  std::string nameOf(const Change& change, const std::string& path) const {
    const std::string name = fieldName(change.key, path);
    const bool many = several_.contains(change.key.kind);
    if (change.key.system != System::Kubernetes) return name;
    if (!many && groupName(group_).starts_with(kindName(change.key.kind) + " ")) return name;
    if (namesItsKind(change.key, path)) return many ? name + " of " + change.key.name : name;
    return (many ? objectName(change) : kindName(change.key.kind)) + " " + name;
  }

  void fields() {
    std::vector<Row> rows;
    for (const Change* change : group_.changes) {
      for (const FieldChange* field : shownFields(*change))
        rows.push_back({nameOf(*change, field->path), "", field});
      if (change->gpus && change->action != Action::Delete) addGpus(*change->gpus, rows);
    }
    std::size_t widest = 0;
    for (const Row& row : rows) widest = std::max(widest, lengthOf(row.name));
    widest = std::min({widest, kWidestName, width_ / 2});
    for (std::size_t i = 0; i < std::min(rows.size(), kMostRows); ++i) addRow(rows[i], widest);
    if (rows.size() > kMostRows)
      lines_.push_back("and " + countText(rows.size() - kMostRows, "more field"));
  }

  void addGpus(const GpuTotals& gpus, std::vector<Row>& rows) const {
    if (!gpus.before_known) return;
    const auto add = [&](const char* name, std::int64_t before, std::int64_t after) {
      if (before != after)
        rows.push_back({name, std::to_string(before) + " " + arrow_ + " " + std::to_string(after)});
    };
    add("GPUs at least", gpus.min_before, gpus.min_after);
    add("GPUs at most", gpus.max_before, gpus.max_after);
  }

  void addRow(const Row& row, std::size_t widest) {
    const std::size_t length = lengthOf(row.name);
    const bool beside = length <= widest;
    const std::size_t indent = beside ? widest + 3 : 2;
    const std::size_t room = std::max(width_ > indent ? width_ - indent : 0, kLeastValue);
    if (!beside) lines_.push_back(row.name);
    std::string lead = beside ? row.name + std::string(indent - length, ' ') : "  ";
    for (const std::string& value : valuesOf(row, room)) {
      lines_.push_back(lead + value);
      lead = std::string(indent, ' ');
    }
  }

  // Both values in one line, or each in one of its own.
  std::vector<std::string> valuesOf(const Row& row, std::size_t room) const {
    if (row.field == nullptr) return {row.value};
    const std::string one = fieldText(*row.field, room, arrow_);
    if (lengthOf(one) <= room) return {one};
    const std::string to = std::string(arrow_) + " ";
    return {valueText(*row.field, row.field->before, room),
            to + valueText(*row.field, row.field->after, room - lengthOf(to))};
  }

  void formerOwners() {
    for (const Change* change : group_.changes) {
      const bool of_object = change->key.system == System::Kubernetes;
      text((of_object ? objectName(*change) + " " : "") + change->reason);
    }
  }

  // Why, where the fields do not say it: once for all that say the same.
  void reasons() {
    std::set<std::string> said = {"differs from the spec", "new in the spec",
                                  "no longer in the spec"};
    for (const Change* change : group_.changes) {
      if (said.insert(change->reason).second) text(change->reason);
      if (!change->moved_from.empty() && change->action == Action::Update &&
          said.insert("moved from " + change->moved_from).second)
        text("moved from " + change->moved_from);
    }
  }

  void effects() {
    std::set<std::string> said;
    for (const Change* change : group_.changes) {
      for (const std::string& effect : change->effects) {
        if (said.insert(effect).second) text(effect);
      }
    }
  }

  const Group& group_;
  std::size_t width_;
  const char* arrow_;
  std::set<std::string> several_;  // kinds of which there is more than one
  std::vector<std::string> lines_;
};

}  // namespace

std::string groupName(const Group& group) {
  const Change& first = *group.changes.front();
  return first.address.empty() ? titleOf(first.key) : spokenAddress(group.address);
}

std::vector<std::string> groupLines(const Group& group, std::size_t width, const char* arrow) {
  return Lines(group, width, arrow).take();
}

}  // namespace gpuspec::deploy::plan
