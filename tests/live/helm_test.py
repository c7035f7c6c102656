"""Helm releases in the sandbox, by the helm on PATH or the one that `tests/real/control-plane build helm` makes:
helm_test.py GPUSPEC REPOSITORY"""

import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import unittest

from harness import GPUSPEC, ROOT, LiveTest

HELM = shutil.which("helm") or str(pathlib.Path(ROOT, "build", "real", "bin", "helm").resolve())
if not os.access(HELM, os.X_OK):
    print("skipped: needs helm")
    sys.exit(77)

SPEC = """project "demo"
cluster shared { resource_group = "rg-demo"  location = "westeurope"  version = "1.36" }
pool system { cluster = shared  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }
release one { cluster = shared  chart = "./charts/gadget"  namespace = "tools"  values { FIRST } }
release two { cluster = shared  chart = "./charts/gadget"  namespace = "tools" }
"""
SETTINGS = """apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  {{- range $key, $value := .Values }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
"""
# Runs nowhere, and so never ends.
HOOK = """{{- if .Values.broken }}{{ fail "it is broken" }}{{ end }}
{{- if .Values.stuck }}
apiVersion: batch/v1
kind: Job
metadata: {name: stuck, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}
spec:
  template: {spec: {restartPolicy: Never, nodeSelector: {nowhere: "yes"}, containers: [{name: c, image: "example.com/c:1"}]}}
{{- end }}
"""


class Helm(LiveTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programs = pathlib.Path(cls.folder.name, "programs")
        programs.mkdir()
        (programs / "helm").symlink_to(HELM)
        cls.environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HELM_CACHE_HOME": cls.folder.name}
        chart = pathlib.Path(cls.folder.name, "charts", "gadget")
        for name, text in {"Chart.yaml": "apiVersion: v2\nname: gadget\nversion: 1.0.0\n", "values.yaml": 'size: "1"\n',
                           "templates/settings.yaml": SETTINGS, "templates/hook.yaml": HOOK}.items():
            (chart / name).parent.mkdir(parents=True, exist_ok=True)
            (chart / name).write_text(text, encoding="utf-8")

    def run_helm(self, command, path, *more, code=0):
        result = self.call(command, path, "--sandbox", *more, environment=self.environment)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def test_with_a_cluster_of_its_own(self):
        path = self.spec(SPEC, FIRST='size = "2"')
        self.run_helm("apply", path, "--yes")
        self.assertIn("nothing to change", self.run_helm("plan", path, "--detailed-exitcode"))
        status = self.fits(json.loads(self.run_helm("status", path, "--format", "json")), "status")
        self.assertEqual([(release["name"], release["chart"], release["version"], release["status"])
                          for release in status["clusters"][0]["releases"]],
                         [("one", "gadget", "1.0.0", "deployed"), ("two", "gadget", "1.0.0", "deployed")])
        self.run_helm("destroy", path, "--yes")

    def test_one_after_the_other(self):
        """What comes after one that fails is not tried, and the next run goes on."""
        path = self.spec(SPEC, FIRST='broken = true')
        failed = self.run_helm("apply", path, "--yes", code=3)
        self.assertIn("release tools/two: waits for release tools/one, which did not succeed", failed)
        self.run_helm("apply", self.spec(SPEC, FIRST='size = "2"'), "--yes")
        self.assertIn("nothing to change", self.run_helm("plan", path, "--detailed-exitcode"))

    def test_interrupted(self):
        """Twice, and helm has ended before gpuspec has; the next run goes on."""
        path = self.spec(SPEC, FIRST="stuck = true")
        process = subprocess.Popen([GPUSPEC, "apply", path, "--sandbox", "--yes", "--dir", self.dir], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, **self.environment})
        handle = self.helm_below(process)
        self.stop_at_once(process)
        self.assertTrue(select.select([handle], [], [], 0)[0], "helm is still there")
        os.close(handle)
        self.run_helm("apply", self.spec(SPEC, FIRST='size = "2"'), "--yes")
        self.assertIn("nothing to change", self.run_helm("plan", path, "--detailed-exitcode"))

    def test_renews_what_a_program_gives(self):
        """helm is told which program signs in, and not the token that gpuspec had from it."""
        folder = pathlib.Path(self.folder.name)
        config = json.loads(self.read(os.path.join(self.dir, "kubeconfig")))
        token = config["users"][0]["user"]["token"]
        answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": token}}
        (folder / "signin").write_text("#!/bin/sh\ncat /proc/$PPID/comm >> \"$SIGNIN_LOG\"\n"
                                       f"echo '{json.dumps(answer)}'\n", encoding="utf-8")
        (folder / "signin").chmod(0o700)
        config["users"][0]["user"] = {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "./signin", "interactiveMode": "Never",
            "env": [{"name": "SIGNIN_LOG", "value": str(folder / "signin.log")}]}}
        (folder / "exec.json").write_text(json.dumps(config), encoding="utf-8")
        path = self.spec('project "demo"\ncluster lab { platform = kubernetes  context = "sandbox" }\n'
                         'release one { cluster = lab  chart = "./charts/gadget"  namespace = "tools" }\n', "lab.gpuspec")
        self.run_helm("apply", path, "--yes", "--kubeconfig", str(folder / "exec.json"))
        asked = self.read(folder / "signin.log").split()
        self.assertIn("helm", asked)
        self.assertEqual(len([one for one in asked if one != "helm"]), 1, asked)
        self.run_helm("destroy", path, "--yes", "--kubeconfig", str(folder / "exec.json"))

    def helm_below(self, process):
        """A handle of the helm that installs."""
        while process.poll() is None:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                    if words[0].startswith(os.fsencode(self.folder.name)) and b"upgrade" in words:
                        return os.pidfd_open(int(pid))
                except (FileNotFoundError, ProcessLookupError):
                    pass
        raise AssertionError("it has ended:\n" + "".join(process.communicate()))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
