// Module instances: what a file declares, parameters, environments, imports, annotations.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/type_text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

// Blocks of the grammar's own, beside the schema table's kinds.
constexpr std::string_view kOwnKinds[] = {"check", "test", "env", "moved", "removed"};

bool isOwnKind(std::string_view name) { return std::find(std::begin(kOwnKinds), std::end(kOwnKinds), name) != std::end(kOwnKinds); }

// A project's name becomes a Kubernetes label value.
std::string projectNameFault(const std::string& name) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (name.empty()) return "it is empty";
  if (name.size() > 63) return "it has " + std::to_string(name.size()) + " characters, a Kubernetes label at most 63";
  if (!alphanumeric(name.front()) || !alphanumeric(name.back())) return "it begins and ends with a letter or digit, like a Kubernetes label";
  for (char c : name) {
    if (!alphanumeric(c) && c != '-' && c != '_' && c != '.') return std::string("`") + c + "` cannot stand in a Kubernetes label";
  }
  return {};
}

std::string plainString(const syntax::Tree& tree, NodeId string) {
  const NodeId part = tree.child(string, 0);
  return syntax::unescape(tree.text(part), static_cast<syntax::StringKind>(tree[string].op));
}

}  // namespace

bool Evaluator::isKind(std::string_view name) const { return table_.isKind(name); }

ModuleInstance* Evaluator::makeModule(std::string path, const ModuleInstance* parent, std::vector<const syntax::Tree*> trees, Location where,
                                      source::TraceId trace_id, bool library) {
  ModuleInstance& module = modules_.emplace_back();
  module.path = std::move(path);
  module.parent = parent;
  module.at = where;
  module.library = library;
  module.scope.module = &module;
  module.scope.trace_id = trace_id;
  module.entry = parent == nullptr && !library;
  module.trees = std::move(trees);
  const std::vector<const syntax::Tree*> given = module.trees;
  for (const syntax::Tree* tree : given) {
    if (module.joined.insert(tree).second) declareItems(module, *tree);
  }
  return &module;
}

void Evaluator::declareItems(ModuleInstance& module, const syntax::Tree& tree) {
  module.lost_items = module.lost_items || tree.has_lost_items;
  if (annotated_files_.insert(tree.fileId().index).second) readAnnotations(tree, tree.root());
  for (NodeId node : tree.children(tree.root())) {
    switch (tree[node].kind) {
      case NodeKind::Project: declareProject(module, tree, node); break;
      case NodeKind::Import: declareImport(module, tree, node); break;
      case NodeKind::Param: declareParam(module, tree, node); break;
      case NodeKind::Let: declareValue(module, tree, node, module.lets); break;
      case NodeKind::Output: declareValue(module, tree, node, module.outputs); break;
      case NodeKind::Assert: module.asserts.push_back({&tree, node, &module.scope}); break;
      case NodeKind::Annotation: break;
      default: declareUnit(module, tree, node); break;
    }
  }
}

bool Evaluator::claimName(ModuleInstance& module, const std::string& name, const Location& where) {
  if (isKind(name) || isOwnKind(name) || name == "module") {
    sink_.report(where, diag::KindAsVariable, name).help("choose another name: kinds are always in scope, so `" + name + ".x` means the " + name + " `x`");
    return false;
  }
  const auto [first, fresh] = module.names.emplace(name, where);
  if (fresh) return true;
  sink_.report(where, diag::DuplicateName, name).note(first->second, "first given here");
  return false;
}

void Evaluator::declareProject(ModuleInstance& module, const syntax::Tree& tree, NodeId node) {
  const Location where = at(tree, tree.child(node, 0), &module.scope);
  if (!module.entry) {
    sink_.report(where, diag::NotInModule, std::string("project")).help("a module belongs to the project that uses it");
    return;
  }
  if (program_.project_at.valid()) {
    sink_.report(where, diag::ProjectTwice).note(program_.project_at, "first here");
    return;
  }
  program_.project_at = where;
  const Value name = eval({&tree, tree.child(node, 0), nullptr});
  if (!name.is(ValueKind::String)) return;
  program_.project = name.asText();
  const std::string fault = projectNameFault(program_.project);
  if (!fault.empty()) sink_.report(where, diag::ProjectNameInvalid, program_.project.substr(0, 70), fault).help("the name marks everything that the project owns, as a label");
}

void Evaluator::declareImport(ModuleInstance& module, const syntax::Tree& tree, NodeId node) {
  const NodeId path_node = tree.child(node, 0);
  const NodeId alias_node = tree.child(node, 1);
  const Location where = at(tree, path_node, &module.scope);
  const std::string path = plainString(tree, path_node);
  const syntax::Tree* imported = files_.tree(path, tree.fileId(), where, sink_);
  if (imported == nullptr) {
    module.lost_items = true;
    return;
  }
  if (!alias_node.valid()) {
    if (module.joined.insert(imported).second) {
      module.trees.push_back(imported);
      declareItems(module, *imported);
    }
    return;
  }
  const std::string alias = tree.name(alias_node);
  if (!claimName(module, alias, at(tree, alias_node, &module.scope))) return;
  checkLibrary(module, *imported, where, path);
  ModuleInstance* library = nullptr;
  for (ModuleInstance& known : modules_) {
    if (known.library && known.trees[0] == imported) library = &known;
  }
  if (library == nullptr) library = makeModule(path, nullptr, {imported}, where, {}, true);
  module.aliases[alias] = library;
}

void Evaluator::checkLibrary(const ModuleInstance&, const syntax::Tree& tree, const Location& where, const std::string& path) {
  for (NodeId node : tree.children(tree.root())) {
    const NodeKind kind = tree[node].kind;
    if (kind == NodeKind::Let || kind == NodeKind::Output || kind == NodeKind::Annotation || kind == NodeKind::Import) continue;
    sink_.report(where, diag::LibraryHasBlocks, path)
        .note(at(tree, node, nullptr), "this is no value")
        .help("`import \"" + path + "\"` without a name joins its declarations; `module name from \"" + path + "\"` makes an instance");
    return;
  }
}

void Evaluator::declareParam(ModuleInstance& module, const syntax::Tree& tree, NodeId node) {
  const NodeId name_node = tree.child(node, 0);
  const std::string name = tree.name(name_node);
  if (!claimName(module, name, at(tree, name_node, &module.scope))) return;
  const std::uint16_t flags = tree[node].flags;
  if ((flags & syntax::kSecret) != 0 && (flags & syntax::kHasDefault) != 0) {
    sink_.report(at(tree, tree.child(node, 2), &module.scope), diag::SecretDefault, name)
        .help("remove it and give the value from outside: `--param " + name + "=...` or a `--params` file");
  }
  module.params[name] = {&tree, node, Value(), State::Waiting};
}

void Evaluator::declareValue(ModuleInstance& module, const syntax::Tree& tree, NodeId node, std::map<std::string, Lazy, std::less<>>& table) {
  const NodeId name_node = tree.child(node, 0);
  const std::string name = tree.name(name_node);
  const Location where = at(tree, name_node, &module.scope);
  const bool is_output = tree[node].kind == NodeKind::Output;
  if (is_output) {
    if (const auto found = table.find(name); found != table.end()) {
      sink_.report(where, diag::DuplicateName, name).note(at(found->second.code), "first given here");
      return;
    }
  } else if (!claimName(module, name, where)) {
    return;
  }
  table[name].code = {&tree, tree.child(node, 1), &module.scope};
}

void Evaluator::declareUnit(ModuleInstance& module, const syntax::Tree& tree, NodeId node) {
  const Node& item = tree[node];
  const bool block = item.kind == NodeKind::Block;
  if (block) {
    const NodeId label = (item.flags & syntax::kHasLabel) != 0 ? tree.child(node, 1) : NodeId::none();
    const bool computed = label.valid() && tree[label].kind == NodeKind::String && tree.childCount(label) > 1;
    if (!computed) {
      declareBlock(module, tree, node, &module.scope);
      return;
    }
  }
  Unit& unit = module.units.emplace_back();
  unit.tree = &tree;
  unit.node = node;
  collectKinds(tree, node, unit.kinds);
}

void Evaluator::readAnnotations(const syntax::Tree& tree, NodeId body) {
  for (NodeId node = tree[body].first_child; node.valid(); node = tree[node].next_sibling) {
    if (tree[node].kind == NodeKind::Annotation) {
      NodeId target = tree[node].next_sibling;
      while (target.valid() && tree[target].kind == NodeKind::Annotation) target = tree[target].next_sibling;
      readAnnotation(tree, node, target);
      continue;
    }
    for (NodeId child : tree.children(node)) {
      const NodeKind kind = tree[child].kind;
      if (kind == NodeKind::Body) readAnnotations(tree, child);
      if (kind == NodeKind::If) readAnnotations(tree, child);
    }
  }
}

void Evaluator::readAnnotation(const syntax::Tree& tree, NodeId annotation, NodeId target) {
  const Location where = at(tree, annotation, nullptr);
  const NodeId name_node = tree.child(annotation, 0);
  const auto bad = [&](const Location& place, const std::string& message) {
    sink_.report(place, diag::BadAnnotation, message).help("write `@allow(GS3101, \"the reason\", until = \"2027-01-31\")` before a declaration or attribute");
  };
  if (tree.name(name_node) != "allow") return bad(at(tree, name_node, nullptr), "there is no annotation `@" + tree.name(name_node) + "`");
  if (!target.valid()) return bad(where, "nothing follows this annotation");
  diag::Allowance allowance;
  allowance.at = where;
  allowance.scope = tree.range(target);
  for (NodeId argument : tree.children(tree.child(annotation, 1))) {
    const bool named = tree[argument].kind == NodeKind::NamedArgument;
    const Location place = at(tree, argument, nullptr);
    if (tree[argument].kind == NodeKind::Name && allowance.code == 0) {
      allowance.code = diag::parseCode(tree.text(argument));
      if (allowance.code == 0) return bad(place, "`" + std::string(tree.text(argument)) + "` is not the code of a finding");
    } else if (tree[argument].kind == NodeKind::String && allowance.reason.empty()) {
      allowance.reason = plainString(tree, argument);
    } else if (named && tree.name(tree.child(argument, 0)) == "until" && tree[tree.child(argument, 1)].kind == NodeKind::String) {
      allowance.until = plainString(tree, tree.child(argument, 1));
      const std::string& date = allowance.until;
      const bool shaped = date.size() == 10 && date[4] == '-' && date[7] == '-' && date.find_first_not_of("0123456789-") == std::string::npos;
      if (!shaped) return bad(place, "`" + date + "` is not a date such as 2027-01-31");
      allowance.expired = !options_.as_of.empty() && date < options_.as_of;
    } else {
      return bad(place, "`@allow` takes a code, a reason and `until`");
    }
  }
  if (allowance.code == 0) return bad(where, "`@allow` needs the code of a finding");
  if (allowance.reason.empty()) return bad(where, "`@allow` needs a reason");
  sink_.allow(std::move(allowance));
}

schema::TypePtr Evaluator::readTypeCall(const syntax::Tree& tree, NodeId node, const Scope* scope) {
  const std::string name = tree.name(tree.child(node, 0));
  const NodeId arguments = tree.child(node, 1);
  const NodeId first = tree.child(arguments, 0);
  auto type = std::make_shared<Type>();
  const auto bad = [&](const std::string& wanted) -> schema::TypePtr {
    sink_.report(at(tree, node, scope), diag::WrongArguments, name, wanted, "`" + std::string(tree.text(arguments)) + "`");
    return nullptr;
  };
  if (name == "list" || name == "map") {
    if (tree.childCount(arguments) != 1) return bad("one type, as in `list(string)`");
    schema::TypePtr element = readType(tree, first, scope);
    if (element == nullptr) return nullptr;
    type->kind = name == "list" ? schema::TypeKind::List : schema::TypeKind::Map;
    type->elements.push_back(std::move(element));
    return type;
  }
  if (name == "enum") {
    type->kind = schema::TypeKind::Enum;
    for (NodeId value : tree.children(arguments)) {
      if (tree[value].kind != NodeKind::Name && tree[value].kind != NodeKind::String) return bad("names, as in `enum(small, large)`");
      type->names.push_back(tree[value].kind == NodeKind::Name ? tree.name(value) : plainString(tree, value));
    }
    return type->names.empty() ? bad("at least one name") : type;
  }
  if (name == "object") {
    if (!first.valid() || tree[first].kind != NodeKind::Map) return bad("its fields, as in `object({ name: string, gpus?: int })`");
    type->kind = schema::TypeKind::Object;
    for (NodeId field : tree.children(first)) {
      if (tree[field].kind != NodeKind::FieldType) return bad("its fields, as in `object({ name: string, gpus?: int })`");
      schema::TypePtr of_field = readType(tree, tree.child(field, 1), scope);
      if (of_field == nullptr) return nullptr;
      type->fields.push_back({tree.name(tree.child(field, 0)), std::move(of_field), (tree[field].flags & syntax::kOptional) != 0});
    }
    return type;
  }
  std::string error;
  const schema::TypePtr plain = schema::parseType(name, error);
  if (plain == nullptr) return readType(tree, tree.child(node, 0), scope);
  const Value bounds = first.valid() ? eval({&tree, first, scope}) : Value();
  if (bounds.isPoison()) return nullptr;
  if (!bounds.is(ValueKind::Range) || bounds.asRange().first > bounds.asRange().last) return bad("bounds, as in `" + name + "(1..20)`");
  *type = *plain;
  type->min = bounds.asRange().first;
  type->max = bounds.asRange().last;
  return type;
}

schema::TypePtr Evaluator::readType(const syntax::Tree& tree, NodeId node, const Scope* scope) {
  if (tree[node].kind == NodeKind::Call) return readTypeCall(tree, node, scope);
  const std::string name(tree.text(node));
  if (tree[node].kind == NodeKind::Name) {
    if (isKind(name)) {
      auto type = std::make_shared<Type>();
      type->kind = schema::TypeKind::Ref;
      type->names.push_back(name);
      return type;
    }
    std::string error;
    if (schema::TypePtr type = schema::parseType(name, error)) return type;
  }
  auto report = sink_.report(at(tree, node, scope), diag::UnknownName, name);
  static const std::vector<std::string> kTypes = {"string", "bool", "int", "number", "size", "cpu", "duration", "money", "percent", "range", "profile", "list", "map", "object", "enum"};
  const std::vector<std::string> near = diag::nearest(name, kTypes);
  if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{tree.range(node), near[0]}});
  report.fact("types: string bool int number size cpu duration money percent range profile, list(T), map(T), object({ ... }), enum(a, b), and the kinds of blocks");
  return nullptr;
}

Value Evaluator::parseGiven(const GivenParameter& given, const Type& type) {
  if (given.raw && type.kind == schema::TypeKind::String) return Value::ofString(given.text);
  diag::Sink syntax_errors;
  const syntax::Tree* tree = files_.snippet(given.origin + " " + given.name, given.text, syntax_errors);
  const Location nowhere;
  if (tree == nullptr || !syntax_errors.ok() || tree->childCount(tree->root()) != 1) {
    sink_.report(nowhere, diag::TypeMismatch, wantedText(type), "`" + given.text.substr(0, 60) + "`").fact("given by " + given.origin + " for `" + given.name + "`");
    return Value::poison();
  }
  const NodeId item = tree->child(tree->root(), 0);
  return eval({tree, tree->child(item, 1), &entry_->scope}, &type);
}

Value Evaluator::parameterValue(ModuleInstance& module, const std::string& name, Parameter& parameter) {
  if (parameter.state == State::Done) return parameter.value;
  const syntax::Tree& tree = *parameter.tree;
  const NodeId name_node = tree.child(parameter.node, 0);
  const Location where = at(tree, name_node, &module.scope);
  if (parameter.state == State::Running) return reportCycle(name, where);
  parameter.state = State::Running;
  running_.emplace_back(name, where);
  const std::uint16_t flags = tree[parameter.node].flags;
  const schema::TypePtr type = readType(tree, tree.child(parameter.node, 1), &module.scope);
  Value value = Value::poison();
  const auto given = std::find_if(options_.parameters.rbegin(), options_.parameters.rend(), [&](const GivenParameter& p) { return p.name == name; });
  if (type == nullptr) {
    // reported
  } else if (module.entry && given != options_.parameters.rend()) {
    value = conform(parseGiven(*given, *type), *type, "`" + name + "` (given by " + given->origin + ")");
  } else if (const auto argument = module.arguments.find(name); argument != module.arguments.end()) {
    value = evalAs(argument->second, *type, "`" + name + "`");
  } else if ((flags & syntax::kHasDefault) != 0) {
    value = evalAs({&tree, tree.child(parameter.node, 2), &module.scope}, *type, "`" + name + "`");
  } else if (module.entry) {
    sink_.report(where, diag::MissingParameter, name).help("give it: `--param " + name + "=...`, a `--params` file, or an `env` block");
  } else {
    sink_.report(module.at, diag::MissingParameter, name).note(where, "declared here, without a default").help("write `" + name + " = ...` in the module's block");
  }
  if ((flags & syntax::kSecret) != 0 && !value.isPoison()) value = Value::ofSecret({"param", name});
  running_.pop_back();
  parameter.value = value.at().valid() ? value : std::move(value).from(where);
  parameter.state = State::Done;
  return parameter.value;
}

void Evaluator::applyEnvironment() {
  program_.environment = options_.environment;
  const auto& environments = entry_->kinds["env"].by_label;
  if (options_.environment.empty() || environments.empty()) return;
  const auto chosen = environments.find(options_.environment);
  if (chosen == environments.end()) {
    std::string known;
    for (const auto& entry : environments) known += (known.empty() ? "" : ", ") + entry.first;
    sink_.report(Location{}, diag::UnknownEnvironment, options_.environment).fact("declared: " + known);
    return;
  }
  Declaration& declaration = declarations_[chosen->second.index];
  expandBody(declaration);
  for (const BodyItem& item : declaration.body) {
    const NodeId name_node = item.tree->child(item.node, 0);
    if ((*item.tree)[item.node].kind != NodeKind::Attribute) {
      sink_.report(at(*item.tree, item.node, item.scope), diag::WrongForm, std::string("env"), std::string("a list of parameter values"), std::string("a place for this")).help("write `parameter = value`");
      continue;
    }
    const std::string name = item.tree->name(name_node);
    if (!entry_->params.contains(name)) {
      std::vector<std::string> names;
      for (const auto& entry : entry_->params) names.push_back(entry.first);
      auto report = sink_.report(at(*item.tree, name_node, item.scope), diag::UnknownParameter, name);
      const std::vector<std::string> near = diag::nearest(name, names);
      if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{item.tree->range(name_node), near[0]}});
      continue;
    }
    entry_->arguments[name] = {item.tree, item.tree->child(item.node, 1), item.scope};
  }
}

void Evaluator::applyGivenParameters() {
  std::vector<std::string> names;
  for (const auto& entry : entry_->params) names.push_back(entry.first);
  for (const GivenParameter& given : options_.parameters) {
    if (entry_->params.contains(given.name) || entry_->lost_items) continue;
    auto report = sink_.report(Location{}, diag::UnknownParameter, given.name);
    report.fact("given by " + given.origin);
    const std::vector<std::string> near = diag::nearest(given.name, names);
    if (!near.empty()) report.help("did you mean `" + near[0] + "`?");
  }
}

std::map<std::string, Value> Evaluator::valuesOf(ModuleInstance& module) {
  std::map<std::string, Value> out;
  for (auto* values : {&module.lets, &module.outputs}) {
    for (auto& [name, lazy] : *values) out[name] = force(lazy, name, nullptr, at(lazy.code));
  }
  return out;
}

}  // namespace gpuspec::eval
