#include "compiler/eval/evaluate.h"

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

// How many children of a node, from the first, name something instead of being an expression.
unsigned leadingNames(const Node& node) {
  const bool second = (node.flags & syntax::kHasSecond) != 0;
  switch (node.kind) {
    case NodeKind::Param:
    case NodeKind::Import:
    case NodeKind::Labelled:
    case NodeKind::Block:
      return 2;
    case NodeKind::For:
    case NodeKind::ListFor:
    case NodeKind::MapFor:
      return second ? 2 : 1;
    case NodeKind::Let:
    case NodeKind::Output:
    case NodeKind::Module:
    case NodeKind::Attribute:
    case NodeKind::CallAttribute:
    case NodeKind::NamedArgument:
    case NodeKind::FieldType:
    case NodeKind::MapEntry:
    case NodeKind::Call:
    case NodeKind::Allow:
    case NodeKind::Target:
      return 1;
    default:
      return 0;
  }
}

// Names that stand in expressions, read or not: `prod ? big : small` mentions both.
void collectMentions(const syntax::Tree& tree, NodeId id, std::set<std::string>& names) {
  if (tree[id].kind == NodeKind::Annotation) return;
  unsigned position = 0;
  for (NodeId child : tree.children(id)) {
    const bool names_something =
        position < leadingNames(tree[id]) || (tree[id].kind == NodeKind::Member && position == 1);
    ++position;
    if (tree[child].kind != NodeKind::Name) {
      collectMentions(tree, child, names);
    } else if (!names_something) {
      names.insert(tree.name(child));
    }
  }
}

bool holdsSecret(const Value& value) {
  if (value.is(ValueKind::List))
    return std::any_of(value.asList().begin(), value.asList().end(), holdsSecret);
  if (value.is(ValueKind::Map))
    return std::any_of(value.asMap().begin(), value.asMap().end(),
                       [](const auto& entry) { return holdsSecret(entry.second); });
  return value.is(ValueKind::Secret);
}

std::optional<std::string> plainText(const Value& value) {
  if (value.is(ValueKind::String)) return value.asText();
  return std::nullopt;
}

}  // namespace

const Attribute* Block::find(std::string_view name) const {
  for (const Attribute& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

const Block* Block::child(std::string_view child_kind) const {
  for (const Block& block : blocks) {
    if (block.kind == child_kind) return &block;
  }
  return nullptr;
}

const Value* Block::value(std::string_view name) const {
  const Attribute* attribute = find(name);
  return attribute != nullptr && !attribute->value.isPoison() ? &attribute->value : nullptr;
}

bool Block::poisoned(std::string_view name) const {
  const Attribute* attribute = find(name);
  return attribute != nullptr && attribute->value.isPoison();
}

std::set<std::string> Program::kindsLeftOut() const {
  std::set<std::string> kinds;
  for (std::size_t i = 0; i < left_out.size(); ++i) {
    if (left_out[i]) kinds.insert(blocks[i].kind);
  }
  return kinds;
}

std::vector<BlockId> Program::ofKind(std::string_view kind) const {
  std::vector<BlockId> ids;
  for (std::uint32_t i = 0; i < blocks.size(); ++i) {
    const bool counts = left_out.empty() || !left_out[i];
    if (counts && blocks[i].kind == kind) ids.push_back(BlockId{i});
  }
  std::sort(ids.begin(), ids.end(), [this](BlockId a, BlockId b) {
    const Block& left = (*this)[a];
    const Block& right = (*this)[b];
    return std::tie(left.module, left.label, left.at.range) <
           std::tie(right.module, right.label, right.at.range);
  });
  return ids;
}

Evaluator::Evaluator(const schema::Table& table, source::SourceMap& sources, Files& files,
                     const Options& options, diag::Sink& sink)
    : table_(table), sources_(sources), files_(files), options_(options), sink_(sink) {}

Program Evaluator::run(std::vector<const syntax::Tree*> entry) {
  entry_ = makeModule("", nullptr, std::move(entry), Location{}, {}, false);
  applyEnvironment();
  applyGivenParameters();
  expandAll(*entry_);
  program_.blocks.reserve(declarations_.size());
  for (std::uint32_t i = 0; i < declarations_.size(); ++i) {
    const std::string& kind = declarations_[i].kind;
    const bool own = kind == "check" || kind == "test" || kind == "env";
    if (own || exhausted_) {
      Block block;
      block.kind = kind;
      block.module = declarations_[i].module->path;
      block.label = declarations_[i].label;
      block.at = declarations_[i].at;
      program_.blocks.push_back(std::move(block));
    } else {
      program_.blocks.push_back(buildDeclaration(BlockId{i}));
    }
  }
  for (ModuleInstance& module : modules_) {
    if (exhausted_ || module.library) continue;
    for (auto& [name, lazy] : module.lets) force(lazy, name, nullptr, at(lazy.code));
    for (auto& [name, parameter] : module.params) parameterValue(module, name, parameter);
    for (auto& [name, lazy] : module.outputs) {
      Value value = force(lazy, name, nullptr, at(lazy.code));
      if (!module.entry || value.isPoison()) continue;
      if (holdsSecret(value)) {
        sink_.report(at(lazy.code), diag::SecretMisused, "output `" + name + "`");
      } else {
        program_.outputs.push_back({name, module.path, std::move(value), at(lazy.code)});
      }
    }
  }
  if (!exhausted_) {
    runAsserts();
    for (const Declaration& declaration : declarations_) {
      if (declaration.kind == "check") runCheck(declaration);
    }
    warnUnused();
  }
  program_.incomplete = exhausted_;
  return std::move(program_);
}

void Evaluator::runAsserts() {
  for (ModuleInstance& module : modules_) {
    for (const Code& assertion : module.asserts) {
      const Code condition_code{assertion.tree, assertion.tree->child(assertion.node, 0),
                                assertion.scope};
      const Value holds = eval(condition_code);
      if (holds.isPoison()) continue;
      if (!holds.is(ValueKind::Bool)) {
        sink_.report(holds.at(), diag::TypeMismatch, std::string("true or false"),
                     std::string(kindName(holds.kind())));
        continue;
      }
      if (holds.asBool()) continue;
      const Value message =
          eval({assertion.tree, assertion.tree->child(assertion.node, 1), assertion.scope});
      if (message.isPoison()) continue;
      auto report = sink_.report(at(condition_code), diag::AssertionFailed,
                                 plainText(message).value_or(message.str()));
      report.mark("this is false");
      noteOperands(report, condition_code);
    }
  }
}

void Evaluator::noteOperands(diag::Report& report, const Code& condition) {
  const syntax::Tree& tree = *condition.tree;
  const auto op = static_cast<syntax::Operator>(tree[condition.node].op);
  const bool logical = op == syntax::Operator::And || op == syntax::Operator::Or;
  if (tree[condition.node].kind != NodeKind::Binary || logical) return;
  const Type* enumeration = enumerationOf({&tree, tree.child(condition.node, 0), condition.scope});
  for (unsigned side = 0; side < 2; ++side) {
    const Code operand{&tree, tree.child(condition.node, side), condition.scope};
    const NodeKind kind = tree[operand.node].kind;
    const bool plain = kind == NodeKind::Literal ||
                       (kind == NodeKind::Name && enumeration != nullptr && side == 1);
    if (plain) continue;
    const Value value = eval(operand);
    if (!value.isPoison()) report.note(at(operand), "this is " + value.str(80));
  }
}

void Evaluator::runCheck(const Declaration& declaration) {
  std::deque<BodyItem> items;
  expandItems(items, *declaration.tree, declaration.tree->child(declaration.node, 2),
              declaration.scope);
  std::map<std::string, Code> parts;
  for (const BodyItem& item : items) {
    const NodeId name_node = item.tree->child(item.node, 0);
    const std::string name =
        (*item.tree)[item.node].kind == NodeKind::Attribute ? item.tree->name(name_node) : "";
    if (name != "when" && name != "message" && name != "severity") {
      sink_
          .report(at(*item.tree, name_node, item.scope), diag::UnknownAttribute,
                  std::string("check"), std::string(item.tree->text(name_node).substr(0, 40)))
          .fact("it has: when message severity");
      continue;
    }
    parts[name] = {item.tree, item.tree->child(item.node, 1), item.scope};
  }
  for (const char* needed : {"when", "message"}) {
    if (!parts.contains(needed)) {
      sink_.report(declaration.at, diag::MissingAttribute, "check `" + declaration.label + "`",
                   std::string(needed));
      return;
    }
  }
  static const schema::TypePtr kSeverity = schema::parseType("enum(error, warning)");
  const Value severity = parts.contains("severity")
                             ? evalAs(parts["severity"], *kSeverity, "`severity`")
                             : Value::ofEnum("warning");
  const Value when = eval(parts["when"]);
  if (when.isPoison() || severity.isPoison()) return;
  if (!when.is(ValueKind::Bool)) {
    sink_.report(when.at(), diag::TypeMismatch, std::string("true or false"),
                 std::string(kindName(when.kind())));
    return;
  }
  if (!when.asBool()) return;
  const Value message = eval(parts["message"]);
  if (message.isPoison()) return;
  const std::string text = plainText(message).value_or(message.str());
  auto report = severity.asText() == "error"
                    ? sink_.report(at(parts["when"]), diag::CheckFailed, declaration.label, text)
                    : sink_.report(at(parts["when"]), diag::WarningCheck, declaration.label, text);
  noteOperands(report, parts["when"]);
}

void Evaluator::warnUnused() {
  if (!sink_.ok()) return;  // what is not used may be used by what could not be read
  for (const ModuleInstance& module : modules_) {
    if (module.library || module.lost_items) continue;
    std::optional<std::set<std::string>> mentioned;
    for (const auto& [name, where] : module.names) {
      const bool value = module.lets.contains(name) || module.params.contains(name) ||
                         module.aliases.contains(name);
      if (!value || module.used.contains(name)) continue;
      if (!mentioned) {
        mentioned.emplace();
        for (const syntax::Tree* tree : module.trees)
          collectMentions(*tree, tree->root(), *mentioned);
      }
      if (!mentioned->contains(name))
        sink_.report(where, diag::UnusedName, name).help("remove it, or use it");
    }
  }
}

std::vector<TestCase> Evaluator::tests() {
  std::vector<TestCase> out;
  for (const Declaration& declaration : declarations_) {
    if (declaration.kind != "test" || !declaration.module->entry) continue;
    TestCase test;
    test.name = declaration.label;
    test.at = declaration.at;
    test.tree = declaration.tree;
    const syntax::Tree& tree = *declaration.tree;
    for (NodeId item : tree.children(tree.child(declaration.node, 2))) {
      if (tree[item].kind == NodeKind::Block && tree.name(tree.child(item, 0)) == "params") {
        for (NodeId parameter : tree.children(tree.child(item, 1))) {
          if (tree[parameter].kind != NodeKind::Attribute) continue;
          test.parameters.push_back({tree.name(tree.child(parameter, 0)),
                                     std::string(tree.text(tree.child(parameter, 1))),
                                     "test `" + test.name + "`"});
        }
        continue;
      }
      if (tree[item].kind == NodeKind::Attribute && tree.name(tree.child(item, 0)) == "env") {
        const Value name =
            eval({&tree, tree.child(item, 1), declaration.scope}, schema::parseType("name").get());
        if (name.is(ValueKind::Enum) || name.is(ValueKind::String))
          test.environment = name.asText();
        continue;
      }
      if (tree[item].kind != NodeKind::Expect) {
        sink_.report(at(tree, item, declaration.scope), diag::WrongForm, std::string("test"),
                     std::string("made of `params { }`, `env = ...` and `expect`"),
                     std::string("a place for this"));
        continue;
      }
      const NodeId condition_node = tree.child(item, 0);
      const bool error_call = tree[condition_node].kind == NodeKind::Call &&
                              tree.text(tree.child(condition_node, 0)) == "error";
      if (!error_call) {
        test.expectations.push_back(condition_node);
        continue;
      }
      const NodeId code_node = tree.child(tree.child(condition_node, 1), 0);
      const std::uint16_t code =
          code_node.valid() ? diag::parseCode(tree.text(code_node)) : std::uint16_t{0};
      if (code == 0) {
        sink_.report(at(tree, condition_node, declaration.scope), diag::WrongArguments,
                     std::string("error"), std::string("the code of a finding"),
                     "`" + std::string(tree.text(tree.child(condition_node, 1))) + "`");
      } else {
        test.expected_errors.push_back(code);
      }
    }
    out.push_back(std::move(test));
  }
  std::sort(out.begin(), out.end(),
            [](const TestCase& a, const TestCase& b) { return a.at.range < b.at.range; });
  return out;
}

Value Evaluator::evaluateTest(const syntax::Tree& tree, NodeId node, ModelQueries& queries) {
  queries_ = &queries;
  Value value = eval({&tree, node, &entry_->scope});
  queries_ = nullptr;
  return value;
}

Evaluation::Evaluation(std::vector<const syntax::Tree*> entry, const schema::Table& table,
                       source::SourceMap& sources, Files& files, const Options& options,
                       diag::Sink& sink)
    : evaluator_(std::make_unique<Evaluator>(table, sources, files, options, sink)),
      entry_(std::move(entry)) {}

Evaluation::~Evaluation() = default;

Program Evaluation::run() {
  return evaluator_->run(entry_);
}

std::vector<TestCase> Evaluation::tests() {
  return evaluator_->tests();
}

Value Evaluation::evaluate(const syntax::Tree& tree, syntax::NodeId expression,
                           ModelQueries& queries) {
  return evaluator_->evaluateTest(tree, expression, queries);
}

std::map<std::string, Value> libraryValues(const syntax::Tree& tree, const schema::Table& table,
                                           source::SourceMap& sources, Files& files,
                                           diag::Sink& sink) {
  const Options options;
  Evaluator evaluator(table, sources, files, options, sink);
  return evaluator.valuesOf(*evaluator.makeModule("std", nullptr, {&tree}, Location{}, {}, true));
}

}  // namespace gpuspec::eval
