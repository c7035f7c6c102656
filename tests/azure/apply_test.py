"""`gpuspec apply` where Azure makes difficulties: a busy cluster, a quota, what cannot go back, what somebody else changed."""

import json
import os
import threading

from sandbox_process import SandboxProcess, main

CLUSTER = """project "hard"
cluster shared { resource_group = "rg"  location = "eastus"  version = "1.35"  network { plugin = azure_overlay  policy = POLICY  dataplane = PLANE } }
pool system { cluster = shared  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }
"""
POOL = 'pool NAME { cluster = shared  vm = "Standard_NC4as_T4_v3"  nodes = NODES }\n'
PATH = "/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/shared"
VERSION = "2026-05-01"


class Apply(SandboxProcess):
    def setUp(self):
        self.gpuspec("sandbox", "reset", "--dir", self.dir)

    def spec(self, *pools, policy="cilium", plane="cilium"):
        text = CLUSTER.replace("POLICY", policy).replace("PLANE", plane)
        text += "".join(POOL.replace("NAME", name).replace("NODES", str(nodes)) for name, nodes in pools)
        path = os.path.join(self.folder.name, "main.gpuspec")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def live(self, command, spec, *more, code=0):
        return self.gpuspec(command, spec, "--sandbox", "--skip-helm", "--dir", self.dir, *more, code=code)

    def apply(self, spec, *more, code=0):
        return self.live("apply", spec, "--yes", *more, code=code)

    def changes(self, spec):
        return json.loads(self.live("plan", spec, "--format", "json").stdout)["changes"]

    def pool(self, name):
        return self.arm("GET", f"{PATH}/agentPools/{name}", version=VERSION)[1]


class Network(Apply):
    def test_a_data_plane_goes_one_way(self):
        self.apply(self.spec(policy="calico", plane="azure"))
        there = self.spec()
        change, = self.changes(there)
        self.assertEqual((change["action"], change["effects"]), ("update", ["makes every node anew"]))
        self.apply(there)
        self.assertEqual(self.changes(there), [])
        refused = self.apply(self.spec(policy="calico", plane="azure"), code=4)
        self.assertIn("`network.dataplane` cannot change on a cluster", refused.stdout)
        self.assertIn("give the old value back", refused.stderr)


class Pools(Apply):
    def test_pools_of_a_cluster_are_made_one_after_the_other(self):
        spec = self.spec(*((f"p{number}", 1) for number in range(6)))
        self.apply(spec)
        self.assertEqual(self.changes(spec), [])
        self.apply(self.spec(("p0", 2)))
        self.assertEqual(self.pool("p0")["properties"]["count"], 2)
        self.assertEqual(self.pool("p1")["error"]["code"], "NotFound")

    def test_what_somebody_else_changed_is_set_right(self):
        spec = self.spec(("gpu", 1))
        self.apply(spec)
        pool = self.pool("gpu")
        pool["properties"]["nodeLabels"] = {"theirs": "yes"}
        pool["properties"]["count"] = 5
        self.assertEqual(self.arm("PUT", f"{PATH}/agentPools/gpu", {"properties": pool["properties"]}, VERSION)[0], 200)
        self.apply(spec)
        self.assertEqual(self.pool("gpu")["properties"]["count"], 1)
        self.assertEqual(self.changes(spec), [])

    def test_of_many_requests_at_once_the_taken_ones_are_carried_out(self):
        self.apply(self.spec())
        body = {"properties": {"mode": "User", "vmSize": "Standard_D4s_v5", "count": 1}}
        answers = {}

        def ask(name):
            answers[name] = self.arm("PUT", f"{PATH}/agentPools/{name}", body, VERSION)

        threads = [threading.Thread(target=ask, args=(f"r{number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = sorted(name for name, (status, _) in answers.items() if status == 201)
        refused = {body["error"]["code"] for status, body in answers.values() if status != 201}
        self.assertTrue(taken)
        self.assertLessEqual(refused, {"OperationNotAllowed"})
        listed = self.arm("GET", f"{PATH}/agentPools", version=VERSION)[1]["value"]
        self.assertEqual(sorted(pool["name"] for pool in listed), taken + ["system"])


class BusyCluster(Apply):
    operation_ms = 3000

    def test_apply_waits_for_what_others_began(self):
        self.apply(self.spec())
        pool = self.pool("system")
        pool["properties"]["count"] = 4
        self.assertEqual(self.arm("PUT", f"{PATH}/agentPools/system", {"properties": pool["properties"]}, VERSION)[0], 200)
        spec = self.spec(("gpu", 1))
        done = self.apply(spec, "--format", "jsonl")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        told = [event["text"] for event in events if event.get("event") == "progress"]
        self.assertIn("Waiting until Azure has finished another operation", told)
        self.assertIn("Creating", told)
        self.assertEqual(self.changes(spec), [])


class Quota(Apply):
    more = ("--vcpu-limit", "NCas_T4_v3=8")

    def test_what_exceeds_a_quota_fails_with_the_way_out_and_holds_up_nothing(self):
        spec = self.spec(("able", 1), ("big", 3), ("tiny", 1))
        failed = self.apply(spec, code=3)
        said = " ".join((failed.stdout + failed.stderr).split())
        for words in ("ErrCode_InsufficientVCPUQuota", "pool big", "requested 12, remaining 4", "ask for more quota", "1 failed"):
            self.assertIn(words, said)
        for other in ("able", "tiny"):
            self.assertEqual(self.pool(other)["properties"]["provisioningState"], "Succeeded")
        self.assertEqual([change["address"] for change in self.changes(spec)], ["pool.big"])
        self.apply(self.spec(("able", 1), ("big", 0), ("tiny", 1)))


if __name__ == "__main__":
    main()
