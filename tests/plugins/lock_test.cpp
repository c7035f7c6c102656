// gpuspec.lock: what is written is read again, what is broken is one finding at its place, and a
// plugin that differs is refused before any of it runs.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lang/source/sha256.h"
#include "plugins/host/host.h"
#include "plugins/host/plugin_bytes.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

namespace fs = std::filesystem;

const std::string kFake = std::string(TEST_PLUGIN_FOLDER) + "/fake/fake.so";
const std::string kStuck = std::string(TEST_PLUGIN_FOLDER) + "/broken/stuck.so";
const std::string kZeros(64, '0');

struct Read {
  host::LockFile file;
  std::vector<std::string> findings;  // "GS5017 3:19 text"
};

Read read(const std::string& text) {
  source::SourceMap sources;
  diag::Sink sink;
  Read out;
  out.file = host::readLock(sources, sources.add("gpuspec.lock", text), sink);
  for (const diag::Diagnostic& finding : sink.finish(sources)) {
    const source::Position at = sources.begin(finding.at.range);
    out.findings.push_back(diag::codeName(finding.info->code) + " " + std::to_string(at.line) +
                           ":" + std::to_string(at.column) + " " + finding.message);
  }
  return out;
}

TEST(LockFile, IsReadAsItWasWritten) {
  const std::string text =
      host::lockText({{"zeta", "2.0.0-rc.1+b", std::string(64, 'f')}, {"acme", "1", kZeros}});
  EXPECT_LT(text.find("acme"), text.find("zeta"));
  const Read got = read(text);
  EXPECT_TRUE(got.findings.empty());
  ASSERT_TRUE(got.file.lock.has_value());
  ASSERT_EQ(got.file.lock->plugins.size(), 2u);
  EXPECT_EQ(got.file.lock->find("zeta")->version, "2.0.0-rc.1+b");
  EXPECT_EQ(got.file.lock->findDigest(kZeros)->name, "acme");
  EXPECT_EQ(host::lockText(got.file.lock->plugins), text);
}

TEST(LockFile, LineEndsAndSpacesDoNotMatter) {
  const Read got = read("# a\r\n\r\n  format   1\r\nplugin\ta 1 sha256:" + kZeros + "\r\n");
  EXPECT_TRUE(got.findings.empty());
  ASSERT_TRUE(got.file.lock.has_value());
  EXPECT_EQ(got.file.lock->plugins.at(0).sha256, kZeros);
}

TEST(LockFile, WithoutALineIsOnlyARoot) {
  for (const char* text : {"", "\n\n", "# root\n"}) {
    const Read got = read(text);
    EXPECT_TRUE(got.file.good);
    EXPECT_FALSE(got.file.lock.has_value());
  }
}

TEST(LockFile, WhatIsBrokenIsOneFindingAtItsPlace) {
  const std::string good = "plugin a 1 sha256:" + kZeros + "\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}\n", "GS5017 1:1"},
      {"format\n", "GS5017 1:1"},
      {"format 1 2\n", "GS5017 1:1"},
      {good, "GS5017 1:1"},
      {"format 2\n", "GS5016 1:8"},
      {"format 1\n" + good + good, "GS5017 3:8"},
      {"format 1\nplugin a 1\n", "GS5017 2:1"},
      {"format 1\nplugin A 1 sha256:" + kZeros, "GS5017 2:8"},
      {"format 1\nplugin a v/1 sha256:" + kZeros, "GS5017 2:10"},
      {"format 1\nplugin a 1 " + kZeros, "GS5017 2:12"},
      {"format 1\nplugin a 1 sha256:" + kZeros + "0", "GS5017 2:12"},
      {"format 1\nplugin a 1 sha256:" + std::string(64, 'F'), "GS5017 2:12"},
      {"format 1\nx\ny\nz\n", "GS5017 2:1"},
      {std::string("\0\0", 2), "GS5017 1:1"}};
  for (const auto& [text, expected] : cases) {
    const Read got = read(text);
    EXPECT_FALSE(got.file.good) << text;
    ASSERT_EQ(got.findings.size(), 1u) << text;
    EXPECT_EQ(got.findings[0].substr(0, expected.size()), expected) << got.findings[0];
  }
}

class LockedLoad : public ::testing::Test {
 protected:
  void lockTo(const std::vector<host::LockedPlugin>& plugins) {
    diag::Sink sink;
    const source::FileId file_id = sources_.add("gpuspec.lock", host::lockText(plugins));
    lock_ = host::readLock(sources_, file_id, sink).lock;
  }

  std::optional<host::LoadedPlugins> load(const std::vector<std::string>& paths,
                                          bool additions = false) {
    host::LoadOptions options;
    options.installed = fs::path(kFake).parent_path().string();
    options.limits.deadline = std::chrono::milliseconds(500);
    options.lock = lock_ ? &*lock_ : nullptr;
    options.additions = additions;
    options.digests = true;
    diag::Sink sink;
    auto loaded = host::loadPlugins(paths, options, sink);
    codes.clear();
    for (const diag::Diagnostic& finding : sink.finish(sources_))
      codes.push_back(diag::codeName(finding.info->code));
    return loaded;
  }

  static std::string digestOf(const std::string& path) {
    return llvm::cantFail(host::pluginBytes(path)).sha256;
  }

  std::vector<std::string> codes;

 private:
  source::SourceMap sources_;
  std::optional<host::Lock> lock_;
};

using Codes = std::vector<std::string>;

TEST_F(LockedLoad, KnowsTheBytesOfTheFile) {
  const auto loaded = load({kFake});
  ASSERT_TRUE(loaded.has_value());
  std::ifstream in(kFake, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(loaded->files.at(0).sha256, source::sha256Hex(bytes));
  EXPECT_EQ(loaded->files.at(0).name, "fake");
}

TEST_F(LockedLoad, TakesWhatIsTheSame) {
  const host::PluginFile file = load({kFake})->files.at(0);
  lockTo({{file.name, file.version, file.sha256}});
  EXPECT_TRUE(load({kFake}).has_value());
  EXPECT_EQ(codes, Codes{});
}

TEST_F(LockedLoad, RefusesOtherBytesAndOtherVersions) {
  const host::PluginFile file = load({kFake})->files.at(0);
  lockTo({{file.name, file.version, kZeros}});
  EXPECT_FALSE(load({kFake}).has_value());
  EXPECT_EQ(codes, Codes{"GS5018"});
  lockTo({{file.name, file.version + ".1", file.sha256}});
  EXPECT_FALSE(load({kFake}, true).has_value());
  EXPECT_EQ(codes, Codes{"GS5018"});
}

TEST_F(LockedLoad, RefusesWhatItDoesNotName) {
  lockTo({});
  EXPECT_FALSE(load({kFake}).has_value());
  EXPECT_EQ(codes, Codes{"GS5019"});
  EXPECT_TRUE(load({kFake}, true).has_value());
  // The digest of another plugin is no way in.
  lockTo({{"other", "1", digestOf(kFake)}});
  EXPECT_FALSE(load({kFake}).has_value());
  EXPECT_EQ(codes, Codes{"GS5019"});
}

TEST_F(LockedLoad, RefusesBeforeAnythingRuns) {
  lockTo({{"stuck", "1", kZeros}});
  EXPECT_FALSE(load({kStuck}).has_value());
  EXPECT_EQ(codes, Codes{"GS5018"}) << "its loading would never end";
  lockTo({{"stuck", "1", digestOf(kStuck)}});
  EXPECT_FALSE(load({kStuck}).has_value());
  EXPECT_EQ(codes, Codes{"GS5001"});
}

TEST_F(LockedLoad, SaysAllThatDiffers) {
  lockTo({{"fake", "1", kZeros}, {"stuck", "1", kZeros}});
  EXPECT_FALSE(load({kFake, kStuck}).has_value());
  EXPECT_EQ(codes, (Codes{"GS5018", "GS5018"}));
}

TEST_F(LockedLoad, WhatIsNoFileIsAFinding) {
  lockTo({});
  EXPECT_FALSE(load({"/dev/zero"}).has_value());
  EXPECT_EQ(codes, Codes{"GS5001"});
  EXPECT_FALSE(load({kFake + ".nowhere"}).has_value());
  EXPECT_EQ(codes, Codes{"GS5014"});
}

TEST_F(LockedLoad, RefusesAFileThatChangesWhileItIsLoaded) {
  const std::string file = ::testing::TempDir() + "/restless.so";
  fs::copy_file(std::string(TEST_PLUGIN_FOLDER) + "/broken/restless.so", file,
                fs::copy_options::overwrite_existing);
  lockTo({{"fake", load({kFake})->files.at(0).version, digestOf(file)}});
  EXPECT_FALSE(load({file}).has_value());
  EXPECT_EQ(codes, Codes{"GS5020"});
  fs::remove(file);
}

TEST(PluginBytes, AChangeOfTheFileShows) {
  const std::string file = ::testing::TempDir() + "/changing.so";
  std::ofstream(file) << "one";
  const host::PluginBytes before = llvm::cantFail(host::pluginBytes(file));
  EXPECT_TRUE(host::isUnchanged(file, before.stamp));
  std::ofstream(file, std::ios::app) << "two";
  EXPECT_FALSE(host::isUnchanged(file, before.stamp));
  std::ofstream(file + ".new") << "one";
  fs::rename(file + ".new", file);
  const host::PluginBytes after = llvm::cantFail(host::pluginBytes(file));
  EXPECT_EQ(after.sha256, before.sha256);
  EXPECT_FALSE(host::isUnchanged(file, before.stamp)) << "another file with the same bytes";
  fs::remove(file);
  EXPECT_FALSE(host::isUnchanged(file, after.stamp));
}

}  // namespace
}  // namespace gpuspec::testing
