"""Specs that build on a cluster which is there already: `sandbox seed` makes it, and the whole way leaves it alone."""

import json
import os

from sandbox_process import ROOT, SandboxProcess, main

SUBSCRIPTION = """project "elsewhere"
cluster far { existing = true  name = "far_away"  subscription = "11111111-2222-4333-8444-555555555555"
  resource_group = "rg-far"  location = "eastus"  network { policy = calico } }
pool cpu { cluster = far  vm = "Standard_D4s_v5"  nodes = 1 }
"""


class Existing(SandboxProcess):
    maxDiff = None

    def setUp(self):
        self.run_ok("sandbox", "reset")

    def run_ok(self, *words, code=0):
        return self.gpuspec(*words, "--dir", self.dir, code=code)

    def live(self, command, spec, *more, code=0):
        return self.run_ok(command, spec, "--sandbox", "--skip-helm", *more, code=code)

    def plan(self, spec):
        return json.loads(self.live("plan", spec, "--format", "json").stdout)

    def clusters(self):
        """{name: cluster} of the whole sandbox, as ARM lists them."""
        status, listed = self.arm("GET", "/providers/Microsoft.ContainerService/managedClusters", version="2026-05-01")
        self.assertEqual(status, 200)
        return {cluster["name"]: cluster for cluster in listed["value"]}

    def from_seed_to_destroy(self, spec, verify=True):
        self.run_ok("sandbox", "seed", spec)
        before = self.clusters()
        self.assertEqual([pool["name"] for cluster in before.values() for pool in cluster["properties"]["agentPoolProfiles"]], ["system"])
        first = self.plan(spec)
        self.assertEqual([change["action"] for change in first["changes"]], ["create"] * len(first["changes"]))
        self.assertNotIn("managedClusters", [change["kind"] for change in first["changes"]])
        self.live("apply", spec, "--yes")
        self.assertEqual(self.plan(spec)["changes"], [])
        if verify:
            self.live("verify", spec)
        self.assertIn("is there already", self.run_ok("sandbox", "seed", spec).stderr)
        self.assertEqual(self.plan(spec)["changes"], [])
        self.live("destroy", spec, "--yes")
        after = self.clusters()
        self.assertEqual(after, before, "the cluster itself is as it was")
        self.assertEqual(self.plan(spec)["summary"], first["summary"])

    def example(self, *parts):
        return os.path.join(ROOT, *parts)

    def test_first_pool(self):
        self.from_seed_to_destroy(self.example("examples", "first-pool"))

    def test_slices_that_aks_cuts(self):
        self.from_seed_to_destroy(self.example("examples", "mig-slices"))

    def test_layouts_need_their_chart(self):
        """Which slices a GPU has stands in the chart's values: without Helm there is nothing to verify."""
        self.from_seed_to_destroy(self.example("examples", "mig-layouts"), verify=False)

    def test_a_windows_pool_finds_a_cluster_that_takes_it(self):
        self.from_seed_to_destroy(self.example("tests", "corpus", "output", "windows.gpuspec"))

    def test_settings_of_pools(self):
        self.from_seed_to_destroy(self.example("tests", "corpus", "output", "pool_settings.gpuspec"))

    def test_shared_gpus(self):
        self.from_seed_to_destroy(self.example("tests", "corpus", "output", "sharing.gpuspec"))

    def test_a_spec_that_names_a_subscription(self):
        spec = os.path.join(self.folder.name, "far.gpuspec")
        with open(spec, "w", encoding="utf-8") as file:
            file.write(SUBSCRIPTION)
        self.from_seed_to_destroy(spec)

    def test_without_the_cluster_nothing_is_made(self):
        """A cluster that the spec takes for granted and that is not there."""
        spec = self.example("examples", "first-pool")
        refused = self.live("apply", spec, "--yes", code=3)
        self.assertIn("aks-ml", refused.stdout + refused.stderr)
        self.assertEqual(self.clusters(), {})

    def test_nothing_to_seed_is_said(self):
        said = self.run_ok("sandbox", "seed", self.example("examples", "two-teams"))
        self.assertIn("existing = true", said.stderr)


if __name__ == "__main__":
    main()
