#include "compiler/schema/table.h"

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>

namespace gpuspec::schema {

namespace {

constexpr Row kind(const char* path, const char* doc, const char* target = "") {
  return {.path = path,
          .form = Form::Declaration,
          .type = "",
          .fallback = "",
          .doc = doc,
          .target = target};
}
constexpr Row block(const char* path, const char* doc, const char* target = "") {
  return {
      .path = path, .form = Form::Block, .type = "", .fallback = "", .doc = doc, .target = target};
}
constexpr Row labelledBlock(const char* path, const char* doc, const char* target) {
  return {.path = path,
          .form = Form::LabelledBlock,
          .type = "",
          .fallback = "",
          .doc = doc,
          .target = target};
}
constexpr Row attribute(const char* path, const char* type, const char* fallback, const char* doc,
                        const char* target = "") {
  return {.path = path,
          .form = Form::Attribute,
          .type = type,
          .fallback = fallback,
          .doc = doc,
          .target = target};
}
constexpr Row labelled(const char* path, const char* type, const char* doc, const char* target) {
  return {.path = path,
          .form = Form::Labelled,
          .type = type,
          .fallback = "",
          .doc = doc,
          .target = target};
}
constexpr Row call(const char* path, const char* args, const char* type, const char* doc,
                   const char* target) {
  Row row{
      .path = path, .form = Form::Call, .type = type, .fallback = "", .doc = doc, .target = target};
  row.args = args;
  return row;
}
constexpr Row freeMap(const char* path, const char* type, const char* doc, const char* target) {
  return {.path = path,
          .form = Form::FreeMap,
          .type = type,
          .fallback = "",
          .doc = doc,
          .target = target};
}
constexpr Row phrase(const char* path, const char* doc, const char* target) {
  return {
      .path = path, .form = Form::Phrase, .type = "", .fallback = "", .doc = doc, .target = target};
}
constexpr Row required(Row row) {
  row.required = true;
  return row;
}
constexpr Row later(Row row) {
  row.status = Status::Later;
  return row;
}
constexpr Row unlabelled(Row row) {
  row.label = false;
  return row;
}

// In the order that the reference shows; blank lines keep the formatter from sorting them.
constexpr Row kRows[] = {
#include "compiler/schema/rows/cluster.def"

#include "compiler/schema/rows/pool.def"

#include "compiler/schema/rows/accelerator.def"

#include "compiler/schema/rows/team.def"

#include "compiler/schema/rows/workload.def"

#include "compiler/schema/rows/misc.def"
};
constexpr std::size_t kRowCount = std::size(kRows);

using Index = std::array<std::uint16_t, kRowCount>;

constexpr Index sortedByPath() {
  Index index{};
  for (std::size_t i = 0; i < kRowCount; ++i) index[i] = static_cast<std::uint16_t>(i);
  std::sort(index.begin(), index.end(), [](std::uint16_t a, std::uint16_t b) {
    return std::string_view(kRows[a].path) < std::string_view(kRows[b].path);
  });
  return index;
}

constexpr Index kByPath = sortedByPath();

constexpr bool pathsAreUnique() {
  for (std::size_t i = 1; i < kRowCount; ++i) {
    if (std::string_view(kRows[kByPath[i - 1]].path) == kRows[kByPath[i]].path) return false;
  }
  return true;
}
static_assert(pathsAreUnique(), "a path stands twice in the schema table");

const Row* findCore(std::string_view path) {
  const auto found =
      std::lower_bound(kByPath.begin(), kByPath.end(), path,
                       [](std::uint16_t i, std::string_view text) { return kRows[i].path < text; });
  if (found == kByPath.end() || path != kRows[*found].path) return nullptr;
  return &kRows[*found];
}

std::string_view parentOf(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

struct FormName {
  std::string_view name;
  Form form;
};
constexpr FormName kPluginForms[] = {
    {"block", Form::Block},         {"labelled_block", Form::LabelledBlock},
    {"attribute", Form::Attribute}, {"labelled", Form::Labelled},
    {"call", Form::Call},           {"free_map", Form::FreeMap},
};

const Form* pluginForm(std::string_view name) {
  for (const FormName& entry : kPluginForms) {
    if (entry.name == name) return &entry.form;
  }
  return nullptr;
}

bool isName(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool hasBody(Form form) {
  return form == Form::Block || form == Form::LabelledBlock;
}
bool hasType(Form form) {
  return !hasBody(form);
}

// The types of `ref(pool), profile`: split at the commas outside parentheses.
std::vector<std::string_view> splitArgs(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] != ',' || depth != 0) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  if (begin < text.size()) parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

struct Table::Storage {
  struct RowTypes {
    TypePtr value;
    std::vector<TypePtr> args;
    bool args_read = false;
  };

  std::deque<std::string> texts;  // of plugin rows: addresses stay
  std::deque<Row> plugin_rows;
  std::unordered_map<const Row*, RowTypes> types;
  std::unordered_map<std::string_view, std::vector<const Row*>>
      children;  // empty until first asked for

  const char* keep(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }
  const Row* findPlugin(std::string_view path) const {
    for (const Row& row : plugin_rows) {
      if (path == row.path) return &row;
    }
    return nullptr;
  }
  void readChildren() {
    for (const Row& row : kRows) children[parentOf(row.path)].push_back(&row);
    for (const Row& row : plugin_rows) children[parentOf(row.path)].push_back(&row);
  }
};

Table::Table() : storage_(std::make_shared<Storage>()) {}

namespace {

// A vendor's rows make blocks of pools; nothing else of theirs would reach an output.
std::string parentFault(const Row* parent, std::string_view parent_path, Form form,
                        const std::string& vendor) {
  if (!parent) return "there is no `" + std::string(parent_path) + "`";
  const bool in_pool = parent_path == "pool";
  if (in_pool && !hasBody(form)) return "directly in `pool` a plugin may add blocks only";
  if (!in_pool && (vendor != parent->vendor || !hasBody(parent->form))) {
    return "`" + std::string(parent_path) + "` is no block of this plugin";
  }
  return "";
}

}  // namespace

bool Table::extend(const std::string& vendor, const std::vector<PluginRow>& rows,
                   std::string& error) {
  const std::size_t rows_before = storage_->plugin_rows.size();
  const auto refuse = [&](const PluginRow& row, const std::string& reason) {
    error = "schema row `" + row.path + "`: " + reason;
    while (storage_->plugin_rows.size() > rows_before) storage_->plugin_rows.pop_back();
    return false;
  };
  const char* owner = storage_->keep(vendor);
  for (const PluginRow& added : rows) {
    const Form* form = pluginForm(added.form);
    if (!form) return refuse(added, "`" + added.form + "` is no form");
    if (find(added.path)) return refuse(added, "exists already");
    const std::string_view parent_path = parentOf(added.path);
    if (!isName(std::string_view(added.path)
                    .substr(parent_path.empty() ? 0 : parent_path.size() + 1))) {
      return refuse(added, "the name has other characters than a-z, 0-9 and `_`");
    }
    const std::string fault = parentFault(find(parent_path), parent_path, *form, vendor);
    if (!fault.empty()) return refuse(added, fault);
    if (added.doc.empty()) return refuse(added, "has no `doc`");
    std::string reason;
    if (hasType(*form) && !parseType(added.type, reason)) return refuse(added, "type: " + reason);
    for (std::string_view arg : splitArgs(added.args)) {
      if (!parseType(arg, reason)) return refuse(added, "args: " + reason);
    }
    Row row{.path = storage_->keep(added.path),
            .form = *form,
            .type = storage_->keep(added.type),
            .fallback = storage_->keep(added.fallback),
            .doc = storage_->keep(added.doc),
            .target = storage_->keep(added.target)};
    row.args = storage_->keep(added.args);
    if (!added.since.empty()) row.since = storage_->keep(added.since);
    row.vendor = owner;
    storage_->plugin_rows.push_back(row);
  }
  storage_->children.clear();
  return true;
}

const Row* Table::find(std::string_view path) const {
  if (const Row* row = findCore(path)) return row;
  return storage_->findPlugin(path);
}

std::vector<const Row*> Table::children(std::string_view path) const {
  if (storage_->children.empty()) storage_->readChildren();
  const auto found = storage_->children.find(path);
  return found == storage_->children.end() ? std::vector<const Row*>() : found->second;
}

std::vector<const Row*> Table::all() const {
  std::vector<const Row*> rows;
  rows.reserve(kRowCount + storage_->plugin_rows.size());
  for (const Row& row : kRows) rows.push_back(&row);
  for (const Row& row : storage_->plugin_rows) rows.push_back(&row);
  return rows;
}

bool Table::isKind(std::string_view name) const {
  const Row* row = findCore(name);
  return row && row->form == Form::Declaration;
}

TypePtr Table::typeOf(const Row& row) const {
  Storage::RowTypes& types = storage_->types[&row];
  if (!types.value) types.value = parseType(*row.type ? row.type : "any");
  return types.value;
}

const std::vector<TypePtr>& Table::argsOf(const Row& row) const {
  Storage::RowTypes& types = storage_->types[&row];
  if (!types.args_read) {
    for (std::string_view arg : splitArgs(row.args)) types.args.push_back(parseType(arg));
    types.args_read = true;
  }
  return types.args;
}

}  // namespace gpuspec::schema
