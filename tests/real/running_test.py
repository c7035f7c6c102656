"""gpuspec against a real API server and scheduler, with specs of plain Kubernetes: running_test.py GPUSPEC

What fits nowhere stays Pending; verify on simulated nodes; locks; the inventory; taking over; credentials and what plan may do.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import kube

GPUSPEC = sys.argv[1]
FOLDER = kube.real_folder()
REAL = kube.real()
MAPS = "/api/v1/namespaces/kube-system/configmaps"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"

SETTINGS = """project "NAME"
cluster lab { platform = kubernetes  context = "real" }
manifest settings { cluster = lab  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "NAME", namespace = "default" }, data = { a = "1" } } }
"""
JOB = """project "NAME"
cluster lab { platform = kubernetes  context = "real" }
pool NAME { cluster = lab  device = nvidia.h100-80gb  count = 8  nodes = 1  selector { "test/pool" = "NAME" }  taints = ["test/gpu=yes:NoSchedule"] }
job NAME { cluster = lab  pool = NAME  image = "example.com/a:1"  gpus = 8 }
"""
TEAM = """project "NAME"
cluster lab { platform = kubernetes  context = "real" }
pool NAME { cluster = lab  device = nvidia.h100-80gb  count = 8  nodes = 1  selector { "test/pool" = "NAME" } }
team NAME { clusters = [lab]  pod_security = baseline  quota { gpu(pool.NAME) = 4 }  limits { max { gpus = 1 } } }
"""


class Running(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gpuspec-real-")
        self.addCleanup(self.folder.cleanup)
        self.name = self._testMethodName.removeprefix("test_").replace("_", "-")

    def spec(self, text):
        path = pathlib.Path(self.folder.name) / "main.gpuspec"
        path.write_text(text.replace("NAME", self.name))
        return path

    def start(self, command, path, *words, context="real"):
        return subprocess.Popen([GPUSPEC, command, path, "--kubeconfig", FOLDER / "kubeconfig", "--context", context, *words],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def live(self, command, path, *words, code=0, context="real"):
        process = self.start(command, path, *words, context=context)
        out, err = process.communicate(timeout=600)
        self.assertEqual(process.returncode, code, f"gpuspec {command} {words}\n{out}{err}")
        return out, err

    def applied(self, text):
        path = self.spec(text)
        self.addCleanup(self.live, "destroy", path, "--yes")
        self.live("apply", path, "--yes")
        return path

    def record(self):
        found = REAL.items(f"{MAPS}?labelSelector=gpuspec.dev/project%3D{self.name},gpuspec.dev/record%3Dinventory")
        self.assertEqual(len(found), 1)
        return found[0]

    def node(self, name, pool, gpus):
        resources = {"cpu": "96", "memory": "1900Gi", "pods": "110", "nvidia.com/gpu": str(gpus)}
        labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "test/pool": pool}
        self.addCleanup(REAL.delete, f"/api/v1/nodes/{name}")
        REAL.create("/api/v1/nodes", {
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
            "spec": {"taints": [{"key": "test/gpu", "value": "yes", "effect": "NoSchedule"}]},
            "status": {"allocatable": resources, "capacity": resources}})
        REAL.until(f"/api/v1/nodes?fieldSelector=metadata.name%3D{name}",
                   lambda nodes: nodes and kube.takes_pods(nodes[0]), lambda nodes: f"{name} is not ready")

    def test_pending(self):
        self.node("pending-small", self.name, 4)
        self.node("pending-elsewhere", "another", 8)
        path = self.applied(JOB)
        pods = f"/api/v1/namespaces/default/pods?labelSelector=gpuspec.dev/workload%3D{self.name}"

        def refusal(items):
            for pod in items:
                for each in pod["status"].get("conditions") or []:
                    if each["type"] == "PodScheduled" and each.get("reason") == "Unschedulable" and "Insufficient" in each["message"]:
                        return each["message"]
            return None

        message = refusal(REAL.until(pods, refusal, lambda items: f"no refusal: {items}"))
        self.assertIn("1 Insufficient nvidia.com/gpu", message)
        self.assertIn("didn't match Pod's node affinity/selector", message)
        self.assertIn("nothing to change", self.live("plan", path, "--detailed-exitcode")[0])
        self.node("pending-large", self.name, 8)
        jobs = f"/apis/batch/v1/namespaces/default/jobs?labelSelector=gpuspec.dev/workload%3D{self.name}"
        REAL.until(jobs, lambda items: items and kube.condition(items[0], "Complete") == "True", lambda items: f"{items}")
        self.assertEqual([pod["spec"]["nodeName"] for pod in REAL.items(pods)], ["pending-large"])

    def test_verify(self):
        self.node("verify-one", self.name, 8)
        path = self.applied(JOB)
        pool = self.verified(path)
        self.assertEqual(pool["allocatable"]["verdict"], "holds")
        self.assertEqual([smoke["verdict"] for smoke in pool["smoke"]], ["holds"])
        self.assertEqual(pool["smoke"][0]["driver"], "595.91.07", "as the pod's log says")

    def test_verify_sees_what_is_missing(self):
        self.node("verify-missing", self.name, 7)
        path = self.applied(JOB)
        pool = self.verified(path, code=1)
        self.assertEqual(pool["allocatable"]["verdict"], "fails")

    def verified(self, path, code=0):
        report = json.loads(self.live("verify", path, "--skip-helm", "--smoke-timeout", "3m", "--format", "json", code=code)[0])
        self.assertEqual(report["holds"], code == 0)
        return report["clusters"][0]["pools"][0]

    def test_walls_of_a_team(self):
        """Admission policy, quota and pod security, as the real server enforces them."""
        self.applied(TEAM)
        policies = REAL.until(
            f"/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?labelSelector=gpuspec.dev/project%3D{self.name}",
            lambda items: items and all("typeChecking" in item.get("status", {}) for item in items), lambda items: f"{items}")
        for policy in policies:
            self.assertEqual(policy["status"]["typeChecking"].get("expressionWarnings"), None, policy["metadata"]["name"])
        REAL.until(f"/api/v1/namespaces/{self.name}/serviceaccounts", bool, lambda items: "no service account")

        def refusal(gpus, containers=1, **more):
            amounts = {"nvidia.com/gpu": str(gpus)}
            each = [{"name": f"c{i}", "image": "x", "resources": {"limits": amounts, "requests": amounts}} for i in range(containers)]
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": each, **more}}
            try:
                REAL.create(f"/api/v1/namespaces/{self.name}/pods?dryRun=All", pod)
            except kube.Refused as refused:
                return str(refused)
            return None

        # A policy takes effect a moment after it was made, and nothing tells when.
        kube.eventually(lambda: refusal(2))
        self.assertIn("may have at most 1 nvidia.com/gpu", refusal(2))
        self.assertIsNone(refusal(1))
        self.assertIn("violates PodSecurity", refusal(1, hostNetwork=True))
        self.assertIn("exceeded quota", refusal(1, containers=5))

    def test_inventory(self):
        path = self.applied(SETTINGS)
        before = self.record()
        REAL.delete(f"{MAPS}/{before['metadata']['name']}")
        self.assertIn("Everything is as the spec says", self.live("status", path)[0])
        self.live("status", path, "--rebuild-inventory")
        after = self.record()
        self.assertEqual(after["metadata"]["labels"], before["metadata"]["labels"])
        self.assertEqual(after["metadata"]["annotations"], before["metadata"]["annotations"])

    def test_lock(self):
        path = self.applied(SETTINGS)
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": self.record()["metadata"]["name"]},
                 "spec": {"holderIdentity": "somebody else", "leaseDurationSeconds": 3600,
                          "acquireTime": "2035-01-01T00:00:00.000000Z", "renewTime": "2035-01-01T00:00:00.000000Z"}}
        REAL.create(LEASES, lease)
        name = f"{LEASES}/{lease['metadata']['name']}"
        self.addCleanup(REAL.delete, name)
        self.assertIn("somebody else", self.live("apply", path, "--yes", code=4)[1])
        self.assertEqual(REAL.get(name)["spec"]["holderIdentity"], "somebody else")
        waiting = self.start("apply", path, "--yes", "--lock-timeout", "5m")
        REAL.delete(name)
        out, err = waiting.communicate(timeout=600)
        self.assertEqual(waiting.returncode, 0, out + err)

    def test_side_by_side(self):
        path = self.spec(SETTINGS)
        self.addCleanup(self.live, "destroy", path, "--yes")
        runs = [self.start("apply", path, "--yes", "--lock-timeout", "5m") for _ in range(4)]
        ends = [(run.communicate(timeout=600), run.returncode) for run in runs]
        self.assertEqual([code for _, code in ends], [0] * 4, ends)
        self.assertIn("nothing to change", self.live("plan", path, "--detailed-exitcode")[0])
        self.assertEqual(REAL.items(f"{LEASES}?labelSelector=gpuspec.dev/project%3D{self.name}"), [])

    def test_adopt(self):
        foreign = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": self.name, "namespace": "default"},
                   "data": {"a": "0", "b": "2"}}
        REAL.create("/api/v1/namespaces/default/configmaps?fieldManager=kubectl-create", foreign)
        path = self.spec(SETTINGS)
        self.addCleanup(self.live, "destroy", path, "--yes")
        self.assertIn("--adopt", self.live("apply", path, "--yes", code=4)[1])
        self.live("apply", path, "--yes", "--adopt")
        item = REAL.get(f"/api/v1/namespaces/default/configmaps/{self.name}")
        self.assertEqual(item["data"], {"a": "1"})
        owners = {entry["manager"] for entry in item["metadata"]["managedFields"] if "f:data" in entry["fieldsV1"]}
        self.assertEqual(owners, {"gpuspec"})
        self.assertIn("nothing to change", self.live("plan", path, "--detailed-exitcode")[0])

    def test_applying_with_an_old_revision_makes_and_never_changes(self):
        """What gpuspec's create relies on: no object has the revision 1 any more, so the second answer is 409."""
        path = f"/api/v1/namespaces/default/configmaps/{self.name}"
        item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": self.name, "resourceVersion": "1"}, "data": {"a": "1"}}

        def apply(manager):
            body = json.dumps(item).encode()
            return REAL.send("PATCH", f"{path}?fieldManager={manager}", body, "application/apply-patch+yaml")

        self.addCleanup(REAL.delete, path)
        with apply("one") as made:
            self.assertEqual(made.status, 201)
        for manager in ("one", "another"):
            with self.assertRaises(kube.Refused) as refused:
                apply(manager)
            self.assertEqual(refused.exception.status, 409)

    def test_no_namespace(self):
        path = self.applied(SETTINGS.replace(', namespace = "default"', ""))
        self.assertEqual(REAL.get(f"/api/v1/namespaces/default/configmaps/{self.name}")["data"], {"a": "1"})
        self.assertIn("nothing to change", self.live("plan", path, "--detailed-exitcode")[0])

    def test_plan_reads_only(self):
        path = self.spec(SETTINGS + JOB[JOB.index("pool"):])
        self.live("plan", path, context="real-certificate")
        self.live("status", path, context="real-certificate")
        audit = json.loads((FOLDER / "info.json").read_text())["audit"]
        events = map(json.loads, pathlib.Path(audit).read_text(encoding="utf-8").splitlines())
        verbs = {event["verb"] for event in events if event["user"]["username"] == "certificate"}
        self.assertTrue(verbs)
        self.assertLessEqual(verbs, {"get", "list"})

    def test_rights(self):
        path = self.spec(SETTINGS)
        err = self.live("plan", path, context="real-stranger", code=3)[1]
        self.assertIn("Forbidden", err)
        self.assertIn("stranger", err)
        self.assertNotIn((FOLDER / "tokens" / "stranger").read_text(), err)
        self.live("plan", path, "--skip-helm", context="real-reader")
        self.assertIn("cannot", self.live("apply", path, "--yes", context="real-reader", code=3)[1])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
