// What a name, a path or a block's attribute stands for.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/type_text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

// `a.b["c"].d`: the base, and each Member or Index node from the inside out.
NodeId flatten(const syntax::Tree& tree, NodeId node, std::vector<NodeId>& steps) {
  while (tree[node].kind == NodeKind::Member || tree[node].kind == NodeKind::Index) {
    steps.push_back(node);
    node = tree.child(node, 0);
  }
  std::reverse(steps.begin(), steps.end());
  return node;
}

// The default of an attribute that was not written, where the table gives it as a value and not in words.
Value defaultOf(const schema::Row& row, const Type& type) {
  const std::string text = row.fallback;
  if (const Type* names = type.alternative(schema::TypeKind::Enum)) {
    if (std::find(names->names.begin(), names->names.end(), text) != names->names.end()) return Value::ofEnum(text);
  }
  if (type.accepts(schema::TypeKind::Bool) && (text == "true" || text == "false")) return Value::of(text == "true");
  const bool digits = !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
  if (type.accepts(schema::TypeKind::Int) && digits) return Value::ofInt(std::stoll(text));
  return Value();
}

bool onlyNames(const syntax::Tree& tree, const std::vector<NodeId>& steps) {
  return std::all_of(steps.begin(), steps.end(), [&](NodeId step) { return tree[step].kind == NodeKind::Member; });
}

const std::vector<std::string>* enumNames(const Type* expected) {
  if (expected == nullptr) return nullptr;
  const Type* type = expected->alternative(schema::TypeKind::Enum);
  return type != nullptr ? &type->names : nullptr;
}

}  // namespace

const Value* Evaluator::localVariable(const Scope* scope, std::string_view name) const {
  for (; scope != nullptr; scope = scope->parent) {
    for (const auto& [bound, value] : scope->bindings) {
      if (bound == name) return &value;
    }
  }
  return nullptr;
}

bool Evaluator::hasVariable(const Scope* scope, const std::string& name) const {
  if (scope == nullptr) return false;
  return localVariable(scope, name) != nullptr || scope->module->lets.contains(name) || scope->module->params.contains(name);
}

std::vector<std::string> Evaluator::variableNames(const Scope* scope) const {
  std::vector<std::string> out;
  for (const Scope* s = scope; s != nullptr; s = s->parent) {
    for (const auto& binding : s->bindings) out.push_back(binding.first);
  }
  if (scope == nullptr) return out;
  for (const auto& entry : scope->module->lets) out.push_back(entry.first);
  for (const auto& entry : scope->module->params) out.push_back(entry.first);
  for (const auto& entry : scope->module->aliases) out.push_back(entry.first);
  for (const auto& entry : scope->module->instances) out.push_back(entry.first);
  return out;
}

Value Evaluator::reportCycle(const std::string& name, const Location& at) {
  const auto first = std::find_if(running_.begin(), running_.end(), [&](const auto& entry) { return entry.first == name; });
  auto report = sink_.report(at, diag::DependencyCycle, name);
  std::string chain;
  for (auto entry = first; entry != running_.end(); ++entry) {
    chain += "`" + entry->first + "` needs ";
    if (entry->second.valid() && entry->second != at && std::distance(first, entry) < 8) report.note(entry->second, "`" + entry->first + "` is asked for here");
  }
  report.fact(chain + "`" + name + "`");
  report.help("break the circle: give one of them a value that needs none of the others");
  return Value::poison();
}

Value Evaluator::force(Lazy& lazy, const std::string& name, const Type* expected, const Location& at) {
  if (lazy.state == State::Done) return lazy.value;
  if (lazy.state == State::Running) return reportCycle(name, at);
  if (running_.size() >= options_.limits.depth) {
    overLimit(at, options_.limits.depth, "values that wait for each other");
    return Value::poison();
  }
  lazy.state = State::Running;
  running_.emplace_back(name, at);
  lazy.value = eval(lazy.code, expected);
  running_.pop_back();
  lazy.state = State::Done;
  return lazy.value;
}

std::optional<Value> Evaluator::variable(const Scope* scope, const std::string& name, const Location& at) {
  if (const Value* local = localVariable(scope, name)) return *local;
  if (scope == nullptr) return std::nullopt;
  ModuleInstance& module = *scope->module;
  if (const auto found = module.lets.find(name); found != module.lets.end()) {
    module.used.insert(name);
    return force(found->second, name, nullptr, at);
  }
  if (const auto found = module.params.find(name); found != module.params.end()) {
    module.used.insert(name);
    return parameterValue(module, name, found->second);
  }
  return std::nullopt;
}

std::string Evaluator::expectedKind(const Type* expected) const {
  if (expected == nullptr) return {};
  const Type* type = expected->alternative(schema::TypeKind::Ref);
  return type != nullptr && !type->names.empty() ? type->names[0] : std::string();
}

Value Evaluator::evalName(const Code& code, const Type* expected) {
  const std::string name = code.tree->name(code.node);
  const Location here = at(code);
  const bool is_variable = hasVariable(code.scope, name);
  const std::vector<std::string>* names = enumNames(expected);
  const bool is_enum = names != nullptr && std::find(names->begin(), names->end(), name) != names->end();
  const std::string kind = expectedKind(expected);
  bool is_block = false;
  if (!kind.empty() && code.scope != nullptr) {
    expandKind(*code.scope->module, kind, here);
    is_block = code.scope->module->kinds[kind].by_label.contains(name);
  }
  if (static_cast<int>(is_variable) + static_cast<int>(is_enum) + static_cast<int>(is_block) > 1) {
    const std::string first = is_variable ? "the variable" : "the value `" + name + "`";
    const std::string second = is_block ? "the " + kind : "the value `" + name + "`";
    auto report = sink_.report(here, diag::AmbiguousName, name, first, second);
    if (is_block) report.fix("the " + kind + ": write `" + kind + "." + name + "`", {{here.range, kind + "." + name}}, false);
    if (is_enum) report.fix("the value: write it in quotes", {{here.range, "\"" + name + "\""}}, false);
    if (is_variable) report.help("rename the variable if it is meant");
    return Value::poison();
  }
  if (is_variable) return *variable(code.scope, name, here);
  if (is_enum) return Value::ofEnum(name);
  if (is_block) return Value::ofRef(code.scope->module->kinds[kind].by_label.at(name));
  if (expected != nullptr && expected->accepts(schema::TypeKind::Name)) return Value::ofEnum(name);
  if (table_.isKind(name) && kind.empty() && names == nullptr && code.scope != nullptr) return kindAsMap(*code.scope->module, name, here);
  reportUnknownName(code, name, expected);
  return Value::poison();
}

void Evaluator::reportUnknownName(const Code& code, const std::string& name, const Type* expected) {
  if (code.scope != nullptr && code.scope->module->lost_items) return;
  const Location here = at(code);
  const std::string kind = expectedKind(expected);
  std::vector<std::string> candidates = variableNames(code.scope);
  const std::vector<std::string>* names = enumNames(expected);
  if (names != nullptr) candidates.insert(candidates.end(), names->begin(), names->end());
  std::vector<std::string> blocks;
  if (!kind.empty() && code.scope != nullptr) {
    for (const auto& entry : code.scope->module->kinds[kind].by_label) blocks.push_back(entry.first);
    candidates.insert(candidates.end(), blocks.begin(), blocks.end());
  }
  auto report = names != nullptr ? sink_.report(here, diag::TypeMismatch, wantedText(*expected), "`" + name + "`")
                : !kind.empty()  ? sink_.report(here, diag::UnknownBlock, kind, name)
                                 : sink_.report(here, diag::UnknownName, name);
  if (const std::size_t dash = name.find('-'); dash != std::string::npos && hasVariable(code.scope, name.substr(0, dash))) {
    report.fix("a `-` inside a word belongs to the name; for a difference write `" + name.substr(0, dash) + " - " + name.substr(dash + 1) + "`",
               {{here.range, name.substr(0, dash) + " - " + name.substr(dash + 1)}});
    return;
  }
  const std::vector<std::string> near = diag::nearest(name, candidates);
  if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{here.range, near[0]}});
  if (!kind.empty() && near.empty() && !blocks.empty() && blocks.size() <= 12) {
    std::string list;
    for (const std::string& block : blocks) list += (list.empty() ? "" : ", ") + block;
    report.fact("declared: " + list);
  }
  const bool text_fits = expected != nullptr && expected->accepts(schema::TypeKind::String);
  if (text_fits && near.empty()) report.fix("text stands in quotes: `\"" + name + "\"`", {{here.range, "\"" + name + "\""}});
}

std::optional<std::string> Evaluator::stepText(const Code& code, NodeId step, Location& place) {
  const NodeId key = code.tree->child(step, 1);
  place = at(*code.tree, key, code.scope);
  if ((*code.tree)[step].kind == NodeKind::Member) return code.tree->name(key);
  const Value value = eval({code.tree, key, code.scope});
  if (value.isPoison()) return std::nullopt;
  if (value.is(ValueKind::String) || value.is(ValueKind::Enum) || value.is(ValueKind::Profile)) return value.asText();
  if (value.is(ValueKind::Int)) return std::to_string(value.asInt());
  sink_.report(place, diag::TypeMismatch, std::string("a name"), std::string(kindName(value.kind())));
  return std::nullopt;
}

Value Evaluator::resolveIn(ModuleInstance& module, const Code& code, const std::vector<NodeId>& steps, std::size_t next) {
  if (next >= steps.size()) {
    sink_.report(at(code), diag::WrongForm, std::string(code.tree->text(code.node)), std::string("a module"), std::string("a value"))
        .help("write what is meant of it: `" + std::string(code.tree->text(code.node)) + ".pool.name`");
    return Value::poison();
  }
  Location name_at;
  const std::optional<std::string> name = stepText(code, steps[next], name_at);
  if (!name) return Value::poison();
  if (isKind(*name)) {
    if (next + 1 >= steps.size()) return kindAsMap(module, *name, name_at);
    Location label_at;
    const std::optional<std::string> label = stepText(code, steps[next + 1], label_at);
    if (!label) return Value::poison();
    return applySteps(blockByLabel(module, *name, *label, label_at), code, steps, next + 2);
  }
  for (auto* values : {&module.outputs, module.library ? &module.lets : &module.outputs}) {
    if (const auto found = values->find(*name); found != values->end()) {
      return applySteps(force(found->second, *name, nullptr, name_at), code, steps, next + 1);
    }
  }
  if (!module.library) expandKind(module, "module", name_at);
  if (const auto found = module.instances.find(*name); found != module.instances.end()) return resolveIn(*found->second, code, steps, next + 1);
  if (module.lost_items) return Value::poison();
  auto report = sink_.report(name_at, diag::UnknownMember, std::string(module.library ? "this library" : "module `" + module.path + "`"), *name);
  std::vector<std::string> candidates;
  for (const auto& entry : module.outputs) candidates.push_back(entry.first);
  if (module.library) {
    for (const auto& entry : module.lets) candidates.push_back(entry.first);
  } else if (module.lets.contains(*name)) {
    report.help("only outputs are seen from outside: write `output " + *name + " = ...` in the module");
  }
  const std::vector<std::string> near = diag::nearest(*name, candidates);
  if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{name_at.range, near[0]}});
  return Value::poison();
}

Value Evaluator::evalPath(const Code& code, const Type* expected) {
  std::vector<NodeId> steps;
  const NodeId base = flatten(*code.tree, code.node, steps);
  const Code base_code{code.tree, base, code.scope};
  if ((*code.tree)[base].kind != NodeKind::Name) return applySteps(eval(base_code), code, steps, 0);
  const std::string name = code.tree->name(base);
  const Location here = at(base_code);
  if (hasVariable(code.scope, name)) return applySteps(eval(base_code), code, steps, 0);
  if (code.scope != nullptr) {
    ModuleInstance& module = *code.scope->module;
    if (name == "module") {
      expandKind(module, "module", here);
      Location label_at;
      const std::optional<std::string> label = stepText(code, steps[0], label_at);
      if (!label) return Value::poison();
      const auto found = module.instances.find(*label);
      if (found != module.instances.end()) return resolveIn(*found->second, code, steps, 1);
      if (module.lost_items) return Value::poison();
      auto report = sink_.report(label_at, diag::UnknownBlock, std::string("module"), *label);
      std::vector<std::string> candidates;
      for (const auto& entry : module.instances) candidates.push_back(entry.first);
      const std::vector<std::string> near = diag::nearest(*label, candidates);
      if (!near.empty()) report.help("did you mean `" + near[0] + "`?");
      return Value::poison();
    }
    if (const auto found = module.aliases.find(name); found != module.aliases.end()) {
      module.used.insert(name);
      return resolveIn(*found->second, code, steps, 0);
    }
    if (isKind(name)) {
      Location label_at;
      const std::optional<std::string> label = stepText(code, steps[0], label_at);
      if (!label) return Value::poison();
      return applySteps(blockByLabel(module, name, *label, label_at), code, steps, 1);
    }
    expandKind(module, "module", here);
    if (const auto found = module.instances.find(name); found != module.instances.end()) return resolveIn(*found->second, code, steps, 0);
  }
  if (expected != nullptr && expected->accepts(schema::TypeKind::Name) && onlyNames(*code.tree, steps)) {
    return Value::ofEnum(std::string(code.tree->text(code.node)));
  }
  reportUnknownName(base_code, name, nullptr);
  return Value::poison();
}

Value Evaluator::applySteps(Value value, const Code& code, const std::vector<NodeId>& steps, std::size_t next) {
  for (; next < steps.size() && !value.isPoison(); ++next) {
    const NodeId step = steps[next];
    const NodeId key = code.tree->child(step, 1);
    if ((*code.tree)[step].kind == NodeKind::Member) {
      value = memberOf(value, code.tree->name(key), at(*code.tree, key, code.scope));
      continue;
    }
    const Value index = eval({code.tree, key, code.scope});
    if (index.isPoison()) return index;
    if (value.is(ValueKind::List) && index.is(ValueKind::Int)) {
      const auto size = static_cast<std::int64_t>(value.asList().size());
      if (index.asInt() < 0 || index.asInt() >= size) {
        sink_.report(index.at(), diag::UnknownElement, "a list of " + std::to_string(size), std::to_string(index.asInt())).help("the first element is `[0]`");
        return Value::poison();
      }
      value = Value(value.asList()[static_cast<std::size_t>(index.asInt())]);
    } else if ((value.is(ValueKind::Map) || value.is(ValueKind::Ref)) && (index.is(ValueKind::String) || index.is(ValueKind::Enum) || index.is(ValueKind::Profile))) {
      value = memberOf(value, index.asText(), index.at());
    } else {
      sink_.report(index.at(), diag::OperandMismatch, std::string("[ ]"), std::string(kindName(value.kind())), std::string(kindName(index.kind())));
      return Value::poison();
    }
  }
  return value;
}

Value Evaluator::memberOf(const Value& value, const std::string& name, const Location& name_at) {
  if (value.is(ValueKind::Ref)) return attributeOf(value.asRef(), name, name_at);
  if (value.is(ValueKind::Range) || value.is(ValueKind::Fit)) {
    if (name == "min") return Value::ofInt(value.asRange().first);
    if (name == "max") return Value::ofInt(value.asRange().last);
  }
  if (value.is(ValueKind::Counted)) {
    if (name == "count") return Value::ofInt(value.asCounted().count);
    if (name == "profile") return Value::ofProfile(value.asCounted().profile);
  }
  if (value.is(ValueKind::Map)) {
    if (const Value* found = value.find(name)) return *found;
    auto report = sink_.report(name_at, diag::UnknownMember, std::string("this map"), name);
    std::vector<std::string> keys;
    for (const auto& entry : value.asMap()) keys.push_back(entry.first);
    const std::vector<std::string> near = diag::nearest(name, keys);
    if (!near.empty()) {
      report.fix("did you mean `" + near[0] + "`?", {{name_at.range, near[0]}});
    } else {
      report.fact("it is " + value.str(100));
      report.help("lookup(map, \"" + name + "\", default) gives a default for what may be missing");
    }
    return Value::poison();
  }
  sink_.report(name_at, diag::UnknownMember, std::string(kindName(value.kind())), name);
  return Value::poison();
}

Value Evaluator::kindAsMap(ModuleInstance& module, const std::string& kind, const Location& here) {
  expandKind(module, kind, here);
  Map out;
  for (const auto& [label, id] : module.kinds[kind].by_label) out.emplace_back(label, Value::ofRef(id).from(declarations_[id.index].at));
  return Value::ofMap(std::move(out));
}

Value Evaluator::blockByLabel(ModuleInstance& module, const std::string& kind, const std::string& label, const Location& here) {
  expandKind(module, kind, here);
  const KindTable& table = module.kinds[kind];
  if (const auto found = table.by_label.find(label); found != table.by_label.end()) return Value::ofRef(found->second);
  if (module.lost_items || exhausted_) return Value::poison();
  auto report = sink_.report(here, diag::UnknownBlock, kind, label);
  std::vector<std::string> labels;
  for (const auto& entry : table.by_label) labels.push_back(entry.first);
  const std::vector<std::string> near = diag::nearest(label, labels);
  const bool quoted = sources_.text(here.range).starts_with('"');
  if (!near.empty()) {
    report.fix("did you mean `" + near[0] + "`?", {{here.range, quoted ? "\"" + near[0] + "\"" : near[0]}}).note(declarations_[table.by_label.at(near[0]).index].at, "declared here");
  } else if (!labels.empty() && labels.size() <= 12) {
    std::string list;
    for (const std::string& known : labels) list += (list.empty() ? "" : ", ") + known;
    report.fact("declared: " + list);
  } else if (labels.empty()) {
    report.fact("no " + kind + " is declared" + (module.path.empty() ? "" : " in module `" + module.path + "`"));
  }
  return Value::poison();
}

Value Evaluator::itemValue(BodyItem& item, const std::string& path) {
  const NodeId name_node = item.tree->child(item.node, 0);
  const std::string name = item.tree->name(name_node);
  const Location here = at(*item.tree, name_node, item.scope);
  if (item.state == State::Done) return item.value;
  if (item.state == State::Running) return reportCycle(path, here);
  item.state = State::Running;
  running_.emplace_back(path, here);
  const Code code{item.tree, item.tree->child(item.node, 1), item.scope};
  const schema::Row* row = table_.find(path);
  schema::TypePtr type = row != nullptr ? table_.typeOf(*row) : nullptr;
  item.value = type != nullptr ? evalAs(code, *type, "`" + name + "`") : eval(code);
  running_.pop_back();
  item.state = State::Done;
  return item.value;
}

Value Evaluator::nestedValue(BodyItem& item, const std::string& path, const Location& here) {
  const schema::Row* row = table_.find(path);
  const bool free = row != nullptr && row->form == schema::Form::FreeMap;
  if (free) return freeBlockAsMap(item);
  std::deque<BodyItem> inner;
  const bool labelled = ((*item.tree)[item.node].flags & syntax::kHasLabel) != 0;
  expandItems(inner, *item.tree, item.tree->child(item.node, labelled ? 2 : 1), item.scope);
  Map out;
  for (BodyItem& entry : inner) {
    const NodeKind kind = (*entry.tree)[entry.node].kind;
    const std::string name = kind == NodeKind::Attribute || kind == NodeKind::Block ? entry.tree->name(entry.tree->child(entry.node, 0)) : "";
    if (name.empty()) continue;
    Value value = kind == NodeKind::Attribute ? itemValue(entry, path + "." + name) : nestedValue(entry, path + "." + name, here);
    if (value.isPoison()) return value;
    out.emplace_back(name, std::move(value));
  }
  return Value::ofMap(std::move(out));
}

Value Evaluator::attributeOf(BlockId id, const std::string& name, const Location& here) {
  Declaration& declaration = declarations_[id.index];
  if (declaration.body_state == State::Running) return reportCycle(declaration.kind + "." + declaration.label, here);
  expandBody(declaration);
  const std::string path = declaration.kind + "." + name;
  for (BodyItem& item : declaration.body) {
    const NodeKind kind = (*item.tree)[item.node].kind;
    if (kind != NodeKind::Attribute && kind != NodeKind::Block) continue;
    if (item.tree->name(item.tree->child(item.node, 0)) != name) continue;
    if (kind == NodeKind::Block) return nestedValue(item, path, here);
    if (item.state == State::Running) return reportCycle(path, here);
    return itemValue(item, path);
  }
  if (name == "name") return Value::ofString(declaration.label).from(declaration.at);
  if (((*declaration.tree)[declaration.node].flags & syntax::kBroken) != 0) return Value::poison();
  if (const schema::Row* row = table_.find(path)) return defaultOf(*row, *table_.typeOf(*row)).from(here);
  auto report = sink_.report(here, diag::UnknownMember, declaration.kind + " `" + declaration.label + "`", name);
  std::vector<std::string> candidates;
  for (const schema::Row* row : table_.children(declaration.kind)) candidates.emplace_back(std::string(row->path).substr(declaration.kind.size() + 1));
  const std::vector<std::string> near = diag::nearest(name, candidates);
  if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{here.range, near[0]}});
  return Value::poison();
}

}  // namespace gpuspec::eval
