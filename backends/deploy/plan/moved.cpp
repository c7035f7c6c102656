#include <algorithm>
#include <map>

#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render_text.h"
#include "backends/deploy/plan/saved.h"

// What has happened to the live side since a plan was saved, in sentences.

namespace gpuspec::deploy::plan {

namespace {

constexpr std::size_t kMostFields = 3;  // of one resource
constexpr std::size_t kValueWidth = 40;

const FieldChange* fieldAt(const std::vector<FieldChange>& fields, const std::string& path) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldChange& field) { return field.path == path; });
  return found == fields.end() ? nullptr : &*found;
}

// `a` is 2, was 1
std::string valueMoved(const FieldChange& was, const FieldChange& is) {
  if (is.sensitive) return "`" + is.path + "` (sensitive) may have changed";
  const std::string before = valueText(was, was.before, kValueWidth);
  const std::string now = valueText(is, is.before, kValueWidth);
  if (before != now) return "`" + is.path + "` is " + now + ", was " + before;
  const std::string then_to = valueText(was, was.after, kValueWidth);
  const std::string now_to = valueText(is, is.after, kValueWidth);
  if (then_to != now_to) return "`" + is.path + "` would become " + now_to + ", not " + then_to;
  return {};
}

std::vector<std::string> fieldsMoved(const SavedChange& was, const Change& is) {
  std::vector<std::string> moved;
  for (const FieldChange& field : is.fields) {
    const FieldChange* then = fieldAt(was.fields, field.path);
    if (then == nullptr) {
      moved.push_back("`" + field.path + "` is " + valueText(field, field.before, kValueWidth) +
                      ", was as the spec says");
    } else if (std::string text = valueMoved(*then, field); !text.empty()) {
      moved.push_back(std::move(text));
    }
  }
  for (const FieldChange& field : was.fields) {
    if (fieldAt(is.fields, field.path) == nullptr)
      moved.push_back("`" + field.path + "` is as the spec says already");
  }
  return moved;
}

std::string howMoved(const SavedChange& was, const Change& is) {
  std::vector<std::string> moved = fieldsMoved(was, is);
  if (was.action != str(is.action))
    moved.insert(moved.begin(), "would " + std::string(str(is.action)) + " now, not " + was.action);
  if (moved.empty()) return "is another one of the same name, or was moved";
  std::string text;
  for (std::size_t i = 0; i < std::min(moved.size(), kMostFields); ++i)
    text += (i == 0 ? "" : "; ") + moved[i];
  if (moved.size() > kMostFields)
    text += "; and " + countText(moved.size() - kMostFields, "more field");
  return text;
}

}  // namespace

std::vector<std::string> whatMoved(const SavedPlan& saved, const Plan& now) {
  std::map<std::pair<std::string, std::string>, const SavedChange*> before;
  for (const SavedChange& change : saved.changes) before[{change.cluster, change.id}] = &change;
  std::vector<std::string> moved;
  for (const Change& change : now.changes) {
    const auto found = before.find({change.key.cluster, change.key.id()});
    const std::string what = titleOf(change.key) + " in " + change.key.cluster;
    if (found == before.end()) {
      moved.push_back(what + " would " + std::string(str(change.action)) +
                      " now, which the saved plan does not hold");
      continue;
    }
    if (found->second->digest != digestOf(change))
      moved.push_back(what + ": " + howMoved(*found->second, change));
    before.erase(found);
  }
  for (const auto& [key, change] : before)
    moved.push_back(change->title + " in " + change->cluster + " needs no change any more");
  for (const Conflict& conflict : now.conflicts)
    moved.push_back(titleOf(conflict.key) + " in " + conflict.key.cluster + " " + conflict.text);
  return moved;
}

}  // namespace gpuspec::deploy::plan
