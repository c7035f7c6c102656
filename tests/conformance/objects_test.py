"""One project's objects from nothing to gone: create, update, no-op, prune, move, removed, destroy."""

import harness
from harness import Case, namespace_object


class Objects(Case):
    def test_create_update_nothing_and_destroy(self):
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        self.assertEqual(self.actions(self.plan()), {("create", "ConfigMap", "settings")})
        self.apply()
        made = self.api.get(self.map("settings", {}))
        self.assertEqual(made["metadata"]["labels"]["gpuspec.dev/project"], self.spec.project)
        self.assertEqual(made["metadata"]["annotations"]["gpuspec.dev/address"], "manifest.settings")
        self.spec.objects = {"settings": [self.map("settings", {"a": "2"})]}
        planned = self.plan()
        self.assertEqual([(each["path"], each["before"], each["after"]) for each in planned["changes"][0]["fields"]],
                         [("data.a", "1", "2")])
        self.apply()
        again = self.api.get(self.map("settings", {}))
        self.assertEqual((again["data"], again["metadata"]["uid"]), ({"a": "2"}, made["metadata"]["uid"]))
        revision = again["metadata"]["resourceVersion"]
        self.assertEqual(self.apply()["summary"]["done"], 0)
        self.assertEqual(self.api.get(self.map("settings", {}))["metadata"]["resourceVersion"], revision)
        self.expect(harness.DONE, "destroy", self.spec, "--yes")
        self.assertIsNone(self.api.get(self.map("settings", {})))

    def test_a_plan_writes_nothing(self):
        front = self.behind_proxy()
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        self.plan()
        self.assertEqual(front.count(lambda request: request.method != "GET"), 0)

    def test_what_is_no_longer_written_goes(self):
        self.spec.objects = {"settings": [self.map("stays", {"a": "1"}), self.map("goes", {"a": "1"})]}
        self.apply()
        self.api.create(self.map("of-another", {"a": "1"}))
        self.spec.objects = {"settings": [self.map("stays", {"a": "1"})]}
        self.assertEqual(self.actions(self.plan()), {("delete", "ConfigMap", "goes")})
        self.apply()
        self.assertIsNone(self.data("goes"))
        self.assertEqual(self.data("of-another"), {"a": "1"})

    def test_a_kind_that_is_no_longer_written_is_found(self):
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot", "namespace": self.namespace}}
        self.spec.objects = {"robot": [account], "settings": [self.map("settings", {"a": "1"})]}
        self.apply()
        del self.spec.objects["robot"]
        self.assertEqual(self.actions(self.plan()), {("delete", "ServiceAccount", "robot")})
        self.apply()
        self.assertIsNone(self.api.get(account))

    def test_a_field_that_is_no_longer_written_goes(self):
        self.spec.objects = {"settings": [self.map("settings", {"a": "1", "b": "2"}, labels={"x": "y"})]}
        self.apply()
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        fields = {each["path"] for each in self.plan()["changes"][0]["fields"]}
        self.assertEqual(fields, {"data.b", "metadata.labels.x"})
        self.apply()
        self.assertEqual(self.data("settings"), {"a": "1"})

    def test_moved_keeps_the_object(self):
        self.spec.objects = {"old": [self.map("settings", {"a": "1"})]}
        self.apply()
        before = self.api.get(self.map("settings", {}))
        self.spec.objects = {"new": [self.map("settings", {"a": "1"})]}
        self.spec.more = "moved { from = manifest.old  to = manifest.new }"
        planned = self.plan()
        self.assertEqual(self.actions(planned), {("move", "ConfigMap", "settings")})
        self.assertEqual(planned["changes"][0]["moved_from"], "manifest.old")
        self.apply()
        after = self.api.get(self.map("settings", {}))
        self.assertEqual(after["metadata"]["uid"], before["metadata"]["uid"])
        self.assertEqual(after["metadata"]["annotations"]["gpuspec.dev/address"], "manifest.new")

    def test_removed_lets_go_of_the_object(self):
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"}, labels={"x": "y"})]}
        self.apply()
        self.spec.objects, self.spec.more = {}, "removed { what = manifest.settings  destroy = false }"
        self.assertEqual(self.actions(self.plan()), {("release", "ConfigMap", "settings")})
        self.apply()
        left = self.api.get(self.map("settings", {}))
        self.assertEqual((left["data"], left["metadata"]["labels"]), ({"a": "1"}, {"x": "y"}))
        self.assertNotIn("gpuspec.dev/address", left["metadata"].get("annotations", {}))

    def test_removed_destroys_the_object(self):
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        self.apply()
        self.spec.objects, self.spec.more = {}, "removed { what = manifest.settings  destroy = true }"
        self.assertEqual(self.actions(self.plan()), {("delete", "ConfigMap", "settings")})
        self.apply()
        self.assertIsNone(self.data("settings"))

    def test_a_namespace_and_what_is_in_it(self):
        inside = self.name("inside")
        self.spec.objects = {"settings": [harness.config_map("settings", inside, {"a": "1"}), namespace_object(inside)]}
        self.apply()
        self.expect(harness.DONE, "destroy", self.spec, "--yes")
        self.assertIsNone(self.api.get(namespace_object(inside)))


if __name__ == "__main__":
    harness.main("__main__")
