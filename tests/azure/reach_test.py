"""Azure cannot be reached, or does not let us in: what is said, what to do, exit code 3, and no secret."""

import os
import socket

from sandbox_process import ROOT, SandboxProcess, main

CANARY = "canary-4711-Zq~"
UNKNOWN = "00000000-1111-4222-8333-444444444444"


class Reach(SandboxProcess):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spec = os.path.join(ROOT, "examples", "first-pool")

    def setUp(self):
        self.closed = socket.socket()
        self.addCleanup(self.closed.close)
        self.closed.bind(("127.0.0.1", 0))  # taken, and nobody listens

    def refused(self, command, words, **changed):
        environment = {**os.environ, **self.environment, **changed}
        more = ["--yes"] if command in ("apply", "destroy") else []
        result = self.gpuspec(command, self.spec, "--skip-helm", *more, code=3, environment=environment)
        said = result.stdout + result.stderr
        for word in words:
            self.assertIn(word, " ".join(said.split()))
        for secret in (self.environment["AZURE_CLIENT_SECRET"], CANARY):
            self.assertNotIn(secret, said)
        return said

    def everywhere(self, *words, **changed):
        for command in ("plan", "apply", "destroy", "status", "verify"):
            with self.subTest(command=command):
                self.refused(command, words, **changed)

    def closed_url(self):
        return f"https://127.0.0.1:{self.closed.getsockname()[1]}"

    def test_nobody_at_the_endpoint(self):
        self.everywhere("connection refused", "check GPUSPEC_ARM_ENDPOINT", "gpuspec sandbox env", GPUSPEC_ARM_ENDPOINT=self.closed_url())

    def test_nobody_at_the_authority(self):
        self.everywhere("connection refused", "check AZURE_AUTHORITY_HOST", AZURE_AUTHORITY_HOST=self.closed_url())

    def test_no_such_host(self):
        self.refused("plan", ["no-such-host.invalid", "check GPUSPEC_ARM_ENDPOINT"], GPUSPEC_ARM_ENDPOINT="https://no-such-host.invalid")

    def test_credentials_do_not_travel_in_the_clear(self):
        for name in ("GPUSPEC_ARM_ENDPOINT", "AZURE_AUTHORITY_HOST"):
            url = self.environment[name].replace("https", "http")
            self.refused("plan", [name, "https"], **{name: url})
            self.refused("plan", [name, "https://HOST"], **{name: f"https://user:{CANARY}@localhost"})

    def test_another_tenant(self):
        self.everywhere("AADSTS90002", "check AZURE_TENANT_ID", AZURE_TENANT_ID=UNKNOWN)

    def test_another_application(self):
        self.refused("plan", ["AADSTS700016", "AZURE_CLIENT_ID names no application"], AZURE_CLIENT_ID=UNKNOWN)

    def test_a_wrong_or_ended_secret(self):
        self.everywhere("AADSTS7000215", "AZURE_CLIENT_SECRET is wrong or has ended", "make a new secret", AZURE_CLIENT_SECRET=CANARY)

    def test_another_subscription(self):
        self.everywhere("SubscriptionNotFound", "AZURE_SUBSCRIPTION_ID", AZURE_SUBSCRIPTION_ID=UNKNOWN)

    def test_what_is_not_set(self):
        for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_SUBSCRIPTION_ID"):
            self.refused("plan", [name], **{name: ""})

    def test_a_certificate_that_nobody_vouches_for(self):
        self.everywhere("certificate", "SSL_CERT_FILE has to name the CA", SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt")


if __name__ == "__main__":
    main()
