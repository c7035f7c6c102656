"""Clusters that the benchmarks write to: the sandbox, and the control plane of tests/real."""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "real"))

import building  # noqa: E402
import kube  # noqa: E402

MEASURE = HERE.parent.parent / "build" / "release" / "bin" / "measure"
CONTROL_PLANE = HERE.parent / "real" / "control-plane"
TICKS = os.sysconf("SC_CLK_TCK")


class NotHere(Exception):
    """This machine cannot have it; the text says why."""


def processor_seconds(pids):
    """Of processes that run, user and system."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def settle(pids):
    """Until what the last run set off is worked off: a second of less than a tenth of a core."""
    while True:
        before = processor_seconds(pids)
        time.sleep(1)
        if processor_seconds(pids) - before < 0.1:
            return


def run(words, environment=None):
    """Wall seconds, processor seconds, peak of resident memory in MB, and what it printed."""
    with tempfile.NamedTemporaryFile("r") as figures:
        done = subprocess.run([MEASURE, figures.name, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env={**os.environ, **(environment or {})})
        measured = figures.read().split()
    if done.returncode != 0:
        raise SystemExit(f"{shlex.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}")
    wall, processor, peak = map(float, measured)
    return wall / 1e3, processor / 1e3, peak / 1e6, done.stdout


def serving(folder):
    """The process that serves the sandbox of this folder."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = pathlib.Path("/proc", pid, "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(folder).encode() in words and b"sandbox" in words:
            return int(pid)
    raise SystemExit(f"no sandbox runs in {folder}")


class Cluster:
    """What clients of one cluster need. `words` go to gpuspec's live commands, `context` into the spec."""

    def client(self):
        return kube.Kube(self.server, str(self.ca), self.token())

    def token(self):
        return pathlib.Path(self.token_file).read_text().strip()


class Sandbox(Cluster):
    def __init__(self, gpuspec, folder, *options):
        self.gpuspec, self.dir = gpuspec, folder / "sandbox"
        run([gpuspec, "sandbox", "start", "--dir", self.dir, *options])
        self.words, self.context, self.environment = ["--sandbox", "--dir", self.dir], "sandbox", {}
        access = json.loads((self.dir / "access.json").read_text())
        self.server, self.ca = f"https://127.0.0.1:{access['port']}/clusters/sandbox", access["ca_file"]
        self.token_file = folder / "token"
        self.token_file.write_text(access["token"])
        self.pids = [serving(self.dir)]

    def close(self):
        run([self.gpuspec, "sandbox", "stop", "--dir", self.dir])


class Real(Cluster):
    """A control plane of its own: the one of the tests may be at work."""

    def __init__(self, folder):
        self.dir = folder / "real"
        started = subprocess.run([sys.executable, CONTROL_PLANE, "start", self.dir], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if started.returncode == 77:
            raise NotHere(started.stdout.strip().removeprefix("skipped: "))
        if started.returncode != 0:
            raise SystemExit(started.stdout)
        info = json.loads((self.dir / "info.json").read_text())
        self.server, self.ca, self.token_file, self.pids = info["server"], info["ca"], info["token"], list(info["pids"].values())
        self.words, self.context, self.environment = [], "real", {"KUBECONFIG": str(self.dir / "kubeconfig")}

    def close(self):
        subprocess.run([sys.executable, CONTROL_PLANE, "stop", self.dir], check=True)

    @staticmethod
    def kubectl():
        """At the version of the control plane; None where it was not built."""
        path = building.BIN / "kubectl"
        return path if path.exists() else None
