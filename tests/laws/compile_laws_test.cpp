// What holds for every compile, whatever the program says.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "lang/format/format.h"
#include "lang/parse/parser.h"
#include "tests/laws/programs.h"
#include "tests/support/output.h"
#include "tests/support/spec_generator.h"

namespace gpuspec::test {
namespace {

constexpr std::uint64_t kSeeds = 60;

std::string formatted(const std::string& text) {
  source::SourceMap sources;
  diag::Sink sink;
  const source::FileId file_id = sources.add("main.gpuspec", text);
  return format::format(parse::parse(sources, file_id, sink), sources.file(file_id));
}

void expectSame(const Program& a, const Program& b, const char* what) {
  const Outcome first = compileInMemory(a.request), second = compileInMemory(b.request);
  EXPECT_TRUE(first.good) << a.name << "\n" << first.list();
  EXPECT_FALSE(first.files.empty()) << a.name;
  EXPECT_EQ(allBytes(first), allBytes(second)) << a.name << ": " << what;
  EXPECT_EQ(whatIsFound(first), whatIsFound(second)) << a.name << ": " << what;
}

TEST(CompileLaws, TwiceTheSameBytes) {
  for (const Program& program : goodPrograms()) expectSame(program, program, "compiled again");
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Program program = randomProgram(seed);
    expectSame(program, program, "compiled again");
  }
}

TEST(CompileLaws, LayoutAndCommentsDoNotCount) {
  for (const Program& program : goodPrograms())
    expectSame(program, changed(program, formatted), "formatted");
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Program program = randomProgram(seed);
    expectSame(program, changed(program, formatted), "formatted");
    Program messy = program;
    messy.request.files.clear();
    for (const auto& [name, text] : printSpec(generateSpec(seed), {0, seed + 1}))
      messy.request.files.push_back({name, text});
    expectSame(program, messy, "blanks and comments everywhere");
  }
}

TEST(CompileLaws, LineEndsDoNotCount) {
  const auto crlf = [](const std::string& text) {
    std::string out;
    for (char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
  };
  const auto marked = [](const std::string& text) { return "\xEF\xBB\xBF" + text; };
  for (const Program& program : goodPrograms()) {
    expectSame(program, changed(program, crlf), "CRLF");
    expectSame(program, changed(program, marked), "a byte order mark");
  }
}

std::uint32_t lineCount(const std::string& bytes) {
  return static_cast<std::uint32_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

void expectSoundFile(const artifact::File& file) {
  EXPECT_FALSE(file.bytes.empty()) << file.path;
  EXPECT_TRUE(file.bytes.ends_with("\n")) << file.path;
  EXPECT_FALSE(file.bytes.ends_with("\n\n")) << file.path;
  EXPECT_EQ(file.bytes.find('\r'), std::string::npos) << file.path;
  if (file.path.ends_with(".json")) {
    EXPECT_FALSE(Json::parse(file.bytes, nullptr, false).is_discarded()) << file.path;
  } else {
    EXPECT_FALSE(readYaml(file.bytes).empty()) << file.path;
  }
  std::uint32_t last = 0;
  for (const artifact::LineOrigin& origin : file.origins) {
    EXPECT_GT(origin.line, last) << file.path;
    last = origin.line;
  }
  EXPECT_LE(last, lineCount(file.bytes)) << file.path;
}

// Every file that a kustomization lists is there, and every other file of its folder is listed.
void expectKustomizationComplete(const Outcome& outcome, const artifact::File& kustomization) {
  const std::string folder = kustomization.path.substr(0, kustomization.path.rfind('/') + 1);
  std::set<std::string> listed, made;
  const ir::Tree resources = at(readYaml(kustomization.bytes).at(0), {"resources"});
  ASSERT_TRUE(resources.isList()) << kustomization.path;
  for (const ir::Tree& resource : resources.asList()) listed.insert(folder + resource.asString());
  for (const artifact::File& file : outcome.files) {
    if (file.path.starts_with(folder) && file.path != kustomization.path) made.insert(file.path);
  }
  EXPECT_EQ(listed, made);
}

void expectSoundOutput(const Program& program) {
  const Outcome outcome = compileInMemory(program.request);
  ASSERT_TRUE(outcome.good) << program.name << "\n" << outcome.list();
  EXPECT_TRUE(std::is_sorted(outcome.files.begin(), outcome.files.end(),
                             [](const auto& a, const auto& b) { return a.path < b.path; }));
  for (const artifact::File& file : outcome.files) expectSoundFile(file);
  for (const artifact::File* file : outcome.filesNamed("kustomization.yaml"))
    expectKustomizationComplete(outcome, *file);
}

TEST(CompileLaws, EveryFileIsWhole) {
  for (const Program& program : goodPrograms()) expectSoundOutput(program);
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) expectSoundOutput(randomProgram(seed));
}

// Two objects of one kind, name and namespace would overwrite each other.
TEST(CompileLaws, NoObjectIsMadeTwice) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Outcome outcome = compileInMemory(randomProgram(seed).request);
    std::set<std::string> seen;
    for (const artifact::File& file : outcome.files) {
      const std::string cluster = file.path.substr(0, file.path.find('/'));
      if (file.path.find("/kubernetes/") == std::string::npos) continue;
      if (file.path.ends_with("kustomization.yaml")) continue;
      for (const ir::Tree& object : readYaml(file.bytes)) {
        const std::string key = cluster + " " + text(object, {"kind"}) +
                                text(object, {"metadata", "namespace"}) +
                                text(object, {"metadata", "name"});
        EXPECT_TRUE(seen.insert(key).second) << "seed " << seed << ": " << key;
      }
    }
  }
}

}  // namespace
}  // namespace gpuspec::test
