#include <string>

#include <gtest/gtest.h>

#include "backends/artifact/digest.h"
#include "backends/artifact/manifest.h"

namespace gpuspec::artifact {
namespace {

// A pool in a loop in a module, and one that stands alone.
class ManifestTest : public testing::Test {
 protected:
  ManifestTest() {
    main_id = sources.add("main.gpuspec", "module a {\n}\npool p {\n}\n");
    part_id = sources.add("part.gpuspec", "for t in teams {\n  team t {}\n}\n");
    module_id = sources.addFrame({source::FrameKind::Module, {main_id, 0, 8}, "a", {}});
    loop_id = sources.addFrame(
        {source::FrameKind::Loop, {part_id, 0, 14}, "t = { name = \"ml ops\" }", module_id});
    again_id = sources.addFrame(
        {source::FrameKind::Loop, {part_id, 0, 14}, "t = { name = \"ml ops\" }", module_id});
    other_id = sources.addFrame(
        {source::FrameKind::Loop, {part_id, 0, 14}, "t = { name = \"web\" }", module_id});
  }

  Set set() const {
    const source::Range team{part_id, 19, 23};
    const source::Range pool{main_id, 13, 17};
    return {{"a.yaml",
             "text",
             {{2, {team, loop_id}},
              {4, {pool, {}}},
              {6, {}},
              {7, {team, again_id}},
              {9, {team, other_id}}}},
            {"b/c.json", "", {}}};
  }

  source::SourceMap sources;
  source::FileId main_id, part_id;
  source::TraceId module_id, loop_id, again_id, other_id;
};

TEST_F(ManifestTest, TablesHoldEveryPlaceOnce) {
  const Manifest manifest =
      makeManifest(set(), {"1.2.3", {{"zeta", "2"}, {"alpha", "1"}}}, sources);
  EXPECT_EQ(manifest.sources, (std::vector<std::string>{"main.gpuspec", "part.gpuspec"}));
  EXPECT_EQ(manifest.sites, (std::vector<std::string>{"1 2 3", "0 3 1"}));
  EXPECT_EQ(manifest.traces,
            (std::vector<std::string>{"module 0 1 1 - a", "loop 1 1 1 0 t = { name = \"ml ops\" }",
                                      "loop 1 1 1 0 t = { name = \"web\" }"}));
  EXPECT_EQ(manifest.files[0].origins, "2 0 1;2 1 -;2 -;1 0 1;2 0 2");
  EXPECT_EQ(manifest.info.plugins.front().name, "alpha");
}

TEST_F(ManifestTest, ReadsBackAsWritten) {
  const Manifest manifest = makeManifest(set(), {"1.2.3", {{"alpha", "1"}}}, sources);
  const std::string text = manifestText(manifest);
  llvm::Expected<Manifest> read = parseManifest(text);
  ASSERT_TRUE(static_cast<bool>(read));
  EXPECT_EQ(manifestText(*read), text);
  EXPECT_EQ(read->find("a.yaml")->sha256, sha256("text"));
  EXPECT_EQ(read->find("a.yaml")->size, 4);
  EXPECT_EQ(read->find("b"), nullptr);
}

TEST_F(ManifestTest, BlameFollowsTheTrace) {
  const Manifest manifest = makeManifest(set(), {}, sources);
  EXPECT_FALSE(blame(manifest, "a.yaml", 1));  // above the first run
  const std::optional<BlameAnswer> team = blame(manifest, "a.yaml", 3);
  ASSERT_TRUE(team);
  EXPECT_EQ(team->file, "part.gpuspec");
  EXPECT_EQ(team->at, (source::Position{2, 3}));
  ASSERT_EQ(team->frames.size(), 2u);
  EXPECT_EQ(team->frames[0].kind, source::FrameKind::Loop);
  EXPECT_EQ(team->frames[0].binding, "t = { name = \"ml ops\" }");
  EXPECT_EQ(team->frames[1].kind, source::FrameKind::Module);
  EXPECT_EQ(team->frames[1].binding, "a");
  EXPECT_EQ(team->frames[1].file, "main.gpuspec");
  const std::optional<BlameAnswer> pool = blame(manifest, "a.yaml", 5);
  ASSERT_TRUE(pool);
  EXPECT_EQ(pool->file, "main.gpuspec");
  EXPECT_EQ(pool->at, (source::Position{3, 1}));
  EXPECT_TRUE(pool->frames.empty());
  EXPECT_FALSE(blame(manifest, "a.yaml", 6));
  EXPECT_EQ(blame(manifest, "a.yaml", 8)->frames.size(), 2u);
  EXPECT_EQ(blame(manifest, "a.yaml", 4000)->frames[0].binding, "t = { name = \"web\" }");
  EXPECT_FALSE(blame(manifest, "b/c.json", 1));
  EXPECT_FALSE(blame(manifest, "nothing", 1));
}

TEST_F(ManifestTest, BlameSurvivesDamage) {
  Manifest manifest = makeManifest(set(), {}, sources);
  manifest.traces = {"loop 9 9 9 0 x", "loop x", ""};
  EXPECT_TRUE(blame(manifest, "a.yaml", 3));
  manifest.sites = {"x y z"};
  EXPECT_FALSE(blame(manifest, "a.yaml", 3));
  manifest.files[0].origins = "2 0 1;x;;";
  EXPECT_FALSE(blame(manifest, "a.yaml", 3));
  manifest.files[0].origins = "99999999999999999999 0";
  EXPECT_FALSE(blame(manifest, "a.yaml", 3));
}

std::string whyNot(const std::string& text) {
  llvm::Expected<Manifest> manifest = parseManifest(text);
  return manifest ? "" : llvm::toString(manifest.takeError());
}

TEST(Manifest, RefusesWhatIsNone) {
  EXPECT_NE(whyNot("{"), "");
  EXPECT_EQ(whyNot("[]"), "it is not a manifest of gpuspec");
  EXPECT_EQ(whyNot(R"({"schema": "gpuspec.manifest/2"})"),
            "it was written by a newer gpuspec (gpuspec.manifest/2)");
  EXPECT_EQ(whyNot(R"({"schema": "gpuspec.manifest/1"})"), "it has no list of files");
  const std::string head = R"({"schema": "gpuspec.manifest/1", "files": [{"path": ")";
  EXPECT_EQ(whyNot(head + "../../etc/passwd\"}]}"),
            "`../../etc/passwd` is not a path below the folder");
  EXPECT_EQ(whyNot(head + "a\", \"size\": 1, \"sha256\": \"0\"}]}"),
            "its entry for `a` is incomplete");
}

TEST(Manifest, KnowsPathsBelowTheFolder) {
  for (const char* path : {"a", "a/b.yaml", "a/gpuspec-manifest.json", ".a/..b"})
    EXPECT_TRUE(isOutputPath(path)) << path;
  for (const char* path : {"", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.",
                           "gpuspec-manifest.json", ".gpuspec-staging", ".gpuspec-staging/0"}) {
    EXPECT_FALSE(isOutputPath(path)) << path;
  }
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace gpuspec::artifact
