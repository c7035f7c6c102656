"""What an API server makes of values: defaults it fills in, quantities it spells in its own way, properties that cannot change."""

import harness
from harness import Case, namespace_object


def pod(image="registry.k8s.io/pause:3.10", **container):
    return {"containers": [{"name": "main", "image": image, **container}]}


class Values(Case):
    def thing(self, api_version, kind, name, **content):
        return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": self.namespace}, **content}

    def deployment(self, name="web", label="web", **container):
        return self.thing("apps/v1", "Deployment", name, spec={
            "selector": {"matchLabels": {"app": label}},
            "template": {"metadata": {"labels": {"app": label}}, "spec": pod(**container)}})

    def job(self, image, **spec):
        template = {"spec": {**pod(image), "restartPolicy": "Never"}}
        return self.thing("batch/v1", "Job", "train", spec={"template": template, **spec})

    def settles(self, *things):
        self.spec.objects = {"things": list(things)}
        self.apply()
        self.assertEqual(self.apply()["summary"]["done"], 0)

    def test_defaults_of_workloads(self):
        probe = {"httpGet": {"path": "/", "port": 80}}
        stateful = self.thing("apps/v1", "StatefulSet", "db", spec={
            "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}},
                         "spec": {**pod(), "volumes": [{"name": "settings", "configMap": {"name": "settings"}}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "disk"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]})
        daemon = self.thing("apps/v1", "DaemonSet", "agent", spec={
            "selector": {"matchLabels": {"app": "agent"}},
            "template": {"metadata": {"labels": {"app": "agent"}}, "spec": pod(env=[{"name": "A", "value": ""}])}})
        cron = self.thing("batch/v1", "CronJob", "nightly", spec={
            "schedule": "0 1 * * *", "jobTemplate": {"spec": {"template": {"spec": {**pod(), "restartPolicy": "Never"}}}}})
        self.settles(self.deployment(ports=[{"containerPort": 80}], livenessProbe=probe), stateful, daemon, cron,
                     self.job("registry.k8s.io/pause:3.10"))

    def test_defaults_of_networking(self):
        service = self.thing("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})
        ingress = self.thing("networking.k8s.io/v1", "Ingress", "web", spec={"rules": [{"host": "web.example.com", "http": {
            "paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]})
        policies = [self.thing("networking.k8s.io/v1", "NetworkPolicy", name, spec=spec) for name, spec in (
            ("default-deny", {"podSelector": {}}),
            ("from-web", {"podSelector": {}, "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}],
                                                          "ports": [{"port": 80}]}]}),
            ("to-dns", {"podSelector": {}, "egress": [{"ports": [{"port": 53, "protocol": "UDP"}]}]}),
            ("all-from-here", {"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}))]
        self.settles(service, ingress, *policies)

    def test_defaults_of_rights_and_limits(self):
        role = self.thing("rbac.authorization.k8s.io/v1", "Role", "reader",
                          rules=[{"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list"]}])
        binding = self.thing("rbac.authorization.k8s.io/v1", "RoleBinding", "readers", subjects=[{"kind": "User", "name": "ada"}],
                             roleRef={"kind": "Role", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"})
        limits = self.thing("v1", "LimitRange", "limits", spec={"limits": [{"type": "Container", "max": {"cpu": "2", "memory": "1Gi"}}]})
        quota = self.thing("v1", "ResourceQuota", "share", spec={"hard": {"requests.cpu": "4", "pods": "10"}})
        budget = self.thing("policy/v1", "PodDisruptionBudget", "web", spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}})
        scaler = self.thing("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 3})
        secret = self.thing("v1", "Secret", "key", stringData={"a": "b"})
        self.settles(role, binding, limits, quota, budget, scaler, secret)

    def test_defaults_of_cluster_wide_objects(self):
        name = self.name("wide")
        policy = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name},
                  "spec": {"matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                                                                   "resources": ["limitranges"]}]},
                           "validations": [{"expression": "true"}]}}
        binding = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
                   "metadata": {"name": name}, "spec": {"policyName": name, "validationActions": ["Deny"], "matchResources": {
                       "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": self.namespace}}}}}
        priority = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name}, "value": 1000}
        storage = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}, "provisioner": "example.com/none"}
        role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
                "rules": [{"nonResourceURLs": ["/healthz"], "verbs": ["get"]}]}
        bound = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
                 "subjects": [{"kind": "Group", "name": "nobody-at-all"}],
                 "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}}
        self.settles(policy, binding, priority, storage, role, bound)

    def test_quantities_are_equal_by_meaning(self):
        def things(cpu, memory, quota):
            amounts = {"cpu": cpu, "memory": memory}
            return {"things": [self.deployment(resources={"requests": amounts, "limits": amounts}),
                               self.thing("v1", "ResourceQuota", "share", spec={"hard": {"limits.cpu": quota}}),
                               self.thing("v1", "LimitRange", "limits", spec={"limits": [{"type": "Container", "max": amounts}]})]}
        self.spec.objects = things("1000m", "1073741824", "4000m")
        self.apply()
        for spelling in (("1", "1Gi", "4"), (1, "1024Mi", 4), ("1.0", "1048576Ki", "4e0")):
            self.spec.objects = things(*spelling)
            self.expect_settled()
        self.spec.objects = things("1001m", "1Gi", "4")
        self.assertEqual({change[1] for change in self.actions(self.plan())}, {"Deployment", "LimitRange"})

    def test_numbers_and_texts_of_a_config_map_are_texts(self):
        self.spec.objects = {"things": [self.map("settings", {"cpu": "1000m"})]}
        self.apply()
        self.spec.objects = {"things": [self.map("settings", {"cpu": "1"})]}
        self.assertEqual(self.actions(self.plan()), {("update", "ConfigMap", "settings")})

    def expect_replacement(self, thing, property_name):
        """Refused with the property's name, then carried out."""
        self.spec.objects = {"things": [thing]}
        before = self.api.get(thing)
        planned = self.plan()
        self.assertEqual([change["action"] for change in planned["changes"]], ["replace"])
        self.assertEqual([each["kind"] for each in planned["conflicts"]], ["needs_replace"])
        said = self.refused()
        self.assertIn(f"`{property_name}`", said)
        self.assertIn("--allow-replace", said)
        self.assertEqual(self.api.get(thing)["metadata"]["uid"], before["metadata"]["uid"])
        self.apply(None, "--allow-replace")
        after = self.api.get(thing)
        self.assertNotEqual(after["metadata"]["uid"], before["metadata"]["uid"])
        return after

    def test_the_template_of_a_job_cannot_change(self):
        self.spec.objects = {"things": [self.job("registry.k8s.io/pause:3.9")]}
        self.apply()
        after = self.expect_replacement(self.job("registry.k8s.io/pause:3.10"), "image")
        self.assertEqual(after["spec"]["template"]["spec"]["containers"][0]["image"], "registry.k8s.io/pause:3.10")

    def test_the_address_of_a_service_cannot_change(self):
        service = self.thing("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})
        self.spec.objects = {"things": [service]}
        self.apply()
        headless = {**service, "spec": {**service["spec"], "clusterIP": "None"}}
        self.assertEqual(self.expect_replacement(headless, "clusterIP")["spec"]["clusterIP"], "None")

    def test_the_selector_of_a_deployment_cannot_change(self):
        self.spec.objects = {"things": [self.deployment(label="old")]}
        self.apply()
        after = self.expect_replacement(self.deployment(label="new"), "app")
        self.assertEqual(after["spec"]["selector"]["matchLabels"], {"app": "new"})

    def test_the_role_of_a_binding_cannot_change(self):
        def binding(role):
            return self.thing("rbac.authorization.k8s.io/v1", "RoleBinding", "readers", subjects=[
                {"kind": "User", "name": "ada", "apiGroup": "rbac.authorization.k8s.io"}],
                roleRef={"kind": "ClusterRole", "name": role, "apiGroup": "rbac.authorization.k8s.io"})
        self.spec.objects = {"things": [binding("view")]}
        self.apply()
        self.expect_replacement(binding("edit"), "name")

    def test_an_immutable_config_map(self):
        frozen = {**self.map("frozen", {"a": "1"}), "immutable": True}
        self.spec.objects = {"things": [frozen]}
        self.apply()
        self.expect_replacement({**frozen, "data": {"a": "2"}}, "a")

    def test_a_definition_and_its_objects_in_one_apply(self):
        group = f"{self.name('crd')}.example.com"
        definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                      "metadata": {"name": f"widgets.{group}"},
                      "spec": {"group": group, "scope": "Namespaced", "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
                               "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                                   "type": "object", "properties": {"spec": {"type": "object", "properties": {
                                       "size": {"type": "integer"}, "color": {"type": "string", "default": "red"}}}}}}}]}}
        widget = self.thing(f"{group}/v1", "Widget", "small", spec={"size": 1})
        self.spec.objects = {"widgets": [widget], "definitions": [definition]}
        planned = self.plan()
        order = [self.kind_and_name(change)[0] for change in planned["changes"]]
        self.assertEqual(order, ["CustomResourceDefinition", "Widget"])
        self.apply()
        self.assertEqual(self.api.get(widget)["spec"], {"size": 1, "color": "red"})
        self.spec.objects["widgets"][0]["spec"]["size"] = 2
        self.apply()
        self.spec.objects = {}
        self.apply()
        self.assertIsNone(self.api.get(definition))

    def test_an_object_without_a_namespace_whose_definition_comes_along(self):
        group = f"{self.name('bare')}.example.com"
        schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                      "metadata": {"name": f"cogs.{group}"},
                      "spec": {"group": group, "scope": "Namespaced", "names": {"plural": "cogs", "singular": "cog", "kind": "Cog"},
                               "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}}
        cog = {"apiVersion": f"{group}/v1", "kind": "Cog", "metadata": {"name": "small"}, "spec": {"size": 1}}
        self.spec.objects = {"cogs": [definition, cog]}
        planned = self.change(self.plan(), "small")
        self.assertIn("/default/", planned["id"])
        self.apply()
        self.assertIsNotNone(self.api.get({**cog, "metadata": {"name": "small", "namespace": "default"}}))

    def test_a_definition_is_replaced_before_its_objects(self):
        group = f"{self.name('scope')}.example.com"
        schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}

        def things(scope, where):
            definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                          "metadata": {"name": f"gadgets.{group}"},
                          "spec": {"group": group, "scope": scope, "names": {"plural": "gadgets", "singular": "gadget", "kind": "Gadget"},
                                   "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}}
            return [definition, {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": {"name": "small", **where}, "spec": {}}]

        self.spec.objects = {"gadgets": things("Namespaced", {"namespace": self.namespace})}
        self.apply()
        self.spec.objects = {"gadgets": things("Cluster", {})}
        self.assertIn("`scope`", self.refused())
        self.apply(None, "--allow-replace")
        self.assertIsNotNone(self.api.get(self.spec.objects["gadgets"][1]))

    def test_a_namespace_on_its_way_out(self):
        """Somebody deletes a namespace of ours: the run waits until it is gone and makes all of it again."""
        space = self.name("leaving")
        self.spec.objects = {"space": [namespace_object(space), harness.config_map("settings", space, {"a": "1"})]}
        self.apply()
        first = self.api.get(namespace_object(space))
        held = harness.config_map("held", space, {}, finalizers=["example.com/held"])
        self.api.create(held)
        self.api.delete(namespace_object(space))
        self.api.until(harness.config_map("settings", space, {}), lambda found: found is None)
        planned = self.plan()
        self.assertEqual(self.actions(planned), {("create", "Namespace", space), ("create", "ConfigMap", "settings")})
        self.assertIn("being deleted", self.change(planned, space)["reason"])
        front = self.behind_proxy()

        def let_go(request, code):
            if request.method == "PATCH" and request.path == f"/api/v1/namespaces/{space}" and code == 409:
                self.api.merge(held, {"metadata": {"finalizers": None}})
        front.after = let_go
        self.apply()
        self.assertNotEqual(self.api.get(namespace_object(space))["metadata"]["uid"], first["metadata"]["uid"])
        self.assertEqual(self.data("settings", space), {"a": "1"})


if __name__ == "__main__":
    harness.main("__main__")
