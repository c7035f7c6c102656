"""Where the real scheduler puts what gpuspec compiles: scheduling_test.py GPUSPEC REPOSITORY

Nodes of KWOK look like those of each program's pools. gpuspec applies the program, with the sandbox for Azure and the real API
for Kubernetes; then every workload has to run on the pools that it may run on, the next plan has to be empty, and destroy has
to leave nothing behind.
"""

import os
import sys
import tempfile
import unittest

import kube
import programs
from stand_in import Sandbox

GPUSPEC, ROOT = sys.argv[1], sys.argv[2]
FOLDER = kube.real_folder()
REAL = kube.real()
# So many nodes of a pool at most: pods of Jobs come and go.
MOST_NODES = 16
SCRATCH = tempfile.TemporaryDirectory(prefix="gpuspec-real-specs-")
PROGRAMS = [program for path in programs.candidates(ROOT) if (program := programs.load(GPUSPEC, path, SCRATCH.name))]


def kwok_node(node, name, pool, taints):
    """A node that KWOK plays: what decides about placement is another's; extended resources are as the spec implies them (the
    sandbox's node has fewer where a chart that was left out would cut the GPUs)."""
    labels = {**node["metadata"]["labels"], "kubernetes.io/hostname": name}
    resources = {key: amount for key, amount in node["status"]["allocatable"].items() if "/" not in key}
    resources |= {key: str(amount) for key, amount in pool["allocatable"].items()}
    return {"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
            "spec": {"taints": node["spec"].get("taints") or taints}, "status": {"allocatable": resources, "capacity": resources}}


class Scheduling(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gpuspec-real-")
        cls.sandbox = Sandbox(GPUSPEC, os.path.join(cls.folder.name, "sandbox"))

    @classmethod
    def tearDownClass(cls):
        cls.sandbox.close()
        cls.folder.cleanup()
        SCRATCH.cleanup()

    def setUp(self):
        self.sandbox.reset()
        self.made = []

    def make(self, collection, item):
        """Makes an object beside gpuspec; it goes after the test."""
        space = item["metadata"].get("namespace")
        base, name = collection.rsplit("/", 1)
        path = f"{base}/namespaces/{space}/{name}" if space else collection
        self.made.append(f"{path}/{item['metadata']['name']}")
        return REAL.create(path, item)

    def tearDown(self):
        for path in reversed(self.made):
            REAL.delete(path)
        self.made.clear()

    def live(self, command, program, cluster, *words, code=0):
        return self.sandbox.must(command, program.path, "--kubeconfig", FOLDER / "kubeconfig", "--context", f"{cluster}=real",
                                 "--skip-helm", *words, code=code)

    def test_there_is_something_to_schedule(self):
        names = {program.title for program in PROGRAMS}
        self.assertLessEqual({"examples/first-pool", "examples/mig-layouts", "examples/mig-slices", "examples/plain-kubernetes",
                              "examples/service-and-jobs"}, names)
        kinds = {workload.kind for program in PROGRAMS for workload in program.workloads}
        self.assertEqual(kinds, {"job", "smoke", "service"})

    def every_workload_lands_on_its_pool(self, program):
        for cluster in program.clusters:
            with self.subTest(cluster=cluster["address"]):
                try:
                    self.run_program(program, cluster)
                finally:
                    self.clean(program)

    def run_program(self, program, cluster):
        name = cluster["address"].rsplit(".", 1)[1] if cluster["address"].count(".") == 1 else \
            cluster["address"].removeprefix("cluster.")
        self.stand_in(program, cluster, name)
        self.live("apply", program, name, "--yes")
        claims = self.make_volumes(program)
        jobs = self.run_cron_jobs(program)
        second = self.live("plan", program, name, "--detailed-exitcode")
        self.assertIn("nothing to change", second.stdout)
        for workload in program.workloads:
            self.await_workload(workload)
        for workload in program.workloads:
            self.check_place(program, cluster, workload)
        self.assertIn("nothing to change", self.live("plan", program, name, "--detailed-exitcode").stdout)
        for job in jobs:
            REAL.ask("DELETE", job, {"propagationPolicy": "Foreground"})
        if claims and program.destroys_one_by_one():
            refused = self.live("destroy", program, name, "--yes", code=4)
            self.assertRegex(refused.stderr, r"PersistentVolumeClaim \S+ of Python-urllib")
            for path in claims:
                REAL.delete(path)
        self.live("destroy", program, name, "--yes")
        if program.destroys_one_by_one():
            self.assertEqual(self.left_behind(program), [])

    def stand_in(self, program, cluster, name):
        """Pools in the sandbox, and their nodes and definitions in the real cluster."""
        self.sandbox.reset()
        self.sandbox.must("sandbox", "seed", program.path, "--dir", self.sandbox.folder)
        context = "sandbox"
        if cluster["platform"] == "aks":
            self.sandbox.must("apply", program.path, "--sandbox", "--dir", self.sandbox.folder, "--skip-helm", "--yes")
            context = self.arm_cluster(program, name)
        pools = program.pools(cluster)
        nodes = self.sandbox.nodes(context, name, pools)
        for pool, facts in pools.items():
            for index in range(min(max(facts["nodes"]["max"], 1), MOST_NODES)):
                self.make("/api/v1/nodes", kwok_node(nodes[pool], f"{pool}-{index}", facts, program.taints.get(pool, [])))
        REAL.until("/api/v1/nodes", lambda found: all(map(kube.takes_pods, found)),
                   lambda found: f"nodes are not ready: {[node['metadata']['name'] for node in found]}")
        crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        for crd in self.sandbox.cluster(context).items(crds):
            self.make(crds, {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                             "metadata": {"name": crd["metadata"]["name"]}, "spec": crd["spec"]})

    def arm_cluster(self, program, name):
        """Wakes its pools; the context that the sandbox gave it."""
        subscription = self.sandbox.access()["subscription_id"]
        listed = self.sandbox.arm("GET", f"/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters")["value"]
        self.assertEqual(len(listed), len(program.clusters))
        found = next(each for each in listed if len(listed) == 1 or each["name"].endswith(name.rsplit(".", 1)[-1]))
        self.sandbox.wake(found["id"])
        return f"{found['id'].split('/')[4]}.{found['name']}".lower()

    def make_volumes(self, program):
        """The claims that the pods name, each with a volume; the paths of the claims."""
        wanted = set()
        for collection in ("/apis/batch/v1/jobs", "/apis/batch/v1/cronjobs", "/apis/apps/v1/deployments"):
            for item in self.owned(collection, program):
                spec = item["spec"].get("jobTemplate", {}).get("spec", item["spec"])["template"]["spec"]
                for volume in spec.get("volumes") or []:
                    if "persistentVolumeClaim" in volume:
                        wanted.add((item["metadata"]["namespace"], volume["persistentVolumeClaim"]["claimName"]))
        for space, name in sorted(wanted):
            volume, size = f"{space}-{name}", {"storage": "1Gi"}
            self.make("/api/v1/persistentvolumes", {
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": volume},
                "spec": {"capacity": size, "accessModes": ["ReadWriteMany"], "storageClassName": "", "hostPath": {"path": "/x"},
                         "claimRef": {"namespace": space, "name": name}}})
            self.make("/api/v1/persistentvolumeclaims", {
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": space},
                "spec": {"accessModes": ["ReadWriteMany"], "storageClassName": "", "volumeName": volume,
                         "resources": {"requests": size}}})
        return [f"/api/v1/namespaces/{space}/persistentvolumeclaims/{name}" for space, name in sorted(wanted)]

    def run_cron_jobs(self, program):
        """Starts each one now, as `kubectl create job --from` does; the paths of the Jobs."""
        started = []
        for item in self.owned("/apis/batch/v1/cronjobs", program):
            space, template = item["metadata"]["namespace"], item["spec"]["jobTemplate"]
            labels = {key: value for key, value in (template.get("metadata", {}).get("labels") or {}).items()
                      if not key.startswith(("gpuspec.dev/project", "app.kubernetes.io/managed-by"))}
            job = {"apiVersion": "batch/v1", "kind": "Job", "spec": template["spec"],
                   "metadata": {"name": item["metadata"]["name"] + "-now", "namespace": space, "labels": labels}}
            REAL.create(f"/apis/batch/v1/namespaces/{space}/jobs", job)
            started.append(f"/apis/batch/v1/namespaces/{space}/jobs/{job['metadata']['name']}")
        return started

    def await_workload(self, workload):
        space, selector = workload.namespace, f"labelSelector=gpuspec.dev/workload%3D{workload.name}"
        if workload.kind == "service":
            path = f"/apis/apps/v1/namespaces/{space}/deployments?{selector}"
            REAL.until(path, lambda items: items and all(
                item["status"].get("availableReplicas", 0) == item["spec"]["replicas"] for item in items),
                lambda items: f"{workload.name} is not available\n" + self.why(workload))
            return
        jobs = f"/apis/batch/v1/namespaces/{space}/jobs"

        def done(items):
            mine = [item for item in items if item["metadata"]["name"] in (workload.name, workload.name + "-now")]
            return mine and all(kube.condition(item, "Complete") == "True" for item in mine)

        REAL.until(jobs, done, lambda items: f"{workload.name} does not complete\n" + self.why(workload))

    def pods(self, workload):
        return REAL.items(f"/api/v1/namespaces/{workload.namespace}/pods?labelSelector=gpuspec.dev/workload%3D{workload.name}")

    def why(self, workload):
        lines = [f"  pod {pod['metadata']['name']}: {pod['status'].get('phase')} on {pod['spec'].get('nodeName')}"
                 for pod in self.pods(workload)]
        events = REAL.items(f"/api/v1/namespaces/{workload.namespace}/events?fieldSelector=type%3DWarning")
        return "\n".join(lines + sorted({f"  {event['reason']}: {event['message']}" for event in events}))

    def check_place(self, program, cluster, workload):
        pools = {f"{pool}-{index}": pool for pool in program.pools(cluster) for index in range(MOST_NODES)}
        pods = self.pods(workload)
        self.assertTrue(pods, workload.name)
        for pod in pods:
            self.assertIn(pools[pod["spec"]["nodeName"]], workload.pools or set(pools.values()), pod["metadata"]["name"])
            for resource, amount in workload.asks.items():
                asked = sum(int(each["resources"]["requests"][resource]) for each in pod["spec"]["containers"])
                self.assertEqual(asked, amount, pod["metadata"]["name"])

    def owned(self, collection, program):
        return REAL.items(f"{collection}?labelSelector=gpuspec.dev/project%3D{program.project}")

    def left_behind(self, program):
        found = []
        for collection, resource in REAL.resources():
            for item in self.owned(collection, program):
                found.append(kube.path_of(collection, resource, item))
        return found

    def clean(self, program):
        """Whatever a failure or a destroyed cluster has left; nodes last, as their pods end only with them."""
        for path in self.left_behind(program):
            REAL.delete(path)
        REAL.until("/api/v1/namespaces", lambda items: not any(item["status"]["phase"] == "Terminating" for item in items),
                   lambda items: f"namespaces do not end: {[item['metadata']['name'] for item in items]}")
        self.tearDown()


for each in PROGRAMS:
    setattr(Scheduling, "test_" + each.title.translate(str.maketrans("/-", "__")), lambda self, program=each: self.every_workload_lands_on_its_pool(program))

if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
