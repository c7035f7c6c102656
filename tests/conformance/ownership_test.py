"""Objects and fields of others: conflicts, adopting, fields that another manager holds, two projects in one cluster."""

import harness
from harness import Case, namespace_object

QUOTA = {"apiVersion": "v1", "kind": "ResourceQuota"}
POLICY = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role"}


class Ownership(Case):
    def thing(self, kind, name, **content):
        return {**kind, "metadata": {"name": name, "namespace": self.namespace}, **content}

    def test_another_owner_is_named_and_nothing_is_touched(self):
        foreign = self.map("settings", {"a": "theirs"}, labels={"app.kubernetes.io/managed-by": "argocd"})
        before = self.api.create(foreign)
        self.spec.objects = {"settings": [self.map("settings", {"a": "ours"}), self.map("other", {"a": "1"})]}
        conflicts = self.plan()["conflicts"]
        self.assertEqual([each["kind"] for each in conflicts], ["foreign"])
        self.assertIn("argocd", conflicts[0]["text"])
        said = self.refused()
        self.assertIn("argocd", said)
        self.assertIn("--adopt", said)
        self.assertEqual(self.api.get(foreign), before)
        self.assertIsNone(self.data("other"))

    def test_who_left_no_mark_is_known_by_the_field_manager(self):
        self.api.create(self.map("settings", {"a": "theirs"}), manager="kubectl-create")
        self.spec.objects = {"settings": [self.map("settings", {"a": "ours"})]}
        self.assertIn("kubectl-create", self.refused())

    def test_adopting_takes_the_former_owners_fields_away(self):
        self.api.create(self.map("settings", {"a": "theirs", "b": "theirs", "c": "same"}), manager="kubectl-create")
        self.spec.objects = {"settings": [self.map("settings", {"a": "ours", "c": "same"})]}
        planned = self.plan(None, "--adopt")
        self.assertEqual(self.actions(planned), {("adopt", "ConfigMap", "settings")})
        fields = {each["path"]: (each["before"], each["after"]) for each in planned["changes"][0]["fields"]}
        self.assertEqual({path: fields.get(path) for path in ("data.a", "data.b")},
                         {"data.a": ("theirs", "ours"), "data.b": ("theirs", None)})
        self.apply(None, "--adopt")
        self.assertEqual(self.data("settings"), {"a": "ours", "c": "same"})

    def test_adopting_from_server_side_apply(self):
        self.api.apply(self.map("settings", {"a": "theirs", "b": "theirs"}), "flux")
        self.spec.objects = {"settings": [self.map("settings", {"a": "ours"})]}
        self.assertIn("flux", self.refused())
        self.apply(None, "--adopt")
        self.assertEqual(self.data("settings"), {"a": "ours"})

    def test_two_projects_do_not_touch_each_other(self):
        other = self.new_spec("two")
        other.objects = {"settings": [self.map("settings", {"a": "two"})]}
        self.apply(other)
        before = self.api.get(self.map("settings", {}))
        self.spec.objects = {"settings": [self.map("settings", {"a": "one"})]}
        self.assertIn(f"project {other.project}", self.refused(None, "--adopt"))
        self.spec.objects = {"mine": [self.map("mine", {"a": "one"})]}
        self.apply()
        self.expect(harness.DONE, "destroy", self.spec, "--yes")
        self.assertEqual(self.api.get(self.map("settings", {})), before)
        self.expect_settled(other)

    def test_two_environments_do_not_touch_each_other(self):
        self.spec.more = "env east { }\nenv west { }"
        self.spec.objects = {"settings": [self.map("east", {"a": "1"})]}
        self.expect(harness.DONE, "apply", self.spec, "--yes", "--env", "east")
        self.addCleanup(lambda: self.api.delete(self.map("east", {})))
        self.spec.objects = {"settings": [self.map("west", {"a": "1"})]}
        self.expect(harness.DONE, "apply", self.spec, "--yes", "--env", "west")
        self.assertEqual(self.data("east"), {"a": "1"})
        self.expect(harness.DONE, "destroy", self.spec, "--yes", "--env", "west")
        self.assertEqual((self.data("east"), self.data("west")), ({"a": "1"}, None))
        self.expect(harness.DONE, "destroy", self.spec, "--yes", "--env", "east")

    def test_fields_of_another_manager_stand(self):
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        self.apply()
        self.api.merge(self.map("settings", {}), {"metadata": {"annotations": {"seen": "yes"}}, "data": {"b": "theirs"}}, "watcher")
        self.expect_settled()
        self.spec.objects = {"settings": [self.map("settings", {"a": "2"})]}
        self.apply()
        found = self.api.get(self.map("settings", {}))
        self.assertEqual((found["data"], found["metadata"]["annotations"]["seen"]), ({"a": "2", "b": "theirs"}, "yes"))
        self.assertIn("watcher", {entry["manager"] for entry in found["metadata"]["managedFields"]})

    def test_a_field_of_ours_that_somebody_changed_changes_back(self):
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        self.apply()
        self.api.merge(self.map("settings", {}), {"data": {"a": "theirs"}})
        self.assertEqual([(each["path"], each["before"], each["after"]) for each in self.plan()["changes"][0]["fields"]],
                         [("data.a", "theirs", "1")])
        self.apply()
        self.assertEqual(self.data("settings"), {"a": "1"})

    def test_an_object_of_ours_that_somebody_deleted_is_made_again(self):
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        self.apply()
        self.api.delete(self.map("settings", {}))
        self.assertEqual(self.actions(self.plan()), {("create", "ConfigMap", "settings")})
        self.apply()

    def test_a_rule_that_somebody_added_to_a_network_policy_is_drift(self):
        wall = self.thing(POLICY, "wall", spec={"podSelector": {}, "policyTypes": ["Ingress"],
                                                "ingress": [{"from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}]})
        door = {"from": [{"namespaceSelector": {}}]}
        self.expect_drift(wall, {"spec": {"ingress": wall["spec"]["ingress"] + [door]}}, "spec.ingress")

    def test_egress_that_somebody_opened_is_drift(self):
        wall = self.thing(POLICY, "wall", spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
        self.expect_drift(wall, {"spec": {"egress": [{}]}}, "spec.egress")

    def test_a_right_that_somebody_added_to_a_role_is_drift(self):
        reader = self.thing(ROLE, "reader", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
        secrets = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
        self.expect_drift(reader, {"rules": reader["rules"] + [secrets]}, "rules")

    def test_a_subject_that_somebody_added_to_a_binding_is_drift(self):
        person = {"kind": "User", "name": "ada", "apiGroup": "rbac.authorization.k8s.io"}
        binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                   "metadata": {"name": "readers", "namespace": self.namespace}, "subjects": [person],
                   "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}}
        self.expect_drift(binding, {"subjects": [person, {**person, "name": "mallory"}]}, "subjects")

    def test_a_limit_that_somebody_took_away_or_added_is_drift(self):
        quota = self.thing(QUOTA, "share", spec={"hard": {"pods": "3"}})
        self.expect_drift(quota, {"spec": {"hard": {"configmaps": "100"}}}, "spec.hard.configmaps")

    def expect_drift(self, thing, patch, path):
        self.spec.objects = {"guarded": [thing]}
        self.apply()
        self.api.merge(thing, patch)
        planned = self.plan()
        self.assertEqual([change["action"] for change in planned["changes"]], ["update"])
        self.assertTrue(any(each["path"].startswith(path) for each in planned["changes"][0]["fields"]), planned)
        self.apply()
        found = self.api.get(thing)
        for key in ("spec", "rules", "subjects"):
            self.assertEqual(self.without_defaults(found.get(key)), self.without_defaults(thing.get(key)), key)

    @staticmethod
    def without_defaults(value):
        return {key: each for key, each in value.items() if each not in ({}, [])} if isinstance(value, dict) else value

    def test_destroy_takes_only_what_it_owns(self):
        self.spec.objects = {"settings": [self.map("ours", {"a": "1"})]}
        self.apply()
        self.api.create(self.map("theirs", {"a": "1"}))
        half_marked = self.map("half-marked", {"a": "1"}, labels={"gpuspec.dev/project": self.spec.project + "-x",
                                                                  "app.kubernetes.io/managed-by": "gpuspec"})
        self.api.create(half_marked)
        self.expect(harness.DONE, "destroy", self.spec, "--yes")
        self.assertEqual((self.data("ours"), self.data("theirs"), self.data("half-marked")), (None, {"a": "1"}, {"a": "1"}))

    def test_a_namespace_with_things_of_others_is_not_deleted(self):
        shared = self.name("shared")
        ours = namespace_object(shared)
        self.spec.objects = {"space": [ours, harness.config_map("ours", shared, {"a": "1"})]}
        self.apply()
        theirs = harness.config_map("theirs", shared, {"a": "1"})
        self.api.create(theirs)
        said = self.refused(command="destroy")
        self.assertIn("theirs", said)
        self.assertNotIn("deletionTimestamp", self.api.get(ours)["metadata"])
        self.assertEqual(self.data("theirs", shared), {"a": "1"})
        self.api.delete(theirs)
        self.expect(harness.DONE, "destroy", self.spec, "--yes")
        self.assertIsNone(self.api.get(ours))

    def test_a_namespace_with_things_of_another_project_is_not_deleted(self):
        shared = self.name("common")
        self.spec.objects = {"space": [namespace_object(shared)]}
        self.apply()
        other = self.new_spec("two")
        other.objects = {"settings": [harness.config_map("of-two", shared, {"a": "2"})]}
        self.apply(other)
        said = self.refused(command="destroy")
        self.assertIn("of-two", said)
        self.assertIn(f"project {other.project}", said)
        self.spec.objects = {}
        self.assertIn("of-two", self.refused())
        self.expect_settled(other)

    def test_the_inventory_can_be_rebuilt(self):
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot", "namespace": self.namespace}}
        self.spec.objects = {"robot": [account], "settings": [self.map("settings", {"a": "1"})]}
        self.apply()
        before = self.inventory()
        for each in self.api.list("v1", "ConfigMap", "kube-system", f"gpuspec.dev/project={self.spec.project}"):
            self.api.delete({"apiVersion": "v1", "kind": "ConfigMap", **each})
        self.assertEqual(self.inventory(), [])
        self.expect(harness.DONE, "status", self.spec, "--rebuild-inventory")
        self.assertEqual(self.inventory(), before)
        del self.spec.objects["robot"]
        self.assertEqual(self.actions(self.plan()), {("delete", "ServiceAccount", "robot")})

    def inventory(self):
        found = self.api.list("v1", "ConfigMap", "kube-system",
                              f"gpuspec.dev/project={self.spec.project},gpuspec.dev/record=inventory")
        return [each["metadata"]["annotations"] for each in found]


if __name__ == "__main__":
    harness.main("__main__")
