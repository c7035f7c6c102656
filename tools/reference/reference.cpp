#include "tools/reference/reference.h"

#include <algorithm>

#include "compiler/eval/builtins.h"
#include "lang/diag/catalogue.h"
#include "tools/reference/blocks.h"

namespace gpuspec::reference {

namespace {

using schema::Form;
using schema::Row;

constexpr const char* kMadeBy =
    "<!-- Made by gpuspec-reference; scripts/update-goldens writes it anew. -->\n\n";

struct Family {
  std::uint16_t first, last;
  const char* title;
};

constexpr Family kFamilies[] = {
    {1000, 1999, "Syntax"},
    {2000, 2199, "Names, types, units"},
    {2200, 2999, "Blocks that do not fit together"},
    {3000, 3199, "Capacity and quotas"},
    {3200, 3999, "GPUs: what vendors' plugins find"},
    {4000, 4999, "What Azure, Kubernetes and Helm accept"},
    {5000, 5999, "Plugins"},
    {6000, 6049, "The output folder"},
    {6050, 6999, "Plan and apply"},
    {7000, 7999, "Isolation of teams"},
    {8000, 8999, "Facts with dates, and allowances"},
};

std::string row(std::initializer_list<std::string> cells) {
  std::string out = "|";
  for (const std::string& text : cells) out += " " + cell(text) + " |";
  return out + "\n";
}

// "AssertionFailed": "assertion failed".
std::string words(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += ' ';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

// The message with its places left open; one that is hardly more than places says what it is about.
std::string outlineOf(const diag::CodeInfo& info) {
  const std::string text = diag::format(info.format, std::vector<std::string>(10, "…"));
  const auto letters =
      std::count_if(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return letters < 8 ? words(info.name) + ": " + text : text;
}

std::string diagnosticsPage() {
  std::string out = std::string(kMadeBy) +
                    "# Findings\n\nEach code has a page with examples, which `gpuspec explain "
                    "CODE` prints, too. A *lint* can be allowed in one place (`@allow`) and its "
                    "level changed by a `policy`; the others mean that the output would be "
                    "wrong.\n\n";
  for (const Family& family : kFamilies) {
    out += "## " + std::string(family.title) +
           "\n\n| code | level | | finding |\n"
           "| --- | --- | --- | --- |\n";
    for (const diag::CodeInfo* info : diag::allCodes()) {
      if (info->code < family.first || info->code > family.last) continue;
      const std::string name = diag::codeName(info->code);
      out += row({"[" + name + "](../diagnostics/" + name + ".md)",
                  std::string(diag::levelName(info->level)),
                  info->kind == diag::Kind::Lint ? "lint" : "", outlineOf(*info)});
    }
    out += "\n";
  }
  out.pop_back();
  return out;
}

std::string functionsPage() {
  std::string out = std::string(kMadeBy) +
                    "# Functions\n\nAll are pure: the same arguments give the same value. "
                    "`docs/language.md` says how calls are written.\n\n| function | gives |\n"
                    "| --- | --- |\n";
  for (const auto& function : eval::Builtins::documentation())
    out += row({"`" + std::string(function.usage) + "`", std::string(function.doc)});
  return out;
}

std::string indexPage(const schema::Table& table) {
  std::string out =
      std::string(kMadeBy) +
      "# Reference\n\nWhat each block takes, from the tables that the compiler itself reads; "
      "`gpuspec "
      "schema` prints the same in a terminal, with the blocks of the plugins that are loaded "
      "there. Types are explained in [the language](../language.md); `arm:` before what "
      "an attribute becomes is a property of its ARM resource.\n\n| block | |\n| --- | --- |\n";
  for (const Row* kind : table.all()) {
    if (kind->form == Form::Declaration)
      out += row({"[`" + std::string(kind->path) + "`](" + kind->path + ".md)", kind->doc});
  }
  return out +
         "\n* [Functions](functions.md)\n* [Findings](diagnostics.md)\n\n`project`, `param`, "
         "`let`, "
         "`output`, `module`, `import`, `for`, `if`, `assert`, `check`, `test`, `env`, `moved` and "
         "`removed` belong to the language itself: [docs/language.md](../language.md).\n";
}

}  // namespace

std::map<std::string, std::string> pages(const schema::Table& table) {
  std::map<std::string, std::string> out = {{"README.md", indexPage(table)},
                                            {"functions.md", functionsPage()},
                                            {"diagnostics.md", diagnosticsPage()}};
  for (const Row* kind : table.all()) {
    if (kind->form == Form::Declaration)
      out[std::string(kind->path) + ".md"] = kindPage(table, *kind);
  }
  return out;
}

}  // namespace gpuspec::reference
