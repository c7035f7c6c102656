#include "backends/artifact/output_tree.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "lang/diag/catalogue.h"
#include "tests/artifact/faulty_disk.h"

namespace gpuspec::artifact {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;
using Fault = FaultyDisk::Fault;

class OutputTree : public testing::Test {
 protected:
  OutputTree() {
    // In memory where that can be: thousands of renames wait for a disk that others are writing to.
    const fs::path memory = "/dev/shm";
    const bool usable = ::access(memory.c_str(), W_OK) == 0;
    std::string pattern =
        ((usable ? memory : fs::temp_directory_path()) / "gpuspec-test-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
    out = (fs::path(root) / "out").string();
  }
  ~OutputTree() override { fs::remove_all(root); }

  static Set setOf(const Files& files) {
    Set set;
    for (const auto& [path, bytes] : files) set.push_back({path, bytes, {}});
    return set;
  }

  llvm::Expected<WriteReport> tryWrite(const Files& files, bool force = false,
                                       Disk& disk = realDisk()) {
    const bool durable =
        flush || &disk != &realDisk();  // a real flush waits for the files of others too
    return writeTree(out, setOf(files), {"1", {}}, sources, {force, durable}, disk);
  }
  WriteReport write(const Files& files, bool force = false) {
    llvm::Expected<WriteReport> report = tryWrite(files, force);
    if (report) return std::move(*report);
    ADD_FAILURE() << llvm::toString(report.takeError());
    return {};
  }
  // The obstacles, "reason:path below root"; empty when it was written.
  std::vector<std::string> refused(const Files& files, bool force = false) {
    static const char* const kNames[] = {"edited",   "foreign", "link",  "locked",
                                         "manifest", "staging", "system"};
    llvm::Expected<WriteReport> report = tryWrite(files, force);
    std::vector<std::string> found;
    if (report) return found;
    llvm::handleAllErrors(report.takeError(), [&](const WriteError& error) {
      for (const Obstacle& obstacle : error.obstacles()) {
        EXPECT_EQ(error.refused(), obstacle.reason != Reason::System);
        const std::string below =
            obstacle.path.starts_with(root) ? obstacle.path.substr(root.size() + 1) : obstacle.path;
        found.push_back(std::string(kNames[static_cast<int>(obstacle.reason)]) + ":" + below);
      }
    });
    return found;
  }

  void put(const std::string& path, const std::string& bytes) {
    fs::create_directories((fs::path(root) / path).parent_path());
    std::ofstream(fs::path(root) / path, std::ios::binary) << bytes;
  }
  std::string get(const std::string& path) const {
    std::ifstream file(fs::path(root) / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Everything below the output folder but the manifest; folders end in a slash.
  Files tree() const {
    Files files;
    if (!fs::exists(out)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(out)) {
      const std::string path = fs::relative(entry.path(), out).string();
      if (path == kManifestName) continue;
      if (entry.is_directory() && fs::is_empty(entry.path())) files[path + "/"] = "";
      if (entry.is_regular_file()) files[path] = get("out/" + path);
    }
    return files;
  }
  std::string manifest() const { return get("out/" + std::string(kManifestName)); }

  std::string root, out;
  source::SourceMap sources;
  bool flush = false;
};

const Files kFirst = {{"a", "one"}, {"b/c", "two"}, {"b/d/e", "three"}, {"f/g", "four"}};
const Files kSecond = {{"a", "one"}, {"b/c", "changed"}, {"h/i", "new"}, {"j", "new too"}};

TEST_F(OutputTree, WritesAndReplaces) {
  flush = true;
  const WriteReport first = write(kFirst);
  EXPECT_EQ(first.written, (std::vector<std::string>{"a", "b/c", "b/d/e", "f/g"}));
  EXPECT_EQ(tree(), kFirst);
  const WriteReport second = write(kSecond);
  EXPECT_EQ(second.written, (std::vector<std::string>{"b/c", "h/i", "j"}));
  EXPECT_EQ(second.removed, (std::vector<std::string>{"b/d/e", "f/g"}));
  EXPECT_EQ(second.unchanged, 1u);
  EXPECT_FALSE(second.repaired);
  EXPECT_EQ(tree(), kSecond);  // and no empty folders
  llvm::Expected<Manifest> read = readManifest(out);
  ASSERT_TRUE(static_cast<bool>(read));
  EXPECT_EQ(read->files.size(), kSecond.size());
}

TEST_F(OutputTree, LeavesWhatIsTheSame) {
  write(kFirst);
  const auto before = fs::last_write_time(out + "/a");
  FaultyDisk disk;
  llvm::Expected<WriteReport> report = tryWrite(kFirst, false, disk);
  ASSERT_TRUE(static_cast<bool>(report));
  EXPECT_EQ(disk.changes(), 0);
  EXPECT_EQ(report->unchanged, kFirst.size());
  write(kSecond);
  EXPECT_EQ(fs::last_write_time(out + "/a"), before);
}

TEST_F(OutputTree, MakesTheFoldersAbove) {
  out = root + "/x/y/out/";
  write(kFirst);
  EXPECT_EQ(get("x/y/out/b/d/e"), "three");
}

TEST_F(OutputTree, TwoFoldersHaveTheSameManifest) {
  write(kFirst);
  const std::string manifest_here = manifest();
  EXPECT_EQ(manifest_here.find(root), std::string::npos);
  out = root + "/elsewhere";
  write(kFirst);
  EXPECT_EQ(get("elsewhere/" + std::string(kManifestName)), manifest_here);
}

TEST_F(OutputTree, EditedFilesAreRefused) {
  write(kFirst);
  put("out/b/c", "mine");
  put("out/a", "mine too");  // not to be changed by this run, but not as the spec says either
  const std::string manifest_before = manifest();
  EXPECT_EQ(refused(kSecond), (std::vector<std::string>{"edited:out/a", "edited:out/b/c"}));
  EXPECT_EQ(get("out/b/c"), "mine");
  EXPECT_EQ(get("out/f/g"), "four");
  EXPECT_EQ(manifest(), manifest_before);
  EXPECT_FALSE(fs::exists(out + "/j"));
  const WriteReport forced = write(kSecond, true);
  EXPECT_EQ(forced.written.size(), 4u);
  EXPECT_EQ(tree(), kSecond);
}

TEST_F(OutputTree, DeletedFilesComeBack) {
  write(kFirst);
  fs::remove_all(out + "/b");
  EXPECT_EQ(write(kFirst).written, (std::vector<std::string>{"b/c", "b/d/e"}));
  EXPECT_EQ(tree(), kFirst);
}

TEST_F(OutputTree, EditedFilesThatAreNoLongerProducedStay) {
  write(kFirst);
  put("out/f/g", "mine");
  const WriteReport report = write(kSecond);
  EXPECT_EQ(report.kept, (std::vector<std::string>{"f/g"}));
  EXPECT_EQ(get("out/f/g"), "mine");
  diag::Sink sink;
  reportKept(report, "out", sink);
  const auto findings = sink.finish(sources);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].info->code, diag::OutputKeptInfo.code);
  // From now on it is somebody else's.
  EXPECT_EQ(refused(kFirst), (std::vector<std::string>{"foreign:out/f/g"}));
  EXPECT_EQ(refused(kFirst, true), (std::vector<std::string>{"foreign:out/f/g"}));
}

TEST_F(OutputTree, ForeignFilesAreLeftAlone) {
  put("out/notes.txt", "mine");
  put("out/b/readme", "mine as well");
  write(kFirst);
  write(kSecond);
  EXPECT_EQ(get("out/notes.txt"), "mine");
  EXPECT_EQ(write({}).removed.size(), kSecond.size());
  EXPECT_EQ(tree(), (Files{{"b/readme", "mine as well"}, {"notes.txt", "mine"}}));
}

TEST_F(OutputTree, ForeignFilesInTheWayAreRefused) {
  put("out/j", "mine");
  put("out/h", "a file where a folder has to be");
  fs::create_directories(out + "/a");
  EXPECT_EQ(refused(kSecond, true),
            (std::vector<std::string>{"foreign:out/a", "foreign:out/h", "foreign:out/j"}));
  EXPECT_EQ(get("out/j"), "mine");
  EXPECT_FALSE(fs::exists(out + "/b"));
  put("out2", "");
  out += "2";
  EXPECT_EQ(refused(kSecond), (std::vector<std::string>{"foreign:out2"}));
}

TEST_F(OutputTree, AForeignFileWithTheSameContentIsAdopted) {
  put("out/j", "new too");
  EXPECT_EQ(write(kSecond).unchanged, 1u);
  EXPECT_EQ(write({}).removed.size(), kSecond.size());
}

TEST_F(OutputTree, LinksAreNeverFollowed) {
  fs::create_directories(root + "/elsewhere");
  put("elsewhere/c", "safe");
  write(kFirst);
  fs::remove_all(out + "/b");
  fs::create_directory_symlink(root + "/elsewhere", out + "/b");
  EXPECT_EQ(refused(kSecond, true), (std::vector<std::string>{"link:out/b"}));
  fs::remove(out + "/a");
  fs::create_symlink(root + "/elsewhere/c", out + "/a");
  EXPECT_EQ(refused({{"a", "x"}}, true), (std::vector<std::string>{"link:out/a"}));
  EXPECT_EQ(write({}).kept,
            (std::vector<std::string>{"a", "b/c", "b/d/e"}));  // nor to remove something
  EXPECT_EQ(get("elsewhere/c"), "safe");
  fs::create_directory_symlink(out, root + "/link");
  out = root + "/link";
  EXPECT_EQ(refused(kSecond), (std::vector<std::string>{"link:link"}));
  out = root + "/link/";
  EXPECT_EQ(refused(kSecond), (std::vector<std::string>{"link:link"}));
}

TEST_F(OutputTree, ALinkInPlaceOfTheStageOrTheManifestIsRefused) {
  fs::create_directories(root + "/elsewhere");
  put("elsewhere/0", "safe");
  fs::create_directories(out);
  fs::create_directory_symlink(root + "/elsewhere", out + "/.gpuspec-staging");
  EXPECT_EQ(refused(kFirst, true), (std::vector<std::string>{"link:out/.gpuspec-staging"}));
  EXPECT_EQ(get("elsewhere/0"), "safe");
  fs::remove(out + "/.gpuspec-staging");
  fs::create_symlink(root + "/elsewhere/0", out + "/gpuspec-manifest.json");
  EXPECT_EQ(refused(kFirst, true), (std::vector<std::string>{"link:out/gpuspec-manifest.json"}));
}

TEST_F(OutputTree, AManifestThatCannotBeReadIsRefused) {
  write(kFirst);
  put("out/gpuspec-manifest.json", "{}");
  EXPECT_EQ(refused(kFirst), (std::vector<std::string>{"manifest:out/gpuspec-manifest.json"}));
  EXPECT_EQ(write(kFirst, true).unchanged, kFirst.size());
  EXPECT_EQ(write(kSecond).removed.size(), 2u);
}

TEST_F(OutputTree, OnlyOneWritesAtATime) {
  fs::create_directories(out);
  {
    llvm::Expected<std::unique_ptr<FolderLock>> lock = realDisk().lock(out);
    ASSERT_TRUE(lock && *lock);
    EXPECT_EQ(refused(kFirst), (std::vector<std::string>{"locked:out"}));
  }
  write(kFirst);
}

TEST_F(OutputTree, ErrorsBecomeFindings) {
  write(kFirst);
  put("out/a", "mine");
  put("out/j", "mine");
  diag::Sink sink;
  EXPECT_TRUE(reportWriteError(tryWrite({{"a", "x"}, {"j", "x"}}).takeError(), sink));
  FaultyDisk full(Fault::OneFailure, 1);
  EXPECT_FALSE(reportWriteError(tryWrite({{"k", "x"}, {"l", "x"}}, true, full).takeError(), sink));
  std::vector<std::string> messages;
  for (const diag::Diagnostic& finding : sink.finish(sources)) {
    std::string message = finding.message;
    for (std::size_t at = message.find(root); at != std::string::npos; at = message.find(root)) {
      message.erase(at, root.size());
    }
    messages.push_back(diag::codeName(finding.info->code) + " " + message);
  }
  EXPECT_EQ(messages,
            (std::vector<std::string>{
                "GS6001 `/out/a` was edited since gpuspec wrote it",
                "GS6002 `/out/j` is in the way and was not written by gpuspec",
                "GS6007 cannot write `/out/.gpuspec-staging/0`: No space left on device"}));
}

// Every change to the disk on the way from one tree to the next is a place to fail.
class Interrupted : public OutputTree {
 protected:
  int changesOf(const Files& from, const Files& to) {
    begin(from);
    FaultyDisk disk;
    EXPECT_TRUE(succeeded(tryWrite(to, false, disk)));
    return disk.changes();
  }
  void begin(const Files& files) {
    fs::remove_all(out);
    put("out/notes.txt", "mine");
    if (!files.empty()) write(files);
  }
  static bool succeeded(llvm::Expected<WriteReport> report) {
    if (report) return true;
    llvm::consumeError(report.takeError());
    return false;
  }
  Files withNotes(Files files) const {
    files["notes.txt"] = "mine";
    return files;
  }
};

TEST_F(Interrupted, AFullDiskLeavesTheOldTree) {
  const int changes = changesOf(kFirst, kSecond);
  ASSERT_GT(changes, 10);
  for (int step = 0; step < changes; ++step) {
    begin(kFirst);
    FaultyDisk disk(Fault::OneFailure, step);
    const bool done = succeeded(tryWrite(kSecond, false, disk));
    EXPECT_FALSE(done) << step;
    if (!disk.renamedIntoPlace() && !fs::exists(out + "/.gpuspec-staging")) {
      EXPECT_EQ(tree(), withNotes(kFirst)) << step;
    }
    write(kSecond);
    EXPECT_EQ(tree(), withNotes(kSecond)) << step;
  }
}

TEST_F(Interrupted, BeforeTheFirstRenameNothingOfTheOldTreeChanges) {
  const int changes = changesOf(kFirst, kSecond);
  int untouched = 0;
  for (int step = 0; step < changes; ++step) {
    begin(kFirst);
    const std::string manifest_before = manifest();
    FaultyDisk disk(Fault::OneFailure, step);
    EXPECT_FALSE(succeeded(tryWrite(kSecond, false, disk))) << step;
    if (disk.renamedIntoPlace()) continue;
    ++untouched;
    fs::remove_all(out + "/.gpuspec-staging");
    EXPECT_EQ(tree(), withNotes(kFirst)) << step;
    EXPECT_EQ(manifest(), manifest_before) << step;
  }
  EXPECT_GE(untouched, 7);  // the folder, three files, the manifest, the flush, its name
}

TEST_F(Interrupted, AKillIsRepairedByTheNextRun) {
  for (const Files& from : {Files{}, kFirst}) {
    const int changes = changesOf(from, kSecond);
    for (const Files& next : {kSecond, kFirst, Files{}}) {
      int repaired = 0;
      for (int step = 0; step < changes; ++step) {
        begin(from);
        FaultyDisk disk(Fault::SwitchedOff, step);
        succeeded(tryWrite(kSecond, false, disk));
        repaired += write(next).repaired ? 1 : 0;
        EXPECT_EQ(tree(), withNotes(next)) << step;
      }
      EXPECT_GT(repaired, 3);
    }
  }
}

TEST_F(Interrupted, AKillDuringTheRepairIsRepairedToo) {
  const int changes = changesOf(kFirst, kSecond);
  for (int first = 0; first < changes; ++first) {
    for (int second = 0;; ++second) {
      begin(kFirst);
      FaultyDisk killed(Fault::SwitchedOff, first);
      succeeded(tryWrite(kSecond, false, killed));
      FaultyDisk again(Fault::SwitchedOff, second);
      const bool done = succeeded(tryWrite(kFirst, false, again));
      write(kSecond);
      ASSERT_EQ(tree(), withNotes(kSecond)) << first << " " << second;
      if (done) break;
    }
  }
}

TEST_F(Interrupted, AnEditAfterTheKillIsNotOverwritten) {
  const int changes = changesOf(kFirst, kSecond);
  for (int step = 0; step < changes; ++step) {
    begin(kFirst);
    FaultyDisk disk(Fault::SwitchedOff, step);
    succeeded(tryWrite(kSecond, false, disk));
    put("out/b/c", "mine");
    EXPECT_EQ(refused(kSecond), (std::vector<std::string>{"edited:out/b/c"})) << step;
    EXPECT_EQ(get("out/b/c"), "mine");
    write(kSecond, true);
    EXPECT_EQ(tree(), withNotes(kSecond)) << step;
  }
}

TEST_F(Interrupted, ADamagedStageIsNotUsed) {
  const int changes = changesOf(kFirst, kSecond);
  int damaged = 0;
  for (int step = 0; step < changes; ++step) {
    begin(kFirst);
    FaultyDisk disk(Fault::SwitchedOff, step);
    succeeded(tryWrite(kSecond, false, disk));
    const bool complete = fs::exists(out + "/.gpuspec-staging/manifest.json");
    if (!complete || !fs::exists(out + "/.gpuspec-staging/2")) continue;
    ++damaged;
    put("out/.gpuspec-staging/2", "damaged");
    EXPECT_EQ(refused(kSecond), (std::vector<std::string>{"staging:out/.gpuspec-staging/2"}))
        << step;
    write(kSecond, true);
    EXPECT_EQ(tree(), withNotes(kSecond)) << step;
    begin(kFirst);
    FaultyDisk same(Fault::SwitchedOff, step);
    succeeded(tryWrite(kSecond, false, same));
    put("out/.gpuspec-staging/manifest.json", "{}");
    EXPECT_EQ(refused(kSecond),
              (std::vector<std::string>{"manifest:out/.gpuspec-staging/manifest.json"}))
        << step;
  }
  EXPECT_GT(damaged, 1);
}

TEST_F(Interrupted, AFailureTakesAwayTheFoldersItMade) {
  out = root + "/x/y/out";
  FaultyDisk disk(Fault::OneFailure, 4);
  EXPECT_FALSE(succeeded(tryWrite(kFirst, false, disk)));
  EXPECT_FALSE(fs::exists(root + "/x"));
}

}  // namespace
}  // namespace gpuspec::artifact
