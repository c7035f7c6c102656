"""A sandbox of its own for each test class, from the command line, and what a shell sees of it."""

import json
import os
import select
import signal
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

GPUSPEC, ROOT = sys.argv[1], sys.argv[2]
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

from sandbox_pid import sandbox_pid  # noqa: E402


class SandboxProcess(unittest.TestCase):
    operation_ms = 30
    more = ()  # words for `sandbox start`

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gpuspec-azure-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.dir = os.path.join(cls.folder.name, "sandbox")
        cls.start()
        cls.addClassCleanup(cls.gpuspec, "sandbox", "stop", "--dir", cls.dir)
        cls.environment = cls.environment_of_shell()

    @classmethod
    def gpuspec(cls, *words, code=0, environment=None):
        result = subprocess.run([GPUSPEC, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment)
        if result.returncode != code:
            raise AssertionError(f"{words}: exit {result.returncode}, not {code}\n{result.stdout}{result.stderr}")
        return result

    @classmethod
    def environment_of_shell(cls):
        """What `eval "$(gpuspec sandbox env)"` puts into a shell's environment."""
        script = 'set -e; lines=$("$1" sandbox env --dir "$2"); eval "$lines"; env -0'
        shell = subprocess.run(["/bin/sh", "-c", script, "sh", GPUSPEC, cls.dir], capture_output=True, text=True, check=True, env={})
        variables = dict(entry.split("=", 1) for entry in shell.stdout.split("\0") if entry)
        return {name: value for name, value in variables.items() if name not in ("PWD", "SHLVL", "_", "OLDPWD")}

    @classmethod
    def kill(cls):
        """SIGKILL to the process that serves from our folder, and to no other; returns when it is gone."""
        handle = os.pidfd_open(sandbox_pid(cls.dir))
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [])
        os.close(handle)

    @classmethod
    def start(cls):
        cls.gpuspec("sandbox", "start", "--operation-ms", str(cls.operation_ms), *cls.more, "--dir", cls.dir)

    @classmethod
    def ask(cls, method, url, body=None, **headers):
        """(status, JSON) of a request over TLS with the sandbox's CA."""
        trusting = ssl.create_default_context(cafile=cls.environment["SSL_CERT_FILE"])
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), context=trusting) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as answer:
            return answer.code, json.loads(answer.read() or b"null")

    @classmethod
    def sign_in(cls):
        got = cls.environment
        form = {"grant_type": "client_credentials", "client_id": got["AZURE_CLIENT_ID"], "client_secret": got["AZURE_CLIENT_SECRET"],
                "scope": "https://management.azure.com/.default"}
        url = f'{got["AZURE_AUTHORITY_HOST"]}/{got["AZURE_TENANT_ID"]}/oauth2/v2.0/token'
        return cls.ask("POST", url, urllib.parse.urlencode(form).encode())[1]["access_token"]

    @classmethod
    def arm(cls, method, path, body=None, version="2025-04-01"):
        """(status, JSON) of a request to ARM; `path` below the subscription."""
        url = f'{cls.environment["GPUSPEC_ARM_ENDPOINT"]}/subscriptions/{cls.environment["AZURE_SUBSCRIPTION_ID"]}{path}'
        headers = {"Authorization": "Bearer " + cls.sign_in(), "Content-Type": "application/json"}
        return cls.ask(method, f"{url}?api-version={version}", None if body is None else json.dumps(body).encode(), **headers)


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
