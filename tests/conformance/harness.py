"""What the cases of the suite have in common: a project and namespaces of their own, and the laws that hold after every apply."""

import base64
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import proxy
import target as targets

GPUSPEC = TARGET = SANDBOX = None
ENDING = []  # namespaces that were deleted, or will be

DONE, WORLD_SAYS_NO, REFUSED, INTERRUPTED = 0, 3, 4, 130


def config_map(name, namespace, data, **metadata):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace, **metadata}, "data": data}


def namespace_object(name, **metadata):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **metadata}}


def authority():
    """The CA of what the tests put in front of a server, as kubeconfig and webhooks want it."""
    return base64.b64encode(SANDBOX.ca.read_bytes()).decode()


def only_on(name, why):
    """Skips a case on the other target."""
    def mark(function):
        def run(self):
            if TARGET.name != name:
                self.skipTest(why)
            function(self)
        run.__name__, run.__doc__ = function.__name__, function.__doc__
        return run
    return mark


class Spec:
    """A folder with a spec whose objects stand in files beside it: as JSON, so that what is written is what is meant."""

    def __init__(self, folder, project, context):
        self.folder, self.project = pathlib.Path(folder), project
        self.cluster = f'cluster lab {{ platform = kubernetes  context = "{context}" }}\n'
        self.objects, self.more = {}, ""

    def write(self):
        lines = [f'project "{self.project}"', self.cluster]
        for name, objects in self.objects.items():
            text = "".join(f"---\n{json.dumps(each)}\n" for each in objects)
            (self.folder / f"{name}.yaml").write_text(text)
            lines.append(f'manifest {name} {{ cluster = lab  file = "{name}.yaml" }}')
        (self.folder / "main.gpuspec").write_text("\n".join(lines) + "\n" + self.more + "\n")
        return str(self.folder / "main.gpuspec")


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.target, self.api = TARGET, TARGET.api
        folder = tempfile.TemporaryDirectory(prefix="gpuspec-conformance-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.kubeconfig = TARGET.kubeconfig
        # The same names in every run; other cases and other programs on a shared server have others.
        self.suffix = f"{random.Random(self.id()).getrandbits(32):08x}"
        self.namespace = self.make_namespace("a")
        self.spec = self.new_spec()

    def name(self, stem):
        return f"conf-{stem}-{self.suffix}"

    def make_namespace(self, stem):
        """One that is not gpuspec's."""
        made = namespace_object(self.name(stem))
        self.drop(made)
        self.api.create(made)
        # A real namespace takes seconds to end: they end together, after the last case.
        ENDING.append(made)
        self.addCleanup(self.api.delete, made)
        return made["metadata"]["name"]

    def drop(self, thing):
        self.api.delete(thing)
        self.api.until(thing, lambda found: found is None)

    def new_spec(self, stem="one"):
        """A project of its own; what it has made is destroyed at the end."""
        folder = self.folder / stem
        folder.mkdir()
        spec = Spec(folder, self.name(stem), self.target.context)
        self.addCleanup(self.sweep, spec)
        return spec

    def sweep(self, spec):
        """Leaves nothing of the project, whatever the case has left."""
        spec.objects, spec.more = {}, ""
        spec.cluster = spec.cluster.replace("prevent_destroy = true", "")
        self.kubeconfig = self.target.kubeconfig
        done = self.run_gpuspec("destroy", spec, "--yes", "--lock-timeout", "2m")
        for kind, api_version in (("ConfigMap", "v1"), ("Lease", "coordination.k8s.io/v1")):
            for record in self.api.list(api_version, kind, "kube-system", f"gpuspec.dev/project={spec.project}"):
                self.api.delete({"apiVersion": api_version, "kind": kind, **record})
        self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)

    def command(self, command, path, *more):
        words = [GPUSPEC, command, str(path), "--kubeconfig", str(self.kubeconfig)]
        return words + (["--skip-helm"] if command != "status" else []) + list(more)

    def start_gpuspec(self, command, spec, *more):
        path = spec if isinstance(spec, str) else spec.write()
        return subprocess.Popen(self.command(command, path, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, text=True, env=self.environment())

    @staticmethod
    def environment():
        return {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "GPUSPEC_", "KUBECONFIG"))}

    def run_gpuspec(self, command, spec, *more):
        with self.start_gpuspec(command, spec, *more) as started:
            out, err = started.communicate(timeout=targets.PATIENCE_SECONDS * 3)
        return subprocess.CompletedProcess(started.args, started.returncode, out, err)

    def expect(self, code, command, spec, *more):
        done = self.run_gpuspec(command, spec, *more)
        self.assertEqual(done.returncode, code, f"{' '.join(done.args)}\n{done.stdout}\n{done.stderr}")
        return done

    def plan(self, spec=None, *more):
        return json.loads(self.expect(DONE, "plan", spec or self.spec, "--format", "json", *more).stdout)

    def apply(self, spec=None, *more):
        """Applies, and holds the law: a second plan is empty."""
        done = self.expect(DONE, "apply", spec or self.spec, "--yes", "--format", "json", *more)
        self.expect_settled(spec)
        return json.loads(done.stdout)

    def expect_settled(self, spec=None):
        again = self.plan(spec)
        self.assertEqual((again["changes"], again["conflicts"]), ([], []))

    def refused(self, spec=None, *more, command="apply"):
        """Refused, and nothing was written but the lock, which is gone again. Returns what was said."""
        done = self.expect(REFUSED, command, spec or self.spec, "--yes", *more)
        return done.stdout + done.stderr

    def actions(self, planned):
        """{(action, kind, name)}"""
        return {(change["action"], *self.kind_and_name(change)) for change in planned["changes"]}

    @staticmethod
    def kind_and_name(change):
        return change["kind"].split("/")[-1], change["id"].split("/")[-1]

    def change(self, planned, name):
        return next(change for change in planned["changes"] if self.kind_and_name(change)[1] == name)

    def map(self, name, data, **metadata):
        return config_map(name, self.namespace, data, **metadata)

    def data(self, name, namespace=None):
        found = self.api.get(config_map(name, namespace or self.namespace, {}))
        return found and found["data"]

    def behind_proxy(self, token=None):
        """From here on gpuspec reaches the server through a proxy, which is returned."""
        tls = SANDBOX.folder / "tls"
        front = proxy.Proxy(self.api, tls / "server.pem", tls / "server.key")
        self.addCleanup(front.stop)
        self.kubeconfig = self.folder / "kubeconfig"
        self.target.through(front.url, authority(), self.kubeconfig, token)
        return front


def main(module):
    """x_test.py GPUSPEC sandbox|real [names of cases]"""
    global GPUSPEC, TARGET, SANDBOX
    # The cases see this module as `harness`, whoever was started.
    this = sys.modules["harness"]
    this.GPUSPEC, wanted = os.path.abspath(sys.argv[1]), sys.argv[2]
    this.TARGET = targets.real() if wanted == "real" else None
    with tempfile.TemporaryDirectory(prefix="gpuspec-conformance-sandbox-") as folder:
        this.SANDBOX = targets.Sandbox(this.GPUSPEC, folder)
        try:
            this.TARGET = this.TARGET or this.SANDBOX.target
            program = unittest.main(module, argv=[sys.argv[0], *sys.argv[3:]], verbosity=2, exit=False)
            for each in this.ENDING:
                this.TARGET.api.until(each, lambda found: found is None)
        finally:
            this.SANDBOX.stop()
    sys.exit(not program.result.wasSuccessful())
