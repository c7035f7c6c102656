"""What a `lifecycle` block holds back. Blocks of this kind belong to clusters and pools, so there is Azure's API in it."""

import harness
from harness import Case

CLUSTER = """cluster shared { resource_group = "rg-conf"  location = "westeurope"  version = "1.36"
  network { plugin = azure_overlay  policy = cilium  dataplane = cilium } }
pool system { cluster = shared  mode = system  vm = "Standard_D4s_v5"  nodes = 1 }
"""
POOL = 'pool work { cluster = shared  vm = "%s"  nodes = %d  lifecycle { %s } }\n'


class Lifecycle(Case):
    def command(self, command, path, *more):
        return [harness.GPUSPEC, command, str(path), "--sandbox", "--dir", str(harness.SANDBOX.folder), "--skip-helm", *more]

    def setUp(self):
        if harness.TARGET is not harness.SANDBOX.target:
            self.skipTest("clusters and pools are Azure's")
        super().setUp()

    def write(self, lifecycle, vm="Standard_D4s_v5", nodes=1, pool=True):
        self.spec.cluster = CLUSTER + (POOL % (vm, nodes, lifecycle) if pool else "")

    def test_what_is_prevented_from_being_destroyed(self):
        self.write("prevent_destroy = true")
        self.apply()
        self.assertIn("prevent_destroy", self.refused(command="destroy"))
        self.expect_settled()

    def test_what_is_prevented_from_being_replaced(self):
        self.write("prevent_destroy = true")
        self.apply()
        self.write("prevent_destroy = true", vm="Standard_D8s_v5")
        conflicts = self.plan(None, "--allow-replace")["conflicts"]
        self.assertEqual([each["kind"] for each in conflicts], ["prevent_destroy"])
        self.assertIn("prevent_destroy", self.refused(None, "--allow-replace"))
        self.write("prevent_destroy = true")
        self.expect_settled()

    def test_drift_that_is_left_alone(self):
        self.write("", nodes=3)
        self.apply()
        self.write("ignore = [nodes]", nodes=1)
        self.expect_settled()
        self.write("", nodes=1)
        self.assertEqual(self.plan()["summary"]["update"], 1)


if __name__ == "__main__":
    harness.main("__main__")
