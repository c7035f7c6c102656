"""What Azure refuses is refused, with its status, its code and its shape of error."""

import json
import ssl
import urllib.error
import urllib.request

from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.resource.resources import ResourceManagementClient
from sandbox_case import SCOPE, SandboxCase, main


class Refusals(SandboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_cluster()

    def put_cluster(self, name="new", **properties):
        return self.clusters.begin_create_or_update("rg", name, self.cluster_body(**properties))

    def put_pool(self, name="new", **properties):
        return self.pools.begin_create_or_update("rg", "shared", name, self.pool_body(**properties))

    def raw(self, method, path, body=None, version="2026-05-01"):
        """(status, body) of a request that no client would send."""
        url = f"{self.endpoint}/subscriptions/{self.subscription}{path}" + (f"?api-version={version}" if version else "")
        headers = {"Authorization": "Bearer " + self.credential.get_token(SCOPE).token, "Content-Type": "application/json"}
        request = urllib.request.Request(url, method=method, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.environment["SSL_CERT_FILE"])) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as answer:
            return answer.code, json.load(answer)

    def test_unknown_properties(self):
        with self.refused(400, "UnmarshalError", 'unknown field "colour"'):
            self.put_cluster(colour="red")
        with self.refused(400, "UnmarshalError", 'unknown field "networkPlugins"', "properties.networkProfile"):
            self.put_cluster(networkProfile={"networkPlugins": "azure"})
        with self.refused(400, "UnmarshalError", 'unknown field "vmsize"'):
            self.put_pool(vmsize="Standard_D4s_v5")
        with self.refused(400, "UnmarshalError", 'unknown field "extra"'):
            self.clusters.begin_create_or_update("rg", "new", {**self.cluster_body(), "extra": 1})
        with self.refused(404, "ResourceNotFound"):
            self.clusters.get("rg", "new")

    def test_wrong_types(self):
        for properties, words in (({"count": "two"}, ("string", "properties.count", "int32")),
                                  ({"count": 1.5}, ("number", "properties.count")),
                                  ({"count": True}, ("bool", "properties.count")),
                                  ({"nodeLabels": ["a"]}, ("array", "properties.nodeLabels")),
                                  ({"nodeLabels": {"a": 1}}, ("number", "properties.nodeLabels.a")),
                                  ({"nodeTaints": "a=b:NoSchedule"}, ("string", "properties.nodeTaints")),
                                  ({"enableFIPS": "yes"}, ("string", "properties.enableFIPS", "bool")),
                                  ({"upgradeSettings": "1"}, ("string", "properties.upgradeSettings"))):
            with self.refused(400, "UnmarshalError", "cannot unmarshal", *words):
                self.put_pool(**properties)

    def test_wrong_words_and_numbers(self):
        for properties, target in (({"mode": "Boss"}, "mode"), ({"osType": "BeOS"}, "osType"),
                                   ({"scaleSetPriority": "Cheap"}, "scaleSetPriority"),
                                   ({"osDiskSizeGB": 4096}, "osDiskSizeGB"), ({"count": 1001}, "count"),
                                   ({"maxPods": 5}, "maxPods"), ({"minCount": 1}, "minCount"),
                                   ({"enableAutoScaling": True, "minCount": 5, "maxCount": 2}, "minCount"),
                                   ({"nodeTaints": ["a=b"]}, "nodeTaints"), ({"nodeTaints": ["a=b:Maybe"]}, "nodeTaints"),
                                   ({"nodeLabels": {"kubernetes.azure.com/x": "y"}}, "nodeLabels"),
                                   ({"nodeLabels": {"a b": "y"}}, "nodeLabels"), ({"gpuInstanceProfile": "MIG9g"}, "gpuInstanceProfile"),
                                   ({"gpuInstanceProfile": "MIG1g"}, "gpuInstanceProfile"), ({"spotMaxPrice": 1.0}, "spotMaxPrice")):
            with self.refused(400, "InvalidParameter") as caught:
                self.put_pool(**properties)
            self.assertIn(target, caught.exception.error.target, properties)

    def test_what_is_missing(self):
        with self.refused(400, "InvalidParameter", "location"):
            self.clusters.begin_create_or_update("rg", "new", {"properties": self.cluster_body()["properties"]})
        with self.refused(400, "InvalidParameter", "dnsPrefix"):
            self.put_cluster(dnsPrefix=None)
        with self.refused(400, "InvalidParameter", "agentPoolProfiles"):
            self.put_cluster(agentPoolProfiles=[])
        with self.refused(400, "InvalidParameter", "vmSize"):
            self.put_pool(vmSize=None)
        with self.refused(400, "InvalidParameter", "mode"):
            self.put_pool(mode=None)

    def test_places(self):
        with self.refused(400, "LocationNotAvailableForResourceType", "themoon!"):
            self.clusters.begin_create_or_update("rg", "new", {**self.cluster_body(), "location": "the moon!"})

    def test_names(self):
        for name in ("Upper", "has-dash", "1digit", "thirteenchars"):
            with self.refused(400, "InvalidParameter", name):
                self.pools.begin_create_or_update("rg", "shared", name, self.pool_body())
        for name in ("-begins", "ends_", "n" * 64, "dot.ted"):
            status, body = self.raw("PUT", f"/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/{name}",
                                    json.dumps(self.cluster_body()).encode())
            self.assertEqual((status, body["error"]["code"], body["error"]["target"]), (400, "InvalidParameter", "name"), name)

    def test_versions_of_the_api(self):
        for version, code in (("2019-01-01", "NoRegisteredProviderFound"), ("2031-01-01", "NoRegisteredProviderFound"),
                              ("latest", "InvalidApiVersionParameter"), ("2026-13-01", "InvalidApiVersionParameter")):
            with self.refused(400, code, version):
                self.client(ContainerServiceClient, api_version=version).managed_clusters.get("rg", "shared")
        with self.refused(400, "InvalidApiVersionParameter", "v1"):
            self.client(ResourceManagementClient, api_version="v1").resource_groups.get("rg")
        status, body = self.raw("GET", "/resourceGroups/rg", version=None)
        self.assertEqual((status, body["error"]["code"]), (400, "MissingApiVersionParameter"))

    def test_versions_of_kubernetes(self):
        with self.refused(400, "K8sVersionNotSupported", "1.12"):
            self.put_cluster(kubernetesVersion="1.12")
        with self.refused(400, "NodePoolMcVersionIncompatible", "1.36"):
            self.put_pool(orchestratorVersion="1.36")
        body = self.clusters.get("rg", "shared")
        body.properties.kubernetes_version = "1.34"
        with self.refused(400, "OperationNotAllowed", "1.35", "1.34"):
            self.clusters.begin_create_or_update("rg", "shared", body)

    def test_a_body_that_is_none(self):
        path = "/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/new"
        for body in (b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"location": "eastus",}'):
            status, answer = self.raw("PUT", path, body)
            self.assertEqual((status, answer["error"]["code"]), (400, "InvalidRequestContent"), body)

    def test_paths_and_methods_that_are_not_there(self):
        cluster = "/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/shared"
        for method, path, status, code in (("GET", "/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts", 404, "InvalidResourceType"),
                                           ("POST", cluster, 405, "MethodNotAllowed"), ("DELETE", "/resourceGroups", 405, "MethodNotAllowed"),
                                           ("PATCH", cluster + "/agentPools/system", 405, "MethodNotAllowed"),
                                           ("POST", cluster + "/stop", 404, "InvalidResourceType")):
            answer = self.raw(method, path, b"{}" if method != "GET" else None)
            self.assertEqual((answer[0], answer[1]["error"]["code"]), (status, code), (method, path))

    def test_another_subscription_is_not_there(self):
        url = f"{self.endpoint}/subscriptions/00000000-1111-4222-8333-444444444444/resourcegroups?api-version=2025-04-01"
        request = urllib.request.Request(url, headers={"Authorization": "Bearer " + self.credential.get_token(SCOPE).token})
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.environment["SSL_CERT_FILE"]))
        self.assertEqual((caught.exception.code, json.load(caught.exception)["error"]["code"]), (404, "SubscriptionNotFound"))

    def test_what_only_the_service_writes_is_let_pass(self):
        """Clients send back what they read."""
        read = self.clusters.get("rg", "shared")
        self.assertEqual(self.clusters.begin_create_or_update("rg", "shared", read).result().properties.provisioning_state, "Succeeded")
        pool = self.pools.get("rg", "shared", "system")
        self.assertEqual(self.pools.begin_create_or_update("rg", "shared", "system", pool).result().properties.count, 1)

    def test_only_tags_can_be_patched(self):
        with self.refused(400, "InvalidParameter", "tags"):
            self.clusters.begin_update_tags("rg", "shared", {"properties": {}})


if __name__ == "__main__":
    main()
