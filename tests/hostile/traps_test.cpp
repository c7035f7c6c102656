// Text that YAML could take for something else reaches every place of a pod, of a manifest and of
// values as it is.

#include <gtest/gtest.h>

#include "tests/support/output.h"

namespace gpuspec::test {
namespace {

const std::vector<std::string>& traps() {
  static const std::vector<std::string> texts = {
      "",
      " ",
      "yes",
      "No",
      "on",
      "off",
      "true",
      "False",
      "null",
      "~",
      "y",
      "0",
      "007",
      "0x1F",
      "0o17",
      "0b1",
      "1e3",
      "1_000",
      "1.5",
      "+1",
      "-1",
      ".5",
      ".inf",
      "-.INF",
      ".NaN",
      "1:30",
      "190:20:30",
      "2020-01-01",
      "2020-01-01T00:00:00Z",
      "=",
      "<<",
      "-",
      "- a",
      "a: b",
      ": b",
      "a:",
      "?",
      "? a",
      "#",
      "# c",
      "a #b",
      "'",
      "''",
      "\"",
      "\\",
      "\\n",
      "|",
      "|-",
      ">",
      "%",
      "%YAML 1.2",
      "@a",
      "`a`",
      "!tag",
      "!!str a",
      "&a",
      "*a",
      "{",
      "}",
      "{a: b}",
      "[",
      "]",
      "[a]",
      "[parameters('x')]",
      "[[a]",
      "---",
      "--- a",
      "...",
      "a\nb",
      "a\n",
      "\n",
      "\n\n",
      " a",
      " a\nb",
      "  a\n b\n\n",
      "\n a\nb",
      "a ",
      "\ta",
      "a\t",
      "a\r\nb",
      "a\rb",
      "a\n\nb\n",
      "é",
      "日本語",
      "\xF0\x9F\x98\x80",
      "\xE2\x80\xA8",
      "\xC2\x85",
      "\xEF\xBB\xBF",
      "\x07",
      "\x1B[31m",
      "\x7F",
      "${x}",
      "$(x)",
      "$$",
      "{{ .Values.x }}",
      "{{",
      "a=b",
      ",",
      "a, b",
      std::string(500, 'x'),
      std::string(60, 'a') + " " + std::string(60, 'b') + " " + std::string(60, 'c'),
      "</script>",
      "%s%n"};
  return texts;
}

std::string trapList() {
  std::string list = "[";
  for (const std::string& text : traps()) list += quoted(text) + ", ";
  return list + "]";
}

// One `name<n> = "text"` for each trap.
std::string trapAttributes(const std::string& before, const std::string& after) {
  std::string attributes;
  for (std::size_t i = 0; i < traps().size(); ++i)
    attributes += before + std::to_string(i) + after + " = " + quoted(traps()[i]) + "\n";
  return attributes;
}

const char* const kCluster = R"(
project "p"
cluster c { platform = aks  existing = true  resource_group = "rg"  location = "eastus" }
)";

std::vector<std::string> environment(const ir::Tree& container) {
  std::vector<std::string> values(traps().size(), "absent");
  const ir::Tree variables = at(container, {"env"});
  for (const ir::Tree& variable : variables.asList()) {
    const std::string name = at(variable, {"name"}).asString();
    const ir::Tree value = at(variable, {"value"});
    values.at(std::stoul(name.substr(1))) = value.isNull() ? "" : value.asString();
  }
  return values;
}

TEST(HostileTraps, ReachAPodAsTheyAre) {
  const Outcome outcome = compileText(
      std::string(kCluster) + "job j { cluster = c  image = \"i:1\"\n" + "command = " + trapList() +
      "\nargs = " + trapList() + "\nenv {\n" + trapAttributes("V", "") + "}\nannotations {\n" +
      trapAttributes("\"example.com/a", "\"") + "} }\n");
  ASSERT_TRUE(outcome.good) << outcome.list();
  const ir::Tree job = objectNamed(objects(outcome, "c"), "Job", "j");
  const ir::Tree container = at(job, {"spec", "template", "spec", "containers", "0"});
  ASSERT_TRUE(at(container, {"env"}).isList());
  EXPECT_EQ(environment(container), traps());
  for (std::size_t i = 0; i < traps().size(); ++i) {
    const std::string n = std::to_string(i);
    const ir::Tree expected(traps()[i]);
    EXPECT_EQ(at(container, {"command", n}), expected) << quoted(traps()[i]);
    EXPECT_EQ(at(container, {"args", n}), expected) << quoted(traps()[i]);
    EXPECT_EQ(at(job, {"metadata", "annotations", "example.com/a" + n}), expected)
        << quoted(traps()[i]);
  }
}

TEST(HostileTraps, ReachManifestsAndValuesAsTheyAre) {
  std::string keys;
  for (std::size_t i = 0; i < traps().size(); ++i) {
    if (!traps()[i].empty()) keys += quoted(traps()[i]) + " = " + std::to_string(i) + ", ";
  }
  const std::string data = "{ keys = { " + keys + "}, list = " + trapList() + " }";
  const Outcome outcome = compileText(
      std::string(kCluster) +
      "manifest m { cluster = c  object = { apiVersion = \"v1\", kind = \"X\", metadata = { name = "
      "\"m\" }, data = " +
      data + " } }\nrelease r { cluster = c  chart = \"oci://x/y\"  values { data = " + data +
      " } }\n");
  ASSERT_TRUE(outcome.good) << outcome.list();
  for (const ir::Tree& found : {at(objectNamed(objects(outcome, "c"), "X", "m"), {"data"}),
                                at(values(outcome, "c", "r"), {"data"})}) {
    ASSERT_TRUE(found.isMap());
    for (std::size_t i = 0; i < traps().size(); ++i) {
      const std::string& text = traps()[i];
      EXPECT_EQ(at(found, {"list", std::to_string(i)}), ir::Tree(text)) << quoted(text);
      if (text.empty()) continue;
      EXPECT_EQ(at(found, {"keys", text}), ir::Tree(static_cast<std::int64_t>(i))) << quoted(text);
    }
  }
}

}  // namespace
}  // namespace gpuspec::test
