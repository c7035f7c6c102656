"""What the tests of the whole program against the sandbox share."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

GPUSPEC, ROOT = sys.argv[1], sys.argv[2]
sys.path[:0] = [os.path.join(ROOT, "tests", folder) for folder in ("cli", "support")]

import case_test  # noqa: E402
from sandbox_pid import sandbox_pid  # noqa: E402

SPEC = """project "demo"
cluster shared { resource_group = "rg-demo"  location = "westeurope"  version = "1.36"
  network { plugin = azure_overlay  policy = cilium  dataplane = cilium } }
pool system { cluster = shared  mode = system  vm = "Standard_D4s_v5"  nodes = 1 }
pool t4 { cluster = shared  vm = "Standard_NC4as_T4_v3"  nodes = NODES }
accelerator nvidia { cluster = shared  stack = device_plugin }
team vision { clusters = [shared]  quota { gpu(pool.t4) = QUOTA  cpu = 8cpu }  network { default = deny  allow egress to dns } }
"""


class LiveTest(unittest.TestCase):
    """Tests of one sandbox, which is empty before each of them."""

    operation_ms = 50

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gpuspec-live-")
        cls.dir = os.path.join(cls.folder.name, "sandbox")
        cls.start()

    @classmethod
    def start(cls, *more):
        return cls.run_ok("sandbox", "start", "--operation-ms", str(cls.operation_ms), *more)

    @classmethod
    def tearDownClass(cls):
        cls.call("sandbox", "stop")
        cls.folder.cleanup()

    @classmethod
    def call(cls, *words, environment=None):
        command = [GPUSPEC, *words, "--dir", cls.dir]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                              env={**os.environ, **(environment or {})})

    @classmethod
    def run_ok(cls, *words, code=0):
        result = cls.call(*words)
        if result.returncode != code:
            raise AssertionError(f"{words}: exit {result.returncode}, not {code}\n{result.stdout}{result.stderr}")
        return result

    def setUp(self):
        self.run_ok("sandbox", "reset")

    def spec(self, text, name="main.gpuspec", **values):
        for key, value in values.items():
            text = text.replace(key, str(value))
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def live(self, command, path, *more, code=0):
        return self.run_ok(command, path, "--sandbox", "--skip-helm", *more, code=code)

    def fits(self, document, name):
        """Held against the published schema where Debian's python3-jsonschema is installed."""
        wrong = case_test.schema_problem(document, pathlib.Path(ROOT, "docs", "schemas"), name)
        self.assertIn(wrong, ("", "skipped"), name)
        return document

    def document(self, command, path, *more, schema=None):
        return self.fits(json.loads(self.live(command, path, "--format", "json", *more).stdout), schema or command)

    def plan(self, path, *more):
        return self.document("plan", path, *more)

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def server_pid(self):
        return sandbox_pid(self.dir)

    def stop_at_once(self, process):
        """Ctrl-C until it has ended: two signals that come together may count as one."""
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=0.1)
            except subprocess.TimeoutExpired:
                pass
        self.assertEqual(process.returncode, 130)
