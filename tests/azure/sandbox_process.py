"""A sandbox of its own for each test class, from the command line, and what a shell sees of it."""

import os
import subprocess
import sys
import tempfile
import unittest

GPUSPEC, ROOT = sys.argv[1], sys.argv[2]


class SandboxProcess(unittest.TestCase):
    operation_ms = 30
    more = ()  # words for `sandbox start`

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gpuspec-azure-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.dir = os.path.join(cls.folder.name, "sandbox")
        cls.gpuspec("sandbox", "start", "--operation-ms", str(cls.operation_ms), *cls.more, "--dir", cls.dir)
        cls.addClassCleanup(cls.gpuspec, "sandbox", "stop", "--dir", cls.dir)
        cls.environment = cls.environment_of_shell()

    @classmethod
    def gpuspec(cls, *words, code=0, environment=None):
        result = subprocess.run([GPUSPEC, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment)
        if result.returncode != code:
            raise AssertionError(f"{words}: exit {result.returncode}, not {code}\n{result.stdout}{result.stderr}")
        return result

    @classmethod
    def environment_of_shell(cls):
        """What `eval "$(gpuspec sandbox env)"` puts into a shell's environment."""
        script = 'set -e; lines=$("$1" sandbox env --dir "$2"); eval "$lines"; env -0'
        shell = subprocess.run(["/bin/sh", "-c", script, "sh", GPUSPEC, cls.dir], capture_output=True, text=True, check=True, env={})
        variables = dict(entry.split("=", 1) for entry in shell.stdout.split("\0") if entry)
        return {name: value for name, value in variables.items() if name not in ("PWD", "SHLVL", "_", "OLDPWD")}


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
