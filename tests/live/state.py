"""What a sandbox holds, as far as it is the same after every way to the same end."""

import http.client
import json
import os
import ssl
import urllib.parse

# Made by the server, or about the run and not about what it made.
SERVER_MADE = {"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink", "deletionTimestamp",
               "eTag", "observedGeneration", "lastTransitionTime", "lastUpdateTime", "lastHeartbeatTime", "lastProbeTime",
               "startTime", "completionTime", "firstTimestamp", "lastTimestamp", "lastScheduleTime",
               "principalId", "fqdn", "azurePortalFQDN", "resourceUID", "issuerURL", "clusterIP", "clusterIPs",
               "controller-uid", "batch.kubernetes.io/controller-uid"}
# Leases and events come and go by themselves; nodes are AKS's own.
PASSING = {"events", "leases", "nodes", "pods", "endpoints", "endpointslices", "controllerrevisions", "csinodes"}


def clean(value):
    if isinstance(value, dict):
        return {key: clean(one) for key, one in sorted(value.items()) if key not in SERVER_MADE}
    if isinstance(value, list):
        return [clean(one) for one in value]
    return value


class Sandbox:
    """The APIs of the sandbox in a folder, asked with what stands in its access.json."""

    def __init__(self, folder):
        with open(os.path.join(folder, "access.json"), encoding="utf-8") as file:
            self.access = json.load(file)
        tls = ssl.create_default_context(cafile=os.path.join(folder, "tls", "ca.pem"))
        self.connection = http.client.HTTPSConnection("127.0.0.1", self.access["port"], context=tls, timeout=60)
        self.arm_token = None

    def login(self):
        form = {"grant_type": "client_credentials", "client_id": self.access["client_id"],
                "client_secret": self.access["client_secret"], "scope": "https://management.azure.com/.default"}
        login = f"/{self.access['tenant_id']}/oauth2/v2.0/token"
        self.arm_token = self.ask("POST", login, urllib.parse.urlencode(form).encode(), "")["access_token"]

    def ask(self, method, path, body=None, token=None):
        """The answer as JSON; {} where there is nothing."""
        headers = {"Authorization": "Bearer " + token} if token else {}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status == 404:
            return {}
        if answer.status >= 300:
            raise AssertionError(f"{method} {path}: {answer.status} {text[:500]}")
        return json.loads(text)

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def control(self, what, body=None):
        """`GET` or, with a body, `POST` below /sandbox/."""
        text = None if body is None else json.dumps(body)
        return self.ask("GET" if body is None else "POST", "/sandbox/" + what, text, self.access["token"])

    def faults(self, *rules, seed=1):
        return self.control("faults", {"seed": seed, "rules": list(rules)})

    def arm(self, path):
        if not self.arm_token:
            self.login()
        mark = "&" if "?" in path else "?"
        return self.ask("GET", path + mark + "api-version=2025-03-01", None, self.arm_token)

    def kube(self, path):
        return self.ask("GET", path, None, self.access["token"])

    def clusters(self):
        return sorted(cluster["name"] for cluster in self.control("status")["clusters"])

    def kinds(self, cluster):
        """(path, plural) of every kind that can be listed."""
        base = f"/clusters/{cluster}"
        groups = [(f"{base}/api/v1", "v1")]
        for group in self.kube(f"{base}/apis").get("groups", []):
            version = group["preferredVersion"]["groupVersion"]
            groups.append((f"{base}/apis/{version}", version))
        for path, _ in groups:
            for kind in self.kube(path).get("resources", []):
                if "list" in kind["verbs"] and "/" not in kind["name"] and kind["name"] not in PASSING:
                    yield f"{path}/{kind['name']}"

    def objects(self, cluster):
        found = {}
        for path in self.kinds(cluster):
            for item in self.kube(path).get("items", []):
                meta = item["metadata"]
                labels = meta.get("labels", {})
                if labels.get("gpuspec.dev/record") == "journal" or meta["name"].endswith("-journal"):
                    continue  # about the run
                found[f"{path} {meta.get('namespace', '')}/{meta['name']}"] = clean(
                    {key: value for key, value in item.items() if key != "status"})  # controllers' own, and on the move
        return found

    def resources(self):
        subscription = f"/subscriptions/{self.access['subscription_id']}"
        found = {}
        for group in self.arm(f"{subscription}/resourcegroups").get("value", []):
            found[group["id"]] = clean(group)
        clusters = self.arm(f"{subscription}/providers/Microsoft.ContainerService/managedClusters").get("value", [])
        for cluster in clusters:
            found[cluster["id"]] = clean(cluster)
            for pool in self.arm(cluster["id"] + "/agentPools").get("value", []):
                found[pool["id"]] = clean(pool)
        return found

    def locks(self):
        """Leases and claims of runs, which end with them."""
        found = [f"{name} {lease['metadata']['name']}" for name in self.clusters()
                 for lease in self.kube(f"/clusters/{name}/apis/coordination.k8s.io/v1/leases").get("items", [])
                 if lease["metadata"].get("labels", {}).get("gpuspec.dev/record") == "lock"]
        for group in self.resources():
            if group.count("/") == 4:
                deployments = self.arm(group + "/providers/Microsoft.Resources/deployments").get("value", [])
                found += [one["name"] for one in deployments if one["name"].endswith(".lock")]
        return found

    def state(self):
        return {"azure": self.resources(), **{name: self.objects(name) for name in self.clusters()}}


def differences(a, b, path=""):
    """Where two states differ, as lines."""
    if isinstance(a, dict) and isinstance(b, dict):
        lines = []
        for key in sorted(set(a) | set(b)):
            if key not in a or key not in b:
                lines.append(f"{path}/{key}: only in the {'second' if key not in a else 'first'}")
            else:
                lines += differences(a[key], b[key], f"{path}/{key}")
        return lines
    return [] if a == b else [f"{path}: {json.dumps(a)[:200]} and {json.dumps(b)[:200]}"]
