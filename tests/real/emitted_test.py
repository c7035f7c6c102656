"""Every object that `gpuspec compile` writes for the examples and the corpus is one that the real API server takes, with strict
validation, and docs/apply.md says so: emitted_test.py GPUSPEC REPOSITORY [--update]"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import kube
import programs
from stand_in import Sandbox

GPUSPEC, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
UPDATE = "--update" in sys.argv
FOLDER = kube.real_folder()
REAL = kube.real()
DOCUMENT = ROOT / "docs" / "apply.md"
BEGIN, END = "<!-- Written by tests/real/emitted_test.py --update -->\n", "<!-- end -->\n"
SPACE = "emitted-test"


class Emitted:
    def __init__(self, program, text):
        self.program, self.text = program, text
        self.api_version = re.search(r"^apiVersion: (\S+)", text, re.M)[1]
        self.kind = re.search(r"^kind: (\S+)", text, re.M)[1]
        self.name = re.search(r'^metadata:\n(?:  .*\n)*?  name: "?([^"\n]+)', text, re.M)[1]

    def title(self):
        return f"{self.program}: {self.kind} {self.name}"

    def base(self):
        return "/api/v1" if self.api_version == "v1" else "/apis/" + self.api_version


def emitted(scratch):
    """What is compiled; the design's corpus, which is not everywhere, is left out."""
    paths = [path for path in programs.candidates(ROOT) if ROOT.resolve() in path.resolve().parents]
    for number, path in enumerate(paths):
        out = pathlib.Path(scratch) / str(number)
        subprocess.run([GPUSPEC, "compile", path, "-o", out], capture_output=True, timeout=120)
        for file in sorted(out.glob("*/kubernetes/*.yaml")):
            if file.name == "kustomization.yaml":
                continue
            for text in re.split(r"^---\n", file.read_text(), flags=re.M):
                if re.search(r"^kind:", text, re.M):
                    yield Emitted(f"{path.parent.name}/{path.stem}", text)


def served(client):
    """{(apiVersion, kind): resource}"""
    bases = ["/api/v1"] + [f"/apis/{version['groupVersion']}" for group in client.get("/apis")["groups"]
                           for version in group["versions"]]
    return {(listed["groupVersion"], resource["kind"]): resource for base in bases if (listed := client.get(base))
            for resource in listed["resources"] if "/" not in resource["name"]}


def is_built_in(api_version):
    group = api_version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


class EmittedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gpuspec-real-")
        cls.objects = list(emitted(cls.folder.name))
        cls.kinds = served(REAL)
        REAL.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})

    @classmethod
    def tearDownClass(cls):
        REAL.delete(f"/api/v1/namespaces/{SPACE}")
        cls.folder.cleanup()

    def try_out(self, item, resource):
        """Applies it as a dry run, in a namespace that is there. The server's objection, or None."""
        space = f"/namespaces/{SPACE}" if resource["namespaced"] else ""
        text = re.sub(r"^(metadata:\n(?:  .*\n)*?)  namespace: .*\n", r"\1", item.text, count=1, flags=re.M)
        path = f"{item.base()}{space}/{resource['name']}/{item.name}?fieldManager=test&force=true&dryRun=All&fieldValidation=Strict"
        try:
            REAL.send("PATCH", path, text.encode(), "application/apply-patch+yaml").close()
        except kube.Refused as refused:
            return str(refused)
        return None

    def test_the_server_takes_every_object(self):
        self.assertGreater(len(self.objects), 200)
        tried = set()
        for item in self.objects:
            resource = self.kinds.get((item.api_version, item.kind))
            if resource is None and not is_built_in(item.api_version):
                continue
            with self.subTest(item.title()):
                self.assertIsNotNone(resource, "not served")
                self.assertIsNone(self.try_out(item, resource))
                tried.add((item.api_version, item.kind))
        self.check_document(tried)

    def check_document(self, tried):
        sandbox = Sandbox(GPUSPEC, pathlib.Path(self.folder.name) / "sandbox")
        try:
            there = served(sandbox.cluster("sandbox"))
        finally:
            sandbox.close()
        table = BEGIN + "\n" + self.table(tried, there) + "\n" + END
        text = DOCUMENT.read_text()
        section = text[text.index(BEGIN):text.index(END) + len(END)]
        if UPDATE:
            DOCUMENT.write_text(text.replace(section, table))
        else:
            self.assertEqual(section, table, "tests/real/emitted_test.py --update writes it")

    def table(self, tried, sandbox):
        version = REAL.get("/version")["gitVersion"].lstrip("v")
        lines = [f"| API version | kinds | Kubernetes {version} | sandbox |", "| --- | --- | --- | --- |"]
        found = {(item.api_version, item.kind) for item in self.objects}
        for api_version in sorted({each for each, _ in found}):
            kinds = sorted(kind for each, kind in found if each == api_version)
            accepted = all((api_version, kind) in tried for kind in kinds)
            at_hand = all((api_version, kind) in sandbox for kind in kinds)
            lines.append(f"| `{api_version}` | {', '.join(kinds)} | {'accepted' if accepted else 'not tried: comes with AKS'} "
                         f"| {'served' if at_hand else 'served where the cluster has it'} |")
        return "\n".join(lines) + "\n"


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
