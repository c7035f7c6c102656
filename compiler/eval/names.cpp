// What a name, a path or a block's attribute stands for.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/type_text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

// "pool.nodes" of the pool `gpu`: "pool.gpu.nodes".
std::string withLabel(const std::string& path, const std::string& label) {
  const std::size_t dot = path.find('.');
  return label.empty() || dot == std::string::npos
             ? path
             : path.substr(0, dot) + "." + label + path.substr(dot);
}

// The default of an attribute that was not written, where the table gives it as a value and not in
// words.
Value defaultOf(const schema::Row& row, const Type& type) {
  const std::string text = row.fallback;
  if (const Type* names = type.alternative(schema::TypeKind::Enum)) {
    if (std::find(names->names.begin(), names->names.end(), text) != names->names.end())
      return Value::ofEnum(text);
  }
  if (type.accepts(schema::TypeKind::Bool) && (text == "true" || text == "false"))
    return Value::of(text == "true");
  const bool digits = !text.empty() && text.size() < 10 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  if (type.accepts(schema::TypeKind::Int) && digits) return Value::ofInt(std::stoll(text));
  return Value();
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
  return localVariable(scope, name) != nullptr || scope->module->lets.contains(name) ||
         scope->module->params.contains(name);
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
  const auto first = std::find_if(running_.begin(), running_.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  auto report = sink_.report(at, diag::DependencyCycle, name);
  std::string chain;
  for (auto entry = first; entry != running_.end(); ++entry) {
    chain += "`" + entry->first + "` needs ";
    if (entry->second.valid() && entry->second != at && std::distance(first, entry) < 8)
      report.note(entry->second, "`" + entry->first + "` is asked for here");
  }
  report.fact(chain + "`" + name + "`");
  report.help("break the circle: give one of them a value that needs none of the others");
  return Value::poison();
}

bool Evaluator::tooDeep(const Location& at) {
  if (running_.size() >= options_.limits.depth)
    overLimit(at, options_.limits.depth, "values that wait for each other", kShortenChain);
  return exhausted_;
}

Value Evaluator::force(Lazy& lazy, const std::string& name, const Type* expected,
                       const Location& at) {
  if (lazy.state == State::Done) return lazy.value;
  if (lazy.state == State::Running) return reportCycle(name, at);
  if (tooDeep(at)) return Value::poison();
  lazy.state = State::Running;
  running_.emplace_back(name, at);
  lazy.value = eval(lazy.code, expected);
  running_.pop_back();
  lazy.state = State::Done;
  return lazy.value;
}

std::optional<Value> Evaluator::variable(const Scope* scope, const std::string& name,
                                         const Location& at) {
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
  const Type* list = expected->alternative(schema::TypeKind::List);
  // One block where a list of them is wanted: found here, so that the message can say `[...]`.
  if (type == nullptr && list != nullptr && !list->elements.empty())
    return expectedKind(list->elements[0].get());
  return type != nullptr && !type->names.empty() ? type->names[0] : std::string();
}

std::string Evaluator::attributePath(const Code& code) {
  const syntax::Tree& tree = *code.tree;
  if (tree[code.node].kind != NodeKind::Member) return {};
  const Code base{&tree, tree.child(code.node, 0), code.scope};
  const Value value = eval(base);
  const std::string parent = value.is(ValueKind::Ref)   ? declarations_[value.asRef().index].kind
                             : value.is(ValueKind::Map) ? attributePath(base)
                                                        : std::string();
  return parent.empty() ? parent : parent + "." + tree.name(tree.child(code.node, 1));
}

const Type* Evaluator::enumerationOf(const Code& code) {
  const Type* type = nullptr;
  if ((*code.tree)[code.node].kind == NodeKind::Name) {
    const std::string name = code.tree->name(code.node);
    if (code.scope == nullptr || localVariable(code.scope, name) != nullptr) return nullptr;
    const auto parameter = code.scope->module->params.find(name);
    if (parameter != code.scope->module->params.end()) type = parameter->second.type.get();
  } else if (const schema::Row* row = table_.find(attributePath(code))) {
    type = table_.typeOf(*row).get();
  }
  return type != nullptr ? type->alternative(schema::TypeKind::Enum) : nullptr;
}

Value Evaluator::evalName(const Code& code, const Type* expected) {
  const std::string name = code.tree->name(code.node);
  const Location here = at(code);
  const bool is_variable = hasVariable(code.scope, name);
  const std::vector<std::string>* names = enumNames(expected);
  const bool is_enum =
      names != nullptr && std::find(names->begin(), names->end(), name) != names->end();
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
    if (is_block)
      report.fix("the " + kind + ": write `" + kind + "." + name + "`",
                 {{here.range, kind + "." + name}}, false);
    if (is_enum)
      report.fix("the value: write it in quotes", {{here.range, "\"" + name + "\""}}, false);
    if (is_variable) report.help("rename the variable if it is meant");
    return Value::poison();
  }
  if (is_variable) return *variable(code.scope, name, here);
  if (is_enum) return Value::ofEnum(name);
  if (is_block) return Value::ofRef(code.scope->module->kinds[kind].by_label.at(name));
  if (expected != nullptr && expected->accepts(schema::TypeKind::Name)) return Value::ofEnum(name);
  if (table_.isKind(name) && kind.empty() && names == nullptr && code.scope != nullptr)
    return kindAsMap(*code.scope->module, name, here);
  if (names == nullptr && kind.empty() && reportModuleAsValue(code, name)) return Value::poison();
  reportUnknownName(code, name, expected);
  return Value::poison();
}

bool Evaluator::reportModuleAsValue(const Code& code, const std::string& name) {
  if (code.scope == nullptr) return false;
  ModuleInstance& module = *code.scope->module;
  if (const auto library = module.aliases.find(name); library != module.aliases.end()) {
    module.used.insert(name);
    sink_.report(at(code), diag::WrongForm, name, std::string("a library"), std::string("a value"))
        .help("write which of its values is meant: `" + name + ".value`");
    return true;
  }
  // The head of a loop that makes modules cannot mean one of them.
  const bool in_head = !running_.empty() && running_.back().first.starts_with(kLoopOver);
  if (!in_head) expandKind(module, "module", at(code));
  if (!module.instances.contains(name)) return false;
  sink_.report(at(code), diag::WrongForm, name, std::string("a module"), std::string("a value"))
      .help("write what is meant of it: an output, `" + name + ".output`, or a block, `" + name +
            ".pool.x`");
  return true;
}

void Evaluator::reportUnknownName(const Code& code, const std::string& name, const Type* expected) {
  const std::string kind = expectedKind(expected);
  if (code.scope != nullptr && mayBeLost(*code.scope->module, !kind.empty())) return;
  const Location here = at(code);
  std::vector<std::string> candidates = variableNames(code.scope);
  const std::vector<std::string>* names = enumNames(expected);
  if (names != nullptr) candidates.insert(candidates.end(), names->begin(), names->end());
  std::vector<std::string> blocks;
  if (!kind.empty() && code.scope != nullptr) {
    for (const auto& entry : code.scope->module->kinds[kind].by_label)
      blocks.push_back(entry.first);
    candidates.insert(candidates.end(), blocks.begin(), blocks.end());
  }
  auto report = names != nullptr ? sink_.report(here, diag::TypeMismatch, wantedText(*expected),
                                                "`" + name + "`")
                : !kind.empty()  ? sink_.report(here, diag::UnknownBlock, kind, name)
                                 : sink_.report(here, diag::UnknownName, name);
  if (const std::size_t dash = name.find('-');
      dash != std::string::npos && hasVariable(code.scope, name.substr(0, dash))) {
    report.fix("a `-` inside a word belongs to the name; for a difference write `" +
                   name.substr(0, dash) + " - " + name.substr(dash + 1) + "`",
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
  if (!kind.empty() && near.empty() && blocks.empty() && names == nullptr)
    report.fact("no " + kind + " is declared");
  const bool text_fits = expected != nullptr && expected->accepts(schema::TypeKind::String);
  if (text_fits && near.empty())
    report.fix("text stands in quotes: `\"" + name + "\"`", {{here.range, "\"" + name + "\""}});
}

Value Evaluator::itemValue(BodyItem& item, const std::string& path, const std::string& label) {
  const NodeId name_node = item.tree->child(item.node, 0);
  const std::string name = item.tree->name(name_node);
  const Location here = at(*item.tree, name_node, item.scope);
  if (item.state == State::Done) return item.value;
  if (item.state == State::Running) return reportCycle(withLabel(path, label), here);
  if (tooDeep(here)) return Value::poison();
  item.state = State::Running;
  running_.emplace_back(withLabel(path, label), here);
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
  if (!expandItems(inner, *item.tree, item.tree->child(item.node, labelled ? 2 : 1), item.scope))
    return Value::poison();
  Map out;
  for (BodyItem& entry : inner) {
    const NodeKind kind = (*entry.tree)[entry.node].kind;
    const std::string name = kind == NodeKind::Attribute || kind == NodeKind::Block
                                 ? entry.tree->name(entry.tree->child(entry.node, 0))
                                 : "";
    if (name.empty()) continue;
    Value value = kind == NodeKind::Attribute ? itemValue(entry, path + "." + name, "")
                                              : nestedValue(entry, path + "." + name, here);
    if (value.isPoison()) return value;
    out.emplace_back(name, std::move(value));
  }
  return Value::ofMap(std::move(out));
}

Value Evaluator::attributeOf(BlockId id, const std::string& name, const Location& here) {
  Declaration& declaration = declarations_[id.index];
  if (declaration.body_state == State::Running)
    return reportCycle(declaration.kind + "." + declaration.label, here);
  expandBody(declaration);
  const std::string path = declaration.kind + "." + name;
  for (BodyItem& item : declaration.body) {
    const NodeKind kind = (*item.tree)[item.node].kind;
    if (kind != NodeKind::Attribute && kind != NodeKind::Block) continue;
    if (item.tree->name(item.tree->child(item.node, 0)) != name) continue;
    if (kind == NodeKind::Block) return nestedValue(item, path, here);
    if (item.state == State::Running) return reportCycle(withLabel(path, declaration.label), here);
    return itemValue(item, path, declaration.label);
  }
  if (name == "name") return Value::ofString(declaration.label).from(declaration.at);
  if (((*declaration.tree)[declaration.node].flags & syntax::kBroken) != 0) return Value::poison();
  if (const schema::Row* row = table_.find(path))
    return defaultOf(*row, *table_.typeOf(*row)).from(here);
  auto report = sink_.report(here, diag::UnknownMember,
                             declaration.kind + " `" + declaration.label + "`", name);
  std::vector<std::string> candidates;
  for (const schema::Row* row : table_.children(declaration.kind))
    candidates.emplace_back(std::string(row->path).substr(declaration.kind.size() + 1));
  const std::vector<std::string> near = diag::nearest(name, candidates);
  if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{here.range, near[0]}});
  return Value::poison();
}

}  // namespace gpuspec::eval
