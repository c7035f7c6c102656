#pragma once

// ARM over a memory store, with a data plane that remembers what it was told.

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "backends/deploy/sandbox/arm/arm_api.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

class FakeDataPlane : public DataPlane {
 public:
  llvm::Error clusterReady(const std::string& cluster, const Tree& managed_cluster) override;
  llvm::Error clusterRemoved(const std::string& cluster) override;
  // What the disk says from now on; "" = nothing.
  void fail(std::string why);
  void poolChanged(const std::string& cluster, const std::string& pool,
                   const Tree& properties) override;
  void poolRemoved(const std::string& cluster, const std::string& pool) override;
  bool poolReady(const std::string& cluster, const std::string& pool,
                 std::int64_t count) const override;
  std::string kubeconfig(const std::string& cluster) override { return "kubeconfig of " + cluster; }

  // Nodes of these pools never come up.
  void hold(const std::string& pool);
  void release(const std::string& pool);
  std::vector<std::string> calls() const;

 private:
  void note(std::string call);
  llvm::Error answer() const;
  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
  std::map<std::string, std::int64_t> nodes_;
  std::set<std::string> held_;
  std::string why_;
};

struct Reply {
  int status = 0;
  Tree body;
  std::map<std::string, std::string> headers;
  std::string code() const;  // of the error
  std::string text(std::string_view path) const;
  const Tree* at(std::string_view path) const;
};

const Tree* treeAt(const Tree& tree, std::string_view path);
Tree json(std::string_view text);

class ArmTest : public ::testing::Test {
 protected:
  ArmTest();
  ~ArmTest() override;

  static ArmOptions defaultOptions();
  void restart(const ArmOptions& options = defaultOptions());
  HttpResponse raw(const HttpRequest& request) { return arm_->handle(request); }
  // `target`: a path below the subscription, with or without a query; the api-version is added.
  Reply send(const std::string& method, const std::string& target, const Tree& body = Tree(),
             const std::map<std::string, std::string>& headers = {});
  Reply get(const std::string& target) { return send("GET", target); }
  Reply put(const std::string& target, const Tree& body) { return send("PUT", target, body); }
  Reply remove(const std::string& target) { return send("DELETE", target); }
  // Follows the headers of `reply` until it ends: the last answer. Status "Succeeded" when there is
  // nothing to follow.
  std::string finish(const Reply& reply);
  Reply finishLocation(const Reply& reply);

  void makeGroup(const std::string& name = "rg");
  // "rg/c1" with one System pool, ready.
  void makeCluster(const std::string& name = "c1");
  static Tree clusterBody();
  static Tree poolBody();
  static std::string clusterPath(const std::string& name = "c1", const std::string& group = "rg");
  static std::string poolPath(const std::string& pool, const std::string& cluster = "c1");

  std::string token_;
  std::string api_version_ = "2026-05-01";
  std::unique_ptr<Store> store_ = makeMemoryStore();
  FakeDataPlane data_plane_;
  std::unique_ptr<ArmApi> arm_;
};

}  // namespace gpuspec::deploy::sandbox
