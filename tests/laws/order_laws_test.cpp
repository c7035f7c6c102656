// Declarations may stand in any order and in any file; loops may run in any order.

#include <gtest/gtest.h>

#include "tests/laws/programs.h"
#include "tests/support/shuffle.h"
#include "tests/support/spec_generator.h"

namespace gpuspec::test {
namespace {

constexpr std::uint64_t kSeeds = 60;

TEST(OrderLaws, ShuffledDeclarationsMakeTheSameBytes) {
  for (const Program& program : goodPrograms()) {
    const std::string expected = allBytes(compileInMemory(program.request));
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
      const Program other =
          changed(program, [&](const std::string& text) { return shuffled(text, seed); });
      EXPECT_EQ(allBytes(compileInMemory(other.request)), expected) << program.name;
    }
  }
}

TEST(OrderLaws, ShuffledRandomProgramsMakeTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Program program = randomProgram(seed);
    const Outcome expected = compileInMemory(program.request);
    for (std::uint64_t order = 1; order <= 3; ++order) {
      Program other = program;
      other.request.files.clear();
      for (const auto& [name, text] : printSpec(generateSpec(seed), {order, 0}))
        other.request.files.push_back({name, text});
      const Outcome found = compileInMemory(other.request);
      EXPECT_EQ(allBytes(found), allBytes(expected)) << program.name;
      EXPECT_EQ(whatIsFound(found), whatIsFound(expected)) << program.name;
    }
  }
}

// Which of two twins is the second one, and where a circle begins, depends on where they stand;
// that there is one does not.
TEST(OrderLaws, ShuffledDeclarationsHaveTheSameFindings) {
  for (const Program& program : corpusPrograms()) {
    const Outcome expected = compileInMemory(program.request);
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
      const Program other =
          changed(program, [&](const std::string& text) { return shuffled(text, seed); });
      const Outcome found = compileInMemory(other.request);
      EXPECT_EQ(found.codes(), expected.codes()) << program.name << "\n"
                                                 << expected.list() << "shuffled:\n"
                                                 << found.list();
    }
  }
}

const char* const kTeams = R"(
team b { clusters = [c]  quota { gpu(pool.p) = 1 } }
team a { clusters = [c]  quota { gpu(pool.q) = 2 } }
)";
const char* const kPools = R"(
project "p"
cluster c { platform = kubernetes  context = "k" }
accelerator fake { cluster = c }
pool q { cluster = c  device = fake.f1  count = 4  selector { x = "q" } }
pool p { cluster = c  device = fake.f1  count = 4  selector { x = "p" } }
)";

std::string swappedNames(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view(text).substr(i);
    const bool first = rest.starts_with("1.gpuspec"), second = rest.starts_with("2.gpuspec");
    out += first ? '2' : second ? '1' : text[i];
    ++i;
  }
  return out;
}

// A folder without main.gpuspec is one module of all its files.
TEST(OrderLaws, FilesOfAFolderStandInAnyOrder) {
  CompileRequest one, other;
  one.files = {{"1.gpuspec", kPools}, {"2.gpuspec", kTeams}};
  other.files = {{"1.gpuspec", kTeams}, {"2.gpuspec", kPools}};
  const Outcome expected = compileInMemory(one);
  EXPECT_EQ(expected.list(), "");
  EXPECT_FALSE(expected.files.empty());
  EXPECT_EQ(swappedNames(allBytes(compileInMemory(other))), allBytes(expected));
}

TEST(OrderLaws, ImportsStandInAnyOrder) {
  const auto compiled = [](const std::string& imports) {
    CompileRequest request;
    request.files = {{"main.gpuspec", imports}, {"a.gpuspec", kPools}, {"b.gpuspec", kTeams}};
    return allBytes(compileInMemory(request));
  };
  const std::string expected = compiled("import \"./a.gpuspec\"\nimport \"./b.gpuspec\"\n");
  EXPECT_NE(expected, "");
  EXPECT_EQ(compiled("import \"./b.gpuspec\"\nimport \"./a.gpuspec\"\n"), expected);
  EXPECT_EQ(compiled("import \"./b.gpuspec\"\nimport \"./a.gpuspec\"\nimport \"./b.gpuspec\"\n"),
            expected)
      << "twice is once";
}

TEST(OrderLaws, LoopsRunInAnyOrder) {
  const auto compiled = [](const std::string& list) {
    const Outcome outcome = compileText(std::string(kPools) + "let names = " + list + R"(
for n in names {
  team "${n}" { clusters = [c]  quota { for p in ["p", "q"] { gpu(pool[p]) = 1 } } }
  pool "x${n}" { cluster = c  device = fake.f1  count = 1  selector { x = n } }
})");
    EXPECT_EQ(outcome.list(), "");
    return allBytes(outcome);
  };
  const std::string expected = compiled(R"(["a", "b", "d"])");
  EXPECT_NE(expected, "");
  EXPECT_EQ(compiled(R"(["d", "b", "a"])"), expected);
  EXPECT_EQ(compiled(R"(reverse(sort(["b", "a", "d"])))"), expected);
  EXPECT_EQ(compiled(R"(keys({ d = 1, a = 2, b = 3 }))"), expected);
}

}  // namespace
}  // namespace gpuspec::test
