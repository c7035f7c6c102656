#include "backends/deploy/sandbox/host/clusters.h"

#include <atomic>

#include <gtest/gtest.h>

#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {
namespace {

// A store whose disk may be full.
class FailingStore final : public Store {
 public:
  std::int64_t revision() const override { return inner_->revision(); }
  std::optional<Entry> get(std::string_view key) const override { return inner_->get(key); }
  llvm::Expected<Page> list(std::string_view prefix, std::size_t limit, std::string_view from_key,
                            std::int64_t at_revision) const override {
    return inner_->list(prefix, limit, from_key, at_revision);
  }
  llvm::Expected<Entry> put(std::string_view key, const MakeValue& value,
                            std::int64_t expected) override {
    if (is_full && key.starts_with("/sandbox/"))
      return llvm::createStringError(std::errc::no_space_on_device, "the disk is full");
    return inner_->put(key, value, expected);
  }
  llvm::Expected<std::int64_t> remove(std::string_view key, std::int64_t expected) override {
    return inner_->remove(key, expected);
  }
  llvm::Error removeAll(std::string_view prefix) override {
    if (is_full) return llvm::createStringError(std::errc::no_space_on_device, "the disk is full");
    return inner_->removeAll(prefix);
  }
  llvm::Expected<std::unique_ptr<Watch>> watch(std::string_view prefix,
                                               std::int64_t after_revision) override {
    return inner_->watch(prefix, after_revision);
  }
  void compact(std::int64_t before_revision) override { inner_->compact(before_revision); }

  std::atomic<bool> is_full = false;

 private:
  std::unique_ptr<Store> inner_ = makeMemoryStore();
};

class NoFacts final : public NodeFacts {
 public:
  NodeCapacity capacityOf(const NodePool&) const override { return {}; }
};

class ClustersTest : public ::testing::Test {
 protected:
  ClustersTest() {
    llvm::cantFail(clusters_.startStored());
    llvm::cantFail(clusters_.clusterReady("rg.one", ir::mapOf("id", "/one")));
    const Tree object = ir::mapOf("metadata", ir::mapOf("name", "mine"));
    llvm::cantFail(clusters_.api(kOwnCluster)
                       ->objects()
                       .create(kConfigMaps, "default", object, {})
                       .takeError());
  }
  bool hasMine() const {
    return clusters_.api(kOwnCluster)->objects().get(kConfigMaps, "default", "mine").has_value();
  }

  inline static const ResourceId kConfigMaps{"", "v1", "configmaps"};
  FailingStore store_;
  NoFacts facts_;
  Clusters clusters_{store_, facts_, "token", [](const std::string&) { return ""; }};
};

TEST_F(ClustersTest, AResetForgetsAll) {
  EXPECT_FALSE(static_cast<bool>(clusters_.reset()));
  EXPECT_EQ(clusters_.names(), std::vector<std::string>{kOwnCluster});
  EXPECT_FALSE(hasMine());
}

TEST_F(ClustersTest, AClusterThatTheDiskDoesNotTakeIsNoCluster) {
  store_.is_full = true;
  EXPECT_TRUE(llvm::errorToBool(clusters_.clusterReady("rg.two", ir::mapOf("id", "/two"))));
  EXPECT_EQ(clusters_.api("rg.two"), nullptr);
}

TEST_F(ClustersTest, ARemovalThatTheDiskDoesNotTakeLeavesTheClusterRunning) {
  store_.is_full = true;
  EXPECT_TRUE(llvm::errorToBool(clusters_.clusterRemoved("rg.one")));
  EXPECT_NE(clusters_.api("rg.one"), nullptr);
  store_.is_full = false;
  EXPECT_FALSE(llvm::errorToBool(clusters_.clusterRemoved("rg.one")));
  EXPECT_EQ(clusters_.api("rg.one"), nullptr);
}

TEST_F(ClustersTest, AResetThatFailsSaysSoAndKeepsAll) {
  store_.is_full = true;
  EXPECT_EQ(llvm::toString(clusters_.reset()), "the disk is full");
  EXPECT_EQ(clusters_.names(), (std::vector<std::string>{kOwnCluster, "rg.one"}));
  EXPECT_TRUE(hasMine());
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
