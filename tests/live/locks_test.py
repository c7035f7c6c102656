"""Two runs at once: of one project never both at work, of two projects side by side. Told from the sandbox's log of requests."""

import json
import os
import subprocess
import sys
import unittest

from harness import GPUSPEC, LiveTest

import state

LAB = """project "PROJECT"
cluster lab { platform = kubernetes  context = "sandbox" }
team TEAM { clusters = [lab]  quota { cpu = 8cpu }  network { default = deny  allow egress to dns } }
manifest settings { cluster = lab  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "settings", namespace = "TEAM" }, data = { a = "VALUE" } } }
"""
ROUNDS = 12


class Locks(LiveTest):
    @classmethod
    def start(cls, *more):
        return super().start("--request-log", *more)

    def begin(self, path, *more):
        words = [GPUSPEC, "apply", path, "--sandbox", "--skip-helm", "--yes", "--dir", self.dir, *more]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)

    def together(self, *runs):
        """Starts them at the same moment; (exit code, what it said) of each."""
        processes = [self.begin(*run) for run in runs]
        said = [process.communicate(timeout=120)[1] for process in processes]
        return processes, [process.returncode for process in processes], said

    def spans(self, processes):
        """When each began with its first write and ended with its last, in microseconds; locks and inventories apart."""
        with open(os.path.join(self.dir, "requests.jsonl"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        spans = []
        for process in processes:
            mine = [line for line in lines if line["pid"] == process.pid and line["api"] == "kubernetes"
                    and line["method"] != "GET" and "/leases" not in line["path"]]
            if mine:
                spans.append((min(line["began_us"] for line in mine), max(line["ended_us"] for line in mine)))
        return spans

    def never_both(self, processes):
        spans = sorted(self.spans(processes))
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            self.assertLess(end, begin, "one wrote while the other had not ended")
        return spans

    def specs(self, round_number):
        """The same project, and each time something for both to change."""
        values = {"PROJECT": "one", "TEAM": "vision"}
        return [self.spec(LAB, name=f"{name}.gpuspec", VALUE=f"{name}{round_number}", **values) for name in ("first", "second")]

    def test_of_one_project_one_waits(self):
        for number in range(ROUNDS):
            paths = self.specs(number)
            processes, codes, said = self.together(*[(path, "--lock-timeout", "2m") for path in paths])
            self.assertEqual(codes, [0, 0], said)
            self.assertEqual(len(self.never_both(processes)), 2)

    def test_of_one_project_one_is_refused(self):
        refusals = 0
        for number in range(ROUNDS):
            processes, codes, said = self.together(*[(path,) for path in self.specs(number)])
            self.assertIn(sorted(codes), ([0, 0], [0, 4]), said)
            self.never_both(processes)
            if 4 in codes:
                refusals += 1
                self.assertIn(f"pid {processes[codes.index(0)].pid}", said[codes.index(4)])
                self.assertIn("error[GS6057]", said[codes.index(4)])
        self.assertGreater(refusals, 0, "they never met")

    def test_of_two_projects_both_go_on(self):
        for number in range(ROUNDS // 2):
            one = self.spec(LAB, name="one.gpuspec", PROJECT="one", TEAM="vision", VALUE=number)
            two = self.spec(LAB, name="two.gpuspec", PROJECT="two", TEAM="speech", VALUE=number)
            _, codes, said = self.together((one,), (two,))
            self.assertEqual(codes, [0, 0], said)
            for path in (one, two):
                self.live("plan", path, "--detailed-exitcode")
        with state.Sandbox(self.dir) as sandbox:
            self.assertEqual(sandbox.locks(), [])

    def test_killed_beside_one_that_waits(self):
        """The one that waits goes on once the other is dead, and not before."""
        first, second = self.specs("k")
        with state.Sandbox(self.dir) as sandbox:
            sandbox.faults({"match": {"method": "PATCH", "path": "/api/v1/namespaces/vision/configmaps/*"},
                            "when": {"nth": 1}, "do": {"latency": "10m"}})
            holder = self.begin(first)
            while sandbox.control("faults")["rules"][0]["fired"] == 0:
                self.assertIsNone(holder.poll())
            refused = self.live("apply", second, "--yes", code=4)
            self.assertIn(f"pid {holder.pid}", refused.stderr)
            waiting = self.begin(second, "--lock-timeout", "2m")
            holder.kill()
            holder.communicate()
            said = waiting.communicate(timeout=120)[1]
            self.assertEqual(waiting.returncode, 0, said)
            # Only now the dead one's request is let go: it was in flight, and is carried out.
            sandbox.faults()
        self.live("apply", second, "--yes")
        self.live("plan", second, "--detailed-exitcode")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
