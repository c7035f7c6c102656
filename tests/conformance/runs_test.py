"""Runs that meet another run, somebody's change, an end or an expired token: the next run ends in the same place."""

import copy
import datetime
import json
import signal
import threading

import harness
import proxy
import target as targets
from harness import Case

FIELDS_OF_THE_SERVER = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink")


class Runs(Case):
    def lease(self):
        found = self.api.list("coordination.k8s.io/v1", "Lease", "kube-system", f"gpuspec.dev/project={self.spec.project}")
        return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", **found[0]} if found else None

    def let_the_lock_expire(self):
        """What time does to the lock of a run that was killed."""
        lease = self.lease()
        if lease is None:
            return
        long_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
        self.api.merge(lease, {"spec": {"renewTime": long_ago.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}})

    def three_maps(self, value="1"):
        self.spec.objects = {"settings": [self.map(name, {"a": value}) for name in ("one", "two", "three")]}

    def holding(self, wanted):
        """A proxy that holds the first such request until `go` is set; `reached` says that it came."""
        front = self.behind_proxy()
        front.reached, front.go, once = threading.Event(), threading.Event(), threading.Lock()

        def rule(request):
            if wanted(request) and once.acquire(blocking=False):
                front.reached.set()
                self.assertTrue(front.go.wait(targets.PATIENCE_SECONDS))
        front.rule = rule
        self.addCleanup(front.go.set)
        return front

    def started(self, front, *more):
        """An apply that has come to where the proxy holds it."""
        running = self.start_gpuspec("apply", self.spec, "--yes", *more)
        self.addCleanup(self.end, running)
        self.assertTrue(front.reached.wait(targets.PATIENCE_SECONDS), "it never came there")
        return running

    @staticmethod
    def end(running):
        if running.poll() is None:
            running.kill()
        running.communicate()

    def finished(self, running):
        out, err = running.communicate(timeout=targets.PATIENCE_SECONDS)
        return running.returncode, out + err

    def test_a_second_run_names_the_holder_of_the_lock(self):
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        first = self.started(front)
        holder = self.lease()["spec"]["holderIdentity"]
        self.assertIn(str(first.pid), holder)
        self.assertIn(holder, self.refused())
        front.go.set()
        self.assertEqual(self.finished(first)[0], harness.DONE)
        self.assertIsNone(self.lease())
        self.expect_settled()

    def test_a_second_run_waits_for_the_lock(self):
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        first = self.started(front)
        asked = threading.Event()
        lock_path = self.api.path(self.lease())
        front.after = lambda request, code: asked.set() if request.path == lock_path and request.method == "GET" else None
        second = self.start_gpuspec("apply", self.spec, "--yes", "--format", "json", "--lock-timeout", "2m")
        self.addCleanup(self.end, second)
        self.assertTrue(asked.wait(targets.PATIENCE_SECONDS))
        front.go.set()
        self.assertEqual(self.finished(first)[0], harness.DONE)
        out, err = second.communicate(timeout=targets.PATIENCE_SECONDS)
        self.assertEqual(second.returncode, harness.DONE, err)
        self.assertEqual(json.loads(out)["changes"], [])

    def test_the_lock_of_a_killed_run_is_taken_over_when_it_has_expired(self):
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        first = self.started(front)
        holder = self.lease()["spec"]["holderIdentity"]
        first.kill()
        first.wait()
        # As on another machine, where nobody can see that the process is gone.
        self.api.merge(self.lease(), {"metadata": {"annotations": {"gpuspec.dev/process": "elsewhere:1:1"}}})
        self.assertIn(holder, self.refused())
        self.let_the_lock_expire()
        self.apply()
        self.assertIsNone(self.lease())

    def test_the_lock_of_a_run_that_was_killed_here_is_taken_over_at_once(self):
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        first = self.started(front)
        self.assertIn(self.lease()["spec"]["holderIdentity"], self.refused())
        first.kill()
        first.wait()
        self.apply()
        self.assertIsNone(self.lease())
        self.expect_settled()

    def test_the_lock_is_renewed_while_a_change_takes_long(self):
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        renewed = threading.Event()
        front.after = lambda request, code: renewed.set() if request.method == "PUT" and code == 200 else None
        running = self.started(front, "--parallel", "1")
        self.assertTrue(renewed.wait(targets.PATIENCE_SECONDS), "the lock was not renewed")
        front.go.set()
        code, said = self.finished(running)
        self.assertEqual(code, harness.DONE, said)

    def test_a_run_that_lost_its_lock_stops(self):
        """Somebody else holds it now: nothing more is begun, and their lock is left alone."""
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        lost = threading.Event()
        running = self.started(front, "--parallel", "1")
        lease = self.lease()
        front.after = lambda request, code: lost.set() if request.method == "PUT" and code == 409 else None
        self.api.merge(lease, {"metadata": {"annotations": {"gpuspec.dev/run": "another"}}, "spec": {"holderIdentity": "another"}})
        self.assertTrue(lost.wait(targets.PATIENCE_SECONDS), "it never looked at its lock")
        code, said = self.finished(running)
        self.assertNotEqual(code, harness.DONE)
        self.assertRegex(said, "lock")
        self.assertEqual([name for name in ("one", "two", "three") if self.data(name)], [])
        self.assertEqual(self.lease()["spec"]["holderIdentity"], "another")
        front.go.set()
        self.let_the_lock_expire()
        self.kubeconfig = self.target.kubeconfig
        self.apply()

    def test_interrupted_once_finishes_what_is_in_flight(self):
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        running = self.started(front, "--parallel", "1")
        running.send_signal(signal.SIGINT)
        self.until_said(running, "Interrupted")
        front.go.set()
        code, _ = self.finished(running)
        self.assertEqual(code, harness.INTERRUPTED)
        made = [name for name in ("one", "two", "three") if self.data(name)]
        self.assertEqual(len(made), 1)
        self.assertIsNone(self.lease())
        self.apply()

    def test_interrupted_twice_stops(self):
        self.three_maps()
        front = self.holding(lambda request: request.writes("configmaps"))
        running = self.started(front)
        running.send_signal(signal.SIGINT)
        self.until_said(running, "Interrupted")
        running.send_signal(signal.SIGINT)
        code, _ = self.finished(running)  # while the request is still held
        self.assertEqual(code, harness.INTERRUPTED)
        front.go.set()
        self.apply(None, "--lock-timeout", "2m")

    def until_said(self, running, word):
        for line in running.stderr:
            if word in line:
                return
        self.fail(f"it never said {word}")

    def everything(self):
        """What the case has in its namespace, without what differs from run to run."""
        found = []
        for api_version, kind in (("v1", "ConfigMap"), ("v1", "Service"), ("v1", "ServiceAccount"), ("v1", "Secret"),
                                  ("rbac.authorization.k8s.io/v1", "Role")):
            for each in self.api.list(api_version, kind, self.namespace):
                if each["metadata"]["name"] in ("kube-root-ca.crt", "default"):
                    continue
                each = copy.deepcopy(each)
                owners = sorted((entry["manager"], json.dumps(entry["fieldsV1"], sort_keys=True))
                                for entry in each["metadata"]["managedFields"])
                for field in FIELDS_OF_THE_SERVER:
                    each["metadata"].pop(field, None)
                each.get("spec", {}).pop("clusterIP", None)
                each.get("spec", {}).pop("clusterIPs", None)
                found.append((kind, each, owners))
        return found

    def versions(self):
        """Two states of a spec, so that from one to the other things are made, changed and deleted."""
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": self.namespace},
                   "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot", "namespace": self.namespace}}
        role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r", "namespace": self.namespace},
                "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
        frozen = {**self.map("frozen", {"a": "1"}), "immutable": True}
        before = {"things": [self.map("changes", {"a": "1", "b": "1"}), self.map("goes", {"a": "1"}), account, frozen]}
        after = {"things": [self.map("changes", {"a": "2"}), self.map("comes", {"a": "1"}), service, role,
                            {**frozen, "data": {"a": "2"}}]}
        return before, after

    def start_over(self, before):
        self.spec.objects = {}
        self.apply()
        self.spec.objects = before
        self.apply()

    def test_killed_at_any_write_and_run_again(self):
        before, after = self.versions()
        self.start_over(before)
        self.spec.objects = after
        front = self.behind_proxy()
        self.apply(None, "--allow-replace", "--parallel", "1")
        expected = self.everything()
        writes = front.count(lambda request: request.method != "GET")
        self.assertGreater(writes, 8)
        for when in ("before", "after"):
            for number in range(1, writes + 1):
                with self.subTest(killed=f"{when} write {number} of {writes}"):
                    self.kubeconfig = self.target.kubeconfig
                    self.start_over(before)
                    self.spec.objects = after
                    self.killed_at(number, when)
                    self.let_the_lock_expire()
                    self.kubeconfig = self.target.kubeconfig
                    self.apply(None, "--allow-replace")
                    self.assertEqual(self.everything(), expected)

    def killed_at(self, number, when):
        """Kills an apply at its write of that number, before the server has it or before the answer is back."""
        front = self.behind_proxy()
        count, lock = [0], threading.Lock()
        ready = threading.Event()

        def hit(request):
            with lock:
                count[0] += request.method != "GET"
                return request.method != "GET" and count[0] == number

        def kill():
            ready.wait()
            running.kill()
            running.wait()

        def rule(request):
            request.last = hit(request)
            if when == "before" and count[0] >= number:
                if request.last:
                    kill()
                raise proxy.Drop

        def after(request, code):
            if when == "after" and request.last:
                kill()
        front.rule, front.after = rule, after
        running = self.start_gpuspec("apply", self.spec, "--yes", "--allow-replace", "--parallel", "1")
        ready.set()
        running.communicate(timeout=targets.PATIENCE_SECONDS)
        # The last write may be the end of the lock, after which nothing is left to be killed.
        self.assertIn(running.returncode, (-signal.SIGKILL, harness.DONE))

    def test_a_token_that_expires_in_the_middle(self):
        self.three_maps()
        front = self.behind_proxy()
        count, lock = [0], threading.Lock()

        def rule(request):
            with lock:
                count[0] += request.writes("configmaps")
                if count[0] >= 2:
                    return proxy.status(401, "Unauthorized", "Unauthorized")
        front.rule = rule
        done = self.expect(harness.WORLD_SAYS_NO, "apply", self.spec, "--yes", "--parallel", "1")
        self.assertIn("credentials", done.stderr)
        made = {name: self.api.get(self.map(name, {})) for name in ("one", "two", "three")}
        made = {name: each for name, each in made.items() if each}
        self.assertEqual(len(made), 1)
        self.kubeconfig = self.target.kubeconfig
        self.let_the_lock_expire()
        self.apply()
        for name, each in made.items():
            self.assertEqual(self.api.get(self.map(name, {}))["metadata"]["resourceVersion"], each["metadata"]["resourceVersion"])

    def test_a_token_that_has_expired_before(self):
        self.three_maps()
        front = self.behind_proxy()
        front.rule = lambda request: proxy.status(401, "Unauthorized", "Unauthorized")
        for command in (("plan",), ("apply", "--yes"), ("destroy", "--yes"), ("status",)):
            done = self.expect(harness.WORLD_SAYS_NO, command[0], self.spec, *command[1:])
            self.assertIn("credentials", done.stderr)

    def test_an_answer_that_got_lost_doubles_nothing(self):
        self.three_maps()
        front = self.behind_proxy()
        dropped, lock = set(), threading.Lock()

        def after(request, code):
            with lock:
                first = request.method != "GET" and request.path not in dropped
                dropped.add(request.path)
            if first:
                raise ConnectionResetError
        front.after = after
        self.run_gpuspec("apply", self.spec, "--yes")
        self.kubeconfig = self.target.kubeconfig
        self.let_the_lock_expire()
        self.apply()
        self.assertEqual([each["metadata"]["name"] for each in self.api.list("v1", "ConfigMap", self.namespace, "gpuspec.dev/project")],
                         ["one", "three", "two"])

    def test_a_server_that_is_busy_is_asked_again(self):
        self.three_maps()
        front = self.behind_proxy()
        seen, lock = set(), threading.Lock()

        def rule(request):
            with lock:
                first = request.path not in seen
                seen.add(request.path)
            return proxy.status(429, "TooManyRequests", "too many requests") if first and request.writes("configmaps") else None
        front.rule = rule
        self.apply()

    def saved(self):
        file = str(self.folder / "saved.plan")
        self.expect(harness.DONE, "plan", self.spec, "-o", file)
        return file

    def test_a_saved_plan_is_carried_out(self):
        self.three_maps()
        file = self.saved()
        self.expect(harness.DONE, "apply", file)
        self.expect_settled()

    def test_a_saved_plan_is_refused_when_an_object_has_changed(self):
        self.three_maps()
        self.apply()
        self.three_maps("2")
        file = self.saved()
        self.api.merge(self.map("two", {}), {"data": {"a": "theirs"}})
        said = self.refused(file)
        self.assertIn("two", said)
        self.assertNotIn("three", said)
        self.assertEqual(self.data("one"), {"a": "1"})

    def test_a_saved_plan_is_refused_when_an_object_has_come_or_gone(self):
        self.three_maps()
        file = self.saved()
        self.api.create(self.map("two", {"a": "theirs"}))
        self.assertIn("two", self.refused(file))
        self.assertIsNone(self.data("one"))
        self.api.delete(self.map("two", {}))
        self.apply()
        self.three_maps("2")
        file = self.saved()
        self.api.delete(self.map("one", {}))
        self.assertIn("one", self.refused(file))

    def test_a_saved_plan_is_refused_when_the_spec_has_changed(self):
        self.three_maps()
        file = self.saved()
        self.three_maps("2")
        self.spec.write()
        self.assertIn("spec", self.refused(file))


if __name__ == "__main__":
    harness.main("__main__")
