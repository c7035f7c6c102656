// What a hostile or careless file does: always one clear finding, never a crash or a hang.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lang/parse/parser.h"
#include "tests/support/compile_in_memory.h"

namespace gpuspec::test {
namespace {

std::string times(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::string codesOf(const std::string& text) {
  return compileText(text).codes();
}

const std::string kCluster =
    "project \"p\"\ncluster c { existing = true  resource_group = \"rg\"  location = \"eastus\" "
    "}\n";

TEST(Hostile, DeepNestingIsAFinding) {
  EXPECT_EQ(codesOf("let a = " + times("(", 20000) + "1" + times(")", 20000) + "\n"), "GS1008");
  for (const char* open : {"[", "{ x = ", "f(", "a["}) {
    EXPECT_FALSE(compileText("output a = " + times(open, 20000) + "1\n").good) << open;
  }
}

TEST(Hostile, LongChainsEnd) {
  for (const std::string& text :
       {"output a = " + times("!", 100000) + "true\n", "output a = " + times("-", 100000) + "1\n",
        "output a = 1" + times(" + 1", 100000) + "\n", "output a = x" + times(".a", 100000) + "\n",
        "output a = " + times("true ? 1 : ", 100000) + "1\n",
        "if true { } " + times("else if true { } ", 20000) + "\n",
        times("if true { ", 20000) + "\n"}) {
    EXPECT_FALSE(compileText(text).good) << text.substr(0, 40);
  }
}

TEST(Hostile, NestedLoopsStopAtTheLimit) {
  std::string text = kCluster;
  for (int i = 0; i < 9; ++i) text += "for i" + std::to_string(i) + " in range(0, 22) {\n";
  text += "job \"x${i0}-${i1}-${i2}-${i3}-${i4}-${i5}-${i6}-${i7}-${i8}\" { image = \"a:1\" }\n" +
          times("}", 9) + "\n";
  EXPECT_NE(codesOf(text).find("GS2022"), std::string::npos);
}

TEST(Hostile, GrowthByDoublingStops) {
  std::string strings = "let a0 = \"xxxxxxxxxxxxxxxx\"\n", lists = "let a0 = [1, 2]\n",
              shared = "let a0 = [for i in range(0, 100) : i]\n";
  for (int i = 0; i < 60; ++i) {
    const std::string now = "let a" + std::to_string(i + 1) + " = ", last = "a" + std::to_string(i);
    strings += now + "\"${" + last + "}${" + last + "}\"\n";
    lists += now + "[..." + last + ", ..." + last + "]\n";
    shared += now + "[for i in range(0, 100) : " + last + "]\n";
  }
  for (const std::string& text : {strings, lists, shared}) {
    EXPECT_NE(codesOf(text + "output o = a60\n").find("GS2022"), std::string::npos)
        << text.substr(0, 60);
  }
}

TEST(Hostile, ManyAnnotationsAreReadOnce) {
  EXPECT_TRUE(compileText(times("@allow(GS3013, \"x\") ", 50000) + "\n" + kCluster).good);
}

TEST(Hostile, BytesThatAreNoText) {
  EXPECT_EQ(codesOf("let a = \"\xC3\x28\"\n"), "GS1013");
  EXPECT_EQ(codesOf(std::string("let a = 1\0\n", 11)), "GS1014");
  EXPECT_TRUE(compileText("\xEF\xBB\xBF" + kCluster).good);
  std::string crlf = kCluster;
  for (std::size_t at = crlf.find('\n'); at != std::string::npos; at = crlf.find('\n', at + 2))
    crlf.insert(at, "\r");
  EXPECT_TRUE(compileText(crlf).good);
}

TEST(Hostile, TooLargeAFile) {
  source::SourceMap sources;
  diag::Sink sink;
  parse::parse(sources, sources.add("x.gpuspec", std::string(33u << 20, ' ')), sink);
  ASSERT_EQ(sink.errorCount(), 1u);
  EXPECT_EQ(sink.finish(sources)[0].info->code, 1012);
}

TEST(Hostile, SyntaxErrorsAreCounted) {
  EXPECT_NE(codesOf(times("pool a { nodes = = 3 }\n", 100)).find("GS1024"), std::string::npos);
}

TEST(Hostile, UnterminatedEverything) {
  for (const char* text : {"let a = \"", "let a = '", "let a = \"\"\"", "let a = \"${",
                           "let a = \"${\"", "/*", "let a = [", "pool a {", "@", "@allow(", "$",
                           "let a = 1 +", "for", "module x from", "let"}) {
    EXPECT_FALSE(compileText(text).good) << text;
  }
}

TEST(Hostile, NumbersPastSixtyFourBits) {
  EXPECT_EQ(codesOf("output a = 99999999999999999999\n"), "GS2040");
  EXPECT_EQ(codesOf("output a = 9223372036854775807 + 1\n"), "GS2017");
  EXPECT_EQ(codesOf("output a = 99999999PiB\n"), "GS2040");
}

TEST(Hostile, ModulesOfThemselves) {
  CompileRequest request;
  request.files = {{"main.gpuspec", "module a from \"./main.gpuspec\" { }\n"}};
  EXPECT_NE(compileInMemory(request).codes().find("GS2028"), std::string::npos);
  request.files = {{"main.gpuspec", "import \"./b.gpuspec\"\n" + kCluster},
                   {"b.gpuspec", "import \"./main.gpuspec\"\n"}};
  EXPECT_TRUE(compileInMemory(request).good);  // joined once, however often imported
}

TEST(Hostile, FolderNamesThatLeadOut) {
  for (const char* label : {"../evil", "a/b", ".", "..", "a.b"}) {
    EXPECT_NE(codesOf("cluster \"" + std::string(label) +
                      "\" { platform = kubernetes  context = \"k\" }\n")
                  .find("GS2053"),
              std::string::npos)
        << label;
  }
}

TEST(Hostile, BracketsAreNoArmExpressions) {
  const Outcome outcome = compileText(
      "project \"p\"\ncluster c { resource_group = \"rg\"  location = \"eastus\"  tags { a = "
      "\"[resourceGroup().id]\" }\n"
      "  network { plugin = azure_overlay  dataplane = cilium  policy = cilium } }\n"
      "pool s { cluster = c  mode = system  vm = \"Standard_D4s_v5\"  nodes = 3 }\n");
  ASSERT_TRUE(outcome.good) << outcome.rendered;
  EXPECT_NE(outcome.file("c/arm/azuredeploy.json").find("\"[[resourceGroup().id]\""),
            std::string::npos);
}

TEST(Hostile, SecretsAreWrittenNowhere) {
  CompileRequest request;
  request.files = {
      {"main.gpuspec", "param t: string secret\n" + kCluster + "output o = \"x${t}\"\n"}};
  request.parameters = {{"t", "canary-7f3a", "--param", true}};
  const Outcome outcome = compileInMemory(request);
  EXPECT_NE(outcome.codes().find("GS2037"), std::string::npos);
  EXPECT_EQ(outcome.rendered.find("canary"), std::string::npos);
  EXPECT_EQ(allBytes(outcome).find("canary"), std::string::npos);
}

// The real file system: what is not a plain file below the root is not read.
class HostileFiles : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gpuspec-hostile-XXXXXX";
    folder_ = mkdtemp(name);
    std::filesystem::create_directory(folder_ / "project");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(folder_ / path) << text;
  }
  Outcome compile() const {
    driver::CompileOptions options;
    options.root = (folder_ / "project").string();
    return compileOn(files_, (folder_ / "project").string(), options);
  }
  std::filesystem::path folder_;
  driver::RealFileSystem files_;
};

TEST_F(HostileFiles, NothingOutsideTheRootIsRead) {
  write("secret.gpuspec", "let x = 1\n");
  write("project/main.gpuspec",
        "import \"../secret.gpuspec\"\noutput t = file('../secret.gpuspec')\noutput u = "
        "file('/etc/passwd')\n");
  EXPECT_EQ(compile().codes(), "GS2029 GS2029 GS2029");
  std::filesystem::create_symlink(folder_ / "secret.gpuspec", folder_ / "project/link.gpuspec");
  write("project/main.gpuspec", "import \"./link.gpuspec\"\n");
  EXPECT_EQ(compile().codes(), "GS2029");
}

TEST_F(HostileFiles, PipesAndFoldersAreNoFiles) {
  ASSERT_EQ(mkfifo((folder_ / "project/pipe.gpuspec").c_str(), 0600), 0);
  std::filesystem::create_directory(folder_ / "project/folder.gpuspec");
  write("project/main.gpuspec",
        "import \"./pipe.gpuspec\"\nimport \"./folder.gpuspec\"\nimport \"./none.gpuspec\"\n");
  EXPECT_EQ(compile().codes(), "GS2027 GS2027 GS2027");
}

}  // namespace
}  // namespace gpuspec::test
