#include <algorithm>
#include <random>

#include "backends/deploy/model/managed_fields.h"
#include "backends/deploy/plan/render.h"
#include "tests/deploy/plan/fixture.h"

// What holds of any spec and any world.

namespace gpuspec::deploy::plan {
namespace {

using model::PathStep;

constexpr std::uint32_t kWorlds = 150;

// Objects of a few names, each wanted or not, there or not, ours or not, in one state or another.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint32_t seed) : random_(seed) {}

  World make() {
    world_.options.adopt = true;
    world_.options.allow_replace = true;
    world_.wantCluster();
    world_.haveCluster();
    for (const char* where : {"ml", "vision"}) {
      wanted_ = there_ = true;
      const std::size_t wanted = world_.desired.resources.size(),
                        there = world_.live.resources.size();
      one("Namespace", "v1", where, "", [&] { return R"("spec": {})"; });
      // Nothing is in a namespace that is not.
      wanted_ = world_.desired.resources.size() > wanted;
      there_ = world_.live.resources.size() > there;
      for (const char* name : {"a", "b"}) {
        one("ConfigMap", "v1", name, where, [&] { return data(); });
        one("ResourceQuota", "v1", name, where, [&] { return quota(); });
        one("Deployment", "apps/v1", name, where, [&] { return pods(); });
        one("Job", "batch/v1", name, where, [&] { return pods(); });
        one("NetworkPolicy", "networking.k8s.io/v1", name, where, [&] { return wall(); });
      }
    }
    wanted_ = there_ = true;
    one("CustomResourceDefinition", "apiextensions.k8s.io/v1", "gates.x.io", "",
        [&] { return data(); });
    one("Gate", "x.io/v1", "gate", "", [&] { return data(); });
    for (const char* pool : {"h", "t"}) {
      if (chance(70)) world_.wantPool(pool, properties());
      if (chance(70)) world_.havePool(pool, properties());
    }
    if (chance(50)) world_.wantRelease("plugin", release());
    if (chance(50)) world_.haveRelease("plugin", release());
    world_.desired.removals.push_back({address("team.let-go"), false});
    world_.desired.moves.push_back({address("team.old"), address("team.ml")});
    return std::move(world_);
  }

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  std::string pick(std::initializer_list<const char*> from) {
    return from.begin()[random_() % from.size()];
  }

  template <class Body>
  void one(const std::string& kind, const std::string& version, const std::string& name,
           const std::string& where, Body body) {
    const auto object = [&] {
      return R"({"apiVersion": ")" + version + R"(", "kind": ")" + kind +
             R"(", "metadata": {"name": ")" + name + "\"" +
             (where.empty() ? "" : R"(, "namespace": ")" + where + "\"") + "}, " + body() + "}";
    };
    if (wanted_ && chance(70)) world_.want("team.ml", object());
    if (!there_ || !chance(70)) return;
    Live& live = chance(80) ? world_.have(pick({"team.ml", "team.old", "team.gone", "team.let-go"}),
                                          object())
                            : world_.haveOfOther("argocd", object());
    if (chance(10)) live.body.at("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
    if (chance(30)) edit(live);
  }

  // Somebody adds a field of their own.
  static void edit(Live& live) {
    live.body.at("spec").set("theirs", "x");
    live.field_owners.push_back({"kubectl-edit", "Update", "", {}, live.api_version});
    live.field_owners.back().fields = {
        {{PathStep::Kind::Key, "spec", 0, {}}, {PathStep::Kind::Key, "theirs", 0, {}}}};
  }

  std::string data() {
    std::string out;
    for (const char* key : {"x", "y", "z"}) {
      if (chance(60))
        out += (out.empty() ? "\"" : ", \"") + std::string(key) + "\": \"" + pick({"", "1", "2"}) +
               "\"";
    }
    return "\"data\": {" + out + "}";
  }

  std::string quota() {
    return R"("spec": {"hard": {"cpu": ")" + pick({"1", "1000m", "2"}) + "\"" +
           (chance(50) ? R"(, "memory": ")" + pick({"1Gi", "1024Mi", "0"}) + "\"" : "") + "}}";
  }

  std::string pods() {
    std::string containers;
    for (const char* name : {"main", "side"}) {
      if (chance(70))
        containers += (containers.empty() ? R"({"name": ")" : R"(, {"name": ")") +
                      std::string(name) + R"(", "image": ")" + pick({"1", "2"}) +
                      R"(", "args": [)" + pick({"", "1", "1, 2"}) + R"(], "env": [)" +
                      pick({"", R"({"name": "E", "value": "1"})"}) + "]}";
    }
    return R"("spec": {"replicas": )" + pick({"0", "1"}) +
           R"(, "template": {"spec": {"containers": [)" + containers + "]}}}";
  }

  std::string wall() {
    return R"("spec": {"podSelector": {}, "policyTypes": [)" +
           pick({R"("Ingress")", R"("Ingress", "Egress")", R"("Egress", "Ingress")"}) +
           R"(], "egress": )" + pick({"[]", "[{}]"}) + "}";
  }

  std::string properties() {
    return R"({"vmSize": ")" + pick({"A", "B"}) + R"(", "count": 1, "minCount": 1, "maxCount": )" +
           pick({"1", "3"}) + R"(, "enableAutoScaling": true, "nodeLabels": )" +
           pick({"{}", R"({"a": ""})", R"({"a": "1", "b": "2"})"}) + "}";
  }

  std::string release() {
    return R"({"chart": "c", "version": ")" + pick({"1", "2"}) + R"(", "values": {"a": )" +
           pick({"1", "{}"}) + "}}";
  }

  std::mt19937 random_;
  World world_;
  bool wanted_ = true, there_ = true;  // whether there may be any of what comes next
};

World worldOf(std::uint32_t seed) {
  return RandomWorld(seed).make();
}

std::string bytes(const Plan& plan) {
  return ir::toJson(renderJson(plan)) + renderHuman(plan, {}) + renderMarkdown(plan);
}

std::string left(const Plan& plan) {
  std::string text;
  for (const Change& change : plan.changes) {
    text += std::string(str(change.action)) + " " + change.key.id() + " (" + change.reason + ")\n";
    for (const std::string& field : fields(change)) text += "  " + field + "\n";
  }
  return text;
}

TEST(Laws, TheWorldsAreWorthTrying) {
  std::set<Action> seen;
  std::size_t changes = 0, free_of_conflicts = 0;
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    const Plan plan = worldOf(seed).plan();
    changes += plan.changes.size();
    if (!plan.conflicts.empty()) continue;
    ++free_of_conflicts;
    for (const Change& change : plan.changes) seen.insert(change.action);
  }
  EXPECT_GT(free_of_conflicts, kWorlds / 4);
  for (const Action action : {Action::Create, Action::Update, Action::Replace, Action::Delete,
                              Action::Adopt, Action::Move, Action::Release})
    EXPECT_TRUE(seen.contains(action)) << str(action);
  EXPECT_GT(changes, 10 * kWorlds);
}

TEST(Laws, APlanAfterApplyIsEmpty) {
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    World world = worldOf(seed);
    const Plan first = world.plan();
    if (!first.conflicts.empty()) continue;  // apply refuses
    world.carryOut(first);
    const Plan second = world.plan();
    ASSERT_TRUE(second.empty()) << "seed " << seed << "\n" << left(second);
  }
}

// Cut off anywhere, it ends in the same place.
TEST(Laws, AnApplyThatWasCutOffIsContinued) {
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    World world = worldOf(seed);
    Plan part = world.plan();
    if (!part.conflicts.empty()) continue;
    part.changes.resize(part.changes.size() * (seed % 4) / 4);
    world.carryOut(part);
    world.carryOut(world.plan());
    const Plan last = world.plan();
    ASSERT_TRUE(last.empty()) << "seed " << seed << "\n" << left(last);
  }
}

TEST(Laws, TheOrderHasNoCircleAndFollowsTheEdges) {
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    const Plan plan = worldOf(seed).plan();
    for (const Change& change : plan.changes) {
      ASSERT_EQ(&plan.changes.at(change.id), &change);
      for (const std::size_t before : waitsFor(plan, change)) ASSERT_LT(before, change.id) << seed;
    }
  }
}

TEST(Laws, NamespacesComeFirstAndGoLast) {
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    const Plan plan = worldOf(seed).plan();
    for (const Change& space : plan.changes) {
      if (space.key.kind != "Namespace") continue;
      for (const Change& inside : plan.changes) {
        if (inside.key.scope != space.key.name || inside.key.system == System::Azure) continue;
        const bool goes = inside.action == Action::Delete, with = space.action == Action::Delete;
        if (with && goes) {
          EXPECT_TRUE(isBefore(plan, inside, space)) << seed << " " << inside.key.id();
        }
        if (!with && !goes && inside.action != Action::Release && space.action != Action::Release) {
          EXPECT_TRUE(isBefore(plan, space, inside)) << seed << " " << inside.key.id();
        }
      }
    }
  }
}

// Whoever reads may let go of what is as desired: the plan is the same, also one that removes all.
TEST(Laws, WhatIsSettledChangesNoPlan) {
  std::size_t settled = 0;
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    World world = worldOf(seed);
    world.options.destroy = seed % 5 == 0;
    const std::string whole = bytes(world.plan());
    for (model::Live& live : world.live.resources) {
      for (const model::Desired& desired : world.desired.resources) {
        if (desired.key == live.key) settle(desired, live);
      }
      settled += live.settled ? 1 : 0;
    }
    ASSERT_EQ(bytes(world.plan()), whole) << "seed " << seed;
  }
  EXPECT_GT(settled, kWorlds / 5);
}

TEST(Laws, AnotherOrderOfTheSameGivesTheSameBytes) {
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    World world = worldOf(seed);
    const std::string first = bytes(world.plan());
    std::mt19937 random(seed);
    std::shuffle(world.desired.resources.begin(), world.desired.resources.end(), random);
    std::shuffle(world.live.resources.begin(), world.live.resources.end(), random);
    ASSERT_EQ(bytes(world.plan()), first) << "seed " << seed;
  }
}

TEST(Laws, NothingOfOthersIsTouchedUnlessAdopted) {
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    World world = worldOf(seed);
    world.options.adopt = false;
    const Plan plan = world.plan();
    for (const Change& change : plan.changes) {
      for (const Live& live : world.live.resources) {
        if (live.key == change.key && live.owner.kind != OwnerKind::Us) {
          EXPECT_EQ(change.action, Action::Create)
              << change.key.id() << " goes by somebody else's hand";
        }
      }
    }
  }
}

TEST(Laws, DestroyLeavesNothingOfOurs) {
  for (std::uint32_t seed = 0; seed < kWorlds; ++seed) {
    World world = worldOf(seed);
    world.options.destroy = true;
    world.desired.targets[0].existing = true;
    world.desired.removals.clear();
    world.carryOut(world.plan());
    ASSERT_EQ(left(world.plan()), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace gpuspec::deploy::plan
