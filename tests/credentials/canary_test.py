"""Secrets planted in every input are in no output: not in text, JSON, plans, files, records in the cluster, events or errors."""

import base64
import json
import os
import time
import urllib.parse

from stand_ins import SPEC, CredentialTest, identity_endpoint, main, proxy

# What gpuspec is told, each with a word of its own.
NAMES = ("kube_token", "exec_token", "exec_env", "exec_stderr", "client_secret", "federated", "identity_header", "arm_token", "az_stderr",
         "proxy_password", "object_value", "variable_value", "helm_value", "parameter", "client_key")
SECRETS = {name: f"Canary7{index:02d}x{name.replace('_', '')}Q9z8Y7w6" for index, name in enumerate(NAMES)}

LAB = """project "cred"
param database: string
cluster lab { platform = kubernetes  context = "lab" }
manifest secret { cluster = lab  object = { apiVersion = "v1", kind = "Secret",
  metadata = { name = "db", namespace = "default" }, stringData = { password = database } } }
manifest app { cluster = lab  object = { apiVersion = "apps/v1", kind = "Deployment",
  metadata = { name = "app", namespace = "default" }, spec = { replicas = 1, selector = { matchLabels = { app = "app" } },
    template = { metadata = { labels = { app = "app" } }, spec = { containers = [{ name = "main", image = "i:1",
      env = [{ name = "DB_PASSWORD", value = "VARIABLE" }] }] } } } } }
"""


def forms(secret):
    """As it is, in base64 wherever it may begin, and percent-encoded."""
    found = {secret, urllib.parse.quote(secret, safe="")}
    for skipped, touched in ((0, 0), (1, 2), (2, 3)):
        found.add(base64.b64encode(b"\0" * skipped + secret.encode()).decode()[touched:].rstrip("=")[:-1])
    return found


class Canaries(CredentialTest):
    def setUp(self):
        super().setUp()
        self.said = []

    def run_all(self, *words, code=None, **variables):
        result = self.gpuspec(*words, code=code, **variables)
        self.said.append((" ".join(map(str, words)), result.stdout + result.stderr))
        return result

    def texts(self, kept):
        """All that was printed, and every file below the folders that gpuspec writes."""
        yield from self.said
        for folder in kept:
            for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
                if path.is_file():
                    yield str(path), path.read_bytes().decode(errors="replace")

    def nothing_leaked(self, *kept, but=()):
        self.assertTrue(self.said)
        for name, secret in SECRETS.items():
            if name in but:
                continue
            for where, text in self.texts(kept):
                for form in forms(secret):
                    at = text.find(form)
                    self.assertEqual(at, -1, f"{name} is in {where}: ...{text[max(at - 200, 0):at + 200]}...")

    def echoes_were_shown(self):
        """The APIs' words got through, so that there was something to hide."""
        shown = " ".join(text for _, text in self.said)
        self.assertIn("you sent", shown)
        self.assertIn("***", shown)

    def records(self):
        """What gpuspec keeps in the cluster about itself, and the events."""
        found = []
        for path in ("/api/v1/configmaps", "/api/v1/events", "/apis/coordination.k8s.io/v1/leases"):
            upstream = self.gateway.connect()
            upstream.request("GET", "/clusters/sandbox" + path, headers={"Authorization": "Bearer " + self.access["token"]})
            found.append((path, upstream.getresponse().read().decode()))
            upstream.close()
        return found

    def commands(self, spec, *more, **variables):
        """Each command once, as people and as programs run it."""
        plan = self.folder / "saved.plan"
        words = (spec, *more)
        for line in (["plan", *words], ["plan", *words, "--format", "json"], ["plan", *words, "--format", "markdown", "-o", plan],
                     ["apply", *words, "--yes"], ["apply", *words, "--yes", "--format", "jsonl"], ["status", *words],
                     ["status", *words, "--format", "json"], ["verify", *words], ["destroy", *words, "--yes"]):
            self.run_all(*line, **variables)
        return plan

    def test_plain_kubernetes(self):
        spec = self.write("lab/main.gpuspec", LAB.replace("VARIABLE", SECRETS["variable_value"]))
        given = ("--param", "database=" + SECRETS["object_value"])
        token = self.write("token", SECRETS["exec_token"])
        user = self.plugin(token, lines=f"echo 'refresh token={SECRETS['exec_stderr']} used, {SECRETS['exec_stderr']}' >&2")
        user["exec"]["env"] = [{"name": "KEY", "value": SECRETS["exec_env"]}]
        through = proxy("me", SECRETS["proxy_password"])
        self.addCleanup(through.server_close)
        self.gateway.kube_tokens = {SECRETS["exec_token"], SECRETS["kube_token"]}
        way = {"proxy-url": f"http://me:{SECRETS['proxy_password']}@127.0.0.1:{through.port}"}
        config = self.kubeconfig(user, **way)
        options = (*given, "--skip-helm", "--kubeconfig", config)
        self.run_all("check", spec, *given)
        self.run_all("compile", spec, *given, "-o", self.folder / "out")
        saved = self.commands(spec, *options)
        # What is compiled holds the objects that the spec writes, as kubectl's input does.
        self.nothing_leaked(self.folder / "out", but=("object_value", "variable_value"))
        # A saved plan keeps what was given by --param, but for parameters that are declared secret.
        self.nothing_leaked(saved, but=("object_value",))
        self.nothing_leaked()
        self.run_all("apply", spec, *options, "--yes", code=0)
        self.said += self.records()
        self.nothing_leaked()

        # The same where the API says no and repeats everything that it was told.
        for status in (400, 403, 409, 422):
            self.gateway.refusal = lambda method, path, status=status: None if method == "GET" else status
            self.run_all("apply", spec, "--param", "database=" + SECRETS["object_value"] + "2", "--skip-helm", "--kubeconfig", config,
                         "--yes")
        self.gateway.refusal = lambda method, path: 403
        self.commands(spec, *options)
        self.gateway.refusal = lambda method, path: None
        self.gateway.kube_tokens = set()
        self.commands(spec, *options)
        self.commands(spec, *given, "--skip-helm", "--kubeconfig", self.kubeconfig({"token": SECRETS["kube_token"]}, **way))
        self.nothing_leaked()
        self.echoes_were_shown()

        # And where the credential itself fails.
        shout = f"echo '{SECRETS['exec_token']}'; echo \"cannot use $KEY, token={SECRETS['exec_stderr']}\" >&2; exit 1"
        self.plugin(token, lines=shout)
        for broken in (user, {"client-certificate-data": "eHg=", "client-key-data": base64.b64encode(SECRETS["client_key"].encode()).decode()},
                       {"username": "u", "password": SECRETS["kube_token"]}, {"token": [SECRETS["kube_token"]]}):
            self.run_all("plan", spec, *given, "--skip-helm", "--kubeconfig", self.kubeconfig(broken, **way), code=3)
        wrong = way["proxy-url"].replace("http:", "wrong:")
        self.run_all("plan", spec, *options[:-1], self.kubeconfig({"token": SECRETS["kube_token"]}, **{"proxy-url": wrong}), code=3)
        self.run_all("plan", spec, *options[:-1], self.kubeconfig({"token": "t"}, server="https://api.gpuspec.test:1"), code=3,
                     HTTPS_PROXY=wrong)
        self.nothing_leaked()

    def azure_ways(self):
        """Each way to sign in: its variables, and how to break it."""
        file = self.write("federated", SECRETS["federated"])
        identity = identity_endpoint(SECRETS["identity_header"], SECRETS["arm_token"])
        self.addCleanup(identity.server_close)
        client = {"AZURE_CLIENT_ID": "c-1", "AZURE_TENANT_ID": "t-1"}
        answer = json.dumps({"accessToken": SECRETS["arm_token"], "expires_on": int(time.time()) + 3600})
        good = f"#!/bin/sh\necho '{answer}'\n"
        bad = f"#!/bin/sh\necho '{answer}'\necho 'ERROR: client_secret={SECRETS['az_stderr']} {SECRETS['az_stderr']}' >&2\nexit 1\n"

        def az(text):
            return lambda: self.write("bin/az", text, 0o755)

        def refuse(on):
            self.gateway.token_body = identity.refuses = on

        self.gateway.proofs = {}
        return (({**client, "AZURE_CLIENT_SECRET": SECRETS["client_secret"]}, "client_secret", refuse),
                ({**client, "AZURE_FEDERATED_TOKEN_FILE": str(file)}, "client_assertion", refuse),
                ({"IDENTITY_ENDPOINT": f"http://127.0.0.1:{identity.port}/msi", "IDENTITY_HEADER": SECRETS["identity_header"]}, None, refuse),
                ({"AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}, None, lambda on: az(bad if on else good)()))

    def test_azure(self):
        spec = self.write("aks/main.gpuspec", SPEC)
        self.gateway.arm_tokens = {SECRETS["arm_token"]}
        self.gateway.kube_tokens = {SECRETS["kube_token"]}
        self.gateway.user = {"token": SECRETS["kube_token"]}
        expected = {"client_secret": SECRETS["client_secret"], "client_assertion": SECRETS["federated"]}
        for index, (variables, field, fail) in enumerate(self.azure_ways()):
            with self.subTest(way=sorted(variables)):
                known = self.azure(**variables)
                self.gateway.proofs = {field: expected[field]} if field else {}
                fail(False)
                if index == 0:
                    saved = self.commands(spec, "--skip-helm", **known)
                    self.nothing_leaked(saved)
                self.run_all("plan", spec, "--skip-helm", code=0, **known)
                fail(True)
                self.run_all("plan", spec, "--skip-helm", code=3, **known)
                fail(False)
                self.gateway.token_body = None
                for status in (401, 403, 500) if index == 0 else (403,):
                    self.gateway.refusal = lambda method, path, status=status: (
                        None if "/oauth2/" in path or (status == 500 and method == "GET") else status)
                    self.run_all("apply", spec, "--skip-helm", "--yes", **known)
                self.gateway.refusal = lambda method, path: None
                self.nothing_leaked()
                self.echoes_were_shown()

    def test_helm(self):
        """A helm that prints all that it is given."""
        text = SPEC.replace("team vision", f"""accelerator nvidia {{ cluster = shared  stack = device_plugin
  values = {{ webhook = {{ apiToken = "{SECRETS['helm_value']}" }} }} }}
team vision""").replace("nodes = 1 }\n", 'nodes = 1 }\npool t4 { cluster = shared  vm = "Standard_NC4as_T4_v3"  nodes = 1 }\n')
        spec = self.write("helm/main.gpuspec", text)
        self.write("bin/helm", "#!/bin/sh\nfor word in \"$@\"; do [ -f \"$word\" ] && cat \"$word\"; done >&2\nprintenv >&2\n"
                   "echo >&2\nfor word in \"$@\"; do [ -f \"$word\" ] && tr -d '\\n' < \"$word\"; done >&2\nexit 1\n", 0o755)
        self.addCleanup((self.folder / "bin" / "helm").unlink)
        self.gateway.arm_tokens, self.gateway.kube_tokens = {SECRETS["arm_token"]}, {SECRETS["kube_token"]}
        self.gateway.user = {"token": SECRETS["kube_token"]}
        self.gateway.proofs = {"client_secret": SECRETS["client_secret"]}
        known = self.azure(AZURE_CLIENT_SECRET=SECRETS["client_secret"], AZURE_CLIENT_ID="c", AZURE_TENANT_ID="t")
        failed = self.run_all("apply", spec, "--yes", code=3, **known)
        self.assertIn("helm ended with 1", failed.stdout + failed.stderr)
        saved = self.commands(spec, **known)
        self.nothing_leaked(saved)


if __name__ == "__main__":
    main()
