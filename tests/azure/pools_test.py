"""Agent pools through azure-mgmt-containerservice."""

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.mgmt.containerservice import ContainerServiceClient
from sandbox_case import SandboxCase, main


def statuses(seen):
    return lambda response: seen.append(response.http_response.status_code)


class Pools(SandboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_cluster()

    def make(self, name, **properties):
        return self.pools.begin_create_or_update("rg", "shared", name, self.pool_body(**properties)).result()

    def change(self, name, **properties):
        """As every client changes a pool: GET, change, PUT."""
        pool = self.pools.get("rg", "shared", name)
        for key, value in properties.items():
            pool.properties[key] = value
        return self.pools.begin_create_or_update("rg", "shared", name, pool).result()

    def test_a_pool_comes_up_changes_and_goes(self):
        made = self.make("gpu", nodeLabels={"purpose": "training"}, nodeTaints=["sku=gpu:NoSchedule"])
        self.assertEqual((made.name, made.properties.provisioning_state, made.properties.count), ("gpu", "Succeeded", 1))
        self.assertEqual(made.type, "Microsoft.ContainerService/managedClusters/agentPools")
        changed = self.change("gpu", count=2)
        self.assertEqual((changed.properties.count, changed.properties.node_labels), (2, {"purpose": "training"}))
        changed = self.change("gpu", nodeLabels={"purpose": "inference"}, nodeTaints=["sku=gpu:NoExecute"])
        self.assertEqual(changed.properties.node_labels, {"purpose": "inference"})
        self.assertEqual(changed.properties.node_taints, ["sku=gpu:NoExecute"])
        changed = self.change("gpu", enableAutoScaling=True, minCount=1, maxCount=3)
        self.assertEqual((changed.properties.min_count, changed.properties.max_count), (1, 3))
        self.assertEqual(self.pools.get("rg", "shared", "gpu").properties.as_dict(), changed.properties.as_dict())
        seen = []
        poller = self.pools.begin_delete("rg", "shared", "gpu", raw_response_hook=statuses(seen))
        poller.result()
        self.assertEqual((seen[0], poller.status()), (202, "Succeeded"))
        seen.clear()
        self.pools.begin_delete("rg", "shared", "gpu", raw_response_hook=statuses(seen)).result()
        self.assertEqual(seen[0], 204)
        with self.refused(404, "NotFound", "gpu"):
            self.pools.get("rg", "shared", "gpu")

    def test_lists_have_pages(self):
        names = [f"p{number:02}" for number in range(60)]
        system = self.cluster_body()["properties"]["agentPoolProfiles"][0]
        profiles = [system] + [{"name": name, "mode": "User", "vmSize": "Standard_D2s_v5", "count": 0} for name in names]
        self.clusters.begin_create_or_update("rg", "wide", self.cluster_body(agentPoolProfiles=profiles)).result()
        pages = [[pool.name for pool in page] for page in self.pools.list("rg", "wide").by_page()]
        self.assertGreater(len(pages), 1)
        self.assertEqual([name for page in pages for name in page], sorted(names + ["system"]))

    def test_what_cannot_change_is_refused_by_name(self):
        self.make("fixed", gpuInstanceProfile=None, maxPods=50, osDiskSizeGB=128)
        for key, value in (("vmSize", "Standard_NC8as_T4_v3"), ("maxPods", 60), ("osDiskSizeGB", 256),
                           ("osDiskType", "Ephemeral"), ("availabilityZones", ["1"]), ("enableUltraSSD", True)):
            with self.refused(400, "PropertyChangeNotAllowed", f"properties.{key}") as caught:
                self.change("fixed", **{key: value})
            self.assertEqual(caught.exception.error.target, f"properties.{key}")
        self.assertEqual(self.change("fixed", vmSize="standard_nc4as_t4_V3").properties.max_pods, 50)

    def test_the_last_system_pool_stays(self):
        with self.refused(400, "BadRequest", "System"):
            self.pools.begin_delete("rg", "shared", "system")

    def test_etags_guard(self):
        self.make("guarded")
        pool = self.pools.get("rg", "shared", "guarded")
        old = pool.properties.e_tag
        self.assertTrue(old)
        only_if = {"etag": old, "match_condition": MatchConditions.IfNotModified}
        self.pools.begin_create_or_update("rg", "shared", "guarded", self.pool_body(count=2), **only_if).result()
        for refused in (lambda: self.pools.begin_create_or_update("rg", "shared", "guarded", self.pool_body(count=3), **only_if),
                        lambda: self.pools.begin_delete("rg", "shared", "guarded", **only_if)):
            with self.assertRaises(ResourceModifiedError):
                refused()
        self.assertEqual(self.pools.get("rg", "shared", "guarded").properties.count, 2)

    def test_a_pool_needs_its_cluster(self):
        with self.refused(404, "ParentResourceNotFound", "nowhere"):
            self.pools.begin_create_or_update("rg", "nowhere", "gpu", self.pool_body())
        with self.refused(404, "ResourceNotFound", "nowhere"):
            list(self.pools.list("rg", "nowhere"))

    def test_a_preview_property_needs_its_version(self):
        profile = {"driver": "Install", "nvidia": {"managementMode": "Managed", "migStrategy": "Single"}}
        body = self.pool_body(vmSize="Standard_NC24ads_A100_v4", gpuInstanceProfile="MIG1g", gpuProfile=profile)
        preview, older = (self.client(ContainerServiceClient, api_version=version).agent_pools
                          for version in ("2026-05-02-preview", "2026-05-01"))
        with self.refused(400, "UnmarshalError", "migStrategy"):
            self.pools.begin_create_or_update("rg", "shared", "managed", body)
        made = preview.begin_create_or_update("rg", "shared", "managed", body).result()
        self.assertEqual(made.properties.gpu_instance_profile, "MIG1g")
        stable = self.pools.get("rg", "shared", "managed")
        self.assertNotIn("migStrategy", stable.properties["gpuProfile"]["nvidia"])
        self.pools.begin_create_or_update("rg", "shared", "managed", stable).result()
        self.assertEqual(preview.get("rg", "shared", "managed").properties["gpuProfile"]["nvidia"]["migStrategy"], "Single")
        del profile["nvidia"]["migStrategy"]
        self.pools.begin_create_or_update("rg", "shared", "stable", body).result()
        with self.refused(400, "UnmarshalError", "nvidia"):
            older.begin_create_or_update("rg", "shared", "older", body)


class BusyCluster(SandboxCase):
    operation_ms = 3_600_000  # until somebody deletes it

    def test_a_second_change_is_refused_while_one_runs(self):
        self.make_group()
        self.clusters.begin_create_or_update("rg", "busy", self.cluster_body(), polling=False)
        self.assertEqual(self.clusters.get("rg", "busy").properties.provisioning_state, "Creating")
        with self.refused(409, "OperationNotAllowed", "in progress", "Creating"):
            self.pools.begin_create_or_update("rg", "busy", "gpu", self.pool_body())
        with self.refused(409, "OperationNotAllowed"):
            self.clusters.begin_create_or_update("rg", "busy", self.cluster_body())
        with self.refused(409, "OperationNotAllowed"):
            self.pools.begin_delete("rg", "busy", "system")
        with self.refused(404, "ControlPlaneNotFound"):
            self.clusters.list_cluster_user_credentials("rg", "busy")


class Quota(SandboxCase):
    more = ("--vcpu-limit", "NCas_T4_v3=8")

    def test_more_than_the_quota_is_refused(self):
        self.make_cluster()
        self.pools.begin_create_or_update("rg", "shared", "t4", self.pool_body()).result()
        with self.refused(400, "ErrCode_InsufficientVCPUQuota", "requested 8, remaining 4", "standardNCas_T4_v3Family", "eastus"):
            self.pools.begin_create_or_update("rg", "shared", "t4", self.pool_body(count=3))
        self.assertEqual(self.pools.get("rg", "shared", "t4").properties.provisioning_state, "Succeeded")
        grown = self.pools.begin_create_or_update("rg", "shared", "t4", self.pool_body(count=2)).result()
        self.assertEqual(grown.properties.count, 2)


if __name__ == "__main__":
    main()
