"""What the server refuses: its words reach the user, the rest is applied, and the next run goes on from there."""

import http.server
import json
import ssl
import threading
import time

import harness
import target as targets
from harness import Case, namespace_object


class Refusals(Case):
    def secret(self, name):
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": self.namespace}, "stringData": {"a": "b"}}

    def outcomes(self, done):
        """{name: outcome} of an apply with --format json"""
        return {self.kind_and_name(change)[1]: change for change in json.loads(done.stdout)["changes"]}

    def expect_refused_one(self, name, *words):
        """This one fails with these words, and everything else is applied."""
        done = self.expect(harness.WORLD_SAYS_NO, "apply", self.spec, "--yes", "--format", "json")
        outcomes = self.outcomes(done)
        self.assertEqual({key: each["state"] for key, each in outcomes.items() if each["state"] != "done"}, {name: "failed"})
        for word in words:
            self.assertIn(word, outcomes[name]["error"] + outcomes[name].get("way_out", ""))
        again = self.expect(harness.WORLD_SAYS_NO, "apply", self.spec, "--yes")
        for word in words:
            self.assertIn(word, again.stdout + again.stderr)

    def test_quota(self):
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "few", "namespace": self.namespace},
                 "spec": {"hard": {"secrets": "1"}}}
        self.api.create(quota)
        self.api.until(quota, lambda found: "secrets" in found.get("status", {}).get("used", {}))
        self.spec.objects = {"secrets": [self.secret("one"), self.secret("two")], "settings": [self.map("settings", {"a": "1"})]}
        done = self.expect(harness.WORLD_SAYS_NO, "apply", self.spec, "--yes", "--format", "json")
        outcomes = self.outcomes(done)
        failed = [name for name, each in outcomes.items() if each["state"] == "failed"]
        self.assertEqual(len(failed), 1, outcomes)
        self.assertIn("exceeded quota: few", outcomes[failed[0]]["error"])
        self.assertIn("quota", outcomes[failed[0]]["way_out"])
        self.assertEqual(self.data("settings"), {"a": "1"})
        self.api.merge(quota, {"spec": {"hard": {"secrets": "2"}}})
        self.api.until(quota, lambda found: found["status"]["hard"]["secrets"] == "2")
        self.apply()

    def test_an_unknown_field_is_named(self):
        web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": self.namespace}, "spec": {
            "replica": 1, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "pause"}]}}}}
        self.spec.objects = {"web": [web], "settings": [self.map("settings", {"a": "1"})]}
        self.expect_refused_one("web", "spec.replica")
        self.assertIsNone(self.api.get(web))
        del web["spec"]["replica"]
        self.apply()

    def test_an_unknown_field_of_a_custom_resource_is_named(self):
        group = f"{self.name('strict')}.example.com"
        definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                      "metadata": {"name": f"widgets.{group}"},
                      "spec": {"group": group, "scope": "Namespaced", "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
                               "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                                   "type": "object", "properties": {"spec": {"type": "object", "properties": {
                                       "size": {"type": "integer"}}}}}}}]}}
        widget = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "small", "namespace": self.namespace},
                  "spec": {"sise": 1}}
        self.spec.objects = {"definition": [definition], "widget": [widget]}
        self.expect_refused_one("small", "spec.sise")
        widget["spec"] = {"size": "large"}
        self.expect_refused_one("small", "spec.size")
        widget["spec"] = {"size": 1}
        self.apply()

    def test_an_invalid_value_is_named(self):
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": self.namespace},
                   "spec": {"ports": [{"port": 70000}]}}
        self.spec.objects = {"web": [service], "settings": [self.map("settings", {"a": "1"})]}
        self.expect_refused_one("web", "spec.ports[0].port")

    def test_a_kind_that_nobody_defines(self):
        stranger = {"apiVersion": "nobody.example.com/v1", "kind": "Stranger", "metadata": {"name": "x", "namespace": self.namespace}}
        self.spec.objects = {"stranger": [stranger], "settings": [self.map("settings", {"a": "1"})]}
        self.assertTrue(any("Stranger" in each for each in self.plan()["not_checked"]))

    def test_an_admission_policy(self):
        name = self.name("policy")
        here = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": self.namespace}}}
        rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}
        group = "admissionregistration.k8s.io/v1"
        policy = {"apiVersion": group, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name}, "spec": {
            "matchConstraints": {"resourceRules": [rule]},
            "validations": [{"expression": "object.metadata.name != 'forbidden'", "message": "nobody may have this name"}]}}
        binding = {"apiVersion": group, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name},
                   "spec": {"policyName": name, "validationActions": ["Deny"], "matchResources": here}}
        self.cluster_wide(policy, binding)
        self.until_refused("forbidden")
        self.spec.objects = {"settings": [self.map("forbidden", {"a": "1"}), self.map("allowed", {"a": "1"})]}
        self.expect_refused_one("forbidden", "nobody may have this name", name)
        self.assertEqual(self.data("allowed"), {"a": "1"})

    def test_a_webhook(self):
        seen = self.serve_webhook("the webhook says no to this name")
        name = f"{self.name('hook')}.example.com"
        hook = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": name},
                "webhooks": [{"name": name, "sideEffects": "None", "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
                              "clientConfig": seen.client_config,
                              "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": self.namespace}},
                              "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}]}]}
        self.cluster_wide(hook)
        self.until_refused("forbidden")
        self.spec.objects = {"settings": [self.map("forbidden", {"a": "1"}), self.map("allowed", {"a": "1"})]}
        self.expect_refused_one("forbidden", "the webhook says no to this name", name)
        self.assertEqual(self.data("allowed"), {"a": "1"})

    def cluster_wide(self, *things):
        for thing in things:
            self.drop(thing)
            self.api.create(thing)
            self.addCleanup(self.drop, thing)

    def until_refused(self, name):
        """Policies and webhooks count from some moment after they were made."""
        path = self.api.collection("v1", "ConfigMap", self.namespace) + "?dryRun=All"
        end = time.monotonic() + targets.PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                self.api.ask("POST", path, self.map(name, {}))
            except targets.Refused as refused:
                self.assertNotEqual(refused.status, 404)
                return
            time.sleep(0.1)
        self.fail("what shall refuse never did")

    def serve_webhook(self, message):
        class Hook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
                response = {"uid": request["uid"], "allowed": request["name"] != "forbidden"}
                if not response["allowed"]:
                    response["status"] = {"message": message}
                text = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls = harness.SANDBOX.folder / "tls"
        context.load_cert_chain(tls / "server.pem", tls / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.client_config = {"url": f"https://127.0.0.1:{server.server_address[1]}/", "caBundle": harness.authority()}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def test_who_may_not_is_told_what_is_missing(self):
        if "real-stranger" not in {each["name"] for each in self.target.config.get("users", [])}:
            self.skipTest("the sandbox holds no request to the rights of its user")
        front = self.behind_proxy(token=self.token_of("real-stranger"))
        self.spec.objects = {"settings": [self.map("settings", {"a": "1"})]}
        done = self.expect(harness.WORLD_SAYS_NO, "apply", self.spec, "--yes")
        self.assertRegex(done.stderr, r"cannot \w+|right to \w+")
        self.assertEqual(front.count(lambda request: request.writes("configmaps")), 0)

    def token_of(self, user):
        return next(each["user"]["token"] for each in self.target.config["users"] if each["name"] == user)


if __name__ == "__main__":
    harness.main("__main__")
