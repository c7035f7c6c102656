"""Requests that nobody should send: each is refused with an error of Azure's shape, none with a fault of the server, and it lives on."""

import copy
import http.client
import json
import random
import ssl
import urllib.parse

from sandbox_process import SandboxProcess, main

GROUP = "/resourceGroups/rg"
CLUSTER = GROUP + "/providers/Microsoft.ContainerService/managedClusters/shared"
DEPLOYMENT = GROUP + "/providers/Microsoft.Resources/deployments/d"
VERSION = "2026-05-01"
BODY = {"location": "eastus", "tags": {"a": "b"}, "identity": {"type": "SystemAssigned"}, "sku": {"name": "Base", "tier": "Free"},
        "properties": {"dnsPrefix": "p", "kubernetesVersion": "1.35",
                       "networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay", "networkDataplane": "cilium", "networkPolicy": "cilium"},
                       "windowsProfile": {"adminUsername": "a", "adminPassword": "b"}, "aadProfile": {"managed": True, "adminGroupObjectIDs": ["g"]},
                       "oidcIssuerProfile": {"enabled": True}, "autoScalerProfile": {"expander": "random"}, "disableLocalAccounts": False,
                       "agentPoolProfiles": [{"name": "system", "mode": "System", "vmSize": "Standard_D4s_v5", "count": 1,
                                              "availabilityZones": ["1"], "nodeLabels": {"a": "b"}, "nodeTaints": ["CriticalAddonsOnly=true:NoSchedule"],
                                              "upgradeSettings": {"maxSurge": "1"}, "linuxOSConfig": {"sysctls": {"vmSwappiness": 1}}}]}}
POOL = {"properties": {"mode": "User", "vmSize": "Standard_NC4as_T4_v3", "count": 1, "enableAutoScaling": True, "minCount": 0, "maxCount": 2,
                       "nodeTaints": ["a=b:NoSchedule"], "tags": {"a": "b"}, "scaleSetPriority": "Spot", "spotMaxPrice": -1, "gpuProfile": {"driver": "None"}, "maxPods": 30, "orchestratorVersion": "1.35",
                       "powerState": {"code": "Running"}, "kubeletConfig": {"cpuManagerPolicy": "static", "allowedUnsafeSysctls": ["net.*"]}}}
TEMPLATE = {"properties": {"mode": "Incremental", "parameters": {"p": {"value": 1}}, "template": {
    "$schema": "s", "contentVersion": "1.0.0.0", "parameters": {"p": {"type": "int"}}, "variables": {"v": "[concat('a', 'b')]"},
    "resources": [{"type": "Microsoft.ContainerService/managedClusters", "apiVersion": VERSION, "name": "[variables('v')]", "dependsOn": [], **BODY},
                  {"type": "Microsoft.ContainerService/managedClusters/agentPools", "apiVersion": VERSION, "name": "[format('{0}/gpu', variables('v'))]",
                   "dependsOn": ["[resourceId('Microsoft.ContainerService/managedClusters', variables('v'))]"], "condition": True, **POOL}],
    "outputs": {"o": {"type": "string", "value": "[variables('v')]"}}}}}
STRANGE = [None, True, False, 0, -1, 1.5, 1e308, 9223372036854775807, 99999999999999999999, "", "x", "[", "[[", "[]", "[concat('a'", "[a()]", "\u0000", "ß" * 300,
           [], {}, [None], [[]], {"": ""}, {"a": {"b": {"c": []}}}, [{"name": "system"}], "x" * 5000]


def places(tree, path=()):
    yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in items:
        yield from places(child, path + (key,))


def mutated(tree, randomly):
    made = copy.deepcopy(tree)
    for _ in range(randomly.choice((1, 1, 1, 2, 4))):
        path = randomly.choice([path for path in places(made) if path] or [()])
        if not path:
            return randomly.choice(STRANGE)
        node = made
        for key in path[:-1]:
            node = node[key]
        action = randomly.randrange(3)
        if action == 0:
            node[path[-1]] = copy.deepcopy(randomly.choice(STRANGE))
        elif action == 1 and isinstance(node, dict):
            node[randomly.choice(["", "extra", "id", "properties", "eTag", "a.b", "\u0000"])] = node.pop(path[-1])
        elif isinstance(node, dict):
            del node[path[-1]]
        else:
            node.append(copy.deepcopy(randomly.choice(STRANGE)))
    return made


class Hostile(SandboxProcess):
    operation_ms = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = urllib.parse.urlsplit(cls.environment["GPUSPEC_ARM_ENDPOINT"])
        cls.trusting = ssl.create_default_context(cafile=cls.environment["SSL_CERT_FILE"])
        cls.token = cls.sign_in()
        cls.base = f'/subscriptions/{cls.environment["AZURE_SUBSCRIPTION_ID"]}'
        cls.connection = http.client.HTTPSConnection(cls.url.hostname, cls.url.port, context=cls.trusting)
        cls.addClassCleanup(cls.connection.close)
        cls.arm("PUT", GROUP, {"location": "eastus"})

    def send(self, method, target, body=None, **headers):
        """(status, body) of a request whose target is sent as it is."""
        self.connection.request(method, target, body, {"Authorization": "Bearer " + self.token, "Content-Type": "application/json", **headers})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def check(self, status, text, what):
        self.assertLess(status, 500, (what, text[:500]))
        if status >= 400 and text:
            error = json.loads(text)["error"]
            self.assertTrue(error["code"] and error["message"], what)

    def test_bodies(self):
        randomly = random.Random(20261121)
        kinds = [("PUT", CLUSTER, BODY), ("PUT", CLUSTER + "/agentPools/gpu", POOL), ("PUT", DEPLOYMENT, TEMPLATE),
                 ("POST", DEPLOYMENT + "/validate", TEMPLATE), ("POST", DEPLOYMENT + "/whatIf", TEMPLATE),
                 ("PATCH", CLUSTER, {"tags": {"a": "b"}}), ("PUT", GROUP + "2", {"location": "eastus", "tags": {"a": "b"}})]
        refused = 0
        for number in range(700):
            method, path, body = kinds[number % len(kinds)]
            made = mutated(body, randomly)
            status, text = self.send(method, f"{self.base}{path}?api-version={VERSION}", json.dumps(made))
            self.check(status, text, (number, method, path, made))
            refused += status >= 400
        self.assertGreater(refused, 300)

    def test_paths(self):
        cluster = self.base + CLUSTER
        for target in ("/", "//", "/subscriptions", "/subscriptions//resourceGroups", cluster + "/", cluster + "//agentPools", cluster + "/%00", cluster + "/%ff",
                       cluster + "%2F..%2F..", cluster + "/agentPools/%2e%2e", self.base + "/resourceGroups/" + "g" * 5000, self.base + "/resourceGroups/%C3%9F",
                       cluster + "/agentPools/" + "/".join("x" * 200), self.base + "/resourceGroups/..", self.base + "/operations/none", "/x" * 2000,
                       self.base + "/providers/Microsoft.ContainerService/locations/eastus/operations/../../x"):
            for method in ("GET", "PUT", "DELETE", "POST", "HEAD"):
                status, text = self.send(method, f"{target}?api-version={VERSION}", "{}" if method in ("PUT", "POST") else None)
                self.check(status, text, (method, target))

    def test_queries(self):
        for query in ("api-version=" + "9" * 5000, "api-version=%00", "api-version=2026-05-01&api-version=x", "api-version", "=", "&&&",
                      f"api-version={VERSION}&$top=-1", f"api-version={VERSION}&$top=x", f"api-version={VERSION}&$top=99999999999999999999",
                      f"api-version={VERSION}&$skiptoken=x", f"api-version={VERSION}&$skiptoken=Li4v", f"api-version={VERSION}&$skiptoken=%ff",
                      f"api-version={VERSION}&$filter=%27", f"api-version={VERSION}&$filter=a%20eq", f"api-version={VERSION}&$filter=" + "%28" * 2000):
            for path in ("/resourcegroups", "/resources", "/providers/Microsoft.ContainerService/managedClusters"):
                status, text = self.send("GET", f"{self.base}{path}?{query}")
                self.check(status, text, (path, query))

    def test_deep_and_large_bodies(self):
        deep, wide = 100_000, 2_000
        for body in ("[" * deep, '{"properties":' * deep, "[" * deep + "]" * deep, '{"properties": ' + "[" * 1900 + "]" * 1900 + "}",
                     json.dumps({**BODY, "tags": {f"k{number}": "v" for number in range(wide)}}), '"' + "x" * 3_000_000 + '"',
                     json.dumps({**TEMPLATE, "x": 1}).replace("[concat('a', 'b')]", "[" + "concat(" * 20_000 + ")" * 20_000 + "]")):
            for method, path in (("PUT", CLUSTER), ("PUT", DEPLOYMENT), ("POST", DEPLOYMENT + "/validate")):
                status, text = self.send(method, f"{self.base}{path}?api-version={VERSION}", body)
                self.check(status, text, (method, path, body[:60]))
                if "tags" not in body:
                    self.assertGreaterEqual(status, 400)

    def test_tokens(self):
        for token in ("", "x", "a.b", "a.b.c", "." * 5000, "Ä", self.token[:-1], self.token + self.token, "\t", "ey" * 50_000):
            status, text = self.send("GET", f"{self.base}/resourcegroups?api-version={VERSION}", Authorization="Bearer " + token.encode().decode("latin-1"))
            self.assertIn(status, (400, 401, 431), token[:20])


if __name__ == "__main__":
    main()
