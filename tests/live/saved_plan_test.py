"""Saved plans as pipelines and hurried people give them: saved_plan_test.py GPUSPEC REPOSITORY"""

import os
import stat
import subprocess
import unittest

from harness import GPUSPEC, LiveTest

SPEC = """project "demo"
param size: int = 1
cluster lab { platform = kubernetes  context = "sandbox" }
manifest settings { cluster = lab  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "settings", namespace = "default" }, data = { size = string(size) } } }
"""


class SavedPlan(LiveTest):
    def setUp(self):
        super().setUp()
        self.path = self.spec(SPEC)
        self.plan_file = os.path.join(self.folder.name, "lab.plan")

    def save(self, *more):
        self.run_ok("plan", self.path, "--sandbox", "-o", self.plan_file, *more)
        return self.plan_file

    def refused(self, *words):
        result = self.run_ok("apply", *words, code=64)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def changes(self, *more):
        return [change["action"] for change in self.plan(self.path, *more)["changes"]]

    def test_what_decided_the_plan_is_settled(self):
        saved = self.save()
        for option in ("--adopt", "--allow-replace", "--skip-helm", "--only=manifest.*", "--context=other",
                       "--kubeconfig=" + self.path, "--env=prod", "--as-of=2026-01-01", "--root=/", "--sandbox=false"):
            said = self.refused(saved, option)
            self.assertIn("cannot change", said, option)
            self.assertIn(option.split("=")[0], said)
        self.assertEqual(self.changes(), ["create"], "nothing was changed")
        self.run_ok("apply", saved, "--sandbox", "--yes", "--parallel", "4", "--timeout", "5m",
                    "--lock-timeout", "1s")
        self.assertEqual(self.changes(), [])

    def test_a_parameter_of_the_plan_stays_and_a_secret_one_is_given_again(self):
        self.spec(SPEC.replace("cluster", "param password: string secret\ncluster", 1))
        saved = self.save("--param", "password=hunter22", "--param", "size=2")
        self.assertNotIn("hunter22", self.read(saved))
        self.assertIn("`--param size`", self.refused(saved, "--param", "size=3", "--param", "password=hunter22"))
        self.assertIn("GS2026", self.run_ok("apply", saved, code=1).stderr)
        self.assertIn("GS6055", self.run_ok("apply", saved, "--param", "password=hunter33", code=4).stderr)
        self.run_ok("apply", saved, "--param", "size=2", "--param", "password=hunter22")
        self.assertEqual(self.changes("--param", "size=2", "--param", "password=hunter22"), [])

    def test_a_plan_to_destroy_is_carried_out(self):
        self.live("apply", self.path, "--yes")
        saved = self.save("--destroy")
        self.run_ok("apply", saved)
        self.assertEqual(self.changes(), ["create"])

    def test_a_cluster_of_the_same_name_is_another_one(self):
        saved = self.save()
        self.run_ok("sandbox", "reset")
        said = " ".join(self.run_ok("apply", saved, code=4).stderr.split())
        self.assertIn("GS6055", said)
        self.assertIn("cluster lab is not the one that the plan was made for", said)
        self.assertEqual(self.changes(), ["create"])

    def test_what_is_no_plan_is_told_so(self):
        for name, text, reason in (("garbage.plan", "\x01\x02 garbage", "garbage.plan` is no saved plan"),
                                   ("empty.plan", "", "GS6056"),
                                   ("shown.json", ' {"schema": "gpuspec.plan/1"}', "its schema is gpuspec.plan/1, not"),
                                   ("other.txt", "{}", "it names no schema")):
            path = self.spec(text, name)
            said = self.run_ok("apply", path, "--yes", code=3).stderr
            self.assertIn("GS6056", said)
            self.assertIn(reason, " ".join(said.split()))
            self.assertIn("gpuspec plan -o FILE", said)
        missing = self.run_ok("apply", os.path.join(self.folder.name, "missing.plan"), code=3).stderr
        self.assertIn("No such file", missing)

    def test_a_plan_where_a_spec_is_wanted(self):
        saved = self.save()
        for command in ("plan", "destroy", "verify", "status"):
            said = self.run_ok(command, saved, "--sandbox", code=64).stderr
            self.assertIn("gpuspec apply " + saved, said)

    def test_one_plan_at_a_time(self):
        saved = self.save()
        self.assertIn("argument", self.run_ok("apply", saved, saved, code=64).stderr)
        self.assertEqual(self.changes(), ["create"])

    def test_an_empty_name_saves_nothing_and_says_so(self):
        for option, value in (("-o", "file"), ("--kubeconfig", "file"), ("--root", "folder"), ("--params", "file"),
                              ("--plugin", "file"), ("--plugin-path", "folder")):
            result = subprocess.run([GPUSPEC, "plan", self.path, "--sandbox", "--dir", self.dir, option, ""],
                                    capture_output=True, text=True, timeout=120)
            self.assertEqual((result.returncode, result.stdout), (64, ""), option)
            self.assertIn(f"`{option}` needs the name of a {value}", result.stderr)

    def test_nobody_else_reads_it(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.save()).st_mode), 0o600)


if __name__ == "__main__":
    unittest.main(argv=["saved_plan_test"], verbosity=2)
