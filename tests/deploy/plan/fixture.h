#pragma once

// A spec and a world that plans are made of, written as JSON; what carrying a plan out makes of the
// world.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "backends/deploy/model/ownership.h"
#include "backends/deploy/plan/plan.h"
#include "tests/deploy/model/json.h"

namespace gpuspec::deploy::plan {

using model::Desired;
using model::Live;
using model::Owner;
using model::OwnerKind;
using model::ResourceKey;
using model::System;
using test::json;

inline const model::Scope kScope{"fleet", "prod"};
inline constexpr const char* kCluster = "shared";

// "team.vision"
ir::Address address(const std::string& text);

struct World {
  World();

  // A Kubernetes object with our marks; group, kind, namespace and name are read from it.
  Desired& want(const std::string& owner_address, const std::string& object);
  // What is live: ours, every field set by us.
  Live& have(const std::string& owner_address, const std::string& object);
  // Somebody else's, set by this manager with `kubectl apply --server-side`.
  Live& haveOfOther(const std::string& manager, const std::string& object);

  Desired& wantCluster(const std::string& properties = "{}");
  Live& haveCluster(const std::string& properties = "{}");
  Desired& wantPool(const std::string& name, const std::string& properties);
  Live& havePool(const std::string& name, const std::string& properties);
  Desired& wantRelease(const std::string& name, const std::string& body);
  Live& haveRelease(const std::string& name, const std::string& body);
  // A pod of `object_namespace` on a node of the pool.
  void run(const std::string& pool, const std::string& object_namespace, const std::string& name);

  Plan plan() const { return makePlan(desired, live, options); }
  // As the APIs would, with a revision of its own for whatever is written.
  void carryOut(const Plan& plan);

  model::LiveCluster& cluster() { return live.clusters.front(); }

  model::DesiredSet desired;
  model::LiveSet live;
  PlanOptions options;

 private:
  Live& add(Live resource);
  void takeAway(const ResourceKey& key);
  int revision_ = 0;
};

// The one change of a resource; fails the test when there is none or more than one.
const Change& changeOf(const Plan& plan, const std::string& kind, const std::string& name);
bool hasChange(const Plan& plan, const std::string& kind, const std::string& name);
// "update ConfigMap/a, create Job/b", in the plan's order.
std::string actions(const Plan& plan);
// "spec.a: 1 -> 2"; "(none)" where it is not there, "!" where it forces a replacement.
std::vector<std::string> fields(const Change& change);
// The ids that a change waits for, gates opened up.
std::set<std::size_t> waitsFor(const Plan& plan, const Change& change);
// Also over others.
bool isBefore(const Plan& plan, const Change& first, const Change& second);

}  // namespace gpuspec::deploy::plan
