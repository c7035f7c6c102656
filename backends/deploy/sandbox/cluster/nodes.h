#pragma once

// Nodes: those of agent pools, and what every Node goes through (starts, is drained, evicts).

#include "backends/deploy/sandbox/cluster/controller.h"

namespace gpuspec::deploy::sandbox::live {

class Nodes : public Controller {
 public:
  Nodes(World& world, const NodeFacts& facts) : Controller(world), facts_(facts) {}

  // The Node objects of the pool become what it says; those too many are cordoned and drained, then
  // removed. Starting and draining go on by themselves afterwards.
  void setPool(const NodePool& pool);

  void observe(const Change& change) override;

 protected:
  llvm::Error reconcile(const ObjectKey& key) override;

 private:
  llvm::Error shape(const NodePool& pool);
  llvm::Error add(const NodePool& pool, const NodeCapacity& facts, const std::string& name);
  llvm::Error adjust(const NodePool& pool, const NodeCapacity& facts, const Tree& node);
  llvm::Error beginRemoval(const Tree& node);
  llvm::Error start(const ObjectKey& key, const Tree& node);
  llvm::Error dropNotReadyTaint(const ObjectKey& key, const Tree& node);
  llvm::Error drain(const ObjectKey& key, const Tree& node);
  llvm::Error evictIntolerant(const Tree& node);
  std::vector<Object> podsOn(const std::string& node) const;
  // When this process first saw the node in this state.
  TimePoint since(const std::string& state, const Tree& node);

  const NodeFacts& facts_;
  std::map<std::string, NodePool> unfinished_;  // pools whose last write failed
  std::set<ObjectKey> draining_;
  std::map<std::string, TimePoint> since_;
};

}  // namespace gpuspec::deploy::sandbox::live
