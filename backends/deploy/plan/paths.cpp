#include <algorithm>

#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::plan {

namespace {

bool isExpression(const Tree& value) {
  if (!value.isString()) return false;
  const std::string& text = value.asString();
  return text.size() > 2 && text.front() == '[' && text.back() == ']' && text[1] != '[';
}

void addExpressions(const Tree& tree, const std::string& path, std::vector<std::string>& out) {
  if (isExpression(tree)) out.push_back(path);
  if (tree.isMap()) {
    for (const auto& [key, value] : tree.asMap())
      addExpressions(value, path.empty() ? key : path + "." + key, out);
  } else if (tree.isList()) {
    for (const Tree& item : tree.asList()) addExpressions(item, path, out);
  }
}

}  // namespace

std::vector<std::string> expressionPaths(const Tree& body) {
  std::vector<std::string> paths;
  addExpressions(body, "", paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

std::string plainPath(std::string_view path) {
  std::string out;
  int depth = 0;
  for (const char c : path) {
    if (c == '[') ++depth;
    if (depth == 0) out += c;
    if (c == ']' && depth > 0) --depth;
  }
  return out;
}

bool isBelow(std::string_view path, std::string_view parent) {
  return path.starts_with(parent) &&
         (path.size() == parent.size() || path[parent.size()] == '.' || path[parent.size()] == '[');
}

bool isIgnored(const model::Desired& desired, std::string_view plain) {
  const std::vector<std::string>& paths = desired.lifecycle.ignore;
  return std::any_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return isBelow(plain, path); });
}

}  // namespace gpuspec::deploy::plan
