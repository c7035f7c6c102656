#pragma once

// The one loop that `for` items, list and map comprehensions share.

#include "compiler/eval/evaluator.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

// "t = { name = "ml" }"
inline std::string bindingText(const std::vector<std::pair<std::string, Value>>& bindings) {
  std::string text;
  for (const auto& [name, value] : bindings)
    text += (text.empty() ? "" : ", ") + name + " = " + value.str(80);
  return text;
}

template <class Visit>
bool Evaluator::forEach(const syntax::Tree& tree, NodeId node, const Scope* scope, Visit visit) {
  const bool second = (tree[node].flags & syntax::kHasSecond) != 0;
  const bool declares = tree[node].kind == NodeKind::For;
  const NodeId first_node = tree.child(node, 0);
  const NodeId list_node = tree.child(node, second ? 2 : 1);
  const std::string first = tree.name(first_node);
  const std::string other = second ? tree.name(tree.child(node, 1)) : std::string();
  for (const std::string& name : {first, other}) {
    if (!isKind(name)) continue;
    sink_.report(at(tree, first_node, scope), diag::KindAsVariable, name)
        .help("choose another name for the loop's variable");
    return false;
  }
  running_.emplace_back(std::string(kLoopOver) + std::string(tree.text(list_node).substr(0, 40)),
                        at(tree, list_node, scope));
  const Value list = eval({&tree, list_node, scope});
  running_.pop_back();
  if (list.isPoison()) return false;
  if (list.isNull()) return true;
  source::Range head = tree.range(first_node);
  head.begin = tree[node].begin;
  head.end = tree[list_node].end;
  const auto iterate = [&](std::vector<std::pair<std::string, Value>> bindings) {
    if (!countIteration(at(tree, node, scope))) return;
    source::TraceId trace_id = scope->trace_id;
    if (declares)
      trace_id = sources_.addFrame(
          {source::FrameKind::Loop, head, bindingText(bindings), scope->trace_id});
    visit(childScope(scope, trace_id, std::move(bindings)));
  };
  if (list.is(ValueKind::List)) {
    std::int64_t index = 0;
    for (const Value& item : list.asList()) {
      if (exhausted_) return false;
      if (second) {
        iterate({{first, Value::ofInt(index++)}, {other, item}});
      } else {
        iterate({{first, item}});
      }
    }
  } else if (list.is(ValueKind::Map)) {
    for (const auto& [key, item] : list.asMap()) {
      if (exhausted_) return false;
      if (second) {
        iterate({{first, Value::ofString(key).from(item.at())}, {other, item}});
      } else {
        iterate({{first, item}});
      }
    }
  } else if (list.is(ValueKind::Range)) {
    const auto [begin, last] = list.asRange();
    for (std::int64_t i = begin; i <= last && !exhausted_; ++i) {
      iterate({{first, Value::ofInt(i)}});
      if (i == last) break;  // it may be the largest integer
    }
  } else {
    sink_.report(list.at(), diag::NotIterable, std::string(kindName(list.kind())))
        .help("loops go over lists, maps and ranges: `for i in 1..3 { ... }`");
    return false;
  }
  return true;
}

}  // namespace gpuspec::eval
