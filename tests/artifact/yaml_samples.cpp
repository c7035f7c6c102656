// Writes samples for yaml_readers.py: FOLDER/<name>.yaml, and FOLDER/<name>.json with the values
// that it holds.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "backends/artifact/artifact.h"
#include "compiler/ir/json.h"

namespace {

using gpuspec::ir::Tree;

const std::vector<std::string>& traps() {
  using namespace std::string_literals;
  static const std::vector<std::string> all = {
      "",
      " ",
      "  ",
      "a",
      " a",
      "a ",
      "y",
      "Y",
      "n",
      "N",
      "yes",
      "Yes",
      "YES",
      "yEs",
      "no",
      "No",
      "NO",
      "on",
      "On",
      "ON",
      "off",
      "Off",
      "OFF",
      "true",
      "True",
      "TRUE",
      "false",
      "False",
      "null",
      "Null",
      "NULL",
      "~",
      "=",
      "<<",
      "<",
      ">",
      "0",
      "1",
      "-1",
      "+1",
      "007",
      "0644",
      "0o644",
      "0x1F",
      "0X1f",
      "-0x1f",
      "0b101",
      "0B101",
      "-0b1",
      "1_000",
      "1__0",
      "0_",
      "_1",
      "1e3",
      "1E3",
      "1e+3",
      "1.",
      ".5",
      "-.5",
      "+.5",
      "1.5e3",
      "1.5e+3",
      "1.e+3",
      ".",
      "..",
      "...",
      "... a",
      "---",
      "--- a",
      "---a",
      "-",
      "--",
      "- a",
      "-a",
      "--flag",
      "--flag=x: y",
      "+",
      "++",
      ".inf",
      "-.inf",
      "+.INF",
      ".Inf",
      ".nan",
      ".NaN",
      ".NAN",
      "inf",
      "nan",
      "Infinity",
      "NaN",
      "1:30",
      "190:20:30",
      "190:20:30.15",
      "12:30:45",
      "2024-01-02",
      "2024-1-2",
      "2024-01-02T03:04:05Z",
      "2024-01-02 03:04:05 +1",
      "2024-01-02t03:04:05.678-01:00",
      "1.31",
      "1.31.2",
      "10.0.0.1",
      "10.0.0.0/16",
      "1,000",
      "2001:db8::1",
      "12e",
      "12e03",
      "0x",
      "0b",
      "0o",
      "08",
      "09",
      "0x1p-2",
      "1d",
      "0.",
      "-",
      "1e",
      "8Gi",
      "100m",
      "1g.10gb",
      "75%",
      "2h",
      "a: b",
      "a:b",
      "a:",
      ":",
      ":a",
      ": a",
      "a #b",
      "a#b",
      "#",
      "#a",
      " #",
      "a\t#b",
      "?",
      "? a",
      "?a",
      "!",
      "!a",
      "!!str a",
      "&a",
      "*a",
      "*",
      "&",
      "|",
      "|-",
      ">-",
      "%",
      "%YAML 1.2",
      "@a",
      "`a`",
      "{",
      "}",
      "[",
      "]",
      "{}",
      "[]",
      "{a: b}",
      "[a, b]",
      ",",
      "a, b",
      "a]",
      "a}",
      "\"",
      "\"a\"",
      "'",
      "'a'",
      "it's",
      "say \"hi\"",
      "it's \"so\"",
      "a\\b",
      "C:\\x",
      "\\n",
      "'\\",
      "\t",
      "a\tb",
      "\ta",
      "a\t",
      "\n",
      "\n\n",
      "\n\n\n",
      "a\n",
      "a\nb",
      "a\nb\n",
      "a\n\n",
      "a\n\nb",
      "a\n\n\nb\n\n\n",
      "\na",
      "\n\na\n",
      " a\nb",
      "  a\n b\n",
      "\n  a\nb",
      "a\n b\n",
      "a\n  ",
      "a\n  \nb",
      "a \nb",
      "a\n\tb",
      "\ta\nb",
      "a\t\nb",
      "a\n \tb",
      "a\tb\nc",
      "#a\n#b",
      "# a\nb\n",
      "---\na",
      "a\n---\nb",
      "a\n...\n",
      "- a\n- b\n",
      "a: b\nc: d\n",
      "%a\nb",
      "|\na",
      "\"a\nb\"",
      "a\r\nb",
      "a\rb",
      "\r",
      "\r\n",
      "a\r",
      "\x01",
      "\x07\x08\x0b\x0c\x1b",
      "\x7f",
      "a\x7f\nb",
      "\0"s,
      "a\0b"s,
      "\u0085",
      "a\u0085b",
      "a\u0085\nb",
      "\u2028",
      "a\u2029b\nc",
      "\ufeff",
      "\ufeffa",
      "a\ufeffb\n",
      "\u00a0",
      "a\u00a0",
      "\u0080",
      "\u009f",
      "\u200b",
      "\ufffd",
      "\ufffe",
      "\uffff",
      "\ue000",
      "\U0001F600",
      "\U0001F600\n\U0001F680",
      "\U0010ffff",
      "\u00e9t\u00e9",
      "\u65e5\u672c: \u8a9e",
      "\u65e5\u672c\n\u8a9e\n",
      std::string(3000, 'x'),
      std::string(500, 'x') + " " + std::string(3000, 'y'),
      std::string(2000, '"'),
      std::string(300, 'z') + "\n" + std::string(3000, 'w') + "\n"};
  return all;
}

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  Tree node(int depth) {
    const std::uint32_t kind = below(depth <= 0 ? 6 : 12);
    if (kind < 3) return text();
    if (kind == 3) return static_cast<std::int64_t>(random_()) - (std::int64_t{1} << 31);
    if (kind == 4) return number();
    if (kind == 5) return scalar();
    return kind < 9 ? list(depth) : map(depth);
  }

  Tree map(int depth) {
    Tree map = Tree::map();
    std::set<std::string> keys;
    for (std::uint32_t count = below(6); count > 0; --count) {
      std::string key = text();
      if (keys.insert(key).second) map.set(key, noted(node(depth - 1)));
    }
    return map;
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return random_() % bound; }

  Tree list(int depth) {
    Tree list = Tree::list();
    for (std::uint32_t count = below(6); count > 0; --count) list.push(noted(node(depth - 1)));
    return list;
  }

  Tree noted(Tree tree) {
    if (below(4) == 0) tree.note("why: " + text());
    return tree;
  }

  Tree scalar() {
    if (below(3) == 0) return nullptr;
    return below(2) == 0;
  }

  Tree number() {
    static const double kNumbers[] = {
        0.0, -0.0, 1.0, 0.1, 1e22, 1e-7, 123456789.5, 5e-324, 1.7976931348623157e308};
    if (below(2) == 0) return kNumbers[below(std::size(kNumbers))];
    return static_cast<double>(random_()) / (1.0 + below(1000));
  }

  std::string text() {
    if (below(3) == 0) return traps()[below(static_cast<std::uint32_t>(traps().size()))];
    static const std::string kPieces[] = {
        "a",  "b",  "0",      "1",      ".",  "-",   "+", "e", ":", " ", " ", "#",
        "\n", "\n", "\t",     "'",      "\"", "\\",  ",", "[", "}", "|", "_", "x",
        "?",  "!",  "\u0085", "\u00e9", "\r", "key", "=", "T", "Z", "%", "@", "/"};
    std::string text;
    for (std::uint32_t count = below(8); count > 0; --count)
      text += kPieces[below(std::size(kPieces))];
    return text;
  }

  std::mt19937 random_;
};

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void writeSample(const std::filesystem::path& folder, const std::string& name,
                 const std::vector<Tree>& documents) {
  write(folder / (name + ".yaml"),
        gpuspec::artifact::yamlFile("x", "made by a test: \"x\"\n\nsecond", documents).bytes);
  write(folder / (name + ".json"), gpuspec::ir::toJson(Tree(documents)));
}

Tree trapMap() {
  Tree map = Tree::map();
  for (std::size_t i = 0; i < traps().size(); ++i) map.set("t" + std::to_string(i), traps()[i]);
  return map;
}

std::vector<Tree> trapDocuments() {
  std::vector<Tree> documents;
  for (const std::string& trap : traps()) documents.emplace_back(trap);  // as a whole document
  Tree keys = Tree::map();
  for (const std::string& trap : traps()) keys.set(trap, trap);
  Tree list = Tree::strings(traps());
  Tree nested = Tree::list();
  for (const std::string& trap : traps())
    nested.push(Tree::list().push(trap).push(Tree::map().set(trap, Tree::list())));
  Tree under_keys = Tree::map();
  for (const std::string& trap : traps())
    under_keys.set(trap, Tree::list().push(trap).push(Tree::map().set(trap, trap)));
  documents.push_back(Tree::map().set("keys", keys).set("list", list));
  documents.push_back(std::move(nested));
  documents.push_back(std::move(under_keys));
  documents.push_back(
      Tree::list().push(Tree::list()).push(Tree::map()).push(Tree::list().push(Tree::list())));
  documents.push_back(Tree::list()
                          .push(std::numeric_limits<std::int64_t>::min())
                          .push(std::numeric_limits<std::int64_t>::max()));
  return documents;
}

// Kubernetes objects: strings where strings have to be, anything below a field that no schema
// describes.
std::vector<Tree> kubernetesDocuments() {
  Tree config = Tree::map();
  config.set("apiVersion", "v1").set("kind", "ConfigMap");
  config.at("metadata").set("name", "traps");
  config.set("data", trapMap());
  std::vector<Tree> documents{std::move(config)};
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Tree object = Tree::map();
    object.set("apiVersion", "example.com/v1").set("kind", "Anything");
    object.at("metadata").set("name", "n" + std::to_string(seed));
    object.set("spec", Generator(seed).map(4));
    documents.push_back(std::move(object));
  }
  return documents;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  writeSample(folder, "traps", trapDocuments());
  writeSample(folder, "kubernetes", kubernetesDocuments());
  std::vector<Tree> random;
  for (std::uint32_t seed = 1; seed <= 400; ++seed)
    random.push_back(Generator(1000 + seed).node(5));
  writeSample(folder, "random", random);
  return EXIT_SUCCESS;
}
