"""The API servers that the suite runs against, and a small client that looks at their side of things."""

import copy
import http.client
import json
import os
import pathlib
import re
import ssl
import subprocess
import time
import urllib.parse

SKIPPED = 77
# Nothing takes this long; it ends what would hang.
PATIENCE_SECONDS = float(os.environ.get("GPUSPEC_TEST_PATIENCE", "240"))
APPLY_PATCH = "application/apply-patch+yaml"
MERGE_PATCH = "application/merge-patch+json"


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class Api:
    """Speaks JSON over TLS with one server; `base` is where its API begins."""

    def __init__(self, server, ca, token):
        parts = urllib.parse.urlsplit(server)
        self.host, self.port, self.base = parts.hostname, parts.port, parts.path.rstrip("/")
        self.token = token
        self.context = ssl.create_default_context(cafile=ca)
        self.plurals = {}

    def connect(self, timeout=PATIENCE_SECONDS):
        return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.context)

    def ask(self, method, path, body=None, content_type="application/json"):
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "Content-Type": content_type}
        connection = self.connect()
        try:
            connection.request(method, self.base + path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise Refused(answer.status, text)
        return json.loads(text) if text else None

    def collection(self, api_version, kind, namespace=None):
        """The path of a kind's objects, as discovery has it."""
        base = ("/api/" if "/" not in api_version else "/apis/") + api_version
        if (api_version, kind) not in self.plurals:
            for each in self.ask("GET", base)["resources"]:
                if "/" not in each["name"]:
                    self.plurals[api_version, each["kind"]] = each["name"]
        return base + (f"/namespaces/{namespace}" if namespace else "") + "/" + self.plurals[api_version, kind]

    def path(self, thing):
        """Of an object that is written as a manifest: only its type and name count."""
        metadata = thing["metadata"]
        return self.collection(thing["apiVersion"], thing["kind"], metadata.get("namespace")) + "/" + metadata["name"]

    def get(self, thing):
        """The object as it is, or None."""
        try:
            return self.ask("GET", self.path(thing))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def create(self, thing, manager="kubectl-create"):
        collection = self.path(thing).rsplit("/", 1)[0]
        return self.ask("POST", f"{collection}?fieldManager={manager}", thing)

    def apply(self, thing, manager, force=False):
        query = f"?fieldManager={manager}" + ("&force=true" if force else "")
        return self.ask("PATCH", self.path(thing) + query, thing, APPLY_PATCH)

    def merge(self, thing, patch, manager="somebody", subresource=""):
        return self.ask("PATCH", f"{self.path(thing)}{subresource}?fieldManager={manager}", patch, MERGE_PATCH)

    def delete(self, thing):
        try:
            self.ask("DELETE", self.path(thing) + "?propagationPolicy=Background")
        except Refused as refused:
            if refused.status != 404:
                raise

    def list(self, api_version, kind, namespace=None, selector=""):
        query = "?labelSelector=" + urllib.parse.quote(selector) if selector else ""
        return self.ask("GET", self.collection(api_version, kind, namespace) + query)["items"]

    def until(self, thing, done):
        """Follows one object until done(object or None) holds, and returns it."""
        path, end = self.path(thing), time.monotonic() + PATIENCE_SECONDS
        collection, name = path.rsplit("/", 1)
        field = urllib.parse.quote(f"metadata.name={name}")
        while True:
            listed = self.ask("GET", f"{collection}?fieldSelector={field}")
            found = listed["items"][0] if listed["items"] else None
            if done(found):
                return found
            if time.monotonic() > end:
                raise AssertionError(f"{path} did not become what was waited for: {json.dumps(found)}")
            query = f"?fieldSelector={field}&watch=1&timeoutSeconds=5&resourceVersion={listed['metadata']['resourceVersion']}"
            self.one_event(collection + query)

    def one_event(self, path):
        connection = self.connect()
        try:
            connection.request("GET", self.base + path, headers={"Authorization": f"Bearer {self.token}"})
            connection.getresponse().readline()
        finally:
            connection.close()


class Target:
    """A cluster that gpuspec reaches by `kubeconfig` and `context`, and the test by `api`."""

    def __init__(self, name, kubeconfig, api):
        self.name, self.kubeconfig, self.api = name, kubeconfig, api
        with open(kubeconfig, encoding="utf-8") as file:
            self.config = json.load(file)
        self.context = self.config["current-context"]

    def through(self, server, ca_data, path, token=None):
        """Writes a kubeconfig that reaches this target at another address, perhaps as another user."""
        config = copy.deepcopy(self.config)
        used = next(each["context"] for each in config["contexts"] if each["name"] == self.context)
        for cluster in config["clusters"]:
            if cluster["name"] == used["cluster"]:
                cluster["cluster"] = {"server": server + self.api.base, "certificate-authority-data": ca_data}
        if token:
            for user in config["users"]:
                if user["name"] == used["user"]:
                    user["user"] = {"token": token}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(config, file)
        os.chmod(path, 0o600)


class Sandbox:
    """The embedded server in a folder of its own; its certificate also serves what the tests put in front of a server."""

    def __init__(self, gpuspec, folder):
        self.gpuspec, self.folder = gpuspec, pathlib.Path(folder)
        self.call("start", "--operation-ms", "50")
        access = json.loads((self.folder / "access.json").read_text())
        self.ca = self.folder / "tls" / "ca.pem"
        kubeconfig = self.folder / "kubeconfig"
        config = json.loads(kubeconfig.read_text())
        server = next(each["cluster"]["server"] for each in config["clusters"] if each["name"] == "sandbox")
        self.target = Target("sandbox", str(kubeconfig), Api(server, str(self.ca), access["token"]))

    def call(self, *words):
        subprocess.run([self.gpuspec, "sandbox", *words, "--dir", str(self.folder)], check=True, capture_output=True, text=True)

    def stop(self):
        self.call("stop")


def real():
    """The real control plane in $GPUSPEC_REAL_DIR; ends the test as skipped, with the reason, where there is none."""
    folder = pathlib.Path(os.environ.get("GPUSPEC_REAL_DIR", "/nonexistent"))
    if not (folder / "info.json").exists():
        noted = folder / "skipped"
        reason = re.search(r"skipped: .*", noted.read_text()) if noted.is_file() else None
        print(reason.group() if reason else "skipped: needs a control plane in GPUSPEC_REAL_DIR")
        raise SystemExit(SKIPPED)
    info = json.loads((folder / "info.json").read_text())
    api = Api(info["server"], info["ca"], pathlib.Path(info["token"]).read_text().strip())
    return Target("real", str(folder / "kubeconfig"), api)
