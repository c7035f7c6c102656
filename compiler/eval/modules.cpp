// Module instances: what a file declares, parameters, environments, imports, annotations.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/type_text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

// Blocks of the grammar's own, beside the schema table's kinds.
constexpr std::string_view kOwnKinds[] = {"check", "test", "env", "moved", "removed"};

bool isOwnKind(std::string_view name) {
  return std::find(std::begin(kOwnKinds), std::end(kOwnKinds), name) != std::end(kOwnKinds);
}

// A project's name becomes a Kubernetes label value.
std::string projectNameFault(const std::string& name) {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (name.empty()) return "it is empty";
  if (name.size() > 63)
    return "it has " + std::to_string(name.size()) + " characters, a Kubernetes label at most 63";
  if (!alphanumeric(name.front()) || !alphanumeric(name.back()))
    return "a Kubernetes label begins and ends with a letter from a to z or a digit";
  const bool legal = std::all_of(name.begin(), name.end(), [&](char c) {
    return alphanumeric(c) || c == '-' || c == '_' || c == '.';
  });
  return legal ? "" : "a Kubernetes label holds letters, digits, `-`, `_` and `.` only";
}

// The nearest name that can be one: "ML platform" to "ML-platform"; "" when nothing is left.
std::string projectNameMended(const std::string& name) {
  std::string out;
  for (char c : name.substr(0, 63)) {
    const bool legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '.';
    if (legal)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (!out.empty() && (out.back() == '-' || out.back() == '_' || out.back() == '.'))
    out.pop_back();
  const std::size_t first = out.find_first_not_of("-_.");
  return first == std::string::npos ? std::string() : out.substr(first);
}

// What bounds of a type are written in.
ValueKind boundsKind(schema::TypeKind kind) {
  switch (kind) {
    case schema::TypeKind::Size:
      return ValueKind::Size;
    case schema::TypeKind::Cpu:
      return ValueKind::Cpu;
    case schema::TypeKind::Duration:
      return ValueKind::Duration;
    case schema::TypeKind::Percent:
      return ValueKind::Percent;
    default:
      return ValueKind::Int;
  }
}

}  // namespace

bool Evaluator::isKind(std::string_view name) const {
  return table_.isKind(name);
}

ModuleInstance* Evaluator::makeModule(std::string path, const ModuleInstance* parent,
                                      std::vector<const syntax::Tree*> trees, Location where,
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
      case NodeKind::Project:
        declareProject(module, tree, node);
        break;
      case NodeKind::Import:
        declareImport(module, tree, node);
        break;
      case NodeKind::Param:
        declareParam(module, tree, node);
        break;
      case NodeKind::Let:
        declareValue(module, tree, node, module.lets);
        break;
      case NodeKind::Output:
        declareValue(module, tree, node, module.outputs);
        break;
      case NodeKind::Assert:
        module.asserts.push_back({&tree, node, &module.scope});
        break;
      case NodeKind::Annotation:
        break;
      default:
        declareUnit(module, tree, node);
        break;
    }
  }
}

bool Evaluator::claimName(ModuleInstance& module, const std::string& name, const Location& where) {
  if (isKind(name) || isOwnKind(name) || name == "module") {
    sink_.report(where, diag::KindAsVariable, name)
        .help("choose another name: kinds are always in scope, so `" + name + ".x` means the " +
              name + " `x`");
    module.misnamed.insert(name);
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
    sink_.report(where, diag::NotInModule, std::string("project"))
        .help("a module belongs to the project that uses it");
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
  if (fault.empty()) return;
  const std::string shown = name.str(70);  // in quotes
  auto report = sink_.report(
      where, diag::ProjectNameInvalid,
      shown.ends_with('"') ? shown.substr(1, shown.size() - 2) : shown.substr(1), fault);
  const bool ascii = std::all_of(program_.project.begin(), program_.project.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const std::string mended = ascii ? projectNameMended(program_.project) : std::string();
  if (!mended.empty())
    report.fix("for instance `\"" + mended + "\"`", {{where.range, "\"" + mended + "\""}}, false);
  report.help("the name marks everything that the project owns, as a label");
}

void Evaluator::declareImport(ModuleInstance& module, const syntax::Tree& tree, NodeId node) {
  const NodeId path_node = tree.child(node, 0);
  const NodeId alias_node = tree.child(node, 1);
  const Location where = at(tree, path_node, &module.scope);
  const std::string path = tree.plainText(path_node);
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

void Evaluator::checkLibrary(const ModuleInstance&, const syntax::Tree& tree, const Location& where,
                             const std::string& path) {
  for (NodeId node : tree.children(tree.root())) {
    const NodeKind kind = tree[node].kind;
    if (kind == NodeKind::Let || kind == NodeKind::Output || kind == NodeKind::Annotation ||
        kind == NodeKind::Import)
      continue;
    sink_.report(where, diag::LibraryHasBlocks, path)
        .note(at(tree, node, nullptr), "this is no value")
        .help("`import \"" + path +
              "\"` without a name joins its declarations; `module name from \"" + path +
              "\"` makes an instance");
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
        .help("remove it and give the value from outside: `--param " + name +
              "=...` or a `--params` file");
  }
  const NodeId type = tree.child(node, 1);
  const std::string_view type_text = tree.text(type);
  const bool is_string = type_text == "string" || type_text.starts_with("string(");
  if ((flags & syntax::kSecret) != 0 && !is_string) {
    // Any other type would be read, and what cannot be read would be quoted.
    sink_
        .report(at(tree, type, &module.scope), diag::SecretNoString, name,
                "`" + std::string(type_text) + "`")
        .fix("make it a string", {{tree.range(type), "string"}});
    return;
  }
  module.params[name] = {&tree, node, nullptr, Value(), State::Waiting};
}

void Evaluator::declareValue(ModuleInstance& module, const syntax::Tree& tree, NodeId node,
                             std::map<std::string, Lazy, std::less<>>& table) {
  const NodeId name_node = tree.child(node, 0);
  const std::string name = tree.name(name_node);
  const Location where = at(tree, name_node, &module.scope);
  const bool is_output = tree[node].kind == NodeKind::Output;
  if (is_output) {
    if (const auto found = table.find(name); found != table.end()) {
      sink_.report(where, diag::DuplicateName, name)
          .note(at(found->second.code), "first given here");
      return;
    }
  } else if (!claimName(module, name, where)) {
    return;
  }
  table[name].code = {&tree, tree.child(node, 1), &module.scope};
}

void Evaluator::declareUnit(ModuleInstance& module, const syntax::Tree& tree, NodeId node) {
  const Node item = tree[node];
  const bool block = item.kind == NodeKind::Block;
  if (block) {
    const NodeId label =
        (item.flags & syntax::kHasLabel) != 0 ? tree.child(node, 1) : NodeId::none();
    const bool computed =
        label.valid() && tree[label].kind == NodeKind::String && tree.childCount(label) > 1;
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
  std::vector<NodeId> waiting;
  for (NodeId node : tree.children(body)) {
    if (tree[node].kind == NodeKind::Annotation) {
      waiting.push_back(node);
      continue;
    }
    for (NodeId annotation : waiting) readAnnotation(tree, annotation, node);
    waiting.clear();
    for (NodeId child : tree.children(node)) {
      const NodeKind kind = tree[child].kind;
      if (kind == NodeKind::Body || kind == NodeKind::If) readAnnotations(tree, child);
    }
  }
  for (NodeId annotation : waiting) readAnnotation(tree, annotation, NodeId::none());
}

void Evaluator::readAnnotation(const syntax::Tree& tree, NodeId annotation, NodeId target) {
  const Location where = at(tree, annotation, nullptr);
  const NodeId name_node = tree.child(annotation, 0);
  const auto bad = [&](const Location& place, const std::string& message) {
    sink_.report(place, diag::BadAnnotation, message)
        .help(
            "write `@allow(GS3101, \"the reason\", until = \"2027-01-31\")` before a declaration "
            "or attribute");
  };
  if (tree.name(name_node) != "allow")
    return bad(at(tree, name_node, nullptr),
               "there is no annotation `@" + tree.name(name_node) + "`");
  if (!target.valid()) return bad(where, "nothing follows this annotation");
  diag::Allowance allowance;
  allowance.at = where;
  allowance.scope = tree.range(target);
  for (NodeId argument : tree.children(tree.child(annotation, 1))) {
    const bool named = tree[argument].kind == NodeKind::NamedArgument;
    const Location place = at(tree, argument, nullptr);
    if (tree[argument].kind == NodeKind::Name && allowance.code == 0) {
      allowance.code = diag::parseCode(tree.text(argument));
      if (allowance.code == 0)
        return bad(place,
                   "`" + std::string(tree.text(argument)) + "` is not the code of a finding");
    } else if (tree[argument].kind == NodeKind::String && allowance.reason.empty()) {
      allowance.reason = tree.plainText(argument);
    } else if (named && tree.name(tree.child(argument, 0)) == "until" &&
               tree[tree.child(argument, 1)].kind == NodeKind::String) {
      allowance.until = tree.plainText(tree.child(argument, 1));
      const std::string& date = allowance.until;
      const bool shaped = diag::isDate(date);
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

// `1..20`, for a size `1GiB..4GiB`. False when they are none, reported or not.
bool Evaluator::readBounds(Type& type, const Code& code) {
  const Node node = (*code.tree)[code.node];
  const bool written = node.kind == NodeKind::Binary &&
                       static_cast<syntax::Operator>(node.op) == syntax::Operator::Range;
  const ValueKind kind = boundsKind(type.kind);
  if (!written) {
    const Value range = eval(code);
    if (!range.is(ValueKind::Range) || kind != ValueKind::Int) return false;
    type.min = range.asRange().first;
    type.max = range.asRange().last;
  } else {
    const Value low = eval({code.tree, code.tree->child(code.node, 0), code.scope});
    const Value high = eval({code.tree, code.tree->child(code.node, 1), code.scope});
    if (!low.is(kind) || !high.is(kind)) return false;
    type.min = low.asInt();
    type.max = high.asInt();
  }
  return *type.min <= *type.max;
}

std::map<std::string, Value> Evaluator::valuesOf(ModuleInstance& module) {
  std::map<std::string, Value> out;
  for (auto* values : {&module.lets, &module.outputs}) {
    for (auto& [name, lazy] : *values) out[name] = force(lazy, name, nullptr, at(lazy.code));
  }
  return out;
}

}  // namespace gpuspec::eval
