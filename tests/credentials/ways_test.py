"""Each way to sign in, from the command line against servers of its own on loopback."""

import base64
import json
import os
import pathlib
import subprocess
import time

from stand_ins import PLAIN, SPEC, CredentialTest, Gateway, identity_endpoint, main, proxy


class Kubernetes(CredentialTest):
    def setUp(self):
        super().setUp()
        self.spec = self.write("plain.gpuspec", PLAIN)

    def plan(self, config, code=0, **variables):
        return self.gpuspec("plan", self.spec, "--kubeconfig", config, "--skip-helm", code=code, **variables)

    def test_a_program_gives_the_token_once(self):
        token = self.write("token", "exec-token-1")
        self.gateway.kube_tokens = {"exec-token-1"}
        config = self.kubeconfig(self.plugin(token))
        self.gpuspec("apply", self.spec, "--kubeconfig", config, "--skip-helm", "--yes")
        self.assertEqual(self.runs(), 1)
        status = self.gpuspec("status", self.spec, "--kubeconfig", config, "--skip-helm").stdout
        self.assertIn(f"access     user `u` of `{config}`, signed in by `plugin`, context `lab`", status)
        document = json.loads(self.gpuspec("status", self.spec, "--kubeconfig", config, "--skip-helm", "--format", "json").stdout)
        self.assertIn("signed in by `plugin`", document["clusters"][0]["access"])

    def test_a_token_that_ends_on_the_way_is_renewed_once(self):
        token = self.write("token", "exec-token-1")
        self.gateway.kube_tokens = {"exec-token-1"}

        def end(_):
            if len(self.gateway.seen) == 5:
                token.write_text("exec-token-2")
                self.gateway.kube_tokens = {"exec-token-2"}

        self.gateway.on_request = end
        self.gpuspec("apply", self.spec, "--kubeconfig", self.kubeconfig(self.plugin(token, "v1beta1")), "--skip-helm", "--yes")
        self.assertEqual(self.runs(), 2)

    def test_a_token_that_is_refused_is_asked_for_twice_and_no_more(self):
        config = self.kubeconfig(self.plugin(self.write("token", "exec-token-0")))
        refused = self.plan(config, code=3)
        self.assertIn("GS6063", refused.stderr)
        self.assertIn("(as user `u` of", " ".join(refused.stderr.split()))
        self.assertEqual(self.runs(), 2)

    def test_a_program_gives_a_certificate(self):
        gateway = Gateway(self.sandbox, wants_certificate=True)
        self.addCleanup(gateway.close)
        self.gateway = gateway
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=me",
                     "-keyout", "me.key", "-out", "me.csr")
        self.openssl("x509", "-req", "-in", "me.csr", "-CA", "sandbox/tls/ca.pem", "-CAkey", "sandbox/tls/ca.key",
                     "-set_serial", str(time.time_ns()), "-days", "1", "-out", "me.pem")
        answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                  "status": {"clientCertificateData": (self.folder / "me.pem").read_text(),
                             "clientKeyData": (self.folder / "me.key").read_text()}}
        self.write("answer.json", json.dumps(answer))
        self.write("bin/certifier", f"#!/bin/sh\ncat '{self.folder}/answer.json'\n", 0o755)
        config = self.kubeconfig({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "certifier"}})
        self.plan(config)
        self.assertTrue(gateway.seen)
        for _, _, bearer, certificate in gateway.seen:
            self.assertEqual(bearer, "")
            self.assertIn(((("commonName", "me"),)), certificate["subject"])

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def test_a_program_that_is_missing_fails_or_asks(self):
        user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-program",
                         "installHint": "get it at https://example.test"}}
        missing = " ".join(self.plan(self.kubeconfig(user), code=3).stderr.split())
        self.assertIn("error[GS6060]", missing)
        self.assertIn("`no-such-program` is not on PATH", missing)
        self.assertIn("get it at https://example.test", missing)
        self.write("bin/failing", "#!/bin/sh\necho 'no account: run login' >&2\nexit 2\n", 0o755)
        user["exec"]["command"] = "failing"
        self.assertIn("`failing` ended with 2: no account: run login", " ".join(self.plan(self.kubeconfig(user), code=3).stderr.split()))

    def test_a_token_file_is_read_again(self):
        token = self.write("token", "file-token-1\n")
        self.gateway.kube_tokens = {"file-token-1"}

        def end(_):
            if len(self.gateway.seen) == 4:
                token.write_text("file-token-2\n")
                self.gateway.kube_tokens = {"file-token-2"}

        self.gateway.on_request = end
        self.gpuspec("apply", self.spec, "--kubeconfig", self.kubeconfig({"tokenFile": "token"}), "--skip-helm", "--yes")

    def test_what_kubernetes_gave_up_has_a_way_out(self):
        for user, says in (({"auth-provider": {"name": "azure"}}, "kubelogin convert-kubeconfig"),
                           ({"username": "a", "password": "b"}, "user name and password"),
                           ({"exec": {"apiVersion": "client.authentication.k8s.io/v1alpha1", "command": "x"}}, "gave it up in 1.24")):
            self.assertIn(says, " ".join(self.plan(self.kubeconfig(user), code=3).stderr.split()))

    def test_the_server_is_always_verified(self):
        self.gateway.kube_tokens = {"t"}
        user = {"token": "t"}
        unknown = self.plan(self.kubeconfig(user, **{"certificate-authority-data": None}), code=3)
        self.assertIn("certificate", unknown.stderr)
        self.plan(self.kubeconfig(user, **{"certificate-authority-data": None}), SSL_CERT_FILE=self.access["ca_file"])
        wrong = self.plan(self.kubeconfig(user, **{"tls-server-name": "other.test"}), code=3)
        self.assertIn("other.test", wrong.stderr)
        self.plan(self.kubeconfig(user, **{"tls-server-name": "localhost"}))
        skipped = self.plan(self.kubeconfig(user, **{"insecure-skip-tls-verify": True}), code=3)
        self.assertIn("always verifies", " ".join(skipped.stderr.split()))

    def test_proxies(self):
        self.gateway.kube_tokens = {"t"}
        through = proxy("me", "p4ss-w0rd")
        self.addCleanup(through.server_close)
        port = self.gateway.server.port
        own = f"http://me:p4ss-w0rd@127.0.0.1:{through.port}"
        self.plan(self.kubeconfig({"token": "t"}, **{"proxy-url": own}))
        self.assertEqual({path for path, _ in through.asked}, {f"127.0.0.1:{port}"})
        # A name that only the proxy knows.
        through.asked.clear()
        away = {"server": f"https://api.gpuspec.test:{port}/clusters/sandbox", "tls-server-name": "localhost"}
        self.plan(self.kubeconfig({"token": "t"}, **away), HTTPS_PROXY=own)
        self.assertEqual({path for path, _ in through.asked}, {f"api.gpuspec.test:{port}"})
        self.plan(self.kubeconfig({"token": "t"}, **away), code=3, HTTPS_PROXY=own, NO_PROXY=".gpuspec.test")
        for wrong in (own.replace("p4ss", "wr0ng"), "bad://me:wr0ng-w0rd@127.0.0.1:1", "http://me:wr0ng-w0rd@nowhere.invalid:99999"):
            refused = self.plan(self.kubeconfig({"token": "t"}, **away), code=3, HTTPS_PROXY=wrong)
            self.assertIn("proxy", refused.stderr)
            self.assertNotIn("wr0ng", refused.stderr)

    def test_the_service_account_of_a_pod(self):
        where = "/var/run/secrets/kubernetes.io/serviceaccount"
        pod = self.folder / "pod"
        self.write("pod/token", "pod-token\n")
        self.write("pod/ca.crt", pathlib.Path(self.access["ca_file"]).read_text())
        # The API of a pod is at the root of its host.
        rooted = self.gateway.connect
        self.gateway.kube_tokens = self.gateway.arm_tokens = {"pod-token"}
        self.assertTrue(rooted)
        script = (f"mount -t tmpfs none /var/run && mkdir -p {where} && mount --bind '{pod}' {where} && exec \"$@\"")
        words = ["unshare", "-m", "sh", "-c", script, "sh", "true"]
        if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
            self.skipTest("no mount namespace can be made here")
        words[-1:] = [__import__("stand_ins").GPUSPEC, "status", str(self.spec), "--context", "in-cluster", "--skip-helm"]
        environment = self.environment({"KUBERNETES_SERVICE_HOST": "127.0.0.1",
                                        "KUBERNETES_SERVICE_PORT": str(self.gateway.server.port)})
        result = subprocess.run(words, capture_output=True, text=True, cwd=self.folder, env=environment, timeout=120, check=False)
        self.assertTrue(any(path == "/version" and bearer == "pod-token" for _, path, bearer, _ in self.gateway.seen),
                        result.stdout + result.stderr + str(self.gateway.seen))


class Azure(CredentialTest):
    def setUp(self):
        super().setUp()
        self.spec = self.write("aks.gpuspec", SPEC)
        self.gateway.arm_tokens = {"arm-token"}
        self.gateway.kube_tokens = {"exec-token-1"}
        self.gateway.user = self.plugin(self.write("token", "exec-token-1"))

    def status(self, code=0, **variables):
        return self.gpuspec("status", self.spec, "--skip-helm", code=code, **self.azure(**variables))

    def test_federation(self):
        self.gateway.proofs = {"client_assertion": "federated-1", "client_id": "c-1",
                               "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        file = self.write("federated", "federated-1\n")
        said = self.status(AZURE_FEDERATED_TOKEN_FILE=str(file), AZURE_CLIENT_ID="c-1", AZURE_TENANT_ID="t-1").stdout
        self.assertIn("Azure   signed in with the federated identity of client c-1, tenant t-1", said)
        file.write_text("federated-2\n")
        refused = self.status(3, AZURE_FEDERATED_TOKEN_FILE=str(file), AZURE_CLIENT_ID="c-1", AZURE_TENANT_ID="t-1").stderr
        self.assertIn("GS6063", refused)
        self.assertNotIn("federated-2", refused)

    def test_a_managed_identity(self):
        server = identity_endpoint("header-1", "arm-token")
        self.addCleanup(server.server_close)
        endpoint = f"http://127.0.0.1:{server.port}/msi/token"
        said = self.status(IDENTITY_ENDPOINT=endpoint, IDENTITY_HEADER="header-1", AZURE_CLIENT_ID="c-2").stdout
        self.assertIn("the managed identity of client c-2", said)
        self.assertEqual(server.asked[0][0], "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com&client_id=c-2")

    def test_az_and_an_apply_from_end_to_end(self):
        end = int(time.time()) + 3600
        self.write("bin/az", f"#!/bin/sh\necho \"$*\" >> '{self.folder}/az.log'\n"
                   f"echo '{{\"accessToken\":\"arm-token\",\"expires_on\":{end},\"tenant\":\"t-2\"}}'\n", 0o755)
        self.addCleanup((self.folder / "bin" / "az").unlink)
        self.gpuspec("apply", self.spec, "--skip-helm", "--yes", **self.azure())
        self.assertEqual((self.folder / "az.log").read_text(),
                         "account get-access-token --output json --scope https://management.azure.com/.default "
                         f"--subscription {self.access['subscription_id']}\n")
        self.assertIn("the login of `az`, tenant t-2", self.status().stdout)
        self.assertIn("signed in by `plugin`", self.status().stdout)

    def test_a_right_that_is_missing_says_who_asked(self):
        self.gateway.proofs = {"client_secret": "secret-1"}
        self.gateway.refusal = lambda method, path: None if "/oauth2/" in path else 403
        refused = self.status(3, AZURE_CLIENT_SECRET="secret-1", AZURE_CLIENT_ID="c-3", AZURE_TENANT_ID="t-3").stderr
        self.assertIn("signed in with the secret of client c-3, tenant t-3", " ".join(refused.split()))
        self.assertIn("GS6064", refused)
        self.assertNotIn("arm-token", refused)

    def test_no_way_at_all(self):
        refused = " ".join(self.status(3).stderr.split())
        self.assertIn("error[GS6060]: no credentials for Azure", refused)
        for part in ("AZURE_CLIENT_SECRET is not set", "AZURE_FEDERATED_TOKEN_FILE is not set", "nothing answers at", "`az` is not on PATH"):
            self.assertIn(part, refused)
        chosen = " ".join(self.status(3, AZURE_TOKEN_CREDENTIALS="browser").stderr.split())
        self.assertIn("AZURE_TOKEN_CREDENTIALS names no way", chosen)


if __name__ == "__main__":
    main()
