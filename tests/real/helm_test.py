"""Releases by the real helm, into a real API server: helm_test.py GPUSPEC

Charts are those that the test writes, and published ones out of Go modules. What is here for Helm 4, too, is run with both.
"""

import base64
import gzip
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import unittest

import building
import charts
import kube

GPUSPEC = sys.argv[1]
FOLDER = kube.real_folder()
if not any((building.BIN / program).exists() for program in ("helm", "helm4")):
    print("skipped: needs helm, which `tests/real/control-plane build helm` makes")
    sys.exit(kube.SKIPPED)
REAL = kube.real()
CANARY = "canary-9d41"

HEAD = """project "NAME"
cluster lab { platform = kubernetes  context = "real" }
"""
RELEASE = """release NAME { cluster = lab  chart = "NAME"  repository = "URL"  version = "VERSION"  values { VALUES } }
"""


class WithHelm(unittest.TestCase):
    program = "helm"

    @classmethod
    def setUpClass(cls):
        cls.helm = building.BIN / cls.program
        if not cls.helm.exists():
            raise unittest.SkipTest(f"needs {cls.program}, which `tests/real/control-plane build {cls.program}` makes")
        cls.repository = charts.Repository(FOLDER / "pki" / "server.crt", FOLDER / "pki" / "server.key")
        cls.addClassCleanup(cls.repository.close)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gpuspec-helm-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "helm").symlink_to(self.helm)
        self.name = f"{self.program}-{self._testMethodName.removeprefix('test_').replace('_', '-')}"[:40].rstrip("-")
        self.environment = {
            **os.environ, "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "SSL_CERT_FILE": str(FOLDER / "pki" / "ca.crt"),
            "HELM_CACHE_HOME": str(self.folder / "cache"), "HELM_CONFIG_HOME": str(self.folder / "config"),
            "HELM_DATA_HOME": str(self.folder / "data")}
        self.addCleanup(REAL.delete, f"/api/v1/namespaces/{self.name}")

    def chart(self, version="1.0.0", **parts):
        folder = charts.write(self.folder / "charts" / version / self.name, self.name, version, **parts)
        self.repository.add(folder)
        return folder

    def spec(self, text, **words):
        words = {"NAME": self.name, "URL": self.repository.url, "VERSION": "1.0.0", "VALUES": "", **words}
        for word, value in words.items():
            text = text.replace(word, str(value))
        path = self.folder / "main.gpuspec"
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, command, path, *words):
        return subprocess.Popen([GPUSPEC, command, path, "--kubeconfig", FOLDER / "kubeconfig", "--context", "real", *words],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self.environment)

    def live(self, command, path, *words, code=0):
        process = self.start(command, path, *words)
        out, err = process.communicate(timeout=600)
        self.assertEqual(process.returncode, code, f"gpuspec {command} {words}\n{out}{err}")
        self.assertNotIn(CANARY, out + err)
        return out + err if "json" in words else " ".join((out + err).split())

    def apply(self, path, **more):
        return self.live("apply", path, "--yes", **more)

    def changes(self, path):
        plan = json.loads(self.live("plan", path, "--format", "json"))
        return {change["id"]: change for change in plan["changes"]}

    def change(self, path):
        """The one of the release."""
        found = [change for change in self.changes(path).values() if change["id"].startswith("helm/")]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def assertSettled(self, path):
        self.assertIn("nothing to change", self.live("plan", path, "--detailed-exitcode"))
        self.assertIn("as the spec says", self.live("status", path))

    def revisions(self, name=None):
        """[(revision, status)] as the labels of Helm's Secrets say."""
        items = REAL.items(f"/api/v1/namespaces/{self.name}/secrets?labelSelector=owner%3Dhelm,name%3D{name or self.name}")
        labels = [item["metadata"]["labels"] for item in items]
        return sorted((int(each["version"]), each["status"]) for each in labels)

    def settings(self):
        item = REAL.get(f"/api/v1/namespaces/{self.name}/configmaps/{self.name}-settings")
        return json.loads(item["data"]["values"])

    def run_helm(self, *words):
        result = subprocess.run([self.helm, *words, "--kubeconfig", FOLDER / "kubeconfig", "--namespace", self.name],
                                capture_output=True, text=True, env=self.environment, timeout=300)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def kill_while_stuck(self, path):
        """Kills gpuspec as hard as it goes while its helm waits for the chart's hook; returns once that helm has ended."""
        process = self.start("apply", path, "--yes")
        jobs = f"/apis/batch/v1/namespaces/{self.name}/jobs"
        REAL.until(jobs, lambda items: any(item["metadata"]["name"].endswith("-stuck") for item in items),
                   lambda items: f"no hook runs: {items}")
        children = [int(pid) for pid in descendants(process.pid)]
        handles = [os.pidfd_open(pid) for pid in children]
        self.assertTrue(handles, "no helm runs")
        for pid in [process.pid, *(child for child in children if name_of(child) != "helm")]:
            os.kill(pid, signal.SIGKILL)
        process.communicate()
        for handle in handles:
            self.assertTrue(select.select([handle], [], [], kube.PATIENCE_SECONDS)[0], "helm goes on without gpuspec")
            os.close(handle)


def name_of(pid):
    return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()


def descendants(pid):
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield child
        yield from descendants(child)
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if thread.name == str(pid):
            continue
        for child in (thread / "children").read_text().split():
            yield child
            yield from descendants(child)


class Lifecycle(WithHelm):
    def test_whole_life(self):
        """plan, apply, an empty plan, status, an upgrade, a downgrade, destroy."""
        for version in ("1.0.0", "1.1.0"):
            self.chart(version, values="replicas: 1\nsub: {a: 1, b: 2}\n")
        values = f"replicas = 2  sub = {{ b = null }}  list = [1, 2.5, {{ deep = 1.0 }}]  large = 1234567890123  empty = {{}}  adminPassword = \"{CANARY}\""
        path = self.spec(HEAD + RELEASE, VALUES=values)
        self.assertEqual(self.change(path)["action"], "create")
        self.apply(path)
        self.assertSettled(path)
        self.assertEqual((self.settings()["replicas"], self.settings()["sub"]), (2, {"a": 1}))
        self.assertEqual(self.revisions(), [(1, "deployed")])

        path = self.spec(HEAD + RELEASE, VALUES=values, VERSION="1.1.0")
        self.assertEqual([field["path"] for field in self.change(path)["fields"]], ["version"])
        self.apply(path)
        self.assertSettled(path)
        path = self.spec(HEAD + RELEASE, VALUES=values.replace("= 2 ", "= 3 "), VERSION="1.0.0")
        change = self.change(path)
        self.assertEqual([field["path"] for field in change["fields"]], ["values.replicas", "version"])
        self.assertIn("goes back to an older version of the chart", change["effects"])
        self.apply(path)
        self.assertSettled(path)
        self.assertEqual(self.settings()["replicas"], 3)
        self.assertIn(f"release {self.name}/{self.name}: {self.name} 1.0.0, deployed", self.live("status", path))
        self.assertEqual(self.revisions()[-1], (3, "deployed"))

        self.live("destroy", path, "--yes")
        self.assertEqual(self.revisions(), [])

    def test_removed_from_the_spec(self):
        self.chart()
        self.apply(self.spec(HEAD + RELEASE))
        path = self.spec(HEAD)
        self.assertEqual(self.change(path)["action"], "delete")
        self.apply(path)
        self.assertSettled(path)
        self.assertEqual(self.revisions(), [])

    def test_killed_in_its_install(self):
        self.chart()
        self.kill_while_stuck(self.spec(HEAD + RELEASE, VALUES="stuck = true"))
        path = self.spec(HEAD + RELEASE)
        self.live("apply", path, "--yes", "--lock-timeout", "2m")
        self.assertSettled(path)
        self.assertEqual(self.revisions()[-1][1], "deployed")

    def test_killed_in_an_upgrade(self):
        """Whatever state that leaves, nobody has to know how Helm gets out of it."""
        self.chart()
        path = self.spec(HEAD + RELEASE, VALUES="a = 1")
        self.apply(path)
        self.kill_while_stuck(self.spec(HEAD + RELEASE, VALUES="a = 2  stuck = true"))
        path = self.spec(HEAD + RELEASE, VALUES="a = 3")
        self.live("apply", path, "--yes", "--lock-timeout", "2m")
        self.assertSettled(path)
        self.assertEqual(self.settings()["a"], 3)

    def test_left_pending(self):
        """As a machine leaves it that vanishes while helm is at it."""
        self.chart()
        path = self.spec(HEAD + RELEASE, VALUES="a = 1")
        self.apply(path)
        self.pretend("pending-upgrade")
        change = self.change(path)
        self.assertEqual(change["reason"], "its last upgrade never ended: rolled back, then upgraded")
        self.apply(path)
        self.assertSettled(path)
        self.assertEqual([status for _, status in self.revisions()][-1], "deployed")
        self.pretend("pending-rollback")
        self.apply(path)
        self.assertSettled(path)
        self.live("destroy", path, "--yes")

    def pretend(self, status):
        """One more revision, of that status."""
        items = REAL.items(f"/api/v1/namespaces/{self.name}/secrets?labelSelector=owner%3Dhelm,name%3D{self.name}")
        newest = max(items, key=lambda item: int(item["metadata"]["labels"]["version"]))
        number = int(newest["metadata"]["labels"]["version"]) + 1
        release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(newest["data"]["release"]))))
        release["version"], release["info"]["status"] = number, status
        content = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
        labels = {**newest["metadata"]["labels"], "version": str(number), "status": status}
        REAL.create(f"/api/v1/namespaces/{self.name}/secrets", {
            "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1", "data": {"release": content},
            "metadata": {"name": f"sh.helm.release.v1.{self.name}.v{number}", "labels": labels}})

    def test_kinds_that_a_chart_brings(self):
        """Definitions before what is of their kinds, at making and at taking away; a second release after the first."""
        definition = charts.DEFINITION.replace("NAME", self.name)
        self.addCleanup(REAL.delete, f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.{self.name}.test")
        self.chart(templates={"definition.yaml": definition})
        path = self.spec(HEAD + RELEASE + """manifest own { cluster = lab  object = { apiVersion = "NAME.test/v1", kind = "Gadget",
          metadata = { name = "own", namespace = "NAME" }, spec = { a = 1 } } }
        """)
        self.apply(path)
        self.assertSettled(path)
        gadget = REAL.get(f"/apis/{self.name}.test/v1/namespaces/{self.name}/gadgets/own")
        self.assertEqual(gadget["spec"], {"a": 1})
        self.live("destroy", path, "--yes")
        self.assertEqual(self.revisions(), [])


class LifecycleWithHelm4(Lifecycle):
    program = "helm4"
    test_killed_in_its_install = None  # one of the two is enough: each waits until the dead run's lock is over


class Corners(WithHelm):
    def test_where_charts_come_from(self):
        """A folder beside the spec, an archive, a registry; a folder is upgraded when its Chart.yaml has another version."""
        folder = self.chart()
        self.chart("1.2.0")
        name, version, archive = charts.package(folder)
        (self.folder / f"{name}-{version}.tgz").write_bytes(archive)
        own = 'release NAME { cluster = lab  chart = "CHART"  VERSION }\n'
        sources = {"folder": (f"./charts/1.0.0/{self.name}", ""), "archive": (f"./{name}-{version}.tgz", ""),
                   "registry": (f"{self.repository.registry}/{self.name}", 'version = "1.0.0"'),
                   "range": (f"{self.repository.registry}/{self.name}", 'version = ">=1.0.0 <1.1.0"')}
        for source, (chart, wanted) in sources.items():
            with self.subTest(source):
                path = self.spec(HEAD + own, CHART=chart, VERSION=wanted)
                self.apply(path)
                self.assertSettled(path)
                self.live("destroy", path, "--yes")
        path = self.spec(HEAD + own, CHART=f"./charts/other", VERSION="")
        charts.write(self.folder / "charts" / "other", self.name, "3.0.0")
        self.apply(path)
        charts.write(self.folder / "charts" / "other", self.name, "3.1.0")
        self.assertEqual([field["path"] for field in self.change(path)["fields"]], ["version"])
        self.apply(path)
        self.assertSettled(path)

    def test_what_cannot_be_fetched(self):
        self.chart()
        for wrong, way_out in (({"VERSION": "7.7.7"}, "whether the repository has this chart in this version"),
                               ({"URL": self.repository.url + "/none"}, "whether the chart's repository can be reached"),
                               ({"URL": "https://localhost:1/charts"}, "whether the chart's repository can be reached")):
            with self.subTest(wrong):
                said = self.apply(self.spec(HEAD + RELEASE, **wrong), code=3)
                self.assertIn(way_out, said)
        registry = self.spec(HEAD + 'release NAME { cluster = lab  chart = "oci://localhost:1/NAME"  version = "1.0.0" }\n')
        self.assertIn("whether the chart's registry can be reached", self.apply(registry, code=3))
        folder = self.spec(HEAD + 'release NAME { cluster = lab  chart = "./none" }\n')
        self.assertIn("none", self.apply(folder, code=3))

    def test_a_failed_one_is_done_again(self):
        """The first install fails, then an upgrade does; what helm says holds no secret."""
        broken = {**{"settings.yaml": charts.SETTINGS}, "broken.yaml": (
            "{{ if .Values.broken }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-broken}\n"
            "data: {a: [\"{{ .Values.adminPassword }}\"]}\n{{ end }}\n")}
        self.chart(templates=broken)
        secret = f'adminPassword = "{CANARY}"'
        wrong = self.spec(HEAD + RELEASE, VALUES=f"broken = true  {secret}")
        self.assertIn("helm ended with 1", self.apply(wrong, code=3))
        path = self.spec(HEAD + RELEASE, VALUES=secret)
        self.apply(path)
        self.assertSettled(path)
        self.spec(HEAD + RELEASE, VALUES=f"broken = true  {secret}")
        self.apply(path, code=3)
        path = self.spec(HEAD + RELEASE, VALUES=secret)
        self.assertEqual(self.change(path)["reason"], "its last install or upgrade failed")
        self.apply(path)
        self.assertSettled(path)

    def test_of_somebody_else(self):
        folder = self.chart()
        self.run_helm("install", self.name, str(folder), "--create-namespace", "--set", "theirs=1")
        path = self.spec(HEAD + RELEASE, VALUES="ours = 1")
        self.assertIn("--adopt", self.apply(path, code=4))
        self.assertEqual(self.settings(), {"theirs": 1})
        self.live("apply", path, "--yes", "--adopt")
        self.assertSettled(path)
        self.assertEqual(self.settings(), {"ours": 1})
        kept = self.spec(HEAD + "removed { what = release.NAME  destroy = false }\n")
        self.apply(kept)
        self.assertSettled(kept)
        self.assertEqual(self.revisions()[-1], (2, "deployed"))
        self.run_helm("uninstall", self.name)

    def test_the_environment_leads_nowhere_else(self):
        self.chart()
        self.environment.update(HELM_NAMESPACE="elsewhere", HELM_DRIVER="configmap", HELM_KUBECONTEXT="none", HELM_DEBUG="true",
                                HELM_KUBEAPISERVER="https://127.0.0.1:1", KUBECONFIG="/nowhere", HELM_KUBETOKEN="none")
        path = self.spec(HEAD + RELEASE)
        self.apply(path)
        self.assertSettled(path)
        self.assertEqual(self.revisions(), [(1, "deployed")])

    def test_large_values(self):
        """Helm keeps them in one Secret, packed: 600 kB that pack well fit, what does not pack is refused by the API."""
        self.chart(templates={"nothing.yaml": "# nothing\n"})
        path = self.spec(HEAD + RELEASE, VALUES=f'a = "{"words and words " * 40000}"')
        self.apply(path)
        self.assertSettled(path)
        noise = base64.b64encode(os.urandom(900000)).decode()
        said = self.apply(self.spec(HEAD + RELEASE, VALUES=f'a = "{noise}"'), code=3)
        self.assertIn("of 1 MiB at most", said)

    def test_helm_that_does_not_do(self):
        self.chart()
        path = self.spec(HEAD + RELEASE)
        helm = self.folder / "bin" / "helm"
        helm.unlink()
        self.assertIn("`helm` is not on PATH", self.live("plan", path))
        self.assertIn("install Helm 3.13 or newer", self.apply(path, code=3))
        helm.write_text("#!/bin/sh\necho v3.9.4\n")
        helm.chmod(0o755)
        self.assertIn("is version 3.9", self.live("plan", path))
        self.assertIn("is version 3.9", self.apply(path, code=3))
        self.assertNotIn("helm", self.live("plan", path, "--skip-helm").replace(self.name, "").replace("--skip-helm", ""))


class Published(WithHelm):
    def test_published_charts(self):
        """Charts of others, from their modules, served as their projects serve them: values, an upgrade, what they leave."""
        try:
            for name in charts.PUBLISHED:
                folder = charts.published(name)
                self.repository.add(folder)
                self.repository.add(folder, "99.0.0")
        except charts.MissingChart as missing:
            self.skipTest(str(missing))
        text = HEAD + """
          release descheduler { cluster = lab  chart = "descheduler"  repository = "URL"  namespace = "NAME"  version = "DESCHEDULER"
            values { kind = "Deployment"  replicas = 2  leaderElection = { enabled = true }  schedule = "*/5 * * * *"
              deschedulerPolicy = { profiles = [{ name = "default", pluginConfig = [{ name = "DefaultEvictor", args = { nodeFit = true } }],
                plugins = { deschedule = { enabled = ["RemovePodsViolatingNodeTaints"] } } }] } } }
          release metrics { cluster = lab  chart = "metrics-server"  repository = "URL"  namespace = "NAME"  version = "METRICS"
            values { apiService = { create = false }  args = ["--kubelet-insecure-tls"]  replicas = 1  resources = { requests = { cpu = "50m" } } } }
          release simulator { cluster = lab  chart = "kwok"  repository = "URL"  namespace = "NAME"  version = "KWOK"  values { replicas = 0 } }
        """
        versions = {"DESCHEDULER": "^0.35", "METRICS": "<99", "KWOK": "~0.1"}
        path = self.spec(text, **versions)
        self.apply(path)
        self.assertSettled(path)
        deployments = {item["metadata"]["name"]: item for item in REAL.items(f"/apis/apps/v1/namespaces/{self.name}/deployments")}
        self.assertEqual(deployments["descheduler"]["spec"]["replicas"], 2)
        path = self.spec(text, **{**versions, "METRICS": "99.0.0"})
        self.assertEqual([field["path"] for field in self.change(path)["fields"]], ["version"])
        self.apply(path)
        self.assertSettled(path)
        self.live("destroy", path, "--yes")
        self.assertEqual(REAL.items(f"/apis/apps/v1/namespaces/{self.name}/deployments"), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
