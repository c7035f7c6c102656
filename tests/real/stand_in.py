"""The sandbox beside the real control plane: it plays Azure, and says what the nodes of a pool look like."""

import base64
import json
import os
import pathlib
import subprocess
import urllib.parse
import urllib.request
import ssl

from kube import Kube

API_VERSION = "2026-05-01"


class Sandbox:
    def __init__(self, gpuspec, folder):
        self.gpuspec, self.folder = gpuspec, pathlib.Path(folder)
        self.must("sandbox", "start", "--operation-ms", "20", "--dir", self.folder)

    def close(self):
        self.must("sandbox", "stop", "--dir", self.folder)

    def reset(self):
        self.must("sandbox", "reset", "--dir", self.folder)

    def run(self, *words):
        """gpuspec with Azure being this sandbox."""
        environment = {**os.environ, **self.variables()} if (self.folder / "access.json").exists() else None
        return subprocess.run([self.gpuspec, *map(str, words)], capture_output=True, text=True, timeout=900,
                              stdin=subprocess.DEVNULL, env=environment)

    def must(self, *words, code=0):
        result = self.run(*words)
        if result.returncode != code:
            raise AssertionError(f"gpuspec {' '.join(map(str, words))}: exit {result.returncode}, not {code}\n"
                                 f"{result.stdout[-6000:]}{result.stderr[-6000:]}")
        return result

    def access(self):
        return json.loads((self.folder / "access.json").read_text())

    def variables(self):
        access = self.access()
        url = f"https://127.0.0.1:{access['port']}"
        names = {"AZURE_TENANT_ID": "tenant_id", "AZURE_SUBSCRIPTION_ID": "subscription_id", "AZURE_CLIENT_ID": "client_id",
                 "AZURE_CLIENT_SECRET": "client_secret", "SSL_CERT_FILE": "ca_file"}
        return {"GPUSPEC_ARM_ENDPOINT": url, "AZURE_AUTHORITY_HOST": url, **{name: access[key] for name, key in names.items()}}

    def cluster(self, context):
        """Its Kubernetes API of that context of the kubeconfig."""
        config = json.loads((self.folder / "kubeconfig").read_text())
        cluster = next(each["cluster"] for each in config["clusters"] if each["name"].lower() == context.lower())
        ca = base64.b64decode(cluster["certificate-authority-data"]).decode()
        return Kube(cluster["server"], ca, config["users"][0]["user"]["token"])

    def arm(self, method, resource_id, body=None):
        access = self.access()
        url = f"https://127.0.0.1:{access['port']}"
        context = ssl.create_default_context(cafile=access["ca_file"])
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        form = {"grant_type": "client_credentials", "client_id": access["client_id"],
                "client_secret": access["client_secret"], "scope": url + "/.default"}
        with opener.open(f"{url}/{access['tenant_id']}/oauth2/v2.0/token", urllib.parse.urlencode(form).encode()) as answer:
            token = json.load(answer)["access_token"]
        request = urllib.request.Request(f"{url}{resource_id}?api-version={API_VERSION}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        with opener.open(request) as answer:
            return json.load(answer)

    def wake(self, cluster_id):
        """Brings up one node of each pool that has none at rest, as the autoscaler would."""
        for pool in self.arm("GET", cluster_id + "/agentPools")["value"]:
            if pool["properties"].get("count", 0) == 0:
                properties = {key: pool["properties"][key] for key in pool["properties"] if key not in READ_ONLY}
                self.arm("PUT", f"{cluster_id}/agentPools/{pool['name']}", {"properties": {**properties, "count": 1}})

    def nodes(self, context, cluster, pools):
        """One Node object for each of these pools, by the pool's name."""
        def by_pool(nodes):
            return {pool_of(node, cluster): node for node in nodes if node["status"].get("allocatable")}

        found = self.cluster(context).until("/api/v1/nodes", lambda nodes: set(pools) <= set(by_pool(nodes)),
                                            lambda nodes: f"nodes of {sorted(by_pool(nodes))}, not of {sorted(pools)}")
        return by_pool(found)


def pool_of(node, cluster):
    """AKS says it in a label; what `sandbox seed` makes is named <cluster>-<pool>-<number>."""
    label = node["metadata"]["labels"].get("kubernetes.azure.com/agentpool")
    return label or node["metadata"]["name"].removeprefix(cluster + "-").rsplit("-", 1)[0]


# What an agent pool answers with and does not take.
READ_ONLY = {"provisioningState", "powerState", "currentOrchestratorVersion", "nodeImageVersion", "eTag"}
