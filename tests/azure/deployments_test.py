"""Deployments of the templates that `gpuspec compile` writes, through azure-mgmt-resource-deployments."""

import copy
import json
import os

from sandbox_case import ROOT, SandboxCase, main


def incremental(template, parameters=None):
    return {"properties": {"mode": "Incremental", "template": template, "parameters": parameters or {}}}


class Deployments(SandboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_group()
        cls.deployment = cls.deployments.deployments
        cls.steps = cls.deployments.deployment_operations
        out = os.path.join(cls.folder.name, "out")
        cls.gpuspec("compile", os.path.join(ROOT, "examples", "two-teams"), "-o", out)
        cls.template = cls.read(out, "azuredeploy.json")
        cls.parameters = cls.read(out, "azuredeploy.parameters.json")["parameters"]

    @staticmethod
    def read(out, name):
        with open(os.path.join(out, "shared", "arm", name), encoding="utf-8") as file:
            return json.load(file)

    @classmethod
    def body(cls, template=None):
        return incremental(template or cls.template, cls.parameters)

    def changed(self, path, value, number=0):
        template = copy.deepcopy(self.template)
        node = template["resources"][number]
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        return template

    def test_what_compile_writes_is_deployed(self):
        self.make_group("first")
        validated = self.deployment.begin_validate("first", "gpuspec", self.body()).result()
        self.assertEqual(validated.properties.provisioning_state, "Succeeded")
        before = self.deployment.begin_what_if("first", "gpuspec", self.body()).result()
        self.assertEqual({change.change_type for change in before.changes}, {"Create"})
        self.assertEqual(len(before.changes), len(self.template["resources"]))
        self.assertFalse(list(self.clusters.list_by_resource_group("first")), "what-if and validate make nothing")

        poller = self.deployment.begin_create_or_update("first", "gpuspec", self.body())
        made = poller.result()
        self.assertEqual((poller.status(), made.properties.provisioning_state), ("Succeeded", "Succeeded"))
        written = [resource["name"].split("/")[-1] for resource in self.template["resources"]]
        self.assertEqual([one.id.rsplit("/", 1)[1] for one in made.properties.output_resources], written)
        steps = list(self.steps.list("first", "gpuspec"))
        self.assertEqual({step.properties.provisioning_state for step in steps}, {"Succeeded"})
        self.assertEqual({step.properties.target_resource.resource_type.split("/")[0] for step in steps}, {"Microsoft.ContainerService"})
        self.assertEqual(self.steps.get("first", "gpuspec", steps[0].operation_id).id, steps[0].id)

        live = self.clusters.get("first", "shared")
        self.assertEqual(live.tags["gpuspec-project"], self.template["resources"][0]["tags"]["gpuspec-project"])
        self.assertEqual({pool.name for pool in live.properties.agent_pool_profiles}, {"system", "h100"})
        again = self.deployment.begin_what_if("first", "gpuspec", self.body()).result()
        self.assertEqual({change.change_type for change in again.changes}, {"NoChange"})
        exported = self.deployment.export_template("first", "gpuspec").template
        self.assertEqual(exported, self.template)
        self.deployment.begin_delete("first", "gpuspec").result()
        self.assertFalse(self.deployment.check_existence("first", "gpuspec"))
        self.assertTrue(self.clusters.get("first", "shared"), "what a deployment made outlives it")

    def test_what_if_names_what_would_change(self):
        self.make_group("asked")
        self.deployment.begin_create_or_update("asked", "gpuspec", self.body()).result()
        template = self.changed(("properties", "nodeLabels"), {"purpose": "other"}, number=1)
        answer = self.deployment.begin_what_if("asked", "gpuspec", self.body(template)).result()
        changed = [change for change in answer.changes if change.change_type == "Modify"]
        self.assertEqual([change.resource_id.rsplit("/", 1)[1] for change in changed],
                         [template["resources"][1]["name"].split("/")[1]])
        self.assertTrue(any(part.path.startswith("properties.nodeLabels") for part in changed[0].delta), changed[0].delta)

    def test_deployments_are_listed(self):
        self.make_group("listed")
        empty = {"$schema": self.template["$schema"], "contentVersion": "1.0.0.0", "resources": []}
        names = [f"d{number:02}" for number in range(55)]
        for poller in [self.deployment.begin_create_or_update("listed", name, incremental(empty)) for name in names]:
            poller.result()
        pages = [[one.name for one in page] for page in self.deployment.list_by_resource_group("listed").by_page()]
        self.assertGreater(len(pages), 1)
        self.assertEqual([name for page in pages for name in page], names)
        with self.refused(404, "DeploymentNotFound", "d99"):
            self.deployment.get("listed", "d99")

    def test_parameters_and_outputs(self):
        template = {"$schema": self.template["$schema"], "contentVersion": "1.0.0.0",
                    "parameters": {"name": {"type": "string"}, "hidden": {"type": "secureString", "defaultValue": "s3cret"}},
                    "variables": {"long": "[concat(parameters('name'), '-', resourceGroup().location)]"}, "resources": [],
                    "outputs": {"long": {"type": "string", "value": "[variables('long')]"}}}
        made = self.deployment.begin_create_or_update("rg", "named", incremental(template, {"name": {"value": "a"}})).result()
        self.assertEqual(made.properties.outputs, {"long": {"type": "string", "value": "a-eastus"}})
        self.assertNotIn("s3cret", json.dumps(made.as_dict()))
        with self.refused(400, "InvalidTemplate", "'name'"):
            self.deployment.begin_create_or_update("rg", "named", incremental(template))

    def test_wrong_templates_are_refused(self):
        for change, code, word in ((("properties", "messageOfTheDay", "[uniqueString('a')]"), "InvalidTemplate", "uniqueString"),
                                   (("properties", "messageOfTheDay", "[concat('a']"), "InvalidTemplate", "Unable to parse"),
                                   (("properties", "messageOfTheDay", "[reference('x').y]"), "InvalidTemplate", "reference"),
                                   (("dependsOn", ["nothing"]), "InvalidTemplate", "nothing"),
                                   (("type", "Microsoft.Storage/storageAccounts/services"), "InvalidTemplate", "storageAccounts")):
            template = self.changed(change[:-1], change[-1], number=1)
            for begin in (self.deployment.begin_create_or_update, self.deployment.begin_what_if, self.deployment.begin_validate):
                with self.subTest(change=change, begin=begin.__name__), self.refused(400, code, word):
                    begin("rg", "wrong", self.body(template))
        self.assertFalse(self.deployment.check_existence("rg", "wrong"))

    def test_a_wrong_resource_is_refused_before_anything_is_made(self):
        template = self.changed(("properties", "colour"), "red")
        with self.refused(400, "InvalidTemplateDeployment", "inner errors") as caught:
            self.deployment.begin_create_or_update("rg", "wrong", self.body(template))
        details = caught.exception.error.details
        self.assertEqual([detail.code for detail in details], ["UnmarshalError"])
        self.assertFalse(list(self.clusters.list_by_resource_group("rg")))

    def test_modes_and_links(self):
        for properties, code in (({"mode": "Complete", "template": self.template}, "InvalidTemplate"),
                                 ({"mode": "Sideways", "template": self.template}, "InvalidRequestContent"),
                                 ({"mode": "Incremental"}, "InvalidTemplate"),
                                 ({"mode": "Incremental", "templateLink": {"uri": "https://localhost/x"}}, "InvalidContentLink")):
            with self.refused(400, code):
                self.deployment.begin_create_or_update("rg", "odd", {"properties": properties})


class FailedDeployment(SandboxCase):
    more = ("--vcpu-limit", "NCas_T4_v3=4")

    def test_it_says_which_resource_failed_and_why(self):
        self.make_cluster()
        pools = [{"type": "Microsoft.ContainerService/managedClusters/agentPools", "apiVersion": "2026-05-01",
                  "name": "shared/" + name, **self.pool_body()} for name in ("good", "toomuch")]
        pools[1]["dependsOn"] = ["[resourceId('Microsoft.ContainerService/managedClusters/agentPools', 'shared', 'good')]"]
        template = {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                    "contentVersion": "1.0.0.0", "resources": pools}
        with self.assertRaises(Exception) as caught:
            self.deployments.deployments.begin_create_or_update("rg", "half", incremental(template)).result()
        self.assertEqual(caught.exception.error.code, "DeploymentFailed")
        self.assertEqual([detail.code for detail in caught.exception.error.details], ["ErrCode_InsufficientVCPUQuota"])
        made = self.deployments.deployments.get("rg", "half")
        self.assertEqual((made.properties.provisioning_state, made.properties.error.code), ("Failed", "DeploymentFailed"))
        states = {step.properties.target_resource.resource_name: step.properties.provisioning_state
                  for step in self.deployments.deployment_operations.list("rg", "half")}
        self.assertEqual(states, {"shared/good": "Succeeded", "shared/toomuch": "Failed"})


class RunningDeployment(SandboxCase):
    operation_ms = 2_000

    def test_it_is_cancelled(self):
        self.make_group()
        out = os.path.join(self.folder.name, "out")
        self.gpuspec("compile", os.path.join(ROOT, "examples", "two-teams"), "-o", out)
        body = incremental(Deployments.read(out, "azuredeploy.json"), Deployments.read(out, "azuredeploy.parameters.json")["parameters"])
        deployment = self.deployments.deployments
        poller = deployment.begin_create_or_update("rg", "long", body)
        with self.refused(409, "DeploymentActive", "long"):
            deployment.begin_create_or_update("rg", "long", body)
        with self.refused(409, "DeploymentActive"):
            deployment.begin_delete("rg", "long")
        deployment.cancel("rg", "long")
        with self.assertRaises(Exception):
            poller.result()
        self.assertEqual(poller.status(), "Canceled")
        self.assertEqual(deployment.get("rg", "long").properties.provisioning_state, "Canceled")
        with self.refused(409, "DeploymentCannotBeCancelled"):
            deployment.cancel("rg", "long")
        self.assertEqual([pool.name for pool in self.pools.list("rg", "shared")], ["system"], "what had not begun is not made")


if __name__ == "__main__":
    main()
