#include "backends/deploy/sandbox/store/store.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "compiler/ir/make_tree.h"
#include "tests/deploy/store/writing.h"

namespace gpuspec::deploy::sandbox {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// -1 = no conflict.
template <class T>
std::int64_t conflictOf(llvm::Expected<T> result) {
  if (result) return -1;
  std::int64_t found = -2;
  llvm::handleAllErrors(
      result.takeError(), [&](const RevisionConflict& conflict) { found = conflict.found; },
      [](const llvm::ErrorInfoBase&) {});
  return found;
}

template <class T>
bool isCompacted(llvm::Expected<T> result) {
  if (result) return false;
  llvm::Error error = result.takeError();
  const bool is = error.isA<Compacted>();
  llvm::consumeError(std::move(error));
  return is;
}

std::string keysOf(const Page& page) {
  std::string keys;
  for (const Entry& entry : page.entries) keys += entry.key + "=" + entry.value->asString() + " ";
  return keys;
}

std::string listed(const Store& store, const std::string& prefix, std::int64_t at = 0) {
  llvm::Expected<Page> page = store.list(prefix, 0, {}, at);
  return page ? keysOf(*page) : llvm::toString(page.takeError());
}

TEST(Store, CountsRevisionsAndKnowsWhenAKeyWasMade) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  EXPECT_EQ(put(*store, "/a", "1"), 1);
  EXPECT_EQ(put(*store, "/b", "1"), 2);
  EXPECT_EQ(put(*store, "/a", "2"), 3);
  const std::optional<Entry> a = store->get("/a");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->created, 1);
  EXPECT_EQ(a->modified, 3);
  EXPECT_EQ(a->value->asString(), "2");
  EXPECT_EQ(store->revision(), 3);
  EXPECT_FALSE(store->get("/c"));
}

TEST(Store, ValuesAreMadeWithTheirRevision) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  put(*store, "/x", "1");
  llvm::Expected<Entry> entry =
      store->put("/y", [](std::int64_t revision) { return Tree(revision); }, 0);
  ASSERT_TRUE(static_cast<bool>(entry));
  EXPECT_EQ(entry->value->asInt(), entry->modified);
}

TEST(Store, WritesOnlyOverWhatTheWriterSaw) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  EXPECT_EQ(conflictOf(store->put("/a", value("1"), 7)), 0);
  put(*store, "/a", "1", 0);
  EXPECT_EQ(conflictOf(store->put("/a", value("2"), 0)), 1);
  EXPECT_EQ(put(*store, "/a", "2", 1), 2);
  EXPECT_EQ(conflictOf(store->remove("/a", 1)), 2);
  EXPECT_EQ(conflictOf(store->remove("/b", Store::kAny)), 0);
  EXPECT_EQ(store->revision(), 2) << "what is refused uses no revision";
  EXPECT_EQ(llvm::cantFail(store->remove("/a", 2)), 3);
  EXPECT_FALSE(store->get("/a"));
  put(*store, "/a", "again", 0);
  EXPECT_EQ(store->get("/a")->created, 4);
}

TEST(Store, PagesAreSortedAndStayAtTheirRevision) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  for (const char* key : {"/p/d", "/p/a", "/p/c", "/p/b", "/q/a", "/o"}) put(*store, key, "1");
  const Page first = llvm::cantFail(store->list("/p/", 2));
  EXPECT_EQ(keysOf(first), "/p/a=1 /p/b=1 ");
  EXPECT_EQ(first.next_key, "/p/c");
  EXPECT_EQ(first.remaining, 2);
  put(*store, "/p/c", "2");
  put(*store, "/p/ca", "new");
  llvm::cantFail(store->remove("/p/d", Store::kAny));
  const Page second = llvm::cantFail(store->list("/p/", 2, first.next_key, first.revision));
  EXPECT_EQ(keysOf(second), "/p/c=1 /p/d=1 ");
  EXPECT_EQ(second.revision, first.revision);
  EXPECT_EQ(second.next_key, "");
  EXPECT_EQ(second.remaining, 0);
  EXPECT_EQ(listed(*store, "/p/"), "/p/a=1 /p/b=1 /p/c=2 /p/ca=new ");
}

TEST(Store, RemovesAPrefixInOneStepAndLeavesItsNeighbours) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  for (const char* key : {"/p/a", "/p/b", "/pq", "/q"}) put(*store, key, "1");
  llvm::cantFail(store->removeAll("/p/"));
  EXPECT_EQ(listed(*store, "/"), "/pq=1 /q=1 ");
  EXPECT_EQ(listed(*store, "/", 4), "/p/a=1 /p/b=1 /pq=1 /q=1 ");
  llvm::cantFail(store->removeAll("/nothing/"));
  EXPECT_EQ(store->revision(), 6);
}

TEST(Store, ForgetsWhatIsOlderThanItsHistory) {
  const std::unique_ptr<Store> store = makeMemoryStore(5);
  put(*store, "/gone", "1");
  llvm::cantFail(store->remove("/gone", Store::kAny));
  for (int i = 0; i < 10; ++i) put(*store, "/hot", std::to_string(i));
  put(*store, "/new", "1");
  EXPECT_TRUE(isCompacted(store->list("/", 0, {}, 3)));
  EXPECT_TRUE(isCompacted(store->watch("/", 3)));
  EXPECT_EQ(listed(*store, "/", 10), "/hot=7 ");
  EXPECT_EQ(listed(*store, "/"), "/hot=9 /new=1 ");
}

TEST(Store, CompactsWhenTold) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  for (int i = 0; i < 5; ++i) put(*store, "/a", std::to_string(i));
  store->compact(4);
  EXPECT_TRUE(isCompacted(store->list("/", 0, {}, 3)));
  EXPECT_EQ(listed(*store, "/", 4), "/a=3 ");
  llvm::Expected<std::unique_ptr<Watch>> watch = store->watch("/", 4);
  ASSERT_TRUE(static_cast<bool>(watch));
  EXPECT_EQ((*watch)->next(0ms).size(), 1u);
}

TEST(Store, WatchReplaysAndThenFollows) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  put(*store, "/a/1", "x");
  put(*store, "/a/1", "y");
  put(*store, "/b/1", "z");
  const std::unique_ptr<Watch> watch = llvm::cantFail(store->watch("/a/", 1));
  std::vector<Event> events = watch->next(0ms);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].entry.value->asString(), "y");
  EXPECT_EQ(events[0].before->asString(), "x");
  std::thread writer([&] { llvm::cantFail(store->remove("/a/1", Store::kAny)); });
  events = watch->next(10s);
  writer.join();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, Event::Type::Remove);
  EXPECT_EQ(events[0].entry.modified, 4);
  EXPECT_EQ(events[0].before->asString(), "y");
  EXPECT_TRUE(watch->next(0ms).empty());
  EXPECT_FALSE(watch->closed());
}

TEST(Store, WatchFromNowOnSeesNothingOld) {
  const std::unique_ptr<Store> store = makeMemoryStore();
  put(*store, "/a", "x");
  const std::unique_ptr<Watch> watch = llvm::cantFail(store->watch("/", 0));
  put(*store, "/b", "x");
  const std::vector<Event> events = watch->next(10s);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].entry.key, "/b");
  EXPECT_EQ(events[0].before, nullptr);
}

TEST(Store, ClosingWakesAWatchAndItOutlivesItsStore) {
  std::unique_ptr<Store> store = makeMemoryStore();
  const std::unique_ptr<Watch> watch = llvm::cantFail(store->watch("/", 0));
  const std::unique_ptr<Watch> other = llvm::cantFail(store->watch("/", 0));
  std::thread closer([&] { watch->close(); });
  EXPECT_TRUE(watch->next(60s).empty());
  closer.join();
  EXPECT_TRUE(watch->closed());
  EXPECT_FALSE(other->closed());
  store.reset();
  EXPECT_TRUE(other->closed());
  EXPECT_TRUE(other->next(60s).empty());
}

TEST(Store, AWatchThatNobodyReadsEnds) {
  const std::unique_ptr<Store> store = makeMemoryStore(10);
  const std::unique_ptr<Watch> watch = llvm::cantFail(store->watch("/", 0));
  for (int i = 0; i < 1011; ++i) put(*store, "/a", "x");
  EXPECT_TRUE(watch->closed());
  EXPECT_TRUE(watch->next(0ms).empty());
}

TEST(Store, ManyWritersEachGetTheirOwnRevisionInOrder) {
  TempFolder folder;
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
  const std::unique_ptr<Watch> watch = llvm::cantFail(store->watch("/", 0));
  constexpr int kThreads = 16, kWrites = 100;
  std::vector<std::thread> threads;
  std::atomic<int> won = 0;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kWrites; ++i) {
        put(*store, "/own/" + std::to_string(thread) + "/" + std::to_string(i), "x");
        llvm::Expected<Entry> race = store->put("/race/" + std::to_string(i), value("x"), 0);
        if (race) ++won;
        if (!race) llvm::consumeError(race.takeError());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, kWrites);
  EXPECT_EQ(store->revision(), kThreads * kWrites + kWrites);
  std::int64_t last = 0;
  for (const Event& event : watch->next(10s)) EXPECT_EQ(event.entry.modified, ++last);
  EXPECT_EQ(last, store->revision());
}

TEST(Store, ReopensAsItWas) {
  TempFolder folder;
  std::string before;
  {
    const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
    put(*store, "/b", "1");
    put(*store, "/a", "2");
    put(*store, "/b", "3");
    llvm::cantFail(store->remove("/a", Store::kAny));
    before = listed(*store, "/");
  }
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
  EXPECT_EQ(listed(*store, "/"), before);
  EXPECT_EQ(store->revision(), 4) << "a removal counts";
  EXPECT_EQ(store->get("/b")->created, 1);
  EXPECT_EQ(store->get("/b")->modified, 3);
  EXPECT_TRUE(isCompacted(store->list("/", 0, {}, 2)));
  EXPECT_TRUE(isCompacted(store->watch("/", 2)));
  EXPECT_TRUE(static_cast<bool>(llvm::cantFail(store->watch("/", 4))));
  EXPECT_EQ(put(*store, "/c", "1"), 5);
}

TEST(Store, KeepsEveryShapeOfValue) {
  TempFolder folder;
  const Tree tree =
      ir::mapOf("z", 1, "a", 1.0, "n", nullptr, "s", "\xc3\xa9\n\"", "l",
                ir::listOf(true, Tree::map(), Tree::list()), "big", std::int64_t{9007199254740993});
  {
    const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
    llvm::cantFail(store->put("/x", [&](std::int64_t) { return tree; }, 0));
  }
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
  EXPECT_EQ(*store->get("/x")->value, tree);
}

TEST(Store, OnlyItsOwnerCanReadTheFile) {
  TempFolder folder;
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
  put(*store, "/x", "secret");
  for (const fs::directory_entry& file : fs::directory_iterator(folder.path())) {
    struct stat facts{};
    ASSERT_EQ(::stat(file.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << file.path();
  }
}

std::string openError(const std::string& folder) {
  llvm::Expected<std::unique_ptr<Store>> store = openStore(folder);
  return store ? "" : llvm::toString(store.takeError());
}

TEST(Store, SaysWhichFileIsDamagedAndWhatToDo) {
  TempFolder folder;
  std::ofstream(folder.path() + "/store.db") << std::string(8192, 'x');
  const std::string text = openError(folder.path());
  EXPECT_NE(text.find(folder.path() + "/store.db"), std::string::npos) << text;
  EXPECT_NE(text.find("gpuspec sandbox reset"), std::string::npos) << text;
}

TEST(Store, SeesDamageInTheMiddle) {
  TempFolder folder;
  {
    const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
    for (int i = 0; i < 500; ++i) put(*store, "/k" + std::to_string(i), std::string(200, 'v'));
  }
  std::fstream file(folder.path() + "/store.db", std::ios::in | std::ios::out | std::ios::binary);
  for (int page = 2; page < 20; ++page) {
    file.seekp(page * 4096);
    file << std::string(64, '\xff');
  }
  file.close();
  const std::string text = openError(folder.path());
  EXPECT_NE(text.find("damaged"), std::string::npos) << text;
  EXPECT_NE(text.find("gpuspec sandbox reset"), std::string::npos) << text;
}

TEST(Store, TwoProcessesDoNotShareAFile) {
  TempFolder folder;
  const std::unique_ptr<Store> store = llvm::cantFail(openStore(folder.path()));
  put(*store, "/x", "1");
  EXPECT_NE(openError(folder.path()).find("in use by another process"), std::string::npos)
      << openError(folder.path());
}

TEST(Store, SaysThatAFolderIsMissing) {
  EXPECT_NE(openError("/nowhere/at/all").find("/nowhere/at/all/store.db"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
