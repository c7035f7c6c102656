// Declarations to Blocks: each item of a body is held against its row of the schema table.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/type_text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

using schema::Form;
using schema::Row;

namespace {

const char* formText(Form form) {
  switch (form) {
    case Form::Block:
    case Form::LabelledBlock:
    case Form::FreeMap:
      return "a block";
    case Form::Labelled:
      return "an attribute with a name";
    case Form::Call:
      return "an attribute with arguments";
    case Form::Phrase:
      return "a rule";
    default:
      return "an attribute";
  }
}

// "`vm = \"...\"`", for people.
std::string howToWrite(const Row& row, const std::string& name, const schema::Table& table) {
  switch (row.form) {
    case Form::Block:
    case Form::FreeMap:
      return "`" + name + " { ... }`";
    case Form::LabelledBlock:
      return "`" + name + " label { ... }`";
    case Form::Labelled:
      return "`" + name + " \"label\" = " + exampleText(*table.typeOf(row)) + "`";
    case Form::Call:
      return "`" + name + "(" + row.args + ") = " + exampleText(*table.typeOf(row)) + "`";
    case Form::Phrase:
      return "`" + name + " ...`";
    default:
      return "`" + name + " = " + exampleText(*table.typeOf(row)) + "`";
  }
}

std::string lastSegment(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return std::string(dot == std::string_view::npos ? path : path.substr(dot + 1));
}

}  // namespace

Block Evaluator::buildDeclaration(BlockId id) {
  Declaration& declaration = declarations_[id.index];
  if (declaration.kind == "moved" || declaration.kind == "removed") return buildMoved(declaration);
  Block block;
  block.kind = declaration.kind;
  block.module = declaration.module->path;
  block.label = declaration.label;
  block.at = declaration.at;
  block.kind_at =
      at(*declaration.tree, declaration.tree->child(declaration.node, 0), declaration.scope);
  block.body_at = at(*declaration.tree, declaration.node, declaration.scope);
  block.doc = declaration.tree->docComment(declaration.node);
  block.broken = ((*declaration.tree)[declaration.node].flags & syntax::kBroken) != 0;
  if (const Row* row = table_.find(declaration.kind);
      row != nullptr && !usable(*row, block.kind_at))
    return block;
  expandBody(declaration);
  block.broken = block.broken || !declaration.complete;
  buildBody(block, declaration.body, declaration.kind);
  return block;
}

void Evaluator::buildBody(Block& block, std::deque<BodyItem>& items, const std::string& path) {
  for (BodyItem& item : items) buildItem(block, item, path);
  if (!block.broken) requireAttributes(block, path);
}

void Evaluator::buildItem(Block& block, BodyItem& item, const std::string& path) {
  switch ((*item.tree)[item.node].kind) {
    case NodeKind::Attribute:
      buildAttribute(block, item, path);
      break;
    case NodeKind::Labelled:
      buildLabelled(block, item, path);
      break;
    case NodeKind::CallAttribute:
      buildCall(block, item, path);
      break;
    case NodeKind::Block:
      buildNested(block, item, path);
      break;
    case NodeKind::Allow:
    case NodeKind::ScaleOn:
      buildPhrase(block, item, path);
      break;
    default: {
      const Location here = at(*item.tree, item.node, item.scope);
      const std::string word(
          item.tree->text(item.node).substr(0, item.tree->text(item.node).find_first_of(" \t\n")));
      const Location word_at{{here.range.file_id, here.range.begin,
                              here.range.begin + static_cast<std::uint32_t>(word.size())},
                             here.trace_id};
      if ((*item.tree)[item.node].kind == NodeKind::Expect) {
        sink_.report(word_at, diag::WrongForm, word, std::string("a line of a `test`"),
                     "one of a " + block.kind);
      } else {
        sink_.report(word_at, diag::TopLevelOnly, word);
      }
    }
  }
}

void Evaluator::reportUnknownAttribute(const Block& block, const std::string& path,
                                       const std::string& name, const Location& where,
                                       const char* noun) {
  std::vector<std::string> candidates;
  for (const Row* row : table_.children(path)) candidates.push_back(lastSegment(row->path));
  auto report = sink_.report(where, diag::UnknownAttribute, block.kind, name);
  const std::vector<std::string> near = diag::nearest(name, candidates);
  if (!near.empty()) {
    report.fix("did you mean `" + near[0] + "`?", {{where.range, near[0]}});
  } else if (!candidates.empty() && candidates.size() <= 16) {
    std::string list;
    for (const std::string& candidate : candidates) list += (list.empty() ? "" : " ") + candidate;
    report.fact("it has: " + list);
  } else {
    report.help("`gpuspec schema " + path + "` lists what it has");
  }
  for (const Row* row : table_.all()) {
    const std::string_view other(row->path);
    const bool same_root =
        other.substr(0, other.find('.')) == std::string_view(path).substr(0, path.find('.'));
    if (lastSegment(other) != name || !same_root || other.size() <= name.size() + 1) continue;
    report.help("there is " + diag::withArticle(noun) + " `" + name + "` in `" +
                std::string(other.substr(0, other.size() - name.size() - 1)) + "`");
    break;
  }
}

const Row* Evaluator::rowFor(const Block& block, const BodyItem& item, const std::string& path,
                             const std::string& name) {
  const Row* row = table_.find(path + "." + name);
  if (row != nullptr) return row;
  const NodeId name_node = item.tree->child(item.node, 0);
  reportUnknownAttribute(block, path, name, at(*item.tree, name_node, item.scope),
                         (*item.tree)[item.node].kind == NodeKind::Block ? "block" : "attribute");
  return nullptr;
}

bool Evaluator::formFits(const Row& row, Form form, const Location& where,
                         const std::string& name) {
  if (row.form == form) return true;
  sink_
      .report(where, diag::WrongForm, name, std::string(formText(row.form)),
              std::string(formText(form)))
      .help("write " + howToWrite(row, name, table_));
  return false;
}

bool Evaluator::usable(const Row& row, const Location& where) {
  if (row.status == schema::Status::Compiled) return true;
  sink_.report(where, diag::NotCompiledYet, std::string(row.path))
      .fact(std::string("it is to become: ") + (row.target[0] != '\0' ? row.target : row.doc))
      .help("remove it for now; gpuspec leaves nothing out in silence");
  return false;
}

void Evaluator::buildAttribute(Block& block, BodyItem& item, const std::string& path) {
  const NodeId name_node = item.tree->child(item.node, 0);
  const std::string name = item.tree->name(name_node);
  const Location name_at = at(*item.tree, name_node, item.scope);
  const Row* row = rowFor(block, item, path, name);
  if (row == nullptr) return;
  if (row->form == Form::FreeMap)
    return buildFreeMap(block, {item.tree, item.tree->child(item.node, 1), item.scope}, *row,
                        name_at);
  if (!formFits(*row, Form::Attribute, name_at, name) || !usable(*row, name_at)) return;
  if (const Attribute* first = block.find(name)) {
    sink_.report(name_at, diag::DuplicateAttribute, name).note(first->name_at, "first given here");
    return;
  }
  const bool declared = path.find('.') == std::string::npos;
  Value value = itemValue(item, path + "." + name, declared ? block.label : std::string());
  if (!value.isNull()) block.attributes.push_back({name, "", {}, std::move(value), name_at});
}

// `labels = merge(common, { ... })`: a map in place of a block with free names.
void Evaluator::buildFreeMap(Block& block, const Code& code, const Row& row,
                             const Location& name_at) {
  const std::string name = lastSegment(row.path);
  if (!usable(row, name_at)) return;
  if (const Block* first = block.child(name)) {
    sink_.report(name_at, diag::DuplicateAttribute, name).note(first->kind_at, "first given here");
    return;
  }
  Type map_type;
  map_type.kind = schema::TypeKind::Map;
  map_type.elements.push_back(table_.typeOf(row));
  const Value value = evalAs(code, map_type, "`" + name + "`");
  if (value.isNull()) return;
  Block& inner = block.blocks.emplace_back();
  inner.kind = name;
  inner.module = block.module;
  inner.at = inner.kind_at = name_at;
  inner.body_at = at(code);
  if (value.isPoison()) {
    inner.broken = true;
    return;
  }
  for (const auto& [key, entry] : value.asMap())
    inner.attributes.push_back({key, "", {}, entry, entry.at()});
}

void Evaluator::buildFreeAttribute(Block& block, BodyItem& item, const Row& row) {
  const NodeKind kind = (*item.tree)[item.node].kind;
  const NodeId name_node = item.tree->child(item.node, 0);
  const Location name_at = at(*item.tree, name_node, item.scope);
  const std::string name =
      kind == NodeKind::Attribute || kind == NodeKind::Block ? item.tree->name(name_node) : "";
  const schema::TypePtr type = table_.typeOf(row);
  if (name.empty() || (kind == NodeKind::Block && !type->accepts(schema::TypeKind::Any))) {
    sink_
        .report(at(*item.tree, item.node, item.scope), diag::WrongForm, block.kind,
                std::string("a block of names and values"), std::string("a place for this"))
        .help("write `name = value`");
    return;
  }
  if (const Attribute* first = block.find(name)) {
    sink_.report(name_at, diag::DuplicateAttribute, name).note(first->name_at, "first given here");
    return;
  }
  Value value = kind == NodeKind::Block
                    ? freeBlockAsMap(item)
                    : evalAs({item.tree, item.tree->child(item.node, 1), item.scope}, *type,
                             "`" + name + "`");
  if (!value.isNull()) block.attributes.push_back({name, "", {}, std::move(value), name_at});
}

// `values { gfd { enabled = true } }` is `gfd = { enabled = true }`.
Value Evaluator::freeBlockAsMap(BodyItem& item) {
  std::deque<BodyItem> inner;
  const bool labelled = ((*item.tree)[item.node].flags & syntax::kHasLabel) != 0;
  const Location where = at(*item.tree, item.node, item.scope);
  if (labelled) {
    sink_.report(at(*item.tree, item.tree->child(item.node, 1), item.scope), diag::LabelNotAllowed,
                 item.tree->name(item.tree->child(item.node, 0)));
    return Value::poison();
  }
  expandItems(inner, *item.tree, item.tree->child(item.node, 1), item.scope);
  Map out;
  for (BodyItem& entry : inner) {
    const NodeKind kind = (*entry.tree)[entry.node].kind;
    if (kind != NodeKind::Attribute && kind != NodeKind::Block) {
      sink_.report(at(*entry.tree, entry.node, entry.scope), diag::WrongForm,
                   std::string("this block"), std::string("a block of names and values"),
                   std::string("a place for this"));
      return Value::poison();
    }
    const NodeId name_node = entry.tree->child(entry.node, 0);
    std::string name = entry.tree->name(name_node);
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.first == name; });
    if (twice) {
      sink_.report(at(*entry.tree, name_node, entry.scope), diag::DuplicateAttribute, name);
      return Value::poison();
    }
    Value value = kind == NodeKind::Block
                      ? freeBlockAsMap(entry)
                      : eval({entry.tree, entry.tree->child(entry.node, 1), entry.scope});
    if (value.isPoison()) return value;
    if (!value.isNull()) out.emplace_back(std::move(name), std::move(value));
  }
  return Value::ofMap(std::move(out)).from(where);
}

void Evaluator::buildLabelled(Block& block, BodyItem& item, const std::string& path) {
  const NodeId name_node = item.tree->child(item.node, 0);
  const std::string name = item.tree->name(name_node);
  const Location name_at = at(*item.tree, name_node, item.scope);
  const Row* row = rowFor(block, item, path, name);
  if (row == nullptr || !formFits(*row, Form::Labelled, name_at, name) || !usable(*row, name_at))
    return;
  const std::string label =
      labelText({item.tree, item.tree->child(item.node, 1), item.scope}, name).value_or("");
  Value value = evalAs({item.tree, item.tree->child(item.node, 2), item.scope},
                       *table_.typeOf(*row), "`" + name + "`");
  const Location label_at = at(*item.tree, item.tree->child(item.node, 1), item.scope);
  if (!value.isNull() && !label.empty())
    block.attributes.push_back({name, label, {}, std::move(value), label_at});
}

void Evaluator::buildCall(Block& block, BodyItem& item, const std::string& path) {
  const NodeId name_node = item.tree->child(item.node, 0);
  const std::string name = item.tree->name(name_node);
  const Location name_at = at(*item.tree, name_node, item.scope);
  const Row* row = rowFor(block, item, path, name);
  if (row == nullptr || !formFits(*row, Form::Call, name_at, name) || !usable(*row, name_at))
    return;
  const std::vector<schema::TypePtr>& types = table_.argsOf(*row);
  const NodeId arguments = item.tree->child(item.node, 1);
  Attribute attribute{name, "", {}, Value(), name_at};
  std::size_t count = 0;
  bool poisoned = false;
  for (NodeId argument : item.tree->children(arguments)) {
    const bool plain = (*item.tree)[argument].kind != NodeKind::NamedArgument &&
                       (*item.tree)[argument].kind != NodeKind::Spread;
    if (count < types.size() && plain)
      attribute.args.push_back(
          evalAs({item.tree, argument, item.scope}, *types[count], "`" + name + "`"));
    poisoned = poisoned || !plain || (!attribute.args.empty() && attribute.args.back().isPoison());
    ++count;
  }
  if (count != types.size()) {
    sink_.report(at(*item.tree, arguments, item.scope), diag::WrongArguments, name,
                 std::string(row->args),
                 std::to_string(count) + (count == 1 ? " argument" : " arguments"));
    return;
  }
  attribute.value = evalAs({item.tree, item.tree->child(item.node, 2), item.scope},
                           *table_.typeOf(*row), "`" + name + "`");
  if (!poisoned && !attribute.value.isNull()) block.attributes.push_back(std::move(attribute));
}

void Evaluator::buildNested(Block& block, BodyItem& item, const std::string& path) {
  const NodeId name_node = item.tree->child(item.node, 0);
  const std::string name = item.tree->name(name_node);
  const Location name_at = at(*item.tree, name_node, item.scope);
  const Row* row = rowFor(block, item, path, name);
  if (row == nullptr) return;
  const bool labelled = ((*item.tree)[item.node].flags & syntax::kHasLabel) != 0;
  const bool is_block =
      row->form == Form::Block || row->form == Form::LabelledBlock || row->form == Form::FreeMap;
  if (!is_block) {
    formFits(*row, Form::Block, name_at, name);
    return;
  }
  if (!usable(*row, name_at)) return;
  if (labelled != (row->form == Form::LabelledBlock)) {
    if (labelled) {
      sink_
          .report(at(*item.tree, item.tree->child(item.node, 1), item.scope), diag::LabelNotAllowed,
                  name)
          .help("write `" + name + " { ... }`");
    } else {
      sink_.report(name_at, diag::LabelMissing, name)
          .help("write " + howToWrite(*row, name, table_));
    }
    return;
  }
  Block inner;
  inner.kind = name;
  inner.module = block.module;
  if (labelled)
    inner.label =
        labelText({item.tree, item.tree->child(item.node, 1), item.scope}, name).value_or("");
  inner.kind_at = name_at;
  inner.at = labelled ? at(*item.tree, item.tree->child(item.node, 1), item.scope) : name_at;
  inner.body_at = at(*item.tree, item.node, item.scope);
  inner.broken = block.broken || ((*item.tree)[item.node].flags & syntax::kBroken) != 0;
  for (const Block& other : block.blocks) {
    if (other.kind != name || other.label != inner.label) continue;
    sink_.report(inner.at, diag::DuplicateAttribute, labelled ? inner.label : name)
        .note(other.at, "first given here");
    return;
  }
  std::deque<BodyItem> items;
  const bool complete =
      expandItems(items, *item.tree, item.tree->child(item.node, labelled ? 2 : 1), item.scope);
  inner.broken = inner.broken || !complete;
  if (row->form == Form::FreeMap) {
    for (BodyItem& entry : items) buildFreeAttribute(inner, entry, *row);
  } else {
    buildBody(inner, items, path + "." + name);
  }
  block.blocks.push_back(std::move(inner));
}

void Evaluator::requireAttributes(const Block& block, const std::string& path) {
  for (const Row* row : table_.children(path)) {
    if (!row->required) continue;
    const std::string name = lastSegment(row->path);
    if (block.find(name) != nullptr || block.child(name) != nullptr) continue;
    const std::string what =
        block.label.empty() ? block.kind : block.kind + " `" + block.label + "`";
    sink_.report(block.at, diag::MissingAttribute, what, name)
        .help("add " + howToWrite(*row, name, table_))
        .fact(std::string(row->doc));
  }
}

}  // namespace gpuspec::eval
