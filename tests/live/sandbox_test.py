"""sandbox, plan, apply, verify, status and destroy from the command line, as a pipeline would use them."""

import fcntl
import json
import os
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

from harness import GPUSPEC, SPEC, LiveTest

PLAIN = """project "PROJECT"
cluster lab { platform = kubernetes  context = "lab" }
manifest settings { cluster = lab  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "settings", namespace = "default" }, data = { a = "VALUE" } } }
"""

# In the cluster that SPEC makes.
NEIGHBOUR = """project "other-proj"
cluster shared { existing = true  resource_group = "rg-demo"  location = "westeurope"  version = "1.36"
  network { plugin = azure_overlay  policy = cilium  dataplane = cilium } }
team audio { clusters = [shared]  quota { cpu = 4cpu } }
manifest settings { cluster = shared  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "settings", namespace = "audio" }, data = { a = "1" } } }
"""

# In the namespace of SPEC's team.
GUEST = """project "guest"
cluster shared { existing = true  resource_group = "rg-demo"  location = "westeurope"  version = "1.36"
  network { plugin = azure_overlay  policy = cilium  dataplane = cilium } }
manifest mine { cluster = shared  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "mine", namespace = "vision" }, data = { a = "1" } } }
"""


class Sandbox(LiveTest):
    def test_files_are_private(self):
        for name in ("access.json", "kubeconfig"):
            mode = os.stat(os.path.join(self.dir, name)).st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o600, name)

    def test_env_points_every_client_at_it(self):
        names = [line.split("=")[0] for line in self.run_ok("sandbox", "env").stdout.splitlines()]
        for name in ("KUBECONFIG", "GPUSPEC_ARM_ENDPOINT", "AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID",
                     "AZURE_SUBSCRIPTION_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "SSL_CERT_FILE",
                     "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
            self.assertIn("export " + name, names)

    def test_from_nothing_to_verified_and_back(self):
        path = self.spec(SPEC, NODES="1..2", QUOTA=1)
        first = self.plan(path)
        self.assertGreater(first["summary"]["create"], 5)
        self.assertEqual(first["conflicts"], [])
        self.live("apply", path, "--yes")
        second = self.live("plan", path, "--detailed-exitcode")
        self.assertIn("nothing to change", second.stdout)
        verified = self.document("verify", path)
        self.assertTrue(verified["holds"])
        pool = next(p for p in verified["clusters"][0]["pools"] if p["pool"] == "t4")
        self.assertEqual(pool["allocatable"]["verdict"], "holds")
        self.assertEqual(pool["smoke"][0]["verdict"], "holds")
        self.assertRegex(pool["smoke"][0]["driver"], r"^\d+\.")
        status = self.document("status", path)
        self.assertEqual(status["changes_waiting"], 0)
        self.assertEqual(status["clusters"][0]["last_run"]["state"], "done")
        self.fits(json.loads(self.run_ok("sandbox", "status", "--format", "json").stdout), "sandbox-status")
        destroyed = self.document("destroy", path, "--yes", schema="apply")
        self.assertEqual(destroyed["summary"]["failed"], 0)
        after = self.plan(path)
        self.assertEqual(after["summary"]["create"], first["summary"]["create"])

    def test_a_change_is_one_change(self):
        self.live("apply", self.spec(SPEC, NODES="1..2", QUOTA=1), "--yes")
        path = self.spec(SPEC, NODES="1..3", QUOTA=2)
        changes = self.plan(path)["changes"]
        self.assertEqual(sorted((c["kind"].split("/")[-1], c["action"]) for c in changes),
                         [("ResourceQuota", "update"), ("agentPools", "update")])
        self.live("apply", path, "--yes")
        self.assertEqual(self.plan(path)["changes"], [])

    def test_what_cannot_change_needs_a_word(self):
        self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), "--yes")
        path = self.spec(SPEC.replace("Standard_NC4as_T4_v3", "Standard_NC8as_T4_v3"), NODES=1, QUOTA=1)
        refused = self.live("apply", path, "--yes", code=4)
        self.assertIn("--allow-replace", refused.stderr)
        self.live("apply", path, "--yes", "--allow-replace")
        self.assertEqual(self.plan(path)["changes"], [])

    def test_a_saved_plan_holds_until_something_moves(self):
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        saved = os.path.join(self.folder.name, "saved.plan")
        self.live("plan", path, "-o", saved)
        self.assertEqual(stat.S_IMODE(os.stat(saved).st_mode), 0o600)
        self.run_ok("apply", saved)
        refused = self.run_ok("apply", saved, code=4)
        self.assertIn("GS6055", refused.stderr)

    def test_a_saved_plan_says_where_it_belongs(self):
        folder = os.path.join(self.folder.name, "here")
        os.makedirs(folder, exist_ok=True)
        self.spec(SPEC, name="here/main.gpuspec", NODES=1, QUOTA=1)
        saved = os.path.join(self.folder.name, "moved.plan")
        words = [GPUSPEC, "plan", "--sandbox", "--skip-helm", "--dir", self.dir, "-o", saved]
        subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)
        elsewhere = self.run_ok("apply", saved, code=3)
        self.assertIn("was made from the spec `.`", elsewhere.stderr)

    def test_the_sandbox_folder_is_no_part_of_a_spec(self):
        folder = os.path.join(self.folder.name, "pieces")
        os.makedirs(os.path.join(folder, ".gpuspec", "sandbox"), exist_ok=True)
        self.spec(SPEC, name="pieces/all.gpuspec", NODES=1, QUOTA=1)
        subprocess.run([GPUSPEC, "check", folder], check=True, capture_output=True, timeout=60)

    def test_verify_misses_the_walls_of_a_team(self):
        self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), "--yes")
        before_team = SPEC[:SPEC.index("team vision")]
        self.live("apply", self.spec(before_team, name="bare.gpuspec", NODES=1), "--yes")
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        told = self.live("verify", path, code=1).stdout
        self.assertRegex(told, r"team vision +\d+, \d+ deviations")
        document = self.fits(json.loads(self.live("verify", path, "--format", "json", code=1).stdout), "verify")
        vision = next(entry for entry in document["clusters"][0]["objects"] if entry["of"] == "team vision")
        self.assertIn("Namespace vision is missing", vision["deviations"])
        self.live("apply", path, "--yes")
        self.assertTrue(self.document("verify", path)["holds"])

    def test_nobody_is_asked_where_nobody_is(self):
        refused = self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), code=4)
        self.assertIn("GS6058", refused.stderr)

    def test_what_is_in_the_way_is_shown_at_its_declaration(self):
        self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), "--yes")
        path = self.spec(SPEC.replace("Standard_NC4as_T4_v3", "Standard_NC8as_T4_v3"), NODES=1, QUOTA=1)
        refused = self.live("apply", path, "--yes", code=4)
        self.assertIn("error[GS6051]", refused.stderr)
        self.assertRegex(refused.stderr, r"main\.gpuspec:5:1")

    def test_a_run_ends_when_its_time_is_over(self):
        self.run_ok("sandbox", "stop")
        self.run_ok("sandbox", "start", "--operation-ms", "60000")
        try:
            late = self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), "--yes", "--timeout", "1s", code=3)
            self.assertIn("--timeout is over", late.stderr)
        finally:
            self.run_ok("sandbox", "stop")
            self.run_ok("sandbox", "start", "--operation-ms", "50")

    def test_another_owner_is_named_and_two_projects_stay_apart(self):
        one = self.spec(PLAIN, "one.gpuspec", PROJECT="one", VALUE="1")
        two = self.spec(PLAIN, "two.gpuspec", PROJECT="two", VALUE="2")
        self.live("apply", one, "--yes")
        refused = self.live("apply", two, "--yes", "--adopt", code=4)
        self.assertIn("project one", refused.stdout + refused.stderr)
        self.live("destroy", two, "--yes")
        self.assertEqual(self.plan(one)["changes"], [])

    def test_what_is_no_longer_written_goes(self):
        self.live("apply", self.spec(PLAIN, "one.gpuspec", PROJECT="one", VALUE="1"), "--yes")
        empty = self.spec('project "one"\ncluster lab { platform = kubernetes  context = "lab" }\n', "one.gpuspec")
        changes = self.plan(empty)["changes"]
        self.assertEqual([c["action"] for c in changes], ["delete"])
        self.live("apply", empty, "--yes")
        self.assertEqual(self.plan(empty)["changes"], [])

    def test_a_cluster_with_another_project_in_it_stays(self):
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        self.live("apply", path, "--yes")
        other = self.spec(NEIGHBOUR, "other.gpuspec")
        self.live("apply", other, "--yes")
        conflicts = self.plan(path, "--destroy")["conflicts"]
        self.assertEqual([each["kind"] for each in conflicts], ["cluster_shared"])
        self.assertIn("project other-proj", conflicts[0]["text"])
        self.assertIn("project other-proj: ConfigMap audio/settings", conflicts[0]["details"])
        refused = self.live("destroy", path, "--yes", code=4)
        self.assertIn("error[GS6066]", refused.stderr)
        self.assertIn("project other-proj", refused.stderr)
        self.assertEqual((self.plan(path)["changes"], self.plan(other)["changes"]), ([], []))
        self.live("destroy", other, "--yes")
        self.live("destroy", path, "--yes")

    def test_a_namespace_with_something_of_others_keeps_its_walls(self):
        self.live("apply", self.spec(SPEC, NODES=1, QUOTA=1), "--yes")
        self.live("apply", self.spec(GUEST, "guest.gpuspec"), "--yes")
        before = self.plan(self.spec(SPEC, NODES=1, QUOTA=1))
        self.assertEqual(before["changes"], [])
        gone = self.spec(SPEC.split("team vision")[0], NODES=1)
        planned = self.plan(gone)
        self.assertEqual([each["kind"] for each in planned["conflicts"]], ["namespace_shared"])
        self.assertEqual(planned["conflicts"][0]["details"], ["ConfigMap vision/mine of project guest"])
        self.live("plan", gone, "--detailed-exitcode", code=4)
        for command in ("apply", "destroy"):
            more = ["--only", "team.*"] if command == "destroy" else []
            self.assertIn("vision/mine", self.live(command, gone, "--yes", *more, code=4).stderr)
        self.assertEqual(self.plan(self.spec(SPEC, NODES=1, QUOTA=1))["changes"], [], "every wall stands")
        self.live("destroy", self.spec(GUEST, "guest.gpuspec"), "--yes")
        self.live("apply", self.spec(SPEC.split("team vision")[0], NODES=1), "--yes")
        self.assertEqual(self.plan(gone)["changes"], [])

    def test_a_cluster_that_is_said_to_exist_has_to(self):
        path = self.spec(NEIGHBOUR, "other.gpuspec")
        for words in (["plan"], ["apply", "--yes"], ["destroy", "--yes"]):
            said = self.live(words[0], path, *words[1:], code=3).stderr
            self.assertIn("error[GS6067]", said)
            self.assertIn("gpuspec sandbox seed", said)
        self.assertIn("not there", self.live("status", path).stdout)
        self.run_ok("sandbox", "seed", path)
        self.live("apply", path, "--yes")

    def test_diff_of_revisions_needs_a_repository(self):
        with tempfile.TemporaryDirectory(prefix="gpuspec-live-") as folder:
            done = subprocess.run([GPUSPEC, "diff", "main..HEAD"], capture_output=True, text=True, timeout=120, cwd=folder,
                                  env={**os.environ, "GIT_CEILING_DIRECTORIES": os.path.dirname(folder), "LC_ALL": "C"})
        self.assertEqual(done.returncode, 3)
        self.assertIn("no file or folder `main`, and ", done.stderr)
        self.assertRegex(done.stderr, "this folder is in no git repository|no `git` on PATH")

    def test_only_has_to_choose_something(self):
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        said = self.live("plan", path, "--only", "team.visoin", code=64).stderr
        self.assertIn("did you mean `team.vision`?", said)
        self.live("apply", path, "--yes", "--only", "nosuch", code=64)
        self.live("plan", path, "--only", "pool.*")

    def test_a_spec_without_a_project_is_a_wrong_spec(self):
        nameless = self.spec(PLAIN.replace('project "PROJECT"', ""), "nameless.gpuspec", VALUE="1")
        self.assertIn("GS6059", self.live("plan", nameless, code=1).stderr)

    def test_a_pool_that_wants_its_successor_first_is_not_replaced(self):
        text = SPEC.replace("nodes = NODES }", "nodes = NODES  lifecycle { replace = blue_green } }")
        self.live("apply", self.spec(text, NODES=1, QUOTA=1), "--yes")
        larger = self.spec(text.replace("Standard_NC4as_T4_v3", "Standard_NC8as_T4_v3"), NODES=1, QUOTA=1)
        self.assertIn("blue_green", self.live("plan", larger, "--allow-replace").stdout)
        self.assertIn("blue_green", self.live("apply", larger, "--yes", "--allow-replace", code=4).stderr)

    def test_a_new_cluster_says_which_pools_come_with_it(self):
        planned = self.plan(self.spec(SPEC, NODES=1, QUOTA=1))
        cluster = next(each for each in planned["changes"] if each["kind"].endswith("/managedClusters"))
        self.assertIn("comes with pool system: 1 node of Standard_D4s_v5", cluster["effects"])

    def test_a_killed_sandbox_loses_nothing(self):
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        self.live("apply", path, "--yes")
        os.kill(self.server_pid(), signal.SIGKILL)
        started = self.run_ok("sandbox", "start", "--operation-ms", "50")
        self.assertNotIn("already", started.stderr)
        self.assertEqual(self.plan(path)["changes"], [])

    def test_start_waits_for_one_that_is_about_to_end(self):
        # A killed process may hold its folder for a while: until its writes to the disk are through.
        with tempfile.TemporaryDirectory(prefix="gpuspec-live-") as folder:
            command = [GPUSPEC, "sandbox", "start", "--dir", folder]
            with open(os.path.join(folder, "lock"), "w", encoding="utf-8") as lock:
                whole = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
                fcntl.fcntl(lock, fcntl.F_OFD_SETLK, whole)
                release = threading.Timer(0.5, lock.close)
                release.start()
                started = subprocess.run(command, capture_output=True, text=True, timeout=120)
                release.join()
            try:
                self.assertEqual(started.returncode, 0, started.stderr)
                self.assertIn("answers at", started.stderr)
                status = subprocess.run([GPUSPEC, "sandbox", "status", "--dir", folder], capture_output=True,
                                        timeout=120)
                self.assertEqual(status.returncode, 0)
            finally:
                subprocess.run([GPUSPEC, "sandbox", "stop", "--dir", folder], capture_output=True)

    def test_a_reset_amid_writes_leaves_nothing_and_ends_nothing(self):
        path = self.spec(PLAIN, "one.gpuspec", PROJECT="one", VALUE="1")
        pid = self.server_pid()
        applying = [subprocess.Popen([GPUSPEC, "apply", path, "--sandbox", "--skip-helm", "--yes", "--dir", self.dir],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(4)]
        for _ in range(20):
            self.run_ok("sandbox", "reset")
        for process in applying:
            process.wait(timeout=120)
        self.run_ok("sandbox", "reset")
        self.assertEqual(self.server_pid(), pid)
        self.assertEqual([c["action"] for c in self.plan(path)["changes"]], ["create"])

    def test_events_are_lines_of_json(self):
        result = self.live("apply", self.spec(PLAIN, "one.gpuspec", PROJECT="one", VALUE="1"), "--yes",
                           "--format", "jsonl")
        events = [self.fits(json.loads(line), "apply-event") for line in result.stdout.splitlines()]
        self.assertEqual(events[-1]["summary"]["failed"], 0)
        self.assertIn("finished", [event.get("event") for event in events])

    def test_no_secret_is_shown(self):
        secrets = json.loads(self.read(os.path.join(self.dir, "access.json")))
        path = self.spec(SPEC, NODES=1, QUOTA=1)
        saved = os.path.join(self.folder.name, "secrets.plan")
        texts = [self.live("plan", path, "-o", saved), self.live("apply", path, "--yes"), self.live("status", path)]
        shown = "".join(result.stdout + result.stderr for result in texts) + self.read(saved)
        for name in ("token", "client_secret"):
            self.assertNotIn(secrets[name], shown)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
