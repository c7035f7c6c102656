// Parameters: their types, and their values from defaults, environments, module instances and the
// command line.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/type_text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

// "" for a type that has none.
const char* boundsExample(schema::TypeKind kind) {
  switch (kind) {
    case schema::TypeKind::Int:
      return "int(1..20)";
    case schema::TypeKind::Number:
      return "number(0..1)";
    case schema::TypeKind::String:
      return "string(1..63)";
    case schema::TypeKind::Range:
      return "range(1..10)";
    case schema::TypeKind::Size:
      return "size(1GiB..80GiB)";
    case schema::TypeKind::Cpu:
      return "cpu(1cpu..8cpu)";
    case schema::TypeKind::Duration:
      return "duration(1m..24h)";
    case schema::TypeKind::Percent:
      return "percent(0%..100%)";
    default:
      return "";
  }
}

}  // namespace

schema::TypePtr Evaluator::readTypeCall(const syntax::Tree& tree, NodeId node, const Scope* scope) {
  const std::string name = tree.name(tree.child(node, 0));
  const NodeId arguments = tree.child(node, 1);
  const NodeId first = tree.child(arguments, 0);
  auto type = std::make_shared<Type>();
  const auto bad = [&](const std::string& wanted) -> schema::TypePtr {
    sink_.report(at(tree, node, scope), diag::WrongArguments, name, wanted,
                 "`" + std::string(tree.text(arguments)) + "`");
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
      if (tree[value].kind != NodeKind::Name && tree[value].kind != NodeKind::String)
        return bad("names, as in `enum(small, large)`");
      type->names.push_back(tree[value].kind == NodeKind::Name ? tree.name(value)
                                                               : tree.plainText(value));
    }
    return type->names.empty() ? bad("at least one name") : type;
  }
  if (name == "object") {
    if (!first.valid() || tree[first].kind != NodeKind::Map)
      return bad("its fields, as in `object({ name: string, gpus?: int })`");
    type->kind = schema::TypeKind::Object;
    for (NodeId field : tree.children(first)) {
      if (tree[field].kind != NodeKind::FieldType)
        return bad("its fields, as in `object({ name: string, gpus?: int })`");
      schema::TypePtr of_field = readType(tree, tree.child(field, 1), scope);
      if (of_field == nullptr) return nullptr;
      type->fields.push_back({tree.name(tree.child(field, 0)), std::move(of_field),
                              (tree[field].flags & syntax::kOptional) != 0});
    }
    return type;
  }
  const schema::TypePtr plain = readType(tree, tree.child(node, 0), scope);
  if (plain == nullptr) return nullptr;
  const std::string example = boundsExample(plain->kind);
  if (example.empty()) return bad("nothing: it has no bounds");
  *type = *plain;
  const std::size_t errors = sink_.errorCount();
  if (tree.childCount(arguments) == 1 && readBounds(*type, {&tree, first, scope})) return type;
  return sink_.errorCount() > errors ? nullptr : bad("bounds, as in `" + example + "`");
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
    static const std::vector<std::string> kPlain = {
        "string", "bool",    "int",   "number",  "size",    "cpu", "duration",
        "money",  "percent", "range", "profile", "counted", "any"};
    if (std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end())
      return schema::parseType(name);
  }
  static const std::map<std::string, const char*> kMadeOfTypes = {
      {"list", "one type, as in `list(string)`"},
      {"map", "one type, as in `map(string)`"},
      {"enum", "names, as in `enum(small, large)`"},
      {"object", "its fields, as in `object({ name: string, gpus?: int })`"}};
  if (const auto found = kMadeOfTypes.find(name); found != kMadeOfTypes.end()) {
    sink_.report(at(tree, node, scope), diag::WrongArguments, name, std::string(found->second),
                 std::string("nothing"));
    return nullptr;
  }
  auto report = sink_.report(at(tree, node, scope), diag::UnknownName, name);
  static const std::vector<std::string> kTypes = {
      "string", "bool",    "int",     "number", "size", "cpu", "duration", "money", "percent",
      "range",  "profile", "counted", "any",    "list", "map", "object",   "enum"};
  const std::vector<std::string> near = diag::nearest(name, kTypes);
  if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{tree.range(node), near[0]}});
  report.fact(
      "types: string bool int number size cpu duration money percent range profile counted any, "
      "list(T), map(T), object({ ... }), enum(a, b), and the kinds of blocks");
  return nullptr;
}

Value Evaluator::parseGiven(const GivenParameter& given, const Type& type) {
  const bool as_it_is = type.kind == schema::TypeKind::String ||
                        (given.is_text && type.kind == schema::TypeKind::Any);
  if (given.raw && as_it_is) return Value::ofString(given.text);
  diag::Sink syntax_errors;
  const syntax::Tree* tree =
      files_.snippet(given.origin + " " + given.name, given.text, syntax_errors);
  const Location nowhere;
  if (tree == nullptr || !syntax_errors.ok() || tree->childCount(tree->root()) != 1) {
    sink_
        .report(nowhere, diag::TypeMismatch, wantedText(type), "`" + given.text.substr(0, 60) + "`")
        .fact("given by " + given.origin + " for `" + given.name + "`");
    return Value::poison();
  }
  const NodeId item = tree->child(tree->root(), 0);
  return eval({tree, tree->child(item, 1), &entry_->scope}, &type);
}

Value Evaluator::parameterValue(ModuleInstance& module, const std::string& name,
                                Parameter& parameter) {
  if (parameter.state == State::Done) return parameter.value;
  const syntax::Tree& tree = *parameter.tree;
  const NodeId name_node = tree.child(parameter.node, 0);
  const Location where = at(tree, name_node, &module.scope);
  if (parameter.state == State::Running) return reportCycle(name, where);
  if (tooDeep(where)) return Value::poison();
  parameter.state = State::Running;
  running_.emplace_back(name, where);
  const std::uint16_t flags = tree[parameter.node].flags;
  const schema::TypePtr type = parameter.type =
      readType(tree, tree.child(parameter.node, 1), &module.scope);
  Value value = Value::poison();
  const auto given = std::find_if(options_.parameters.rbegin(), options_.parameters.rend(),
                                  [&](const GivenParameter& p) { return p.name == name; });
  if (type == nullptr) {
    // reported
  } else if (module.entry && given != options_.parameters.rend()) {
    value = conform(parseGiven(*given, *type), *type,
                    "`" + name + "` (given by " + given->origin + ")");
  } else if (const auto argument = module.arguments.find(name);
             argument != module.arguments.end()) {
    value = evalAs(argument->second, *type, "`" + name + "`");
  } else if ((flags & syntax::kHasDefault) != 0) {
    value = evalAs({&tree, tree.child(parameter.node, 2), &module.scope}, *type, "`" + name + "`");
  } else if (module.entry) {
    sink_.report(where, diag::MissingParameter, name)
        .help("give it: `--param " + name + "=...`, a `--params` file, or an `env` block");
  } else {
    sink_.report(module.at, diag::MissingParameter, name)
        .note(where, "declared here, without a default")
        .help("write `" + name + " = ...` in the module's block");
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
    sink_.report(Location{}, diag::UnknownEnvironment, options_.environment)
        .fact("declared: " + known);
    return;
  }
  Declaration& declaration = declarations_[chosen->second.index];
  expandBody(declaration);
  for (const BodyItem& item : declaration.body) {
    const NodeId name_node = item.tree->child(item.node, 0);
    if ((*item.tree)[item.node].kind != NodeKind::Attribute) {
      sink_
          .report(at(*item.tree, item.node, item.scope), diag::WrongForm, std::string("env"),
                  std::string("a list of parameter values"), std::string("a place for this"))
          .help("write `parameter = value`");
      continue;
    }
    const std::string name = item.tree->name(name_node);
    if (!entry_->params.contains(name)) {
      reportUnknownParameter(*entry_, name, at(*item.tree, name_node, item.scope), "");
      continue;
    }
    const Code value{item.tree, item.tree->child(item.node, 1), item.scope};
    const auto [first, fresh] = entry_->arguments.emplace(name, value);
    if (!fresh)
      sink_.report(at(*item.tree, name_node, item.scope), diag::DuplicateAttribute, name)
          .note(at(first->second), "first given here");
  }
}

void Evaluator::applyGivenParameters() {
  for (const GivenParameter& given : options_.parameters) {
    if (!entry_->params.contains(given.name))
      reportUnknownParameter(*entry_, given.name, Location{}, given.origin);
  }
}

// `origin`: what gave it when that is no place in a file.
void Evaluator::reportUnknownParameter(const ModuleInstance& module, const std::string& name,
                                       const Location& where, const std::string& origin) {
  if (module.lost_items) return;
  std::vector<std::string> names;
  std::string list;
  for (const auto& entry : module.params) {
    names.push_back(entry.first);
    list += (list.empty() ? "" : ", ") + entry.first;
  }
  auto report = sink_.report(where, diag::UnknownParameter, name);
  if (!origin.empty()) report.fact("given by " + origin);
  const std::vector<std::string> near = diag::nearest(name, names);
  if (near.empty()) {
    report.fact(names.empty()        ? "none is declared"
                : names.size() <= 12 ? "declared: " + list
                                     : std::to_string(names.size()) + " are declared");
  } else if (where.valid()) {
    report.fix("did you mean `" + near[0] + "`?", {{where.range, near[0]}});
  } else {
    report.help("did you mean `" + near[0] + "`?");
  }
}

}  // namespace gpuspec::eval
