"""Server-side apply, field by field: lists that are maps, fields that others write at the same moment, values that servers rewrite."""

import base64

import harness
from harness import Case


class Fields(Case):
    def thing(self, api_version, kind, name, **content):
        return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": self.namespace}, **content}

    def deployment(self, *containers, **spec):
        return self.thing("apps/v1", "Deployment", "web", spec={
            "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": list(containers), **spec}}})

    def container(self, name, *variables, **more):
        return {"name": name, "image": "registry.k8s.io/pause:3.10", "env": [{"name": key, "value": key} for key in variables], **more}

    def applied(self, *things, more=()):
        self.spec.objects = {"things": list(things)}
        self.apply(None, *more)
        return self.api.get(things[0])

    def pod_of(self, deployment):
        return deployment["spec"]["template"]["spec"]

    def test_items_of_a_list_come_and_go_by_name(self):
        self.applied(self.deployment(self.container("one", "A", "B"), self.container("two", "C")))
        self.spec.objects = {"things": [self.deployment(self.container("one", "B", "D"))]}
        paths = {each["path"] for each in self.plan()["changes"][0]["fields"]}
        self.assertFalse(any("image" in path for path in paths), paths)
        found = self.pod_of(self.applied(self.deployment(self.container("one", "B", "D"))))
        self.assertEqual([each["name"] for each in found["containers"]], ["one"])
        self.assertEqual({each["name"] for each in found["containers"][0]["env"]}, {"B", "D"})

    def test_a_container_of_another_manager_stands(self):
        web = self.deployment(self.container("one", "A"))
        self.applied(web)
        sidecar = self.thing("apps/v1", "Deployment", "web", spec={"template": {"spec": {"containers": [self.container("sidecar")]}}})
        self.api.apply(sidecar, "injector")
        self.expect_settled()
        found = self.pod_of(self.applied(self.deployment(self.container("one", "B"))))
        self.assertEqual({each["name"] for each in found["containers"]}, {"one", "sidecar"})

    def test_a_number_of_replicas_that_a_scaler_holds_stands_when_the_spec_has_none(self):
        web = self.deployment(self.container("one"))
        del web["spec"]["replicas"]
        self.applied(web)
        self.api.merge(web, {"spec": {"replicas": 4}}, "scaler", subresource="/scale")
        self.expect_settled()
        web["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.k8s.io/pause:3.9"
        self.assertEqual(self.applied(web)["spec"]["replicas"], 4)

    def test_values_that_servers_rewrite(self):
        probe = {"httpGet": {"path": "/", "port": "web"}, "periodSeconds": 10}
        web = self.deployment(self.container("one", ports=[{"name": "web", "containerPort": 80}], readinessProbe=probe,
                                             resources={"requests": {"cpu": 0.5, "memory": "0.5Gi", "ephemeral-storage": "1e9"}},
                                             volumeMounts=[{"name": "scratch", "mountPath": "/scratch"}]),
                              volumes=[{"name": "scratch", "emptyDir": {}}], securityContext={}, terminationGracePeriodSeconds=0)
        web["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}
        service = self.thing("v1", "Service", "web", spec={"type": "ClusterIP", "selector": {"app": "web"}, "ports": [
            {"name": "http", "port": 80, "targetPort": "web"}, {"name": "dns", "port": 80, "protocol": "UDP"}]})
        stateful = self.thing("apps/v1", "StatefulSet", "db", spec={
            "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [self.container("one")]}},
            "volumeClaimTemplates": [{"metadata": {"name": "disk"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}}}]})
        budget = self.thing("policy/v1", "PodDisruptionBudget", "web", spec={"maxUnavailable": "50%", "selector": {"matchLabels": {"app": "web"}}})
        claim = self.thing("v1", "PersistentVolumeClaim", "disk", spec={
            "storageClassName": "none", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}})
        self.applied(web, service, stateful, budget, claim)
        self.assertEqual(self.apply()["summary"]["done"], 0)

    def test_zero_empty_and_false_are_values(self):
        web = self.deployment(self.container("one"), automountServiceAccountToken=False, enableServiceLinks=False)
        web["spec"].update(replicas=0, paused=False, minReadySeconds=0, revisionHistoryLimit=0)
        found = self.applied(web, self.map("settings", {"empty": ""}, annotations={"empty": ""}))
        self.assertEqual((found["spec"]["replicas"], self.pod_of(found)["enableServiceLinks"]), (0, False))
        self.assertEqual(self.data("settings"), {"empty": ""})

    def test_a_secret_by_its_text(self):
        def secret(**texts):
            return self.thing("v1", "Secret", "key", stringData=texts)
        self.applied(secret(a="1", b="2"))
        self.spec.objects = {"things": [secret(a="1", b="3")]}
        planned = self.expect(harness.DONE, "plan", self.spec).stdout
        self.assertNotIn("Mw==", planned)
        self.assertIn("b", planned)
        found = self.applied(secret(a="1", b="3"))
        self.assertEqual({key: base64.b64decode(value).decode() for key, value in found["data"].items()}, {"a": "1", "b": "3"})

    def test_a_text_of_a_secret_that_is_no_longer_written_goes(self):
        self.applied(self.thing("v1", "Secret", "key", stringData={"a": "1", "b": "2"}))
        found = self.applied(self.thing("v1", "Secret", "key", stringData={"a": "1"}))
        self.assertEqual(set(found["data"]), {"a"})

    def test_numbers_of_custom_resources(self):
        group = f"{self.name('numbers')}.example.com"
        schema = {"type": "object", "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}
        definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"values.{group}"},
                      "spec": {"group": group, "scope": "Namespaced", "names": {"plural": "values", "singular": "value", "kind": "Value"},
                               "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}}
        value = self.thing(f"{group}/v1", "Value", "many", spec={
            "big": 9007199254740993, "whole": 1.0, "part": 0.1, "no": False, "empty": {}, "none": [], "text": "", "nested": [{"a": 1}]})
        self.applied(value, definition)
        value["spec"]["nested"] = [{"a": 1}, {"a": 2}]
        self.assertEqual(self.applied(value, definition)["spec"]["nested"], [{"a": 1}, {"a": 2}])

    def meanwhile(self, act):
        """Somebody acts between the plan and the first write of an object."""
        front = self.behind_proxy()
        done = []

        def rule(request):
            if request.writes("configmaps") and not done:
                done.append(True)
                act()
        front.rule = rule

    def refused_because(self, word):
        self.assertIn(word, self.refused())
        self.kubeconfig = self.target.kubeconfig

    def test_an_object_that_came_since_the_plan_is_not_taken(self):
        self.spec.objects = {"things": [self.map("settings", {"a": "ours"})]}
        self.meanwhile(lambda: self.api.create(self.map("settings", {"a": "theirs"})))
        self.refused_because("has come since the plan")
        self.assertEqual(self.data("settings"), {"a": "theirs"})
        self.assertIn("kubectl-create", self.refused())

    def test_an_object_that_was_replaced_since_the_plan_is_not_taken(self):
        self.applied(self.map("settings", {"a": "1"}))
        self.spec.objects = {"things": [self.map("settings", {"a": "2"})]}

        def replace():
            self.drop(self.map("settings", {}))
            self.api.create(self.map("settings", {"a": "theirs"}))
        self.meanwhile(replace)
        self.refused_because("deleted and made again")
        self.assertEqual(self.data("settings"), {"a": "theirs"})

    def test_a_field_that_somebody_took_since_the_plan_stays_theirs(self):
        self.applied(self.map("settings", {"a": "1", "b": "1"}))
        self.spec.objects = {"things": [self.map("settings", {"a": "2", "b": "1"})]}
        self.meanwhile(lambda: self.api.apply(self.map("settings", {"b": "theirs"}), "somebody", force=True))
        self.refused_because("somebody")
        self.assertEqual(self.data("settings"), {"a": "1", "b": "theirs"})
        self.apply()
        self.assertEqual(self.data("settings"), {"a": "2", "b": "1"})

    def test_an_object_that_went_since_the_plan_is_no_fault(self):
        self.applied(self.map("settings", {"a": "1"}), self.map("stays", {"a": "1"}))
        self.spec.objects = {"things": [self.map("stays", {"a": "1"})]}
        front = self.behind_proxy()

        def rule(request):
            if request.method == "DELETE" and "/configmaps/settings" in request.path:
                self.drop(self.map("settings", {}))
        front.rule = rule
        self.apply()


if __name__ == "__main__":
    harness.main("__main__")
