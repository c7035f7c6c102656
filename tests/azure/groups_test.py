"""Resource groups, resources and providers through azure-mgmt-resource."""

from sandbox_case import SandboxCase, main


class Groups(SandboxCase):
    def test_a_group_comes_and_goes(self):
        made = self.groups.create_or_update("one", {"location": "East US", "tags": {"a": "b"}})
        self.assertEqual((made.name, made.location, made.tags), ("one", "eastus", {"a": "b"}))
        self.assertEqual(made.properties.provisioning_state, "Succeeded")
        self.assertTrue(self.groups.check_existence("one"))
        self.assertEqual(self.groups.get("ONE").id, made.id)
        self.assertEqual(self.groups.update("one", {"tags": {"c": "d"}}).tags, {"c": "d"})
        poller = self.groups.begin_delete("one")
        poller.result()
        self.assertEqual(poller.status(), "Succeeded")
        self.assertFalse(self.groups.check_existence("one"))
        with self.refused(404, "ResourceGroupNotFound", "'one'"):
            self.groups.get("one")
        with self.refused(404, "ResourceGroupNotFound"):
            self.groups.begin_delete("one")

    def test_lists_have_pages_and_filters(self):
        names = [f"group{number:03}" for number in range(60)]
        for name in names:
            self.groups.create_or_update(name, {"location": "eastus", "tags": {"even": str(int(name[-1]) % 2 == 0)}})
        pages = [[group.name for group in page] for page in self.groups.list().by_page()]
        self.assertGreater(len(pages), 1)
        self.assertEqual([name for page in pages for name in page if name in names], names)
        even = [group.name for group in self.groups.list(filter="tagName eq 'even' and tagValue eq 'True'")]
        self.assertEqual(even, [name for name in names if int(name[-1]) % 2 == 0])
        few = [[group.name for group in page] for page in self.groups.list(top=7).by_page()]
        self.assertEqual(len(few[0]), 7)
        with self.refused(400, "InvalidFilterInQueryString"):
            list(self.groups.list(filter="name like 'x'"))

    def test_a_group_stays_where_it_is(self):
        self.groups.create_or_update("placed", {"location": "eastus"})
        with self.refused(409, "InvalidResourceGroupLocation", "eastus"):
            self.groups.create_or_update("placed", {"location": "westus"})

    def test_wrong_groups_are_refused(self):
        with self.refused(400, "LocationRequired"):
            self.groups.create_or_update("nowhere", {})
        with self.refused(400, "InvalidResourceGroup", "dot."):
            self.groups.create_or_update("dot.", {"location": "eastus"})
        with self.refused(400, "InvalidRequestContent", "colour"):
            self.groups.create_or_update("extra", {"location": "eastus", "colour": "red"})

    def test_resources_are_found_by_their_tags(self):
        self.make_cluster("tagged", "search")
        self.make_cluster("other", "search2")
        self.clusters.begin_update_tags("search", "tagged", {"tags": {"gpuspec-project": "it's mine"}}).result()
        found = list(self.resources.resources.list(filter="tagName eq 'gpuspec-project' and tagValue eq 'it''s mine'"))
        self.assertEqual([(one.name, one.type) for one in found], [("tagged", "Microsoft.ContainerService/managedClusters")])
        inside = [one.name for one in self.resources.resources.list_by_resource_group("search2")]
        self.assertEqual(inside, ["other"])

    def test_providers_are_registered(self):
        provider = self.resources.providers.get("Microsoft.ContainerService")
        self.assertEqual(provider.registration_state, "Registered")
        types = {one.resource_type: one.api_versions for one in provider.resource_types}
        self.assertIn("managedClusters", types)
        self.assertIn(self.clusters._config.api_version, types["managedClusters"])  # pylint: disable=protected-access
        self.assertIn("Microsoft.Resources", [one.namespace for one in self.resources.providers.list()])


if __name__ == "__main__":
    main()
