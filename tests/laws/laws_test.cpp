// What holds for every spec, tried on random ones and on the examples.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "lang/format/format.h"
#include "lang/parse/parser.h"
#include "tests/support/compile_in_memory.h"
#include "tests/support/shuffle.h"
#include "tests/support/spec_generator.h"

namespace gpuspec::test {
namespace {

constexpr std::uint64_t kSeeds = 60;

CompileRequest requestOf(const SpecTexts& texts) {
  CompileRequest request;
  for (const auto& [name, text] : texts) request.files.push_back({name, text});
  return request;
}

struct Parsed {
  explicit Parsed(const std::string& text)
      : file_id(sources.add("x.gpuspec", text)), tree(parse::parse(sources, file_id, sink)) {}
  source::SourceMap sources;
  diag::Sink sink;
  source::FileId file_id;
  syntax::Tree tree;
};

std::string formatted(const std::string& text) {
  const Parsed parsed(text);
  return format::format(parsed.tree, parsed.sources.file(parsed.file_id));
}

void expectFormatLaws(const std::string& text, const std::string& where) {
  const Parsed before(text);
  ASSERT_TRUE(before.sink.ok()) << where << "\n" << text;
  const std::string once = formatted(text);
  EXPECT_EQ(formatted(once), once) << where;
  const Parsed after(once);
  EXPECT_TRUE(after.sink.ok()) << where << "\n" << once;
  EXPECT_TRUE(syntax::sameStructure(before.tree, after.tree)) << where << "\n" << once;
}

std::vector<std::filesystem::path> exampleFiles() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(EXAMPLES_FOLDER)) {
    if (entry.path().extension() == ".gpuspec") files.push_back(entry.path());
  }
  return files;
}

std::string textOf(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Laws, RandomSpecsCompile) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Outcome outcome = compileInMemory(requestOf(printSpec(generateSpec(seed))));
    EXPECT_TRUE(outcome.good) << "seed " << seed << "\n" << outcome.rendered;
  }
}

TEST(Laws, CompiledTwiceTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= kSeeds / 4; ++seed) {
    const CompileRequest request = requestOf(printSpec(generateSpec(seed)));
    EXPECT_EQ(allBytes(compileInMemory(request)), allBytes(compileInMemory(request)))
        << "seed " << seed;
  }
}

TEST(Laws, OrderOfDeclarationsDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= kSeeds / 2; ++seed) {
    const GeneratedSpec spec = generateSpec(seed);
    const Outcome straight = compileInMemory(requestOf(printSpec(spec)));
    const Outcome shuffled_spec =
        compileInMemory(requestOf(printSpec(spec, {.shuffle_seed = seed + 1, .mess_seed = 0})));
    EXPECT_EQ(allBytes(straight), allBytes(shuffled_spec)) << "seed " << seed;
  }
}

TEST(Laws, OrderOfFilesDoesNotMatter) {
  const std::string cluster =
      "project \"p\"\ncluster c { existing = true  resource_group = \"rg\"  location = \"eastus\" "
      "}\n";
  const std::string pools =
      "accelerator nvidia { cluster = c  stack = device_plugin }\n"
      "pool g { cluster = c  vm = \"Standard_NC24ads_A100_v4\"  nodes = 2 }\n";
  CompileRequest first, second;
  first.files = {{"a.gpuspec", cluster}, {"b.gpuspec", pools}};
  second.files = {{"a.gpuspec", pools}, {"b.gpuspec", cluster}};
  const auto withoutNames = [](std::string bytes) {
    for (const char* name : {"a.gpuspec", "b.gpuspec"}) {
      for (std::size_t at = bytes.find(name); at != std::string::npos; at = bytes.find(name, at))
        bytes.erase(at, 9);
    }
    return bytes;
  };
  const Outcome one = compileInMemory(first), other = compileInMemory(second);
  ASSERT_TRUE(one.good) << one.rendered;
  EXPECT_EQ(withoutNames(allBytes(one)), withoutNames(allBytes(other)));
}

TEST(Laws, FormattingRandomSpecs) {
  for (std::uint64_t seed = 1; seed <= kSeeds * 4; ++seed) {
    for (const auto& [name, text] :
         printSpec(generateSpec(seed), {.shuffle_seed = 0, .mess_seed = seed})) {
      expectFormatLaws(text, name + " of seed " + std::to_string(seed));
    }
  }
}

TEST(Laws, FormattingTheExamples) {
  const auto files = exampleFiles();
  ASSERT_GE(files.size(), 5u);
  for (const auto& path : files) expectFormatLaws(textOf(path), path.filename().string());
}

// No crash, no flood: what one missing line costs in findings.
TEST(Laws, OneLineLessIsNoFlood) {
  std::vector<std::size_t> counts;
  for (const auto& path : exampleFiles()) {
    const std::string text = textOf(path);
    std::vector<std::size_t> starts{0};
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
      starts.push_back(at + 1);
    for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
      std::string less = text;
      less.erase(starts[i], starts[i + 1] - starts[i]);
      Parsed parsed(less);
      const std::size_t found = parsed.sink.finish(parsed.sources).size();
      counts.push_back(found);
      EXPECT_LE(found, 3u) << path.filename() << " without line " << i + 1;
    }
  }
  ASSERT_FALSE(counts.empty());
  std::sort(counts.begin(), counts.end());
  EXPECT_LE(counts[counts.size() / 2], 1u);
}

}  // namespace
}  // namespace gpuspec::test
