// The log beside the database: cut off, damaged, full, grown, taken twice.

#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "tests/deploy/store/writing.h"

namespace gpuspec::deploy::sandbox {
namespace {

namespace fs = std::filesystem;

// What a process that is killed now leaves.
void copyFiles(const TempFolder& from, const TempFolder& to) {
  for (const fs::directory_entry& file : fs::directory_iterator(from.path()))
    fs::copy_file(file, fs::path(to.path()) / file.path().filename(),
                  fs::copy_options::overwrite_existing);
}

// `killed`: the files of a process that was killed when it had these writes in its log.
void killAfter(const std::vector<std::pair<std::string, std::string>>& writes,
               const TempFolder& killed) {
  const TempFolder folder;
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
  for (const auto& [key, text] : writes) put(*store, key, text);
  copyFiles(folder, killed);
}

std::vector<std::string> contentsOf(const std::string& folder) {
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder));
  std::vector<std::string> out{std::to_string(store->revision())};
  for (const Entry& entry : llvm::cantFail(store->list("/")).entries)
    out.push_back(entry.key + "=" + entry.value->asString() + " " + std::to_string(entry.created) +
                  " " + std::to_string(entry.modified));
  return out;
}

TEST(Store, DropsAWriteThatWasCutOffAndGoesOn) {
  const TempFolder killed;
  killAfter({{"/a", "1"}, {"/b", "2"}, {"/a", "3"}}, killed);
  const std::string log = killed.path() + "/store.db-log";
  fs::resize_file(log, fs::file_size(log) - 1);
  const std::vector<std::string> expected = {"2", "/a=1 1 1", "/b=2 2 2"};
  EXPECT_EQ(contentsOf(killed.path()), expected);
  put(*llvm::cantFail(openStore(killed.path())), "/c", "4");
  const std::vector<std::string> after = {"3", "/a=1 1 1", "/b=2 2 2", "/c=4 3 3"};
  EXPECT_EQ(contentsOf(killed.path()), after);
}

TEST(Store, DropsWhatFollowsAWriteThatIsNotAsItWasWritten) {
  const TempFolder killed;
  killAfter({{"/a", "first"}, {"/b", "second"}, {"/c", "third"}}, killed);
  const std::string log = killed.path() + "/store.db-log";
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(fs::file_size(log) / 2));
  file << "???";
  file.close();
  EXPECT_EQ(contentsOf(killed.path()), (std::vector<std::string>{"1", "/a=first 1 1"}));
}

TEST(Store, AWriteThatFindsNoPlaceIsNotThere) {
  TempFolder folder;
  {
    const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
    put(*store, "/a", "1");
    const std::string log = folder.path() + "/store.db-log";
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit tight{fs::file_size(log) + 10, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    llvm::Expected<Entry> refused = store->put("/b", value(std::string(1000, 'x')), Store::kAny);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(static_cast<bool>(refused));
    const std::string text = llvm::toString(refused.takeError());
    EXPECT_NE(text.find("cannot write `" + log), std::string::npos) << text;
    EXPECT_FALSE(store->get("/b"));
    put(*store, "/c", "3");
  }
  EXPECT_EQ(contentsOf(folder.path()), (std::vector<std::string>{"2", "/a=1 1 1", "/c=3 2 2"}));
}

TEST(Store, TakesTheSameLogTwice) {
  TempFolder folder, killed;
  {
    const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
    put(*store, "/a", "1");
    put(*store, "/b", "2");
    llvm::cantFail(store->remove("/b", Store::kAny));
    copyFiles(folder, killed);
  }
  // As after a kill between the database's commit and the log's end.
  fs::copy_file(killed.path() + "/store.db-log", folder.path() + "/store.db-log",
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(contentsOf(folder.path()), (std::vector<std::string>{"3", "/a=1 1 1"}));
  EXPECT_EQ(contentsOf(folder.path()), contentsOf(killed.path()));
}

TEST(Store, LogsThatHaveGrownGoToTheDatabase) {
  TempFolder folder;
  const std::string much(1u << 20, 'x');
  {
    const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
    for (int i = 0; i < 40; ++i)
      put(*store, "/k" + std::to_string(i % 3), much + std::to_string(i));
    EXPECT_LT(fs::file_size(folder.path() + "/store.db-log"), 30u << 20) << "of 40 MiB written";
  }
  EXPECT_EQ(fs::file_size(folder.path() + "/store.db-log"), 0u);
  EXPECT_EQ(fs::file_size(folder.path() + "/store.db-log-full"), 0u);
  const std::vector<std::string> expected = {"40", "/k0=" + much + "39 1 40",
                                             "/k1=" + much + "37 2 38", "/k2=" + much + "38 3 39"};
  EXPECT_TRUE(contentsOf(folder.path()) == expected);
}

TEST(Store, ReadsBothLogsInTheirOrder) {
  TempFolder folder, killed;
  {
    const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
    put(*store, "/a", "1");
    put(*store, "/b", "2");
    copyFiles(folder, killed);
  }
  fs::rename(killed.path() + "/store.db-log", killed.path() + "/store.db-log-full");
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
  put(*store, "/b", "3");
  put(*store, "/c", "4");
  fs::copy_file(folder.path() + "/store.db-log", killed.path() + "/store.db-log");
  EXPECT_EQ(contentsOf(killed.path()),
            (std::vector<std::string>{"4", "/a=1 1 1", "/b=3 2 3", "/c=4 4 4"}));
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
