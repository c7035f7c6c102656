"""kubectl against the sandbox, as against any cluster."""

import itertools
import json
import os
import subprocess
import sys
import tempfile
import unittest

GPUSPEC = sys.argv[1]

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "web:IMAGE", resources: {requests: {cpu: 10m}}}]
"""

SPEC = """project "tools"
cluster shared { resource_group = "rg-tools"  location = "westeurope"  version = "1.36"
  network { plugin = azure_overlay  policy = cilium  dataplane = cilium } }
pool system { cluster = shared  mode = system  vm = "Standard_D4s_v5"  nodes = 2 }
"""


class Kubectl(unittest.TestCase):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gpuspec-kubectl-")
        cls.dir = os.path.join(cls.folder.name, "sandbox")
        cls.environment = {**os.environ, "HOME": cls.folder.name}
        cls.gpuspec("sandbox", "start", "--operation-ms", "50")
        path = os.path.join(cls.folder.name, "main.gpuspec")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SPEC)
        cls.gpuspec("apply", path, "--sandbox", "--skip-helm", "--yes")
        for line in cls.gpuspec("sandbox", "env").splitlines():
            name, value = line.removeprefix("export ").split("=", 1)
            cls.environment[name] = value.strip("'")

    @classmethod
    def tearDownClass(cls):
        cls.gpuspec("sandbox", "stop")
        cls.folder.cleanup()

    @classmethod
    def gpuspec(cls, *words):
        return subprocess.run([GPUSPEC, *words, "--dir", cls.dir], check=True, capture_output=True, text=True,
                              timeout=120, stdin=subprocess.DEVNULL).stdout

    def setUp(self):
        self.namespace = f"test-{next(self.numbers)}"
        self.kubectl("create", "namespace", self.namespace)

    def kubectl(self, *words, code=0, given=None):
        """Standard output; both outputs where it is to fail."""
        command = ["kubectl", "--context", "rg-tools.shared", *words]
        result = subprocess.run(command, env=self.environment, input=given, capture_output=True, text=True,
                                timeout=120)
        self.assertEqual(result.returncode, code, f"{words}\n{result.stdout}{result.stderr}")
        return result.stdout if code == 0 else result.stdout + result.stderr

    def here(self, *words, **more):
        return self.kubectl("-n", self.namespace, *words, **more)

    def object(self, *words):
        return json.loads(self.here("get", *words, "-o", "json"))

    def deploy(self, image="1"):
        return self.here("apply", "-f", "-", given=WEB.replace("IMAGE", image))

    def rolled_out(self):
        return self.here("rollout", "status", "deployment/web", "--timeout=60s")

    def test_apply_diff_and_apply_again(self):
        self.assertIn("created", self.deploy())
        self.assertIn("unchanged", self.deploy())
        difference = self.here("diff", "-f", "-", given=WEB.replace("IMAGE", "2"), code=1)
        self.assertRegex(difference, r"(?m)^\+.*image: web:2$")
        self.assertIn("configured", self.deploy("2"))
        self.assertEqual(self.here("diff", "-f", "-", given=WEB.replace("IMAGE", "2")), "")
        self.assertIn("serverside-applied", self.here("apply", "--server-side", "--force-conflicts", "-f", "-",
                                                      given=WEB.replace("IMAGE", "3")))
        self.assertIn("deleted", self.here("delete", "-f", "-", given=WEB))

    def test_create_in_every_form_that_has_a_typed_client(self):
        forms = [("configmap", "settings", "--from-literal=a=1"), ("secret", "generic", "key", "--from-literal=p=x"),
                 ("serviceaccount", "robot"), ("job", "hello", "--image=busybox", "--", "true"),
                 ("cronjob", "nightly", "--image=busybox", "--schedule=0 3 * * *", "--", "true"),
                 ("deployment", "made", "--image=nginx", "--replicas=2", "--port=80"),
                 ("quota", "limits", "--hard=pods=20,count/jobs.batch=5"), ("role", "reader", "--verb=get",
                                                                           "--resource=pods"),
                 ("rolebinding", "readers", "--role=reader", "--serviceaccount=default:robot"),
                 ("poddisruptionbudget", "keep", "--selector=app=made", "--min-available=1"),
                 ("service", "clusterip", "front", "--tcp=80:8080"),
                 ("ingress", "door", "--rule=a.example/path=front:80")]
        for form in forms:
            with self.subTest(form=form[0]):
                self.assertIn("created", self.here("create", *form))
        self.assertEqual(self.object("configmap", "settings")["data"], {"a": "1"})
        self.assertEqual(self.object("secret", "key")["data"], {"p": "eA=="})
        quota = self.object("quota", "limits")
        self.assertEqual(quota["spec"]["hard"], {"pods": "20", "count/jobs.batch": "5"})
        job = self.object("job", "hello")["spec"]["template"]["spec"]
        self.assertEqual(job["containers"][0]["command"], ["true"])
        self.assertEqual(job["restartPolicy"], "Never")
        made = self.object("deployment", "made")["spec"]
        self.assertEqual(made["replicas"], 2)
        self.assertEqual(made["template"]["spec"]["containers"][0]["ports"][0]["containerPort"], 80)
        refused = self.here("create", "configmap", "settings", code=1)
        self.assertIn('configmaps "settings" already exists', refused)

    def test_a_job_runs_and_its_log_is_there(self):
        self.here("create", "job", "hello", "--image=busybox", "--", "true")
        self.here("wait", "--for=condition=complete", "job/hello", "--timeout=60s")
        self.assertIn("Node: aks-system-", self.here("logs", "job/hello"))
        self.assertIn("Completed", self.here("get", "pods"))

    def test_run_describe_events_and_delete(self):
        self.here("run", "one", "--image=busybox")
        self.here("wait", "--for=condition=Ready", "pod/one", "--timeout=60s")
        described = self.here("describe", "pod", "one")
        self.assertIn("Scheduled", described)
        self.assertIn("aks-system-", described)
        self.assertIn("pod/one", self.here("get", "events"))
        self.assertIn("Pod/one", self.here("events"))
        self.here("delete", "pod", "one", "--timeout=60s")
        self.assertIn('pods "one" not found', self.here("get", "pod", "one", code=1))

    def test_a_deployment_is_changed_in_every_way(self):
        self.deploy()
        self.rolled_out()
        self.here("label", "deployment/web", "tier=front")
        self.here("annotate", "deployment/web", "note=seen")
        self.here("set", "image", "deployment/web", "web=web:2")
        self.rolled_out()
        self.here("scale", "deployment/web", "--replicas=3")
        self.assertIn("successfully rolled out", self.rolled_out())
        for kind, patch in (("strategic", '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:3"}]}}}}'),
                            ("merge", '{"metadata":{"annotations":{"note":null}}}'),
                            ("json", '[{"op":"replace","path":"/spec/replicas","value":1}]')):
            self.here("patch", "deployment/web", "--type", kind, "-p", patch)
        self.rolled_out()
        web = self.object("deployment", "web")
        self.assertEqual(web["metadata"]["labels"]["tier"], "front")
        self.assertNotIn("note", web["metadata"]["annotations"])
        self.assertEqual(web["spec"]["replicas"], 1)
        self.assertEqual(web["spec"]["template"]["spec"]["containers"][0]["image"], "web:3")
        self.here("rollout", "undo", "deployment/web", "--to-revision=1")
        self.rolled_out()
        images = self.here("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].spec.containers[*].image}")
        self.assertEqual(images, "web:1")
        self.here("delete", "deployment/web", "--cascade=foreground", "--timeout=60s")
        self.assertEqual(self.object("pods")["items"], [])

    def test_a_node_is_cordoned_and_drained(self):
        node = json.loads(self.kubectl("get", "nodes", "-o", "json"))["items"][0]["metadata"]["name"]
        self.deploy()
        self.rolled_out()
        try:
            self.kubectl("cordon", node)
            self.assertIn("SchedulingDisabled", self.kubectl("get", "node", node))
            self.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=60s")
            on_it = json.loads(self.kubectl("get", "pods", "-A", "-o", "json", "--field-selector", f"spec.nodeName={node}"))
            owners = [owner["kind"] for pod in on_it["items"] for owner in pod["metadata"].get("ownerReferences", [])]
            self.assertEqual([kind for kind in owners if kind != "DaemonSet"], [])
            self.rolled_out()
        finally:
            self.kubectl("uncordon", node)

    def test_what_is_served_and_who_may(self):
        self.assertIn("poddisruptionbudgets", self.kubectl("api-resources", "--namespaced=true"))
        self.assertIn("apps/v1", self.kubectl("api-versions"))
        self.assertIn("imagePullPolicy", self.kubectl("explain", "pod.spec.containers"))
        self.assertEqual(self.kubectl("auth", "can-i", "create", "pods").strip(), "yes")
        self.assertIn("sandbox", self.kubectl("auth", "whoami"))
        self.assertIn("+sandbox", self.kubectl("version"))

    def test_an_accounts_token_lets_in_and_a_changed_one_does_not(self):
        self.here("create", "serviceaccount", "robot")
        token = self.here("create", "token", "robot").strip()
        who = self.kubectl("--token", token, "auth", "whoami")
        self.assertIn(f"system:serviceaccount:{self.namespace}:robot", who)
        self.assertIn("You must be logged in", self.here("--token", token[:-2], "get", "pods", code=1))

    def test_mistakes_are_told_as_the_server_tells_them(self):
        wrong = WEB.replace("replicas: 2", "replicaz: 2").replace("IMAGE", "1")
        self.assertIn('unknown field "spec.replicaz"', self.here("apply", "-f", "-", given=wrong, code=1))
        unfit = WEB.replace("matchLabels: {app: web}", "matchLabels: {app: other}").replace("IMAGE", "1")
        self.assertIn("`selector` does not match template `labels`", self.here("apply", "-f", "-", given=unfit, code=1))

    def test_a_namespace_goes_with_what_is_in_it(self):
        self.deploy()
        self.kubectl("delete", "namespace", self.namespace, "--timeout=60s")
        self.assertIn("not found", self.kubectl("get", "namespace", self.namespace, code=1))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
