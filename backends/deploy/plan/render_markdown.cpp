#include <map>
#include <set>

#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

constexpr std::size_t kMostChanges = 300;  // GitHub takes comments of 65,536 characters
constexpr std::size_t kValueWidth = 80;

// Text of a user or an API inside Markdown and inside its HTML.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '|':
      case '*':
      case '_':
      case '`':
      case '[':
      case ']':
      case '#':
      case '@':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\n':
      case '\r':
        out += ' ';
        break;
      default:
        out += c;
    }
  }
  return out;
}

void changeLine(const Change& change, std::string& out) {
  out += "| " + std::string(str(change.action)) + " | " + escaped(titleOf(change.key)) + " | ";
  std::string what = change.fields.empty() ? escaped(change.reason) : "";
  for (const FieldChange& field : change.fields) {
    if (!what.empty()) what += "<br>";
    what += escaped(field.path) + ": " + escaped(fieldText(field, kValueWidth, "→"));
  }
  for (const std::string& effect : change.effects) what += "<br>" + escaped(effect);
  out += what + " |\n";
}

}  // namespace

std::string renderMarkdown(const Plan& plan) {
  std::string out = "### gpuspec plan: " + escaped(plan.project);
  if (!plan.environment.empty()) out += ", " + escaped(plan.environment);
  out += "\n\n**" + countsText(plan) + "**";
  if (const std::string gpus = gpuText(plan, "→"); !gpus.empty()) out += " · " + gpus;
  out += "\n";
  for (const Conflict& conflict : plan.conflicts) {
    out += "\n> **conflict** " + escaped(titleOf(conflict.key)) + " " + escaped(conflict.text) +
           ". " + escaped(conflict.way_out) + "\n";
  }
  std::map<std::string, std::vector<const Change*>> by_cluster;
  for (const Change& change : plan.changes) by_cluster[change.key.cluster].push_back(&change);
  std::size_t shown = 0;
  for (const auto& [cluster, changes] : by_cluster) {
    out += "\n<details><summary>" + escaped(cluster) + ": " + countText(changes.size(), "change") +
           "</summary>\n\n| | resource | what |\n| --- | --- | --- |\n";
    for (const Change* change : changes) {
      if (++shown <= kMostChanges) changeLine(*change, out);
    }
    out += "\n</details>\n";
  }
  if (shown > kMostChanges)
    out += "\n" + countText(shown - kMostChanges, "more change") + " not shown here.\n";
  for (const std::string& text : plan.not_checked) out += "\nNot checked: " + escaped(text) + "\n";
  for (const std::string& text : plan.left_out) out += "\nLeft out: " + escaped(text) + "\n";
  return out;
}

}  // namespace gpuspec::deploy::plan
