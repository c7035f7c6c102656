#pragma once

// A live cluster over the sandbox's own API, and ways to put objects in and to wait for what they
// become.

#include <gtest/gtest.h>

#include "backends/deploy/sandbox/cluster/cluster.h"
#include "backends/deploy/sandbox/cluster/fields.h"
#include "backends/deploy/sandbox/cluster/kinds.h"
#include "backends/deploy/sandbox/kube/kube_api.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox {

using live::findAt;
using live::intAt;
using live::listAt;
using live::nameOf;
using live::textAt;

// Eight devices of a made-up vendor on every node; the VM size says how many cores.
class TestFacts : public NodeFacts {
 public:
  NodeCapacity capacityOf(const NodePool& pool) const override {
    const std::string cores = textAt(pool.properties, {"vmSize"}) == "small" ? "2" : "96";
    NodeCapacity out;
    out.capacity = {{"cpu", cores}, {"memory", "100Gi"}, {"acme.com/gpu", "8"}};
    out.allocatable = out.capacity;
    out.labels = {{"acme.com/gpu.count", "8"}};
    out.driver_version = "12.34.56";
    out.driver_mark = "Driver Version: ";
    return out;
  }
};

Tree json(std::string_view text);

class ClusterTest : public testing::Test {
 protected:
  ClusterTest();
  ~ClusterTest() override { cluster_->stop(); }

  // A new process over the same API.
  void restart();
  Objects& objects() const { return api_->objects(); }
  // From {apiVersion, kind, metadata, spec} as JSON; "default" unless it names a namespace.
  Tree put(const live::Kind& kind, std::string_view object);
  void patch(const live::Kind& kind, const std::string& name, std::string_view merge_patch);
  void addPool(const std::string& name, std::int64_t count, std::string_view properties = "{}");

  std::optional<Tree> get(const live::Kind& kind, const std::string& name) const;
  std::vector<Tree> list(const live::Kind& kind) const;
  // Waits for changes of the API until the predicate holds; false after ten seconds.
  bool eventually(const std::function<bool()>& holds);
  std::int64_t countPods(std::string_view phase) const;
  std::string schedulingMessage(const std::string& pod) const;

  ClusterOptions options_;
  TestFacts facts_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<KubeApi> api_;
  std::unique_ptr<Cluster> cluster_;
};

}  // namespace gpuspec::deploy::sandbox
