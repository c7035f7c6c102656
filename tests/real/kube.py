"""A small Kubernetes client for tests, and where the real control plane is."""

import json
import os
import pathlib
import ssl
import sys
import time
import urllib.error
import urllib.request

SKIPPED = 77
# Nothing takes this long; it ends what would hang.
PATIENCE_SECONDS = float(os.environ.get("GPUSPEC_TEST_PATIENCE", "240"))


def real_folder():
    """The folder of the running control plane; ends the test as skipped, with the reason, where there is none."""
    folder = pathlib.Path(os.environ.get("GPUSPEC_REAL_DIR", ""))
    if "GPUSPEC_REAL_DIR" in os.environ and (folder / "info.json").exists():
        return folder
    noted = folder / "skipped"
    text = noted.read_text().strip() if noted.is_file() else ""
    reason = text[text.find("skipped: "):] if "skipped: " in text else "skipped: needs a control plane in GPUSPEC_REAL_DIR"
    print(reason)
    sys.exit(SKIPPED)


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status = status


class Kube:
    def __init__(self, server, ca, token):
        context = ssl.create_default_context(cafile=ca) if os.path.exists(ca) else ssl.create_default_context(cadata=ca)
        handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)]
        self.opener, self.server, self.token = urllib.request.build_opener(*handlers), server, token
        self.kinds = {}

    def send(self, method, path, data=None, content_type="application/json", timeout=60):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type, "Accept": "application/json"}
        request = urllib.request.Request(self.server + path, data=data, headers=headers, method=method)
        try:
            return self.opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode(errors="replace")) from None

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with self.send(method, path, data) as response:
            return json.load(response)

    def get(self, path):
        return self.ask("GET", path)

    def create(self, path, body):
        return self.ask("POST", path, body)

    def delete(self, path):
        try:
            return self.ask("DELETE", path)
        except Refused as refused:
            if refused.status != 404:
                raise
            return None

    def items(self, path):
        return self.get(path)["items"]

    def until(self, path, done, what):
        """Follows the collection at `path` until done([object]) holds; returns that list. Fails with what(objects)."""
        end = time.monotonic() + PATIENCE_SECONDS
        objects = {}
        while True:
            listed = self.get(path)
            objects = {item["metadata"]["uid"]: item for item in listed["items"]}
            if done(list(objects.values())):
                return list(objects.values())
            if time.monotonic() > end:
                raise AssertionError(what(list(objects.values())))
            joint = "&" if "?" in path else "?"
            query = f"{joint}watch=1&timeoutSeconds=10&resourceVersion={listed['metadata']['resourceVersion']}"
            with self.send("GET", path + query) as stream:
                for line in stream:
                    event = json.loads(line)
                    if event["type"] in ("ERROR", "BOOKMARK"):
                        break
                    item = event["object"]
                    objects.pop(item["metadata"]["uid"], None)
                    if event["type"] != "DELETED":
                        objects[item["metadata"]["uid"]] = item
                    if done(list(objects.values())):
                        return list(objects.values())

    def resources(self):
        """(path of the collection over all namespaces, resource) of everything that can be listed and deleted."""
        groups = [("/api/v1", self.get("/api/v1"))]
        for group in self.get("/apis")["groups"]:
            version = "/apis/" + group["preferredVersion"]["groupVersion"]
            groups.append((version, self.get(version)))
        for base, group in groups:
            for resource in group["resources"]:
                if "/" not in resource["name"] and {"list", "delete"} <= set(resource["verbs"]):
                    yield f"{base}/{resource['name']}", resource


def path_of(collection, resource, item):
    """Where the object stands, given the collection over all namespaces."""
    base, name = collection.rsplit("/", 1)
    space = f"/namespaces/{item['metadata']['namespace']}" if resource["namespaced"] else ""
    return f"{base}{space}/{name}/{item['metadata']['name']}"


def eventually(answer):
    """Asks until the answer is a true one; for what no watch tells."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not answer():
        if time.monotonic() > end:
            raise AssertionError("it does not come true")
        time.sleep(0.1)


def real():
    folder = real_folder()
    info = json.loads((folder / "info.json").read_text())
    return Kube(info["server"], info["ca"], pathlib.Path(info["token"]).read_text())


def condition(item, kind):
    """"True", "False", "Unknown", or None where the object has no such condition."""
    for each in item.get("status", {}).get("conditions") or []:
        if each["type"] == kind:
            return each["status"]
    return None


def takes_pods(node):
    """Ready, and the taint of nodes that are not yet is off."""
    taints = {taint["key"] for taint in node["spec"].get("taints") or []}
    return condition(node, "Ready") == "True" and "node.kubernetes.io/not-ready" not in taints
