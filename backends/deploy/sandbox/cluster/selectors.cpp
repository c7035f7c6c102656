#include "backends/deploy/sandbox/cluster/selectors.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gpuspec::deploy::sandbox::live {
namespace {

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool compares(const std::string& op, const std::string& value,
              const std::vector<std::string>& values) {
  const auto left = number(value);
  const auto right = values.size() == 1 ? number(values[0]) : std::nullopt;
  return left && right && (op == "Gt" ? *left > *right : *left < *right);
}

// `value` null: the key is absent.
bool holds(const Tree& expression, const std::string* value) {
  const std::string op = textAt(expression, {"operator"});
  const auto values = textsAt(expression, {"values"});
  const bool listed =
      value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
  if (op == "In") return listed;
  if (op == "NotIn") return !listed;
  if (op == "Exists") return value != nullptr;
  if (op == "DoesNotExist") return value == nullptr;
  if (op == "Gt" || op == "Lt") return value != nullptr && compares(op, *value, values);
  return false;
}

bool holds(const Tree& expression, const Labels& labels) {
  const auto found = labels.find(textAt(expression, {"key"}));
  return holds(expression, found == labels.end() ? nullptr : &found->second);
}

bool containsAll(const Tree::Map& wanted, const Labels& labels) {
  return std::all_of(wanted.begin(), wanted.end(), [&labels](const Tree::Entry& entry) {
    const auto found = labels.find(entry.first);
    return found != labels.end() && entry.second.isString() &&
           found->second == entry.second.asString();
  });
}

}  // namespace

bool matches(const Tree* label_selector, const Labels& labels) {
  if (label_selector == nullptr || label_selector->isNull()) return false;
  const Tree::List& expressions = listAt(*label_selector, {"matchExpressions"});
  return containsAll(mapAt(*label_selector, {"matchLabels"}), labels) &&
         std::all_of(expressions.begin(), expressions.end(),
                     [&labels](const Tree& expression) { return holds(expression, labels); });
}

bool matchesMap(const Tree* selector, const Labels& labels) {
  return selector != nullptr && selector->isMap() && !selector->empty() &&
         containsAll(selector->asMap(), labels);
}

bool matchesTerm(const Tree& term, const Tree& node) {
  const Tree::List& expressions = listAt(term, {"matchExpressions"});
  const Tree::List& fields = listAt(term, {"matchFields"});
  if (expressions.empty() && fields.empty()) return false;
  const Labels labels = labelsOf(node);
  const std::string name = nameOf(node);
  return std::all_of(expressions.begin(), expressions.end(),
                     [&labels](const Tree& each) { return holds(each, labels); }) &&
         std::all_of(fields.begin(), fields.end(), [&name](const Tree& each) {
           return textAt(each, {"key"}) == "metadata.name" && holds(each, &name);
         });
}

bool matchesNode(const Tree& pod, const Tree& node) {
  if (!containsAll(mapAt(pod, {"spec", "nodeSelector"}), labelsOf(node))) return false;
  const Tree* required = findAt(
      pod, {"spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"});
  if (required == nullptr) return true;
  const Tree::List& terms = listAt(*required, {"nodeSelectorTerms"});
  return std::any_of(terms.begin(), terms.end(),
                     [&node](const Tree& term) { return matchesTerm(term, node); });
}

std::int64_t preferenceFor(const Tree& pod, const Tree& node) {
  std::int64_t total = 0;
  for (const Tree& preferred : listAt(pod, {"spec", "affinity", "nodeAffinity",
                                            "preferredDuringSchedulingIgnoredDuringExecution"})) {
    const Tree* term = preferred.find("preference");
    if (term != nullptr && matchesTerm(*term, node)) total += intAt(preferred, {"weight"});
  }
  return total;
}

bool tolerates(const Tree& pod, const Tree& taint) {
  const std::string key = textAt(taint, {"key"}), value = textAt(taint, {"value"});
  const std::string effect = textAt(taint, {"effect"});
  const Tree::List& all = listAt(pod, {"spec", "tolerations"});
  return std::any_of(all.begin(), all.end(), [&](const Tree& toleration) {
    const std::string for_key = textAt(toleration, {"key"});
    const std::string for_effect = textAt(toleration, {"effect"});
    if (!for_effect.empty() && for_effect != effect) return false;
    if (textAt(toleration, {"operator"}, "Equal") == "Exists") {
      return for_key.empty() || for_key == key;
    }
    return for_key == key && textAt(toleration, {"value"}) == value;
  });
}

const Tree* untolerated(const Tree& pod, const Tree& node,
                        std::initializer_list<std::string_view> effects) {
  for (const Tree& taint : listAt(node, {"spec", "taints"})) {
    const std::string effect = textAt(taint, {"effect"});
    if (std::find(effects.begin(), effects.end(), effect) != effects.end() &&
        !tolerates(pod, taint)) {
      return &taint;
    }
  }
  return nullptr;
}

}  // namespace gpuspec::deploy::sandbox::live
