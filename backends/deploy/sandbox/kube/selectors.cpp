#include "backends/deploy/sandbox/kube/selectors.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/status.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using Operator = Requirement::Operator;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// At commas that stand outside of brackets.
std::vector<std::string_view> splitTerms(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t begin = 0, depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')' && depth > 0) --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    if (const std::string_view term = trimmed(text.substr(begin, i - begin)); !term.empty())
      out.push_back(term);
    begin = i + 1;
  }
  return out;
}

bool readSet(std::string_view term, std::string_view word, Operator op, Requirement& out) {
  const std::size_t at = term.find(word);
  if (at == std::string_view::npos) return false;
  const std::string_view list = trimmed(term.substr(at + word.size()));
  if (list.size() < 2 || list.front() != '(' || list.back() != ')') return false;
  out.op = op;
  out.key = trimmed(term.substr(0, at));
  std::string_view rest = list.substr(1, list.size() - 2);
  for (;;) {
    const std::size_t comma = rest.find(',');
    out.values.emplace_back(trimmed(rest.substr(0, comma)));
    if (comma == std::string_view::npos) return !out.key.empty();
    rest.remove_prefix(comma + 1);
  }
}

bool readComparison(std::string_view term, Requirement& out) {
  constexpr std::pair<std::string_view, Operator> kSigns[] = {
      {"!=", Operator::NotIn},  {"==", Operator::In},  {"=", Operator::In},
      {">", Operator::Greater}, {"<", Operator::Less},
  };
  for (const auto& [sign, op] : kSigns) {
    const std::size_t at = term.find(sign);
    if (at == std::string_view::npos) continue;
    out.op = op;
    out.key = trimmed(term.substr(0, at));
    out.values = {std::string(trimmed(term.substr(at + sign.size())))};
    return !out.key.empty();
  }
  return false;
}

bool readRequirement(std::string_view term, Requirement& out) {
  if (readSet(term, " notin ", Operator::NotIn, out) || readSet(term, " in ", Operator::In, out) ||
      readComparison(term, out)) {
    return true;
  }
  if (term.front() == '!') {
    out.op = Operator::Missing;
    out.key = trimmed(term.substr(1));
  } else {
    out.op = Operator::Exists;
    out.key = term;
  }
  return !out.key.empty() && out.key.find_first_of(" ()") == std::string::npos;
}

bool holds(const Requirement& requirement, const Tree* labels) {
  const Tree* value = labels == nullptr ? nullptr : labels->find(requirement.key);
  const auto listed = [&] {
    return value->isString() && std::find(requirement.values.begin(), requirement.values.end(),
                                          value->asString()) != requirement.values.end();
  };
  const auto number = [](const std::string& text) {
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
  };
  switch (requirement.op) {
    case Operator::In:
      return value != nullptr && listed();
    case Operator::NotIn:
      return value == nullptr || !listed();
    case Operator::Exists:
      return value != nullptr;
    case Operator::Missing:
      return value == nullptr;
    case Operator::Greater:
      return value != nullptr && value->isString() &&
             number(value->asString()) > number(requirement.values[0]);
    case Operator::Less:
      return value != nullptr && value->isString() &&
             number(value->asString()) < number(requirement.values[0]);
  }
  return false;
}

// Field selectors by resource; metadata.name and metadata.namespace are known everywhere.
const std::multimap<std::string_view, std::string_view>& knownFields() {
  static const std::multimap<std::string_view, std::string_view> kFields = {
      {"pods", "spec.nodeName"},
      {"pods", "spec.restartPolicy"},
      {"pods", "spec.schedulerName"},
      {"pods", "spec.serviceAccountName"},
      {"pods", "spec.hostNetwork"},
      {"pods", "status.phase"},
      {"pods", "status.podIP"},
      {"pods", "status.nominatedNodeName"},
      {"secrets", "type"},
      {"namespaces", "status.phase"},
      {"nodes", "spec.unschedulable"},
      {"replicasets", "status.replicas"},
      {"jobs", "status.successful"},
      {"services", "spec.clusterIP"},
      {"services", "spec.type"},
      {"resourceslices", "spec.nodeName"},
      {"resourceslices", "spec.driver"},
      {"events", "involvedObject.kind"},
      {"events", "involvedObject.namespace"},
      {"events", "involvedObject.name"},
      {"events", "involvedObject.uid"},
      {"events", "involvedObject.apiVersion"},
      {"events", "involvedObject.resourceVersion"},
      {"events", "involvedObject.fieldPath"},
      {"events", "reason"},
      {"events", "type"},
      {"events", "reportingComponent"},
      {"events", "source"},
  };
  return kFields;
}

bool isKnownField(const ResourceInfo& resource, std::string_view field) {
  if (field == "metadata.name" || (field == "metadata.namespace" && resource.namespaced))
    return true;
  const auto [begin, end] = knownFields().equal_range(resource.resource);
  return std::any_of(begin, end, [field](const auto& row) { return row.second == field; });
}

std::vector<std::string> pathOf(std::string_view field) {
  std::vector<std::string> out;
  while (!field.empty()) {
    const std::size_t dot = std::min(field.find('.'), field.size());
    out.emplace_back(field.substr(0, dot));
    field.remove_prefix(std::min(dot + 1, field.size()));
  }
  return out;
}

std::string textOf(const Tree& object, const std::vector<std::string>& path) {
  const Tree* at = &object;
  for (const std::string& part : path) {
    at = at->find(part);
    if (at == nullptr)
      return path.back() == "unschedulable" || path.back() == "hostNetwork" ? "false" : "";
  }
  if (at->isBool()) return at->asBool() ? "true" : "false";
  if (at->isInt()) return std::to_string(at->asInt());
  return at->isString() ? at->asString() : "";
}

llvm::Error readFields(std::string_view text, const ResourceInfo& resource, Selector& out) {
  for (std::string_view term : splitTerms(text)) {
    Requirement parsed;
    if (!readComparison(term, parsed)) {
      return badRequest("invalid field selector: \"" + std::string(term) + "\"");
    }
    if (!isKnownField(resource, parsed.key)) {
      return badRequest("field label not supported: " + parsed.key);
    }
    out.fields.push_back({pathOf(parsed.key), parsed.values[0], parsed.op == Operator::In});
  }
  return llvm::Error::success();
}

}  // namespace

bool Selector::matches(const Tree& object) const {
  const Tree* own = findAt(object, {"metadata", "labels"});
  for (const Requirement& requirement : labels) {
    if (!holds(requirement, own)) return false;
  }
  return std::all_of(fields.begin(), fields.end(), [&object](const FieldTest& test) {
    return (textOf(object, test.path) == test.value) == test.equal;
  });
}

llvm::Expected<Selector> parseSelector(std::string_view labels, std::string_view fields,
                                       const ResourceInfo& resource) {
  Selector out;
  for (std::string_view term : splitTerms(labels)) {
    Requirement requirement;
    if (!readRequirement(term, requirement)) {
      return badRequest("unable to parse requirement: found '" + std::string(term) + "'");
    }
    out.labels.push_back(std::move(requirement));
  }
  if (llvm::Error error = readFields(fields, resource, out)) return error;
  return out;
}

bool selects(const Tree* label_selector, const Tree* labels) {
  if (label_selector == nullptr || label_selector->isNull()) return false;
  for (const auto& [key, value] : mapAt(*label_selector, {"matchLabels"})) {
    const Tree* there = labels == nullptr ? nullptr : labels->find(key);
    if (there == nullptr || !(*there == value)) return false;
  }
  for (const Tree& expression : listAt(*label_selector, {"matchExpressions"})) {
    Requirement requirement;
    requirement.key = textAt(expression, {"key"});
    const std::string& op = textAt(expression, {"operator"});
    if (op == "In") requirement.op = Operator::In;
    if (op == "NotIn") requirement.op = Operator::NotIn;
    if (op == "DoesNotExist") requirement.op = Operator::Missing;
    for (const Tree& value : listAt(expression, {"values"})) {
      if (value.isString()) requirement.values.push_back(value.asString());
    }
    if (!holds(requirement, labels)) return false;
  }
  return true;
}

std::string selectorText(const Tree& label_selector) {
  std::string out;
  const auto addTerm = [&out](const std::string& term) { out += (out.empty() ? "" : ",") + term; };
  for (const auto& [key, value] : mapAt(label_selector, {"matchLabels"})) {
    if (value.isString()) addTerm(key + "=" + value.asString());
  }
  for (const Tree& expression : listAt(label_selector, {"matchExpressions"})) {
    const std::string& key = textAt(expression, {"key"});
    const std::string& op = textAt(expression, {"operator"});
    std::string values;
    for (const Tree& value : listAt(expression, {"values"})) {
      if (value.isString()) values += (values.empty() ? "" : ",") + value.asString();
    }
    if (op == "In") addTerm(key + " in (" + values + ")");
    if (op == "NotIn") addTerm(key + " notin (" + values + ")");
    if (op == "Exists") addTerm(key);
    if (op == "DoesNotExist") addTerm("!" + key);
  }
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
