"""Managed clusters through azure-mgmt-containerservice."""

import base64
import json
import ssl
import tempfile
import time
import urllib.request

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from sandbox_case import SandboxCase, main


class Clusters(SandboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_group()

    def test_a_cluster_comes_up_and_goes(self):
        poller = self.clusters.begin_create_or_update("rg", "one", self.cluster_body())
        self.assertEqual(self.clusters.get("rg", "one").properties.provisioning_state, "Creating")
        made = poller.result()
        self.assertEqual(poller.status(), "Succeeded")
        self.assertEqual((made.name, made.location, made.properties.provisioning_state), ("one", "eastus", "Succeeded"))
        self.assertEqual(made.properties.power_state.code, "Running")
        self.assertTrue(made.properties.current_kubernetes_version.startswith("1.35."))
        self.assertEqual([pool.name for pool in made.properties.agent_pool_profiles], ["system"])
        self.assertEqual(made.tags, {"team": "platform"})
        self.clusters.begin_delete("rg", "one").result()
        with self.refused(404, "ResourceNotFound", "one", "rg"):
            self.clusters.get("rg", "one")
        self.clusters.begin_delete("rg", "one").result()

    def test_lists_have_pages(self):
        names = [f"many{number:02}" for number in range(55)]
        pollers = [self.clusters.begin_create_or_update("rg", name, self.cluster_body()) for name in names]
        for poller in pollers:
            poller.result()
        pages = [[cluster.name for cluster in page] for page in self.clusters.list_by_resource_group("rg").by_page()]
        self.assertGreater(len(pages), 1)
        listed = [name for page in pages for name in page if name.startswith("many")]
        self.assertEqual(sorted(listed), names)
        everywhere = [cluster.id for cluster in self.clusters.list()]
        self.assertEqual(len(everywhere), len(set(everywhere)))
        self.assertTrue({cluster.rsplit("/", 1)[1] for cluster in everywhere} >= set(names))
        for poller in [self.clusters.begin_delete("rg", name) for name in names]:
            poller.result()
        self.assertFalse([cluster.name for cluster in self.clusters.list() if cluster.name in names])

    def test_tags_change_alone(self):
        self.make_cluster("tagged")
        before = self.clusters.get("rg", "tagged")
        changed = self.clusters.begin_update_tags("rg", "tagged", {"tags": {"team": "research", "a": "b"}}).result()
        self.assertEqual(changed.tags, {"team": "research", "a": "b"})
        after = self.clusters.get("rg", "tagged")
        self.assertEqual(after.properties.as_dict(), before.properties.as_dict())
        self.assertNotEqual(after.e_tag, before.e_tag)

    def test_an_update_keeps_what_it_leaves_out(self):
        self.make_cluster("kept")
        body = self.clusters.get("rg", "kept")
        body.properties.auto_scaler_profile = {"expander": "least-waste"}
        body.sku = {"name": "Base", "tier": "Standard"}
        changed = self.clusters.begin_create_or_update("rg", "kept", body).result()
        self.assertEqual(changed.sku.tier, "Standard")
        self.assertEqual(changed.properties.auto_scaler_profile.expander, "least-waste")
        self.assertEqual(changed.properties.agent_pool_profiles[0].count, 1)

    def test_the_kubeconfig_opens_its_api(self):
        self.make_cluster("opened")
        results = self.clusters.list_cluster_user_credentials("rg", "opened")
        text = bytes(results.kubeconfigs[0].value)
        config = json.loads(text)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        with tempfile.NamedTemporaryFile(dir=self.folder.name) as file:
            file.write(base64.b64decode(cluster["certificate-authority-data"]))
            file.flush()
            trusting = ssl.create_default_context(cafile=file.name)
        request = urllib.request.Request(cluster["server"] + "/version", headers={"Authorization": "Bearer " + user["token"]})
        with urllib.request.urlopen(request, context=trusting) as answer:
            self.assertEqual(json.load(answer)["major"], "1")
        self.assertIn("opened", config["current-context"])
        admin = self.clusters.list_cluster_admin_credentials("rg", "opened")
        self.assertEqual(admin.kubeconfigs[0].name, "clusterAdmin")

    def test_etags_guard(self):
        self.make_cluster("guarded")
        body = self.clusters.get("rg", "guarded")
        old = body.e_tag
        body.tags = {"a": "1"}
        self.clusters.begin_create_or_update("rg", "guarded", body, etag=old, match_condition=MatchConditions.IfNotModified).result()
        with self.assertRaises(ResourceModifiedError):
            self.clusters.begin_create_or_update("rg", "guarded", body, etag=old, match_condition=MatchConditions.IfNotModified)

    def test_a_group_takes_its_clusters_along(self):
        self.make_cluster("inside", "doomed")
        self.groups.begin_delete("doomed").result()
        self.assertFalse(self.groups.check_existence("doomed"))
        self.assertNotIn("inside", [cluster.name for cluster in self.clusters.list()])


class Killed(SandboxCase):
    operation_ms = 3_000

    def test_what_was_begun_is_carried_on_after_a_kill(self):
        self.make_group()
        self.clusters.begin_create_or_update("rg", "one", self.cluster_body(), polling=False)
        self.assertEqual(self.clusters.get("rg", "one").properties.provisioning_state, "Creating")
        before = self.clusters.get("rg", "one").e_tag
        self.kill()
        self.start()
        after = self.clusters.get("rg", "one")
        self.assertEqual((after.properties.provisioning_state, after.e_tag), ("Creating", before))
        while self.clusters.get("rg", "one").properties.provisioning_state == "Creating":
            time.sleep(0.05)
        self.assertEqual(self.clusters.get("rg", "one").properties.provisioning_state, "Succeeded")
        self.clusters.begin_delete("rg", "one", polling=False)
        self.kill()
        self.start()
        while "one" in [cluster.name for cluster in self.clusters.list()]:
            time.sleep(0.05)


if __name__ == "__main__":
    main()
