#include <algorithm>
#include <map>

#include "backends/deploy/plan/names.h"
#include "backends/deploy/plan/planner.h"
#include "backends/deploy/plan/render.h"
#include "backends/deploy/plan/render_text.h"

namespace gpuspec::deploy::plan {

namespace {

// GitHub takes comments of 65,536 characters.
constexpr std::size_t kMostBytes = 56'000;
constexpr std::size_t kMostFields = 20;  // of one change
constexpr std::size_t kMostConflicts = 50;
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

// Inside a code element nothing is taken for a mention or the number of an issue.
std::string code(const std::string& text) {
  return "<code>" + escaped(text) + "</code>";
}

void changeLine(const Change& change, std::string& out) {
  out += "| " + std::string(str(change.action)) + " | " + escaped(titleOf(change.key)) + " | ";
  std::string what;
  const auto add = [&](const std::string& text) { what += (what.empty() ? "" : "<br>") + text; };
  const std::vector<const FieldChange*> fields = shownFields(change);
  for (std::size_t i = 0; i < std::min(fields.size(), kMostFields); ++i) {
    const FieldChange* field = fields[i];
    add(code(fieldName(change.key, field->path)) + ": " +
        code(valueText(*field, field->before, kValueWidth)) + " → " +
        code(valueText(*field, field->after, kValueWidth)));
  }
  if (fields.size() > kMostFields)
    add("and " + countText(fields.size() - kMostFields, "more field"));
  if (fields.empty() || change.action == Action::Replace || change.action == Action::Adopt)
    add(escaped(change.reason));
  if (change.gpus) add("GPUs " + gpuText(*change.gpus, "→"));
  for (const std::string& effect : change.effects) add(escaped(effect));
  out += what + " |\n";
}

void list(const char* title, const std::vector<std::string>& items, std::string& out) {
  constexpr std::size_t kMost = 20;
  for (std::size_t i = 0; i < std::min(items.size(), kMost); ++i)
    out += std::string("\n") + title + escaped(items[i]) + "\n";
  if (items.size() > kMost)
    out += "\n" + std::string(title) + "and " + std::to_string(items.size() - kMost) + " more\n";
}

void conflictLines(const Conflict& conflict, std::string& out) {
  out += "\n> **conflict** " + escaped(titleOf(conflict.key)) + " " + escaped(conflict.text) +
         ". " + escaped(conflict.way_out) + "\n";
  for (const std::string& text : firstOf(conflict.details)) out += "> - " + escaped(text) + "\n";
}

}  // namespace

std::string renderMarkdown(const Plan& plan) {
  std::string out = std::string("### gpuspec ") + (plan.of_specs ? "diff" : "plan") + ": " +
                    escaped(plan.project);
  if (!plan.environment.empty()) out += ", " + escaped(plan.environment);
  out += "\n\n**" + countsText(plan) + "**";
  if (const std::string gpus = gpuText(plan.gpus, "→"); !gpus.empty()) out += " · GPUs " + gpus;
  out += "\n";
  for (std::size_t i = 0; i < std::min(plan.conflicts.size(), kMostConflicts); ++i)
    conflictLines(plan.conflicts[i], out);
  if (plan.conflicts.size() > kMostConflicts)
    out += "\n> and " + countText(plan.conflicts.size() - kMostConflicts, "more conflict") + "\n";
  std::map<std::string, std::vector<const Change*>> by_cluster;
  for (const Change& change : plan.changes) by_cluster[change.key.cluster].push_back(&change);
  std::size_t left = 0;
  for (const auto& [cluster, changes] : by_cluster) {
    out += "\n<details><summary>" + escaped(cluster) + ": " + countText(changes.size(), "change") +
           "</summary>\n\n| | resource | what |\n| --- | --- | --- |\n";
    for (const Change* change : changes) {
      if (out.size() < kMostBytes) {
        changeLine(*change, out);
      } else {
        ++left;
      }
    }
    out += "\n</details>\n";
  }
  if (left > 0) out += "\n" + countText(left, "more change") + " not shown here.\n";
  if (const std::string order = orderText(plan, "→"); !order.empty())
    out += "\nOrder: " + escaped(order) + "\n";
  list("Not checked: ", plan.not_checked, out);
  list("Left out: ", plan.left_out, out);
  list("Not in the spec any more, and not touched: ", plan.strays, out);
  return out;
}

}  // namespace gpuspec::deploy::plan
