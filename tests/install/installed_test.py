"""installed_test.py CMAKE BUILD SOURCE sanitizers=LIST: an installation, with the source tree and the build moved out of sight.

Where the system lets us, both are covered by an empty file system for every command that runs; where it does not, what the
installed files say is all there is: none may name either folder.
"""

import filecmp
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, SOURCE = sys.argv[1:4]
SANITIZERS = sys.argv[4].partition("=")[2]

HIDE = 'mount -t tmpfs none "$1" && mount -t tmpfs none "$2" || exit 99; shift 2; exec "$@"'

SPEC = """project "demo"
cluster shared { resource_group = "rg-demo"  location = "westeurope"  version = "1.36"
  network { plugin = azure_overlay  policy = cilium  dataplane = cilium } }
pool system { cluster = shared  mode = system  vm = "Standard_D4s_v5"  nodes = 1 }
pool t4 { cluster = shared  vm = "Standard_NC4as_T4_v3"  nodes = 1 }
accelerator nvidia { cluster = shared  stack = device_plugin }
team vision { clusters = [shared]  quota { gpu(pool.t4) = 1  cpu = 8cpu }  network { default = deny  allow egress to dns } }
"""


def hiding():
    """The words that a command is put behind, or [] where file systems cannot be mounted."""
    outer = BUILD if not BUILD.startswith(SOURCE + "/") else SOURCE
    for unshare in (["unshare", "-m"], ["unshare", "-r", "-m"]):
        words = [*unshare, "sh", "-c", HIDE, "sh", SOURCE, outer]
        if shutil.which("unshare") and subprocess.run([*words, "true"], capture_output=True).returncode == 0:
            return words
    return []


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gpuspec-installed-")
        cls.prefix, cls.work = pathlib.Path(cls.folder.name, "prefix"), pathlib.Path(cls.folder.name, "work")
        subprocess.run([CMAKE, "--install", BUILD, "--prefix", str(cls.prefix)], check=True, capture_output=True)
        shutil.copytree(pathlib.Path(SOURCE, "examples"), cls.work)
        cls.hidden = hiding()
        if not cls.hidden:
            print("file systems cannot be mounted here: the source tree stays in sight")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def call(self, *words, hidden=True, stdin=None):
        environment = {"PATH": f"{self.prefix}/bin:/usr/bin:/bin", "HOME": self.folder.name, "LC_ALL": "C.UTF-8"}
        return subprocess.run([*(self.hidden if hidden else []), *words], cwd=self.work, env=environment, input=stdin,
                              capture_output=True, text=True, timeout=300)

    def ok(self, *words, code=0, **more):
        done = self.call(*words, **more)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}{done.stderr}")
        return done.stdout

    def gpuspec(self, *words, **more):
        return self.ok("gpuspec", *words, **more)

    def files(self):
        return [path for path in self.prefix.rglob("*") if path.is_file() and not path.is_symlink()]

    def test_is_really_moved_away(self):
        if not self.hidden:
            self.skipTest("file systems cannot be mounted here")
        self.assertEqual(self.ok("ls", SOURCE), "")
        self.assertNotEqual(self.call("ls", f"{BUILD}/bin").returncode, 0)

    def test_no_file_names_the_source_or_the_build(self):
        for path in self.files():
            text = path.read_bytes()
            is_program = text.startswith(b"\x7fELF")
            if is_program and (SANITIZERS or b".debug_info" in text):
                continue  # which hold the paths of what they were made from
            for folder in (SOURCE, BUILD):
                at = text.find(folder.encode() + b"/")
                self.assertEqual(at, -1, f"{path}: {text[at:at + 120]!r}")

    def test_programs_look_for_libraries_nowhere_else(self):
        for path in self.files():
            if not path.read_bytes().startswith(b"\x7fELF") or not shutil.which("readelf"):
                continue
            dynamic = self.ok("readelf", "-d", str(path), hidden=False)
            self.assertNotIn("RPATH", dynamic, path)
            self.assertNotIn("RUNPATH", dynamic, path)

    def test_examples_compile_to_the_same(self):
        for example in sorted(path.name for path in self.work.iterdir() if (path / "main.gpuspec").exists()):
            here = subprocess.run([f"{BUILD}/bin/gpuspec", "compile", example, "-o", f"{example}.here"], cwd=self.work,
                                  capture_output=True, text=True, timeout=300)
            self.assertEqual(here.returncode, 0, here.stderr)
            self.gpuspec("compile", example, "-o", f"{example}.installed")
            self.assert_same(filecmp.dircmp(self.work / f"{example}.here", self.work / f"{example}.installed"))
            self.gpuspec("test", example)

    def assert_same(self, compared):
        self.assertEqual(compared.left_only + compared.right_only + compared.diff_files, [], compared.right)
        self.assertEqual(filecmp.cmpfiles(compared.left, compared.right, compared.common_files, shallow=False)[1:], ([], []))
        for below in compared.subdirs.values():
            self.assert_same(below)

    def test_plugins_and_their_findings_are_there(self):
        plugins = json.loads(self.gpuspec("plugins", "--format", "json"))["plugins"]
        self.assertEqual([plugin["name"] for plugin in plugins], ["amd", "nvidia"])
        self.assertTrue(self.gpuspec("explain", "GS3204").startswith("# GS3204: "))
        self.assertTrue(self.gpuspec("explain", "AMD0001").startswith("# AMD0001: "))
        self.assertIn("profile", self.gpuspec("schema", "pool.mig"))

    def test_lock_graph_format_and_blame(self):
        folder = self.work / "locked"
        shutil.copytree(self.work / "two-teams", folder)
        self.gpuspec("lock", "locked")
        self.gpuspec("check", "locked")
        self.assertIn("plugin nvidia ", (folder / "gpuspec.lock").read_text())
        self.assertEqual(json.loads(self.gpuspec("graph", "locked", "--format", "json"))["schema"], "gpuspec.graph/1")
        self.gpuspec("fmt", "--check", "locked")
        self.gpuspec("compile", "locked", "-o", "blamed")
        template = next((self.work / "blamed").rglob("azuredeploy.json"))
        lines = template.read_text().splitlines()
        line = next(number for number, text in enumerate(lines, 1) if '"vmSize"' in text)
        self.assertIn("main.gpuspec:", self.gpuspec("blame", f"{template}:{line}"))

    def test_manual(self):
        page = (self.prefix / "share/man/man1/gpuspec.1").read_text()
        for command in ("check", "apply", "lock", "sandbox"):
            self.assertIn(command, page)
        if not shutil.which("man"):
            self.skipTest("needs man")
        self.assertIn("gpuspec", self.ok("man", "-M", str(self.prefix / "share/man"), "-P", "cat", "gpuspec"))

    def test_completions(self):
        bash = self.prefix / "share/bash-completion/completions/gpuspec"
        script = f'source "{bash}"; COMP_WORDS=(gpuspec loc); COMP_CWORD=1; _gpuspec; echo "${{COMPREPLY[@]}}"'
        self.assertEqual(self.ok("bash", "-c", script).split(), ["lock"])
        others = {"zsh": "share/zsh/site-functions/_gpuspec", "fish": "share/fish/vendor_completions.d/gpuspec.fish"}
        for shell, path in others.items():
            self.assertIn("lock", (self.prefix / path).read_text())
            if shutil.which(shell):
                self.ok(shell, "-n", str(self.prefix / path))
            self.assertEqual(self.gpuspec("completion", shell), (self.prefix / path).read_text())

    def test_the_whole_way_in_the_sandbox(self):
        (self.work / "live.gpuspec").write_text(SPEC)
        at = ("--dir", str(self.work / "sandbox"))
        spec = ("live.gpuspec", "--sandbox", "--skip-helm", *at)
        self.gpuspec("sandbox", "start", "--operation-ms", "50", *at)
        try:
            self.assertIn("KUBECONFIG", self.gpuspec("sandbox", "env", *at))
            self.gpuspec("plan", *spec, "-o", "saved.plan", "--detailed-exitcode", code=2)
            self.gpuspec("apply", "saved.plan")
            self.gpuspec("plan", *spec, "--detailed-exitcode")
            self.assertTrue(json.loads(self.gpuspec("verify", *spec, "--format", "json"))["holds"])
            self.gpuspec("destroy", *spec, "--yes")
        finally:
            self.gpuspec("sandbox", "stop", *at)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
