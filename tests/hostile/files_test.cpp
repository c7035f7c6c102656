// Files as a disk can hold them: links that lead out, pipes, folders with a spec's name, bytes that
// are no text.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/compile_in_memory.h"

namespace gpuspec::test {
namespace {

namespace fs = std::filesystem;

const char* const kGood = "cluster c { platform = kubernetes  context = \"k\" }\n";

class HostileFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/gpuspec-hostile-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = fs::canonical(pattern);
    root_ = folder_ / "project";
    fs::create_directories(root_);
    write(folder_ / "outside.gpuspec", "let secret = \"outside\"\n");
    write(folder_ / "outside.txt", "outside");
  }
  void TearDown() override {
    fs::permissions(root_, fs::perms::owner_all);
    fs::remove_all(folder_);
  }

  static void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }

  Outcome compile(const std::string& main, const std::string& entry = "main.gpuspec") {
    write(root_ / "main.gpuspec", main);
    return compilePath(root_ / entry);
  }

  Outcome compilePath(const fs::path& path) {
    driver::CompileOptions options;
    options.stdlib = GPUSPEC_STDLIB;
    const driver::RealFileSystem files;
    return compileOn(files, path.string(), options);
  }

  fs::path folder_, root_;
};

TEST_F(HostileFiles, AGoodFileIsGood) {
  const Outcome outcome = compile(kGood);
  EXPECT_EQ(outcome.list(), "");
  EXPECT_TRUE(outcome.good);
}

TEST_F(HostileFiles, DotsDoNotLeadOut) {
  for (const char* path : {"../outside.gpuspec", "./../outside.gpuspec", "a/../../outside.gpuspec",
                           "./././../project/../outside.gpuspec", ""}) {
    const Outcome outcome = compile("import \"" + std::string(path) + "\"\n");
    EXPECT_EQ(outcome.codes(), "GS2029") << path << "\n" << outcome.list();
  }
  EXPECT_EQ(compile("import \"" + (folder_ / "outside.gpuspec").string() + "\"\n").codes(),
            "GS2029");
  EXPECT_EQ(compile("module m from \"../outside.gpuspec\" { }\n").codes(), "GS2029");
  EXPECT_EQ(compile("output x = file(\"../outside.txt\")\n").codes(), "GS2029");
  EXPECT_EQ(compile(std::string(kGood) + "manifest m { cluster = c  file = \"../outside.txt\" }\n")
                .codes(),
            "GS2029");
}

// Back inside it is inside, whatever the way.
TEST_F(HostileFiles, DotsThatStayInsideAreFine) {
  write(root_ / "a" / "part.gpuspec", "let x = 1\n");
  EXPECT_EQ(compile("import \"./a/../a/part.gpuspec\"\noutput y = x\n").list(), "");
}

TEST_F(HostileFiles, TheLibraryIsNoWayOut) {
  EXPECT_EQ(compile("import \"std/../../../etc/passwd\" as x\n").codes(), "GS2027");
  EXPECT_EQ(compile("import \"std/../stdlib/isolation\" as x\noutput y = x.web_ports\n").codes(),
            "");
}

TEST_F(HostileFiles, LinksDoNotLeadOut) {
  fs::create_symlink(folder_ / "outside.gpuspec", root_ / "link.gpuspec");
  fs::create_directory_symlink(folder_, root_ / "up");
  fs::create_symlink(folder_ / "outside.txt", root_ / "link.txt");
  EXPECT_EQ(compile("import \"./link.gpuspec\"\n").codes(), "GS2029");
  EXPECT_EQ(compile("import \"./up/outside.gpuspec\"\n").codes(), "GS2029");
  EXPECT_EQ(compile("output x = file(\"./link.txt\")\n").codes(), "GS2029");
  const Outcome outcome = compile("output x = file(\"./up/outside.txt\")\n");
  EXPECT_EQ(outcome.codes(), "GS2029");
  EXPECT_EQ((outcome.dump + outcome.rendered).find("= outside"), std::string::npos);
}

TEST_F(HostileFiles, LinksInsideAreFine) {
  write(root_ / "real.gpuspec", "let x = 1\n");
  fs::create_symlink("real.gpuspec", root_ / "link.gpuspec");
  EXPECT_EQ(compile("import \"./link.gpuspec\"\nimport \"./real.gpuspec\"\noutput y = x\n").list(),
            "")
      << "one file, imported once";
}

TEST_F(HostileFiles, LinksInACircle) {
  fs::create_symlink("b.gpuspec", root_ / "a.gpuspec");
  fs::create_symlink("a.gpuspec", root_ / "b.gpuspec");
  const Outcome outcome = compile("import \"./a.gpuspec\"\n");
  EXPECT_FALSE(outcome.good);
  EXPECT_EQ(outcome.codes(), "GS2027") << outcome.list();
}

TEST_F(HostileFiles, PipesAreNotWaitedFor) {
  ASSERT_EQ(mkfifo((root_ / "pipe.gpuspec").c_str(), 0600), 0);
  EXPECT_EQ(compile("import \"./pipe.gpuspec\"\n").codes(), "GS2027");
  EXPECT_EQ(compile("output x = file(\"./pipe.gpuspec\")\n").codes(), "GS2027");
  EXPECT_NE(compilePath(root_ / "pipe.gpuspec").world_error, "");
}

TEST_F(HostileFiles, FoldersWithASpecsName) {
  fs::create_directory(root_ / "folder.gpuspec");
  EXPECT_EQ(compile("import \"./folder.gpuspec\"\n").codes(), "GS2027");
  EXPECT_EQ(compile("output x = file(\".\")\n").codes(), "GS2027");
  EXPECT_NE(compilePath(root_ / "folder.gpuspec").world_error, "") << "it holds no spec";
}

TEST_F(HostileFiles, AFolderBesideSpecsIsPassedOver) {
  write(root_ / "one.gpuspec", kGood);
  fs::create_directory(root_ / "two.gpuspec");
  const Outcome outcome = compilePath(root_);
  EXPECT_FALSE(outcome.good && !outcome.world_error.empty());
  EXPECT_TRUE(outcome.good || !outcome.world_error.empty()) << outcome.list();
}

TEST_F(HostileFiles, DevicesAreNoFiles) {
  fs::create_symlink("/dev/zero", root_ / "zero.gpuspec");
  EXPECT_EQ(compile("import \"./zero.gpuspec\"\n").codes(), "GS2029");
  EXPECT_NE(compilePath("/dev/zero").world_error, "");
}

TEST_F(HostileFiles, UnreadableFiles) {
  if (geteuid() == 0) GTEST_SKIP() << "skipped: needs a user that is not root";
  write(root_ / "shut.gpuspec", "let x = 1\n");
  fs::permissions(root_ / "shut.gpuspec", fs::perms::none);
  const Outcome outcome = compile("import \"./shut.gpuspec\"\n");
  EXPECT_EQ(outcome.codes(), "GS2027");
  EXPECT_NE(outcome.list().find("permission denied"), std::string::npos);
}

TEST_F(HostileFiles, HugeFilesAreNotRead) {
  write(root_ / "huge.gpuspec", "");
  fs::resize_file(root_ / "huge.gpuspec", std::uintmax_t{1} << 40);  // holds no block of the disk
  EXPECT_EQ(compile("import \"./huge.gpuspec\"\n").codes(), "GS2027");
  EXPECT_EQ(compile("output x = file(\"./huge.gpuspec\")\n").codes(), "GS2027");
  EXPECT_NE(compilePath(root_ / "huge.gpuspec").world_error, "");
}

TEST_F(HostileFiles, MissingEntries) {
  EXPECT_NE(compilePath(root_ / "nothing.gpuspec").world_error, "");
  EXPECT_NE(compilePath(root_).world_error, "") << "an empty folder";
  EXPECT_NE(compilePath("").world_error, "");
}

TEST_F(HostileFiles, NamesThatAreNoPlainNames) {
  for (const char* name : {"with blank.gpuspec", "-o.gpuspec", "ünïcode.gpuspec",
                           "new\nline.gpuspec", "quo\"te.gpuspec", "${x}.gpuspec"}) {
    write(root_ / name, kGood);
    const Outcome outcome = compilePath(root_ / name);
    EXPECT_TRUE(outcome.good) << name << "\n" << outcome.list();
  }
}

// A `\0` in a path would end it early for the system.
TEST_F(HostileFiles, NulInAPath) {
  write(root_ / "x.gpuspec", "let x = 1\n");
  const Outcome outcome = compile("import \"./x.gpuspec\\u{0}.txt\"\n");
  EXPECT_FALSE(outcome.good) << outcome.list();
}

TEST_F(HostileFiles, BytesThatAreNoText) {
  const auto codes = [&](const std::string& text) { return compile(text).codes(); };
  EXPECT_EQ(codes("let x = \"\xFF\"\n"), "GS1013");
  EXPECT_EQ(codes("let x = \"\xC0\xAF\"\n"), "GS1013") << "overlong";
  EXPECT_EQ(codes("let x = \"\xED\xA0\x80\"\n"), "GS1013") << "a surrogate";
  EXPECT_EQ(codes("let x = \"\xF5\x80\x80\x80\"\n"), "GS1013") << "past the last character";
  EXPECT_EQ(codes("let x = \"\xE2\x82\""), "GS1013") << "cut off";
  EXPECT_EQ(codes(std::string("let x = 1\0\n", 11)), "GS1014");
  EXPECT_EQ(codes(std::string("\xFF\xFEl\0e\0t\0", 8)).substr(0, 4), "GS10") << "UTF-16";
  EXPECT_EQ(codes("\x7F"
                  "ELF\x02\x01\x01"),
            codes("\x7F"
                  "ELF\x02\x01\x01"))
      << "a program";
}

TEST_F(HostileFiles, EmptyAndAlmostEmptyFiles) {
  for (const char* text :
       {"", "\n", "\r\n\r\n", "\xEF\xBB\xBF", "// only a comment", "/* */", "\t \n"}) {
    const Outcome outcome = compile(text);
    EXPECT_TRUE(outcome.good) << outcome.list();
  }
}

TEST_F(HostileFiles, ManifestsThatAreNoYaml) {
  const std::string spec = std::string(kGood) + "manifest m { cluster = c  file = \"./m.yaml\" }\n";
  const auto codes = [&](const std::string& yaml) {
    write(root_ / "m.yaml", yaml);
    return compile(spec).codes();
  };
  EXPECT_NE(codes("a: [1, 2\n"), "");
  EXPECT_NE(codes("a: \xFF\n"), "");
  EXPECT_NE(codes(std::string("a: \0\n", 5)), "");
  EXPECT_NE(codes("- 1\n- 2\n"), "") << "a list is no object";
  EXPECT_NE(codes("plain text\n"), "");
  EXPECT_NE(codes("apiVersion: v1\n"), "") << "no kind";
  EXPECT_NE(codes("apiVersion: [v1]\nkind: {a: b}\nmetadata: {name: x}\n"), "");
  EXPECT_EQ(codes("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"), "");
}

// Nine levels of nine aliases each are 9^9 values.
TEST_F(HostileFiles, ManifestsOfAliases) {
  std::string yaml =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\na0: &a0 [1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i <= 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) yaml += (j == 0 ? "" : ",") + last;
    yaml += "]\n";
  }
  write(root_ / "m.yaml", yaml);
  const Outcome outcome =
      compile(std::string(kGood) + "manifest m { cluster = c  file = \"./m.yaml\" }\n");
  EXPECT_EQ(outcome.codes(), "GS2051") << outcome.list();
}

TEST_F(HostileFiles, DeepManifests) {
  write(root_ / "m.yaml", "apiVersion: v1\nkind: X\nmetadata: {name: x}\na: " +
                              std::string(100000, '[') + std::string(100000, ']') + "\n");
  EXPECT_FALSE(
      compile(std::string(kGood) + "manifest m { cluster = c  file = \"./m.yaml\" }\n").good);
}

}  // namespace
}  // namespace gpuspec::test
