"""A sandbox of its own for each test class, and Azure's clients that see it as the shell lines of `sandbox env` say."""

import contextlib
import os
import time

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import RequestsTransport
from azure.identity import ClientSecretCredential
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.resource.deployments import DeploymentsMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient
from sandbox_process import ROOT, SandboxProcess, main

__all__ = ["ROOT", "SCOPE", "SandboxCase", "main"]
SCOPE = "https://management.azure.com/.default"


class QuickTransport(RequestsTransport):
    """Waits as told, but in hundredths of the time."""

    def sleep(self, duration):
        time.sleep(duration / 100)


class SandboxCase(SandboxProcess):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.environ.update(cls.environment)
        cls.endpoint = cls.environment["GPUSPEC_ARM_ENDPOINT"]
        cls.subscription = cls.environment["AZURE_SUBSCRIPTION_ID"]
        cls.credential = cls.credential_with()
        cls.containers = cls.client(ContainerServiceClient)
        cls.resources = cls.client(ResourceManagementClient)
        cls.deployments = cls.client(DeploymentsMgmtClient)
        cls.clusters, cls.pools, cls.groups = cls.containers.managed_clusters, cls.containers.agent_pools, cls.resources.resource_groups

    @classmethod
    def credential_with(cls, **changed):
        values = {name: cls.environment["AZURE_" + name.upper()] for name in ("tenant_id", "client_id", "client_secret")}
        return ClientSecretCredential(**{**values, **changed}, authority=cls.environment["AZURE_AUTHORITY_HOST"],
                                      disable_instance_discovery=True)

    @classmethod
    def client(cls, kind, **more):
        made = kind(cls.credential, cls.subscription, base_url=cls.endpoint, credential_scopes=[SCOPE],
                    transport=QuickTransport(), **more)
        cls.addClassCleanup(made.close)
        return made

    @contextlib.contextmanager
    def refused(self, status, code, *words):
        """An error of Azure's shape: {"error": {"code", "message"}}, the status, and all words in the message."""
        with self.assertRaises(HttpResponseError) as caught:
            yield caught
        error = caught.exception
        self.assertEqual((error.status_code, error.error.code if error.error else None), (status, code), error.message)
        self.assertEqual(error.response.headers["x-ms-error-code"], code)
        for word in words:
            self.assertIn(word, error.error.message)

    @classmethod
    def make_group(cls, name="rg"):
        return cls.groups.create_or_update(name, {"location": "eastus"})

    @staticmethod
    def cluster_body(**properties):
        return {"location": "eastus", "identity": {"type": "SystemAssigned"}, "tags": {"team": "platform"},
                "properties": {"dnsPrefix": "shared", "kubernetesVersion": "1.35",
                               "agentPoolProfiles": [{"name": "system", "mode": "System", "vmSize": "Standard_D4s_v5", "count": 1}],
                               **properties}}

    @staticmethod
    def pool_body(**properties):
        return {"properties": {"mode": "User", "vmSize": "Standard_NC4as_T4_v3", "count": 1, **properties}}

    @classmethod
    def make_cluster(cls, name="shared", group="rg"):
        cls.make_group(group)
        return cls.clusters.begin_create_or_update(group, name, cls.cluster_body()).result()

