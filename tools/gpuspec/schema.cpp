// gpuspec schema [PATH]: block kinds and attributes, from the schema table.

#include <algorithm>

#include "compiler/ir/json.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
using schema::Form;
using schema::Row;

constexpr const char* kHelp =
    "Lists block kinds and attributes with type, default and what they become, plugins' blocks "
    "included.\n\n"
    "Examples:\n"
    "  gpuspec schema\n"
    "  gpuspec schema pool\n"
    "  gpuspec schema cluster.network\n"
    "  gpuspec schema --format json > schema.json\n";

const char* formName(Form form) {
  switch (form) {
    case Form::Declaration:
      return "declaration";
    case Form::Block:
      return "block";
    case Form::LabelledBlock:
      return "labelled block";
    case Form::Attribute:
      return "attribute";
    case Form::Labelled:
      return "labelled attribute";
    case Form::Call:
      return "attribute with arguments";
    case Form::FreeMap:
      return "block with free names";
    case Form::Phrase:
      return "phrase";
  }
  return "";
}

ir::Tree rowTree(const Row& row) {
  ir::Tree tree = ir::Tree::map();
  tree.set("path", row.path).set("form", formName(row.form));
  if (row.type[0] != '\0') tree.set("type", row.type);
  if (row.args[0] != '\0') tree.set("arguments", row.args);
  if (row.fallback[0] != '\0') tree.set("default", row.fallback);
  if (row.required) tree.set("required", true);
  tree.set("doc", row.doc);
  if (row.target[0] != '\0') tree.set("target", row.target);
  tree.set("since", row.since).set("compiled", row.status == schema::Status::Compiled);
  if (row.vendor[0] != '\0') tree.set("plugin", row.vendor);
  return tree;
}

class SchemaCommand final : public Command {
 public:
  explicit SchemaCommand(bool help_wanted)
      : Command("schema", "List block kinds and attributes", kHelp, help_wanted),
        path_(cl::Positional, cl::desc("[kind or path]"), cl::sub(sub()), cl::cat(category())),
        format_("format", cl::desc("human or json"), cl::value_desc("format"), cl::init("human"),
                cl::sub(sub()), cl::cat(category())),
        plugins_(*this) {}

  int run(Terminal& terminal) override {
    if (format_ != "human" && format_ != "json") {
      terminal.complain("there is no format `" + format_ + "` here; it has: human, json");
      return kUsage;
    }
    const LoadedVendors vendors = plugins_.load({}, terminal);
    if (!vendors) return vendors.exitCode();
    llvm::Expected<schema::Table> table = driver::schemaTable(*vendors);
    if (!table) {
      terminal.complain(llvm::toString(table.takeError()));
      return kWorldSaysNo;
    }
    const std::vector<const Row*> rows = selected(*table);
    if (rows.empty()) return unknownPath(*table, terminal);
    if (format_ == "json") {
      ir::Tree list = ir::Tree::list();
      for (const Row* row : rows) list.push(rowTree(*row));
      terminal.out(
          ir::toJson(
              ir::Tree::map().set("schema", "gpuspec.schema/1").set("rows", std::move(list))) +
          "\n");
    } else {
      for (const Row* row : rows) printRow(*row, terminal);
    }
    return kDone;
  }

 private:
  std::vector<const Row*> selected(const schema::Table& table) const {
    std::vector<const Row*> rows;
    const std::string below = path_ + ".";
    for (const Row* row : table.all()) {
      const std::string_view path(row->path);
      const bool overview = path_.empty() && format_ == "human";
      if (overview ? row->form == Form::Declaration
                   : path_.empty() || path == path_.getValue() || path.starts_with(below))
        rows.push_back(row);
    }
    return rows;
  }

  int unknownPath(const schema::Table& table, Terminal& terminal) const {
    std::vector<std::string> paths;
    for (const Row* row : table.all()) paths.emplace_back(row->path);
    const std::vector<std::string> near = diag::nearest(path_, paths);
    terminal.complain("there is no `" + path_ + "`" +
                      (near.empty() ? "; `gpuspec schema` lists the kinds"
                                    : "; did you mean `" + near[0] + "`?"));
    return kUsage;
  }

  static void printRow(const Row& row, Terminal& terminal) {
    const std::string_view path(row.path);
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
    std::string head = std::string(depth * 2, ' ') +
                       std::string(path.substr(
                           path.rfind('.') == std::string_view::npos ? 0 : path.rfind('.') + 1));
    if (row.form == Form::Call) head += "(" + std::string(row.args) + ")";
    if (row.form == Form::Labelled) head += " \"...\"";
    if (row.form == Form::LabelledBlock) head += " label { }";
    if (row.form == Form::Block || row.form == Form::FreeMap) head += " { }";
    if (row.form == Form::Declaration) head += row.label ? " name { }" : " { }";
    std::string facts = row.type;
    if (row.required) facts += ", required";
    if (row.fallback[0] != '\0') facts += ", default " + std::string(row.fallback);
    if (row.vendor[0] != '\0') facts += ", plugin " + std::string(row.vendor);
    if (row.status == schema::Status::Later) facts += ", not compiled by this version";
    if (head.size() < 32) head.resize(32, ' ');
    terminal.out(head + "  " + row.doc + "\n");
    if (!facts.empty())
      terminal.out(std::string(34, ' ') + (facts.starts_with(", ") ? facts.substr(2) : facts) +
                   "\n");
  }

  cl::opt<std::string> path_;
  cl::opt<std::string> format_;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> makeSchemaCommand(bool help_wanted) {
  return std::make_unique<SchemaCommand>(help_wanted);
}

}  // namespace gpuspec::cli
