"""Faults by script: what they do on the wire, and that apply gets over them or says why not."""

import http.client
import json
import os
import ssl
import sys
import time
import unittest

from harness import SPEC, LiveTest

import state

# Nothing but a cluster that is there: an apply takes a moment.
LAB = """project "lab-work"
cluster lab { platform = kubernetes  context = "sandbox" }
team vision { clusters = [lab]  quota { cpu = 8cpu }  network { default = deny  allow egress to dns } }
team speech { clusters = [lab]  quota { cpu = 8cpu } }
manifest train { cluster = lab  object = { apiVersion = "batch/v1", kind = "Job",
  metadata = { name = "train", namespace = "vision" },
  spec = { template = { spec = { restartPolicy = "Never",
    containers = [{ name = "main", image = "x/y:1", resources = { requests = { cpu = "1", memory = "1Gi" }, limits = { memory = "1Gi" } } }] } } } } }
manifest serve { cluster = lab  object = { apiVersion = "apps/v1", kind = "Deployment",
  metadata = { name = "serve", namespace = "speech" },
  spec = { replicas = 2, selector = { matchLabels = { app = "serve" } },
    template = { metadata = { labels = { app = "serve" } }, spec = {
      containers = [{ name = "main", image = "x/y:1", resources = { requests = { cpu = "1", memory = "1Gi" }, limits = { memory = "1Gi" } } }] } } } } }
manifest settings { cluster = lab  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "settings", namespace = "speech" }, data = { a = "1" } } }
"""

WRITES = {"method": ["PATCH", "POST", "PUT", "DELETE"]}
# `--thoroughly` has more of them, for destroy, too, and takes minutes, nearly all of them waiting.
THOROUGHLY = "--thoroughly" in sys.argv
EVERY = 3 if THOROUGHLY else 14
FAULTS = {
    "latency": {"do": {"latency": ["5ms", "40ms"]}},
    "status 500": {"when": {"every": EVERY}, "do": {"status": 500}},
    "status 503": {"when": {"every": EVERY}, "do": {"status": 503}},
    "status 504": {"when": {"every": EVERY}, "do": {"status": 504}},
    "status 429, seconds": {"when": {"every": EVERY}, "do": {"status": 429, "retry_after": "1s"}},
    "status 429, date": {"when": {"every": EVERY}, "do": {"status": 429, "retry_after": "1s", "retry_after_form": "date"}},
    "drop before": {"when": {"every": EVERY}, "do": {"drop": "before"}},
    "drop after": {"when": {"every": EVERY}, "do": {"drop": "after"}},
    "cut header": {"when": {"every": EVERY}, "do": {"cut": "header"}},
    "cut body": {"when": {"every": EVERY}, "do": {"cut": "body"}},
    "conflicts": {"match": WRITES, "when": {"every": EVERY}, "do": {"status": 409}},
    "lists that end": {"match": {"method": "GET"}, "when": {"every": min(EVERY + 2, 11)}, "do": {"status": 410}},
    "a token that ends once": {"when": {"nth": 4}, "do": {"status": 401}},
}


def mixture(share):
    def rule(**do):
        return {"when": {"probability": share}, "do": do}
    return [{"do": {"latency": ["0ms", "20ms"]}}, rule(status=429, retry_after="1s"), rule(status=503), rule(status=500),
            rule(drop="before"), rule(drop="after"), rule(cut="header"), rule(cut="body")]


class Faults(LiveTest):
    unfaulted = {}  # what there is after an apply that nothing went wrong with

    @classmethod
    def start(cls, *more):
        return super().start("--request-log", *more)

    def setUp(self):
        super().setUp()
        self.faults()
        self.lab = self.spec(LAB, name="lab.gpuspec")
        self.aks = self.spec(SPEC, name="aks.gpuspec", NODES=1, QUOTA=1)

    def faults(self, *rules, seed=1):
        with state.Sandbox(self.dir) as sandbox:
            return sandbox.faults(*rules, seed=seed)

    def fired(self):
        with state.Sandbox(self.dir) as sandbox:
            return sum(rule["fired"] for rule in sandbox.control("faults")["rules"])

    def holds(self):
        with state.Sandbox(self.dir) as sandbox:
            self.assertEqual(sandbox.locks(), [])
            found = sandbox.state()
            own = found["sandbox"].items()
            pods = sorted(pod["metadata"]["ownerReferences"][0]["kind"] for namespace in ("vision", "speech") for pod in
                          sandbox.kube(f"/clusters/sandbox/api/v1/namespaces/{namespace}/pods").get("items", []))
            jobs = [name for name, _ in own if "/jobs " in name]
        return found, pods, jobs

    def wanted(self, path):
        if path not in self.unfaulted:
            self.run_ok("sandbox", "reset")
            self.live("apply", path, "--yes")
            self.unfaulted[path] = self.holds()
        return self.unfaulted[path]

    def under(self, path, *rules, seed=1, commands=("apply", "destroy")):
        """Applies under faults and again without them: the same is there as without any."""
        wanted = self.wanted(path)
        self.run_ok("sandbox", "reset")
        self.faults(*rules, seed=seed)
        first = self.call("apply", path, "--sandbox", "--skip-helm", "--yes")
        self.assertGreater(self.fired(), 0)
        self.faults()
        # Converged, or stopped with a finding or a line for each change that failed.
        self.assertIn(first.returncode, (0, 3), first.stdout + first.stderr)
        if first.returncode == 3:
            self.assertRegex(first.stderr, r"error\[GS60\d\d\]|failed  ", first.stderr)
        self.live("apply", path, "--yes")
        found = self.holds()
        self.assertEqual(state.differences(wanted[0], found[0]), [])
        self.assertEqual(found[1:], wanted[1:])
        self.live("plan", path, "--detailed-exitcode")
        if "destroy" in commands:
            self.faults(*rules, seed=seed)
            gone = self.call("destroy", path, "--sandbox", "--skip-helm", "--yes")
            self.assertIn(gone.returncode, (0, 3), gone.stdout + gone.stderr)
            self.faults()
            self.live("destroy", path, "--yes")
            self.assertEqual([name for name in self.holds()[0]["sandbox"] if "vision" in name or "speech" in name], [])
        return first.returncode

    def test_each_fault_alone(self):
        codes = {}
        for name, rule in FAULTS.items():
            with self.subTest(name):
                destroys = THOROUGHLY or name == "drop after"
                codes[name] = self.under(self.lab, rule, commands=("apply", "destroy") if destroys else ("apply",))
        # What passes by itself must not stop a run.
        for name in ("latency", "status 503", "status 429, seconds", "status 429, date", "drop before", "cut header"):
            self.assertEqual(codes.get(name), 0, name)

    def test_all_of_them_together(self):
        for seed in range(1, 9 if THOROUGHLY else 2):
            with self.subTest(seed):
                self.under(self.lab, *mixture(0.06 if THOROUGHLY else 0.02), seed=seed)

    def test_azure_under_faults(self):
        self.under(self.aks, *mixture(0.04 if THOROUGHLY else 0.015), seed=3, commands=("apply",))

    def test_an_ended_token_of_azure_is_renewed(self):
        self.faults({"match": {"api": "arm"}, "when": {"nth": 5}, "do": {"expire_token": True}})
        self.live("apply", self.aks, "--yes")
        self.assertEqual(self.fired(), 1)

    def test_a_token_that_nobody_renews_stops_with_a_finding(self):
        self.faults({"match": {"api": "kubernetes"}, "when": {"nth": 1}, "do": {"expire_token": True}})
        refused = self.live("apply", self.lab, "--yes", code=3)
        self.assertIn("error[GS6063]", refused.stderr)

    def test_a_killed_run_leaves_its_way_to_the_next(self):
        self.faults({"match": {"api": "kubernetes", "method": "PATCH"}, "when": {"nth": 6}, "do": {"kill_client": "after"}})
        killed = self.call("apply", self.lab, "--sandbox", "--skip-helm", "--yes")
        self.assertEqual(killed.returncode, -9)
        self.faults()
        self.live("apply", self.lab, "--yes")
        self.live("plan", self.lab, "--detailed-exitcode")

    def test_a_holder_that_cannot_renew_stops_before_its_time_is_over(self):
        leases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/*"
        self.faults({"match": {"path": leases, "method": "PUT"}, "do": {"drop": "before"}},
                    {"match": {"method": "PATCH", "path": "/api/v1/namespaces/speech/configmaps/*"}, "do": {"latency": "10m"}})
        began = time.time()
        stopped = self.live("apply", self.lab, "--yes", code=3)
        self.assertIn("the lock could not be renewed", stopped.stderr)
        self.faults()
        lines = self.requests(since=began)
        taken = next(line["began_us"] for line in lines if line["method"] == "POST" and line["path"].endswith("/leases"))
        writes = [line["ended_us"] for line in lines if line["method"] != "GET" and "/leases" not in line["path"]
                  and line["ending"] == "whole" and line["ended_us"] - line["began_us"] < 10_000_000]
        self.assertTrue(writes)
        journal = [line for line in lines if line["path"].endswith("-journal") and line["method"] == "PATCH"]
        self.assertEqual(len(journal), 1, "the journal is written by whoever holds the lock")
        self.assertLess(max(writes), taken + 32_000_000)  # others take it over from then on
        self.live("apply", self.lab, "--yes")
        self.live("plan", self.lab, "--detailed-exitcode")

    def requests(self, since=0.0):
        with open(os.path.join(self.dir, "requests.jsonl"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        return [line for line in lines if line["began_us"] >= since * 1e6]

    def raw(self, path, token=None):
        """What comes over one connection until it ends."""
        with state.Sandbox(self.dir) as sandbox:
            port, token = sandbox.access["port"], sandbox.access["token"]
        context = ssl.create_default_context(cafile=os.path.join(self.dir, "tls", "ca.pem"))
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        connection.connect()
        connection.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        text = b""
        try:
            while piece := connection.sock.recv(65536):
                text += piece
        except ssl.SSLError:
            pass  # the end came without a word
        connection.close()
        return text

    def test_what_comes_over_the_wire(self):
        path = "/clusters/sandbox/api/v1/namespaces"
        self.faults({"do": {"drop": "after"}})
        self.assertEqual(self.raw(path), b"")
        self.faults({"do": {"cut": "header"}})
        self.assertRegex(self.raw(path), rb"^HTTP/1\.1 200 OK\r\n[^\r]*$")
        self.faults({"do": {"cut": "body"}})
        header, _, body = self.raw(path).partition(b"\r\n\r\n")
        length = int(header.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        self.assertEqual(len(body), length // 2)
        self.assertEqual({line["ending"] for line in self.requests()[-2:]}, {"cut"})

    def test_watches_end(self):
        path = "/clusters/sandbox/api/v1/namespaces?watch=true"
        self.faults({"do": {"watch": "gone"}}, seed=1)
        said = self.raw(path + "&timeoutSeconds=1")
        self.assertIn(b'"type":"ERROR"', said)
        self.assertIn(b'"code":410', said)
        self.faults({"do": {"watch": "cut"}})
        cut = self.raw(path)
        self.assertIn(b"Transfer-Encoding: chunked", cut)
        self.assertFalse(cut.endswith(b"0\r\n\r\n"))

    def test_a_wrong_script_is_shown_at_its_place(self):
        path = os.path.join(self.folder.name, "faults.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("rules:\n- match: { api: arm }\n  do: { drop: sometimes }\n")
        self.faults({"name": "kept", "do": {"status": 500}})
        wrong = self.run_ok("sandbox", "faults", path, code=1)
        self.assertIn("error[GS6070]: `drop` is `before` or `after`", wrong.stderr)
        self.assertRegex(wrong.stderr, r"faults\.yaml:3:15")
        self.assertIn("kept   0 of 0 requests", self.run_ok("sandbox", "faults").stdout)
        self.assertIn("No faults.", self.run_ok("sandbox", "faults", "--clear").stdout)
        self.run_ok("sandbox", "faults", path, "--clear", code=64)
        self.run_ok("sandbox", "faults", os.path.join(self.folder.name, "none.yaml"), code=3)

    def test_a_sandbox_can_start_with_them(self):
        path = os.path.join(self.folder.name, "start.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("seed: 5\nrules:\n- name: away\n  match: { api: kubernetes }\n  do: { status: 503 }\n")
        self.assertIn("--faults, --request-log had no effect", self.start("--faults", path).stderr)
        self.run_ok("sandbox", "stop")
        self.addCleanup(self.restart)
        self.start("--faults", path)
        refused = self.live("plan", self.lab, code=3)
        self.assertIn("ServiceUnavailable", refused.stderr)
        status = self.fits(json.loads(self.run_ok("sandbox", "faults", "--format", "json").stdout), "sandbox-faults")
        self.assertEqual((status["seed"], status["rules"][0]["name"]), (5, "away"))

    def restart(self):
        self.run_ok("sandbox", "stop")
        self.start()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + [word for word in sys.argv[3:] if word != "--thoroughly"], verbosity=2)
