// Loops, conditions and module instances to declarations.

#include <algorithm>
#include <cctype>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/expansion.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

constexpr std::uint64_t kMaxDuplicates = 1000;

}  // namespace

void Evaluator::overLimit(const Location& where, std::uint64_t limit, const char* what,
                          const char* help) {
  if (exhausted_) return;
  exhausted_ = true;
  sink_.report(where, diag::ExpansionLimit, std::to_string(limit), std::string(what)).help(help);
}

bool Evaluator::step(const Location& where) {
  if (++steps_ > options_.limits.steps)
    overLimit(where, options_.limits.steps, "steps of evaluation");
  return !exhausted_;
}

bool Evaluator::countIteration(const Location& where) {
  if (++iterations_ > options_.limits.iterations)
    overLimit(where, options_.limits.iterations, "loop iterations");
  return !exhausted_;
}

bool Evaluator::countElements(std::uint64_t count, const Location& where) {
  elements_ += count;
  if (elements_ > options_.limits.elements)
    overLimit(where, options_.limits.elements, "elements of lists and maps");
  return !exhausted_;
}

bool Evaluator::countBytes(std::uint64_t bytes, const Location& where) {
  bytes_ += bytes;
  if (bytes > options_.limits.string_bytes)
    overLimit(where, options_.limits.string_bytes, "bytes in one string");
  if (bytes_ > options_.limits.total_bytes)
    overLimit(where, options_.limits.total_bytes, "bytes of text");
  return !exhausted_;
}

const Scope* Evaluator::childScope(const Scope* parent, source::TraceId trace_id,
                                   std::vector<std::pair<std::string, Value>> bindings) {
  scopes_.push_back({parent, parent->module, trace_id, std::move(bindings)});
  return &scopes_.back();
}

std::optional<bool> Evaluator::condition(const Code& code) {
  const Value value = eval(code);
  if (value.isPoison()) return std::nullopt;
  if (value.is(ValueKind::Bool)) return value.asBool();
  sink_.report(value.at(), diag::TypeMismatch, std::string("true or false"),
               std::string(kindName(value.kind())));
  return std::nullopt;
}

void Evaluator::collectKinds(const syntax::Tree& tree, NodeId node,
                             std::set<std::string>& kinds) const {
  switch (tree[node].kind) {
    case NodeKind::Block:
      kinds.insert(tree.name(tree.child(node, 0)));
      break;
    case NodeKind::Module:
      kinds.insert("module");
      break;
    case NodeKind::For:
    case NodeKind::If:
    case NodeKind::Body:
      for (NodeId child : tree.children(node)) collectKinds(tree, child, kinds);
      break;
    default:
      break;
  }
}

void Evaluator::expandKind(ModuleInstance& module, const std::string& kind,
                           const Location& asked_at) {
  KindTable& table = module.kinds[kind];
  if (table.state == State::Done) return;
  for (Unit& unit : module.units) {
    if (unit.kinds.contains(kind)) expandUnit(module, unit, asked_at);
  }
  const bool open = std::any_of(module.units.begin(), module.units.end(), [&](const Unit& unit) {
    return unit.kinds.contains(kind) && unit.state != State::Done;
  });
  if (!open) module.kinds[kind].state = State::Done;
}

void Evaluator::expandUnit(ModuleInstance& module, Unit& unit, const Location& asked_at) {
  if (unit.state == State::Done) return;
  if (unit.state == State::Running) {
    // Asked for by its own head or label: what it declares so far is all there is to see, unless it
    // needs what it makes.
    if (!running_.empty() && running_.back().first.starts_with(kLoopOver))
      reportCycle(running_.back().first, asked_at);
    return;
  }
  unit.state = State::Running;
  expandTop(module, *unit.tree, unit.node, &module.scope);
  unit.state = State::Done;
}

void Evaluator::expandAll(ModuleInstance& module) {
  for (Unit& unit : module.units) expandUnit(module, unit, Location{});
  for (auto& entry : module.instances) expandAll(*entry.second);
}

void Evaluator::expandTop(ModuleInstance& module, const syntax::Tree& tree, NodeId node,
                          const Scope* scope) {
  if (exhausted_) return;
  switch (tree[node].kind) {
    case NodeKind::Block:
      declareBlock(module, tree, node, scope);
      break;
    case NodeKind::Module:
      declareInstance(module, tree, node, scope);
      break;
    case NodeKind::Assert:
      module.asserts.push_back({&tree, node, scope});
      break;
    case NodeKind::For: {
      const NodeId body = tree.child(node, (tree[node].flags & syntax::kHasSecond) != 0 ? 3 : 2);
      const bool known = forEach(tree, node, scope, [&](const Scope* inner) {
        for (NodeId child : tree.children(body)) expandTop(module, tree, child, inner);
      });
      if (!known) module.lost_blocks = true;
      break;
    }
    case NodeKind::If: {
      const std::optional<bool> holds = condition({&tree, tree.child(node, 0), scope});
      if (!holds) module.lost_blocks = true;
      const NodeId chosen = tree.child(node, holds.value_or(false) ? 1 : 2);
      if (!holds || !chosen.valid()) break;
      if (tree[chosen].kind == NodeKind::If) {
        expandTop(module, tree, chosen, scope);
      } else {
        for (NodeId child : tree.children(chosen)) expandTop(module, tree, child, scope);
      }
      break;
    }
    case NodeKind::Annotation:
      break;
    default: {
      const std::string word(tree.text(node).substr(0, tree.text(node).find_first_of(" \t\r\n")));
      const Location whole = at(tree, node, scope);
      const Location word_at{{whole.range.file_id, whole.range.begin,
                              whole.range.begin + static_cast<std::uint32_t>(word.size())},
                             whole.trace_id};
      sink_
          .report(word_at, diag::WrongForm, word, std::string("for the top level of a file"),
                  std::string("for a loop or condition around declarations"))
          .help(
              "a value that differs is written with `?:` or a comprehension: `let x = prod ? 4 : "
              "1`");
      break;
    }
  }
}

std::optional<std::string> Evaluator::labelText(const Code& code, const std::string& kind) {
  const bool is_name = (*code.tree)[code.node].kind == NodeKind::Name;
  const Value label = is_name ? Value::ofString(code.tree->name(code.node)) : eval(code);
  if (!label.is(ValueKind::String)) return std::nullopt;
  if (!label.asText().empty()) return label.asText();
  sink_.report(at(*code.tree, code.node, code.scope), diag::LabelMissing, kind);
  return std::nullopt;
}

bool Evaluator::checkFolderLabel(const std::string& label, const char* noun,
                                 const Location& where) {
  const auto inner = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  if (std::all_of(label.begin(), label.end(), inner) && label[0] != '-' && label.size() <= 100)
    return true;
  sink_.report(where, diag::LabelNotFolder, label.substr(0, 100), std::string(noun))
      .help(
          "it takes at most 100 letters, digits, `_` and `-`; what Azure calls it can be another: "
          "`name = \"...\"`");
  return false;
}

void Evaluator::declareBlock(ModuleInstance& module, const syntax::Tree& tree, NodeId node,
                             const Scope* scope) {
  const NodeId kind_node = tree.child(node, 0);
  const std::string kind = tree.name(kind_node);
  const bool has_label = (tree[node].flags & syntax::kHasLabel) != 0;
  const NodeId label_node = has_label ? tree.child(node, 1) : kind_node;
  const Location kind_at = at(tree, kind_node, scope);
  const schema::Row* row = table_.find(kind);
  const bool own =
      kind == "check" || kind == "test" || kind == "env" || kind == "moved" || kind == "removed";
  if (!own && (row == nullptr || row->form != schema::Form::Declaration)) {
    std::vector<std::string> kinds = {"check", "test", "env",    "moved",   "removed", "module",
                                      "param", "let",  "output", "project", "import"};
    for (const schema::Row* known : table_.all()) {
      if (known->form == schema::Form::Declaration) kinds.emplace_back(known->path);
    }
    auto report = sink_.report(kind_at, diag::UnknownKind, kind);
    const std::vector<std::string> near = diag::nearest(kind, kinds);
    if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{kind_at.range, near[0]}});
    return;
  }
  const bool takes_label = own ? kind == "check" || kind == "test" || kind == "env" : row->label;
  if (takes_label != has_label) {
    if (takes_label) {
      sink_.report(kind_at, diag::LabelMissing, kind).help("write `" + kind + " name { ... }`");
    } else {
      sink_.report(at(tree, label_node, scope), diag::LabelNotAllowed, kind)
          .help("write `" + kind + " { ... }`");
    }
    return;
  }
  if (kind == "env" && !module.entry) {
    sink_.report(kind_at, diag::NotInModule, kind)
        .help("a module takes its values from the block of its instance");
    return;
  }
  if (declarations_.size() >= options_.limits.blocks)
    return overLimit(kind_at, options_.limits.blocks, "blocks");
  std::string label = "#" + std::to_string(declarations_.size());
  const Location where = at(tree, label_node, scope);
  if (has_label) {
    std::optional<std::string> written = labelText({&tree, label_node, scope}, kind);
    if (!written) {
      module.lost_blocks = true;
      return;
    }
    label = *std::move(written);
  }
  if (kind == "cluster" && !checkFolderLabel(label, "cluster", where)) return;
  const BlockId id{static_cast<std::uint32_t>(declarations_.size())};
  const auto [first, fresh] = module.kinds[kind].by_label.emplace(label, id);
  if (!fresh) {
    const Location& earlier = declarations_[first->second.index].at;
    auto report = sink_.report(where, diag::DuplicateDeclaration, kind, label);
    report.note(earlier, "first declared here");
    if (earlier.range == where.range)
      report.help("make the name of what differs: `" + kind + " \"" + label + "-${...}\" { ... }`");
    if (++duplicates_ > kMaxDuplicates) exhausted_ = true;  // reported already, often enough
    return;
  }
  Declaration& declaration = declarations_.emplace_back();
  declaration.kind = kind;
  declaration.label = has_label ? std::move(label) : std::string();
  declaration.tree = &tree;
  declaration.node = node;
  declaration.scope = scope;
  declaration.module = &module;
  declaration.at = where;
}

void Evaluator::declareInstance(ModuleInstance& module, const syntax::Tree& tree, NodeId node,
                                const Scope* scope) {
  const NodeId label_node = tree.child(node, 0);
  const NodeId path_node = tree.child(node, 1);
  const Location where = at(tree, label_node, scope);
  const std::string label = labelText({&tree, label_node, scope}, "module").value_or("");
  module.lost_blocks = module.lost_blocks || label.empty();
  module.lost_instances.insert(label);  // until it is made
  if (label.empty() || !checkFolderLabel(label, "module instance", where)) return;
  if (modules_.size() >= options_.limits.modules)
    return overLimit(where, options_.limits.modules, "module instances");
  if (isKind(label)) {
    sink_.report(where, diag::KindAsVariable, label);
    return;
  }
  if (const auto found = module.instances.find(label); found != module.instances.end()) {
    sink_.report(where, diag::DuplicateDeclaration, std::string("module"), label)
        .note(found->second->at, "first declared here");
    return;
  }
  const Location path_at = at(tree, path_node, scope);
  const Value path = eval({&tree, path_node, scope});
  const syntax::Tree* file = path.is(ValueKind::String)
                                 ? files_.tree(path.asText(), tree.fileId(), path_at, sink_)
                                 : nullptr;
  if (file == nullptr) return;
  std::uint32_t depth = 0;
  for (const ModuleInstance* outer = &module; outer != nullptr; outer = outer->parent, ++depth) {
    const bool same =
        std::find(outer->trees.begin(), outer->trees.end(), file) != outer->trees.end();
    if (!same && depth < options_.limits.module_depth) continue;
    if (!same) {
      sink_.report(path_at, diag::ExpansionLimit, std::to_string(options_.limits.module_depth),
                   std::string("module instances inside each other"));
    } else if (auto report = sink_.report(path_at, diag::ImportCycle, path.asText());
               outer->at.valid()) {
      report.note(outer->at, "this instance is made of the same file");
    } else {
      report.fact("it is the entry file, or one that the entry imports");
    }
    return;
  }
  source::Frame frame{source::FrameKind::Module, where.range, label, scope->trace_id};
  ModuleInstance* instance =
      makeModule(module.path.empty() ? label : module.path + "." + label, &module, {file}, where,
                 sources_.addFrame(std::move(frame)), false);
  module.instances[label] = instance;
  std::deque<BodyItem> body;
  expandItems(body, tree, tree.child(node, 2), scope);
  for (const BodyItem& item : body) {
    const NodeId name_node = item.tree->child(item.node, 0);
    if ((*item.tree)[item.node].kind != NodeKind::Attribute) {
      sink_
          .report(at(*item.tree, item.node, item.scope), diag::WrongForm, std::string("module"),
                  std::string("a list of parameter values"), std::string("a place for this"))
          .help("write `parameter = value`; the declarations are the file's");
      continue;
    }
    const std::string name = item.tree->name(name_node);
    const Location name_at = at(*item.tree, name_node, item.scope);
    if (!instance->params.contains(name)) {
      reportUnknownParameter(*instance, name, name_at, "");
      continue;
    }
    if (const auto [first, fresh] = instance->arguments.emplace(
            name, Code{item.tree, item.tree->child(item.node, 1), item.scope});
        !fresh) {
      sink_.report(name_at, diag::DuplicateAttribute, name)
          .note(at(first->second), "first given here");
    }
  }
}

void Evaluator::expandBody(Declaration& declaration) {
  if (declaration.body_state != State::Waiting) return;
  declaration.body_state = State::Running;
  const bool labelled = ((*declaration.tree)[declaration.node].flags & syntax::kHasLabel) != 0;
  declaration.complete =
      expandItems(declaration.body, *declaration.tree,
                  declaration.tree->child(declaration.node, labelled ? 2 : 1), declaration.scope);
  declaration.body_state = State::Done;
}

bool Evaluator::expandItems(std::deque<BodyItem>& out, const syntax::Tree& tree, NodeId body,
                            const Scope* scope) {
  bool complete = true;
  for (NodeId node : tree.children(body)) {
    if (exhausted_) return false;
    switch (tree[node].kind) {
      case NodeKind::Annotation:
        break;
      case NodeKind::For: {
        const NodeId inner_body =
            tree.child(node, (tree[node].flags & syntax::kHasSecond) != 0 ? 3 : 2);
        const bool known = forEach(tree, node, scope, [&](const Scope* inner) {
          complete = expandItems(out, tree, inner_body, inner) && complete;
        });
        complete = complete && known;
        break;
      }
      case NodeKind::If: {
        NodeId at_if = node;
        while (at_if.valid() && tree[at_if].kind == NodeKind::If) {
          const std::optional<bool> holds = condition({&tree, tree.child(at_if, 0), scope});
          complete = complete && holds.has_value();
          at_if = holds ? tree.child(at_if, *holds ? 1 : 2) : NodeId::none();
        }
        if (at_if.valid()) complete = expandItems(out, tree, at_if, scope) && complete;
        break;
      }
      default:
        if (++body_items_ > options_.limits.body_items)
          overLimit(at(tree, node, scope), options_.limits.body_items, "attributes");
        if (exhausted_) return false;
        out.push_back({&tree, node, scope, Value(), State::Waiting});
    }
  }
  return complete;
}

}  // namespace gpuspec::eval
