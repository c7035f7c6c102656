"""Many objects, and the pages in which servers list them."""

import re
import threading

import harness
import proxy
from harness import Case

MANY = 5000
MOST_LISTS = 3  # of one kind in one plan, pages included


class Paging(Case):
    def maps(self, count, value="1"):
        return {"settings": [self.map(f"settings-{number:05}", {"a": value}) for number in range(count)]}

    def lists(self, front, plural):
        return front.count(lambda request: request.lists(plural))

    def in_small_pages(self, rule=lambda request: None):
        """Every list comes in pages of two, with the server's own tokens."""
        front = self.behind_proxy()

        def shorten(request):
            request.query = re.sub(r"\blimit=\d+", "limit=2", request.query)
            return rule(request)
        front.rule = shorten
        return front

    def test_every_page_is_read(self):
        self.spec.objects = self.maps(7)
        self.apply()
        front = self.in_small_pages()
        self.expect_settled()
        # Nine in five pages: the inventory and the journal are ConfigMaps of the project, too.
        self.assertEqual(front.count(lambda request: request.lists("configmaps") and "continue=" in request.query), 4)
        self.spec.objects = self.maps(7, "2")
        self.assertEqual(self.plan()["summary"]["update"], 7)
        self.spec.objects = {}
        self.assertEqual(self.plan()["summary"]["delete"], 7)

    def test_names_in_the_way_are_found_on_every_page(self):
        for each in self.maps(7)["settings"]:
            self.api.create(each)
        self.in_small_pages()
        self.spec.objects = self.maps(8)
        self.assertEqual(len(self.plan()["conflicts"]), 7)

    def test_pages_that_are_too_old_are_read_again(self):
        self.spec.objects = self.maps(7)
        self.apply()
        gone, lock = [0], threading.Lock()

        def once_gone(request):
            with lock:
                if "continue=" in request.query and gone[0] == 0:
                    gone[0] += 1
                    return proxy.status(410, "Expired", "The provided continue parameter is too old")
        self.in_small_pages(once_gone)
        self.expect_settled()
        self.assertEqual(gone[0], 1)

    def test_pages_that_are_always_too_old_are_read_in_one(self):
        self.spec.objects = self.maps(7)
        self.apply()
        self.in_small_pages(lambda request: proxy.status(410, "Expired", "The provided continue parameter is too old")
                            if "continue=" in request.query else None)
        self.expect_settled()

    def test_a_cluster_with_five_thousand_objects(self):
        front = self.behind_proxy()
        self.spec.objects = self.maps(MANY)
        self.assertEqual(self.plan()["summary"]["create"], MANY)
        self.assertLessEqual(self.lists(front, "configmaps"), MOST_LISTS)
        self.kubeconfig = self.target.kubeconfig
        self.expect(harness.DONE, "apply", self.spec, "--yes", "--format", "json")
        front = self.behind_proxy()
        self.expect_settled()
        self.assertLessEqual(self.lists(front, "configmaps"), MOST_LISTS)
        self.assertEqual(front.count(lambda request: re.search(r"/configmaps/settings-", request.path)), 0)
        self.kubeconfig = self.target.kubeconfig
        self.expect(harness.DONE, "destroy", self.spec, "--yes", "--format", "json")
        self.assertEqual(self.api.list("v1", "ConfigMap", self.namespace, "gpuspec.dev/project"), [])


if __name__ == "__main__":
    harness.main("__main__")
