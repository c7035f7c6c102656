"""Runs that were cut off, and runs side by side: what Azure is still at, and who holds what."""

import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

from harness import GPUSPEC, SPEC, LiveTest

RENAMED = SPEC.replace("pool t4 ", "pool t5 ").replace("pool.t4", "pool.t5")
LONG = 8000  # milliseconds: long beside what the commands take


class Interrupted(LiveTest):
    def begin(self, command, path, *more):
        """A run in the background, as JSON lines."""
        words = [GPUSPEC, command, path, "--sandbox", "--skip-helm", "--yes", "--format", "jsonl", "--dir", self.dir]
        process = subprocess.Popen([*words, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   stdin=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def until(self, process, kind, text="Creating"):
        """Reads on until Azure has begun with something of this kind."""
        for line in process.stdout:
            event = json.loads(line)
            if event.get("event") == "progress" and event["kind"].endswith(kind) and event["text"] == text:
                return
        raise AssertionError(f"it never began with {kind}: {process.stderr.read()}")

    def slowly(self):
        """From here on operations take long; what is there stays."""
        self.run_ok("sandbox", "stop")
        self.run_ok("sandbox", "start", "--operation-ms", str(LONG))
        self.addCleanup(self.restart)

    def restart(self):
        self.run_ok("sandbox", "stop")
        self.start()

    def changes(self, path):
        return [(c["id"].split("/")[-1], c["action"], c["reason"]) for c in self.plan(path)["changes"]
                if "managedClusters" in c["kind"]]

    def test_a_pool_that_is_being_made_is_waited_for_before_the_old_one_goes(self):
        self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), "--yes")
        self.slowly()
        path = self.spec(RENAMED, NODES=1, QUOTA=1)
        process = self.begin("apply", path)
        self.until(process, "agentPools")
        self.stop_at_once(process)
        self.assertEqual(self.changes(path), [("t5", "wait", "is being created"),
                                              ("t4", "delete", "no longer in the spec")])
        status = self.document("status", path)
        self.assertEqual(status["clusters"][0]["in_flight"], ["pool t5 is being created"])
        self.assertEqual(status["clusters"][0]["last_run"]["state"], "interrupted")
        self.assertGreater(status["changes_waiting"], 1)
        self.assertIn("pool t5 is being created", self.live("status", path).stdout)
        events = [json.loads(line) for line in
                  self.live("apply", path, "--yes", "--format", "jsonl").stdout.splitlines()]
        order = [(e["event"], e["id"].split("/")[-1]) for e in events
                 if e.get("event") in ("started", "finished") and "managedClusters" in e["kind"]]
        self.assertEqual(order, [("started", "t5"), ("finished", "t5"), ("started", "t4"), ("finished", "t4")])
        self.assertEqual(self.plan(path)["changes"], [])

    def test_a_cluster_that_is_being_made_is_waited_for(self):
        self.slowly()
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        process = self.begin("apply", path)
        self.until(process, "managedClusters")
        process.send_signal(signal.SIGSTOP)
        self.assertIn(("shared", "wait", "is being created"), self.changes(path))
        status = self.live("status", path).stdout
        self.assertIn("is being created", status)
        self.assertRegex(status, r"lock +held by .*, pid \d+")
        # Whoever comes while it may still live is told who that is.
        refused = self.live("apply", path, "--yes", code=4)
        self.assertIn(f"pid {process.pid}", refused.stderr)
        self.assertEqual(refused.stderr.count("error["), 1)
        # Killed here, it is known to be gone: nobody waits until its lock runs out.
        process.kill()
        process.wait()
        self.assertNotIn("held by", self.live("status", path).stdout)
        self.live("apply", path, "--yes")
        self.assertEqual(self.plan(path)["changes"], [])

    def test_of_two_first_runs_one_is_refused_with_one_message(self):
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        for _ in range(3):
            both = [self.begin("apply", path) for _ in range(2)]
            texts = [process.communicate() for process in both]
            codes = [process.returncode for process in both]
            self.assertEqual(sorted(codes), [0, 4], texts)
            out, errors = texts[codes.index(4)]
            self.assertEqual(errors.count("error["), 1, errors)
            self.assertIn(f"pid {both[codes.index(0)].pid}", errors)
            written = [json.loads(line) for line in out.splitlines()]
            self.assertFalse([e for e in written if e.get("event") == "finished" and e["state"] == "done"
                              and "managedClusters" in e["kind"]], out)
            self.assertEqual(self.plan(path)["changes"], [])
            self.run_ok("sandbox", "reset")

    def test_a_second_run_beside_a_first_one_says_who_is_first(self):
        self.slowly()
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        first = self.begin("apply", path)
        self.until(first, "managedClusters")
        second = self.live("apply", path, "--yes", code=4)
        self.assertIn(f"pid {first.pid}", second.stderr)
        first.communicate()
        self.assertEqual(first.returncode, 0)

    def test_every_run_leaves_its_word(self):
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        self.live("apply", path, "--yes")
        grown = self.spec(SPEC, NODES=2, QUOTA=1)  # nothing but Azure
        self.live("apply", grown, "--yes")
        run = self.document("status", grown)["clusters"][0]["last_run"]
        self.assertEqual((run["state"], run["changes"], run["done"]), ("done", 1, 1))
        self.live("apply", grown, "--yes")
        run = self.document("status", grown)["clusters"][0]["last_run"]
        self.assertEqual((run["state"], run["changes"]), ("done", 0))

    def test_a_run_that_was_killed_does_not_look_done(self):
        self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), "--yes")
        self.slowly()
        path = self.spec(SPEC, NODES=2, QUOTA=1)
        process = self.begin("apply", path)
        self.until(process, "agentPools", "Updating")
        process.kill()
        process.wait()
        run = self.document("status", path)["clusters"][0]["last_run"]
        self.assertEqual((run["state"], run["changes"], run["done"]), ("running", 1, 0))
        self.assertIn(f"pid {process.pid}", run["holder"])

    @unittest.skipIf(shutil.which("helm"), "helm is on PATH")
    def test_a_missing_helm_is_said_before_and_after(self):
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        without = ["--sandbox"]
        planned = self.run_ok("plan", path, *without)
        self.assertIn("`helm` is not on PATH", planned.stdout)
        self.assertNotIn("not on PATH", self.live("plan", path).stdout)
        failed = self.run_ok("apply", path, *without, "--yes", code=3)
        self.assertIn("`helm` is not on PATH", failed.stdout)
        self.assertIn("--skip-helm", failed.stderr.splitlines()[-1])
        self.assertNotIn("Run it again to go on", failed.stderr)
        # All else is there; and a clean run leaves a clean word.
        self.assertEqual(self.plan(path)["changes"], [])
        self.live("apply", path, "--yes")
        self.assertEqual(self.document("status", path)["clusters"][0]["last_run"]["state"], "done")

    def test_what_comes_next_can_be_typed_as_it_stands(self):
        folder = os.path.join(self.folder.name, "with space")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "it's.gpuspec")
        shutil.copy(self.spec(SPEC, NODES=1, QUOTA=1), path)
        status = self.live("status", path).stdout.splitlines()[-1]
        applied = self.live("apply", path, "--yes").stderr
        binary = os.path.dirname(GPUSPEC)
        for line, says in ((status, "change"), (applied.split("Next: ")[1], "hold")):
            command = line[line.index("gpuspec "):]
            result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120,
                                    env={**os.environ, "PATH": binary + os.pathsep + os.environ["PATH"]})
            self.assertEqual(result.returncode, 0, command + result.stderr)

    def test_what_a_running_sandbox_does_not_take_is_said(self):
        said = self.run_ok("sandbox", "start", "--operation-ms", "1", "--vcpu-limit", "NCas_T4_v3=8").stderr
        self.assertIn("--operation-ms, --vcpu-limit had no effect", said)
        self.assertIn("gpuspec sandbox stop", said)
        self.assertNotIn("no effect", self.run_ok("sandbox", "start").stderr)

    def test_a_family_that_no_size_is_of_is_refused(self):
        self.run_ok("sandbox", "stop")
        self.addCleanup(self.start)
        said = self.run_ok("sandbox", "start", "--vcpu-limit", "NDisrH100_v5=50", code=64).stderr
        self.assertIn("NDisr_H100_v5", said)
        missing = self.run_ok("sandbox", "status", code=3).stderr
        self.assertIn("error[GS6061]", missing)
        self.assertIn("= help:", missing)

    def test_a_way_out_stands_on_a_line_of_its_own(self):
        path = self.spec('project "p"\ncluster lab { platform = kubernetes  context = "lab" }\n')
        said = self.live("plan", path, "--context", "nobody", code=3).stderr
        self.assertIn("error[GS6060]", said)
        self.assertIn("no context `nobody`", said)
        self.assertIn("= help: `--context NAME`", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
