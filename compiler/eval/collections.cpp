// Lists, maps and comprehensions.

#include <algorithm>

#include "compiler/eval/expansion.h"
#include "compiler/eval/expression_evaluator.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

const Type* ExpressionEvaluator::elementType() const {
  if (expected_ == nullptr) return nullptr;
  for (const schema::TypeKind kind : {schema::TypeKind::List, schema::TypeKind::Map}) {
    const Type* type = expected_->alternative(kind);
    if (type != nullptr && !type->elements.empty()) return type->elements[0].get();
  }
  return nullptr;
}

Value ExpressionEvaluator::list() {
  List out;
  bool poisoned = false;
  for (NodeId id : tree().children(code_.node)) {
    const bool spread = tree()[id].kind == NodeKind::Spread;
    const Value value = spread ? e_.eval(codeOf(tree().child(id, 0)), expected_)
                               : e_.eval(codeOf(id), elementType());
    if (value.isPoison()) {
      poisoned = true;
    } else if (!spread) {
      out.push_back(value);
    } else if (value.is(ValueKind::List)) {
      out.insert(out.end(), value.asList().begin(), value.asList().end());
    } else {
      e_.sink_.report(value.at(), diag::TypeMismatch, std::string("a list to spread"),
                      std::string(kindName(value.kind())));
      poisoned = true;
    }
  }
  if (poisoned || !e_.countElements(out.size(), at())) return Value::poison();
  return Value::ofList(std::move(out));
}

Value ExpressionEvaluator::checked(Map entries, const std::vector<Location>& places) {
  std::map<std::string, Location> seen;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto [first, fresh] = seen.emplace(entries[i].first, places[i]);
    if (fresh) continue;
    e_.sink_.report(places[i], diag::DuplicateAttribute, entries[i].first)
        .note(first->second, "first given here");
    return Value::poison();
  }
  if (!e_.countElements(entries.size(), at())) return Value::poison();
  return Value::ofMap(std::move(entries));
}

Value ExpressionEvaluator::map() {
  Map out;
  std::vector<Location> places;
  bool poisoned = false;
  for (NodeId id : tree().children(code_.node)) {
    if (tree()[id].kind == NodeKind::FieldType) {
      e_.sink_
          .report(e_.at(codeOf(id)), diag::WrongForm, std::string(tree().text(tree().child(id, 0))),
                  std::string("a field of a type"), std::string("a value"))
          .help("a map is written with `=`: `{ name = value }`");
      return Value::poison();
    }
    if (tree()[id].kind == NodeKind::Spread) {
      const Value value = e_.eval(codeOf(tree().child(id, 0)), expected_);
      if (value.is(ValueKind::Map)) {
        // What is written later replaces what was spread.
        for (const auto& entry : value.asMap()) {
          const auto same = [&](const auto& other) { return other.first == entry.first; };
          const auto found = std::find_if(out.begin(), out.end(), same);
          if (found != out.end()) {
            found->second = entry.second;
          } else {
            out.push_back(entry);
            places.push_back({});
          }
        }
      } else if (!value.isPoison()) {
        e_.sink_.report(value.at(), diag::TypeMismatch, std::string("a map to spread"),
                        std::string(kindName(value.kind())));
        poisoned = true;
      } else {
        poisoned = true;
      }
      continue;
    }
    const NodeId key = tree().child(id, 0);
    Map single;
    if (!mapEntry(id, single)) {
      poisoned = true;
      continue;
    }
    const auto spread_before = [&] {
      for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i].first == single[0].first && !places[i].valid()) return i;
      }
      return out.size();
    }();
    if (spread_before < out.size()) {
      out[spread_before].second = single[0].second;
      places[spread_before] = e_.at(codeOf(key));
    } else {
      out.push_back(std::move(single[0]));
      places.push_back(e_.at(codeOf(key)));
    }
  }
  return poisoned ? Value::poison() : checked(std::move(out), places);
}

bool ExpressionEvaluator::mapEntry(NodeId id, Map& out) {
  const NodeId key = tree().child(id, 0);
  const Type* type = elementType();
  std::string name;
  if (tree()[key].kind == NodeKind::Name) {
    name = tree().name(key);
  } else {
    const Value text = e_.eval(codeOf(key));
    if (text.isPoison()) return false;
    name = text.asText();
  }
  if (expected_ != nullptr) {
    if (const Type* object = expected_->alternative(schema::TypeKind::Object)) {
      for (const schema::Field& field : object->fields) {
        if (field.name == name) type = field.type.get();
      }
    }
  }
  Value value = e_.eval(codeOf(tree().child(id, 1)), type);
  if (value.isPoison()) return false;
  out.emplace_back(std::move(name), std::move(value));
  return true;
}

Value ExpressionEvaluator::listFor() {
  const bool second = (node().flags & syntax::kHasSecond) != 0;
  const bool filtered = (node().flags & syntax::kHasCondition) != 0;
  const NodeId value_node = tree().child(code_.node, second ? 3 : 2);
  const NodeId condition_node = filtered ? tree()[value_node].next_sibling : NodeId::none();
  List out;
  bool poisoned = false;
  const bool known = e_.forEach(tree(), code_.node, code_.scope, [&](const Scope* scope) {
    const std::optional<bool> wanted =
        filtered ? e_.condition({code_.tree, condition_node, scope}) : true;
    poisoned = poisoned || !wanted;
    if (!wanted.value_or(false)) return;
    Value value = e_.eval({code_.tree, value_node, scope}, elementType());
    poisoned = poisoned || value.isPoison();
    out.push_back(std::move(value));
  });
  if (!known || poisoned || e_.exhausted() || !e_.countElements(out.size(), at()))
    return Value::poison();
  return Value::ofList(std::move(out));
}

Value ExpressionEvaluator::mapFor() {
  const bool second = (node().flags & syntax::kHasSecond) != 0;
  const bool filtered = (node().flags & syntax::kHasCondition) != 0;
  const NodeId key_node = tree().child(code_.node, second ? 3 : 2);
  const NodeId value_node = tree()[key_node].next_sibling;
  const NodeId condition_node = filtered ? tree()[value_node].next_sibling : NodeId::none();
  Map out;
  std::vector<Location> places;
  bool poisoned = false;
  const bool known = e_.forEach(tree(), code_.node, code_.scope, [&](const Scope* scope) {
    const std::optional<bool> wanted =
        filtered ? e_.condition({code_.tree, condition_node, scope}) : true;
    poisoned = poisoned || !wanted;
    if (!wanted.value_or(false)) return;
    const Value key = e_.eval({code_.tree, key_node, scope});
    Value value = e_.eval({code_.tree, value_node, scope}, elementType());
    std::string text;
    if (value.isPoison() || !append(text, key, e_.at({code_.tree, key_node, scope}))) {
      poisoned = true;
      return;
    }
    out.emplace_back(std::move(text), std::move(value));
    places.push_back(e_.at({code_.tree, key_node, scope}));
  });
  return !known || poisoned || e_.exhausted() ? Value::poison() : checked(std::move(out), places);
}

}  // namespace gpuspec::eval
