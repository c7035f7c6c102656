#include "tools/reference/blocks.h"

#include <algorithm>

namespace gpuspec::reference {

namespace {

using schema::Form;
using schema::Row;

std::string code(std::string_view text) {
  return text.empty() ? "" : "`" + std::string(text) + "`";
}

bool isBlock(const Row& row) {
  return row.form == Form::Block || row.form == Form::LabelledBlock || row.form == Form::FreeMap ||
         row.form == Form::Declaration;
}

std::string lastPart(const Row& row) {
  const std::string path = row.path;
  return path.substr(path.rfind('.') + 1);
}

// How the row is written: `gpu(ref(pool))`, `user "..."`, `network { }`.
std::string written(const Row& row) {
  const std::string name = lastPart(row);
  switch (row.form) {
    case Form::Declaration:
      return name + (row.label ? " name { }" : " { }");
    case Form::Block:
    case Form::FreeMap:
      return name + " { }";
    case Form::LabelledBlock:
      return name + " name { }";
    case Form::Labelled:
      return name + " \"...\"";
    case Form::Call:
      return name + "(" + row.args + ")";
    case Form::Attribute:
    case Form::Phrase:
      break;
  }
  return name;
}

// A default is a value of the language, or words: "the label".
std::string fallbackOf(const Row& row) {
  if (row.required) return "required";
  const std::string text = row.fallback;
  return text.find(' ') == std::string::npos || text.front() == '"' ? code(text) : text;
}

std::string docOf(const Row& row) {
  std::string text = row.doc;
  if (row.status == schema::Status::Later)
    text += " *Not compiled by this version ([GS2008](../diagnostics/GS2008.md)).*";
  return text;
}

// Which plugin a block or attribute comes with, where it is not its parent's.
std::string originOf(const Row& row, const Row& parent) {
  const bool inherited = std::string_view(row.vendor) == parent.vendor;
  return row.vendor[0] == '\0' || inherited ? "" : " *Plugin " + std::string(row.vendor) + ".*";
}

std::string becomes(const Row& row) {
  return row.target[0] == '\0' ? "" : " Becomes " + code(row.target) + ".";
}

std::string attributeLine(const Row& row, const Row& parent) {
  return "| " + cell(code(written(row))) + " | " + cell(code(row.type)) + " | " +
         cell(fallbackOf(row)) + " | " + cell(docOf(row) + originOf(row, parent)) + " | " +
         cell(code(row.target)) + " |\n";
}

void attributes(const schema::Table& table, const Row& block, std::string& out) {
  std::string lines;
  for (const Row* row : table.children(block.path)) {
    if (!isBlock(*row) && row->form != Form::Phrase) lines += attributeLine(*row, block);
  }
  if (lines.empty()) return;
  out += "| attribute | type | default | | becomes |\n| --- | --- | --- | --- | --- |\n" + lines +
         "\n";
}

void phrases(const schema::Table& table, const Row& block, std::string& out) {
  for (const Row* row : table.children(block.path)) {
    if (row->form == Form::Phrase)
      out += "* Phrase " + code(lastPart(*row)) + ": " + docOf(*row) + "\n\n";
  }
}

std::string head(const Row& row, const Row& parent, std::size_t depth) {
  std::string out = std::string(std::min<std::size_t>(depth, 6), '#') + " `" + written(row) +
                    "`\n\n" + docOf(row) + originOf(row, parent);
  if (row.form == Form::FreeMap)
    out += " Its names are yours; each value is " + code(row.type) + ".";
  return out + becomes(row) + "\n\n";
}

void inner(const schema::Table& table, const Row& block, std::size_t depth, std::string& out) {
  for (const Row* row : table.children(block.path)) {
    if (!isBlock(*row)) continue;
    out += head(*row, block, depth);
    attributes(table, *row, out);
    phrases(table, *row, out);
    inner(table, *row, depth + 1, out);
  }
}

}  // namespace

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string kindPage(const schema::Table& table, const Row& kind) {
  std::string out =
      "<!-- Made by gpuspec-reference; scripts/update-goldens writes it anew. -->\n\n" +
      head(kind, kind, 1);
  attributes(table, kind, out);
  phrases(table, kind, out);
  inner(table, kind, 2, out);
  out.pop_back();
  return out;
}

}  // namespace gpuspec::reference
