"""kill -9 of `gpuspec apply` and `gpuspec destroy` at each single request, and what a second run makes of it.

    crash_matrix.py GPUSPEC ROOT [--every N] [--jobs N] [--moment after|before|both] [--only apply|destroy] [--spec PATH]
                    [--victim run|sandbox]

For each request k of a run against the sandbox: from the same beginning, the run is killed with the k-th request, which was carried
out (`after`) or not (`before`); it is run again; and then everything in both APIs is as after a run that nobody killed, a plan is
empty, and no lock is left. The second run must not wait for the dead one's lock. scripts/crash-matrix tries every k.

With `--victim sandbox` the sandbox is killed in place of the run, before the k-th request is carried out and with all others that are
in flight; it is started again on what it had stored."""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.append(str(pathlib.Path(__file__).parent.parent / "support"))

import state  # noqa: E402
from sandbox_pid import sandbox_pid  # noqa: E402

NEVER = 1_000_000_000


class Place:
    """A sandbox of its own, with two beginnings: an empty one, and one where everything is applied."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.dir = os.path.join(folder, "sandbox")
        self.call("sandbox", "start", "--operation-ms", "50")
        self.call("apply")
        with state.Sandbox(self.dir) as sandbox:
            self.applied = sandbox.state()
        self.call("sandbox", "stop")
        shutil.copytree(self.dir, os.path.join(folder, "applied"))
        self.call("sandbox", "start", "--operation-ms", "50")
        self.call("destroy")
        with state.Sandbox(self.dir) as sandbox:
            self.destroyed = sandbox.state()

    def close(self):
        self.call("sandbox", "stop")

    def words(self, *words):
        command = [self.options.gpuspec, *words]
        if words[0] != "sandbox":
            command += [self.options.spec, "--sandbox", "--skip-helm"]
        if words[0] in ("apply", "destroy"):
            command += ["--yes"]
        return command + ["--dir", self.dir]

    def call(self, *words, code=0):
        result = subprocess.run(self.words(*words), capture_output=True, text=True, timeout=300,
                                stdin=subprocess.DEVNULL, cwd=self.options.root)
        if code is not None and result.returncode != code:
            raise AssertionError(f"{' '.join(words)}: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def begin(self, command):
        """The state from which the command begins."""
        if command == "apply":
            self.call("sandbox", "reset")
            return
        self.call("sandbox", "stop")
        for name in os.listdir(self.dir):
            if name.startswith("store.db"):
                os.remove(os.path.join(self.dir, name))
        for name in os.listdir(os.path.join(self.folder, "applied")):
            if name.startswith("store.db"):
                shutil.copy(os.path.join(self.folder, "applied", name), self.dir)
        self.call("sandbox", "start", "--operation-ms", "50")

    def rule(self, moment, k):
        fault = {"latency": "1h"} if self.options.victim == "sandbox" else {"kill_client": moment}
        with state.Sandbox(self.dir) as sandbox:
            sandbox.faults({"when": {"nth": k}, "do": fault})

    def clear(self):
        """How many requests there were."""
        with state.Sandbox(self.dir) as sandbox:
            matched = sandbox.control("faults")["rules"][0]["matched"]
            sandbox.faults()
        return matched

    def count(self, command):
        self.begin(command)
        self.rule("after", NEVER)
        self.call(command)
        return self.clear()

    def crash(self, command, moment, k):
        """What is wrong afterwards; None: the run ended before its k-th request."""
        self.begin(command)
        self.rule(moment, k)
        if self.options.victim == "sandbox":
            code, said = self.kill_sandbox(command)
            wanted = 3
        else:
            first = self.call(command, code=None)
            self.clear()
            code, said, wanted = first.returncode, first.stderr, -9
        if code == 0:
            return None
        if code != wanted:
            return [f"the first run ended with {code}, not {wanted}\n{said}"]
        began = time.monotonic()
        second = self.call(command, code=None)
        took = time.monotonic() - began
        if second.returncode != 0:
            return [f"the second run: exit {second.returncode}\n{second.stdout}{second.stderr}"]
        wrong = [f"the second run waited: {took:.1f} s"] if took > 25 else []
        return wrong + self.judge(command)

    def kill_sandbox(self, command):
        """Exit code and errors of the run, once the sandbox is there again; 0 where the run ended before."""
        pid = sandbox_pid(self.dir)
        with tempfile.TemporaryFile("w+") as errors:
            run = subprocess.Popen(self.words(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                                   cwd=self.options.root)
            with state.Sandbox(self.dir) as sandbox:
                while not sandbox.control("faults")["rules"][0]["fired"]:
                    try:
                        run.wait(0.01)
                    except subprocess.TimeoutExpired:
                        continue
                    self.clear()
                    return run.returncode, ""
            os.kill(pid, signal.SIGKILL)
            run.wait(300)
            self.call("sandbox", "start", "--operation-ms", "50")
            errors.seek(0)
            return run.returncode, errors.read()

    def judge(self, command):
        wrong = []
        if command == "apply":
            planned = self.call("plan", "--detailed-exitcode", code=None)
            if planned.returncode != 0:
                wrong.append(f"the plan is not empty: exit {planned.returncode}\n{planned.stdout}{planned.stderr}")
        with state.Sandbox(self.dir) as sandbox:
            wanted = self.applied if command == "apply" else self.destroyed
            wrong += state.differences(wanted, sandbox.state())
            wrong += [f"a lock is left: {lock}" for lock in sandbox.locks()]
        return wrong


class Matrix:
    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.failures, self.killed, self.ended = [], {}, {}
        self.places = []

    def run(self):
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="gpuspec-crash-") as folder:
            try:
                return self.all(folder)
            finally:
                for place in self.places:
                    place.close()
                print(f"{time.monotonic() - began:.0f} s")

    def all(self, folder):
        for number in range(self.options.jobs):
            os.mkdir(os.path.join(folder, str(number)))
            self.places.append(Place(self.options, os.path.join(folder, str(number))))
        chosen = {command: self.chosen(command, self.places[0].count(command)) for command in self.options.only}
        cases = [(command, moment, k) for command in self.options.only for moment in self.options.moments
                 for k in chosen[command]]
        free = list(self.places)
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            list(pool.map(lambda case: self.one(case, free), cases))
        for key in sorted(self.killed):
            print(f"{key[0]}, the {self.options.victim} killed {key[1]} the request: {self.killed[key]} runs killed, "
                  f"{self.ended.get(key, 0)} over before, {sum(f[:2] == key for f in self.failures)} wrong")
        return 1 if self.failures or not self.killed else 0

    def chosen(self, command, count):
        print(f"{command}: {count} requests")
        # Some more: what is asked for while Azure works differs from run to run.
        return range(1, count + 4, self.options.every)

    def one(self, case, free):
        with self.lock:
            place = free.pop()
        try:
            wrong = place.crash(*case)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            wrong = [str(error)]
        with self.lock:
            free.append(place)
            counts = self.ended if wrong is None else self.killed
            counts[case[:2]] = counts.get(case[:2], 0) + 1
            if wrong:
                self.failures.append(case)
                print(f"WRONG {' '.join(map(str, case))}:", *wrong[:12], sep="\n  ", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gpuspec")
    parser.add_argument("root")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--moment", choices=["after", "before", "both"], default="both")
    parser.add_argument("--only", choices=["apply", "destroy"])
    parser.add_argument("--spec", default="examples/two-teams")
    parser.add_argument("--victim", choices=["run", "sandbox"], default="run")
    options = parser.parse_args()
    options.gpuspec = os.path.abspath(options.gpuspec)
    options.moments = ["after", "before"] if options.moment == "both" else [options.moment]
    if options.victim == "sandbox":
        options.moments = ["before"]
    options.only = [options.only] if options.only else ["apply", "destroy"]
    return Matrix(options).run()


if __name__ == "__main__":
    sys.exit(main())
