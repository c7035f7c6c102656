#include <gtest/gtest.h>

#include "tests/passes/world.h"

namespace gpuspec::passes {

namespace {

using ir::Direction;
using ir::PeerKind;

ir::TeamPath path(World& world, const char* from, const char* to) {
  world.run();
  for (const ir::TeamPath& candidate : pathsOf(world)) {
    if (candidate.from_id == world.teamId(from) && candidate.to_id == world.teamId(to))
      return candidate;
  }
  ADD_FAILURE() << "no path from " << from << " to " << to;
  return {};
}

ir::NetworkRule& allowTeam(World& world, const char* owner, Direction direction, const char* peer) {
  ir::NetworkRule& rule = world.allow(owner, direction, PeerKind::Team);
  rule.team_id = world.teamId(peer);
  return rule;
}

World calico() {
  World world = World::sound();
  world.cluster().network_policy.value = "calico";
  world.cluster().network_dataplane.value = "azure";
  return world;
}

TEST(IsolateTeams, ClosesBothWaysByDefault) {
  World world = World::sound();
  EXPECT_FALSE(path(world, "blue", "green").open);
  EXPECT_EQ(path(world, "blue", "green").reason, "default deny on both sides");
  EXPECT_FALSE(path(world, "green", "blue").open);
  EXPECT_EQ(pathsOf(world).size(), 2u);
}

TEST(IsolateTeams, OneSidesAllowanceOpensNothing) {
  World world = World::sound();
  allowTeam(world, "blue", Direction::Egress, "green");
  EXPECT_FALSE(path(world, "blue", "green").open);
  EXPECT_EQ(path(world, "blue", "green").reason,
            "`blue` would send it, and `green` lets nothing in from there");
}

TEST(IsolateTeams, BothSidesAllowanceOpensOneWay) {
  World world = World::sound();
  allowTeam(world, "blue", Direction::Egress, "green").ports = {{443, 443, world.at()}};
  allowTeam(world, "green", Direction::Ingress, "blue");
  EXPECT_TRUE(path(world, "blue", "green").open);
  EXPECT_TRUE(path(world, "blue", "green").declared);
  EXPECT_FALSE(path(world, "green", "blue").open);
}

TEST(IsolateTeams, DifferentPortsDoNotMeet) {
  World world = World::sound();
  allowTeam(world, "blue", Direction::Egress, "green").ports = {{443, 443, world.at()}};
  allowTeam(world, "green", Direction::Ingress, "blue").ports = {{8000, 8080, world.at()}};
  EXPECT_FALSE(path(world, "blue", "green").open);
  EXPECT_EQ(path(world, "blue", "green").reason, "the two sides allow different ports");
}

TEST(IsolateTeams, ANamespaceRuleNamesItsOwner) {
  World world = World::sound();
  world.allow("blue", Direction::Egress, PeerKind::Namespace).text = "green";
  world.allow("green", Direction::Ingress, PeerKind::Namespace).text = "blue";
  EXPECT_TRUE(path(world, "blue", "green").open);
}

TEST(IsolateTeams, ATeamWithoutNetworkIsHeldBackByTheOther) {
  World world = World::sound();
  world.team("blue").network = {};
  EXPECT_FALSE(path(world, "blue", "green").open);
  EXPECT_FALSE(path(world, "green", "blue").open);
  allowTeam(world, "green", Direction::Ingress, "blue");
  EXPECT_TRUE(path(world, "blue", "green").open);
  EXPECT_TRUE(path(world, "blue", "green").declared);
}

TEST(IsolateTeams, TwoTeamsWithoutNetworkAreOpen) {
  World world = World::sound();
  world.team("blue").network = {};
  world.team("green").network.default_deny = false;
  const ir::TeamPath open = path(world, "blue", "green");
  EXPECT_TRUE(open.open);
  EXPECT_FALSE(open.declared);
  EXPECT_EQ(open.reason, "`blue` has no network block, and `green` allows by default");
}

TEST(IsolateTeams, WithoutAnEngineNothingIsClosed) {
  World world = World::sound();
  world.cluster().network_policy.value = "none";
  EXPECT_TRUE(path(world, "blue", "green").open);
  EXPECT_EQ(path(world, "blue", "green").reason, "cluster `shared` enforces no network policy");
}

TEST(IsolateTeams, AnUnknownEngineProvesNothing) {
  World world = World::sound();
  world.cluster().existing = true;
  world.cluster().network_policy.value = "";
  EXPECT_TRUE(path(world, "blue", "green").open);
}

TEST(IsolateTeams, AddressesReachPodsExceptOnCilium) {
  for (const bool cilium : {false, true}) {
    World world = cilium ? World::sound() : calico();
    world.allow("blue", Direction::Egress, PeerKind::Cidr).text = "10.0.0.0/8";
    world.allow("green", Direction::Ingress, PeerKind::Cidr).text = "0.0.0.0/0";
    EXPECT_EQ(path(world, "blue", "green").open, !cilium);
  }
}

TEST(IsolateTeams, ARangeOutsideOfThePodsReachesNone) {
  World world = calico();
  world.allow("blue", Direction::Egress, PeerKind::Cidr).text = "10.1.0.0/16";
  world.allow("green", Direction::Ingress, PeerKind::Cidr).text = "0.0.0.0/0";
  EXPECT_FALSE(path(world, "blue", "green").open);
}

TEST(IsolateTeams, ARangeWithoutThePodsReachesNone) {
  World world = calico();
  ir::NetworkRule& rule = world.allow("blue", Direction::Egress, PeerKind::Cidr);
  rule.text = "10.0.0.0/8";
  rule.except = {world.text("10.244.0.0/15")};
  world.allow("green", Direction::Ingress, PeerKind::Cidr).text = "0.0.0.0/0";
  EXPECT_FALSE(path(world, "blue", "green").open);
}

TEST(IsolateTeams, InternetIsNotAnotherTeam) {
  World world = calico();
  world.allow("blue", Direction::Egress, PeerKind::Internet);
  world.allow("green", Direction::Ingress, PeerKind::Internet);
  EXPECT_FALSE(path(world, "blue", "green").open);
}

TEST(IsolateTeams, TheApiServersAddressMayBeAPodsWhereTheseAreNotKnown) {
  for (const bool known : {false, true}) {
    World world = calico();
    if (!known) world.cluster().network_plugin.value = "azure";
    world.allow("blue", Direction::Egress, PeerKind::KubernetesApi);
    allowTeam(world, "green", Direction::Ingress, "blue").ports = {{443, 443, world.at()}};
    EXPECT_EQ(path(world, "blue", "green").open, !known);
    world.team("green").network.rules.back().ports = {{80, 80, world.at()}};
    EXPECT_FALSE(path(world, "blue", "green").open);
  }
}

TEST(IsolateTeams, AsksOnlyTeamsThatShareACluster) {
  World world = World::sound();
  world.addCluster("zfar");
  world.addPool("farsys", "zfar").mode.value = ir::Mode::System;
  world.addTeam("remote", "zfar");
  world.run();
  EXPECT_EQ(pathsOf(world).size(), 2u);
}

}  // namespace

}  // namespace gpuspec::passes
