"""Every template that the examples and the corpus compile to is one that the sandbox evaluates whole."""

import glob
import json
import os
import re
import subprocess

from sandbox_process import GPUSPEC, ROOT, SandboxProcess, main

EXPRESSION = re.compile(r"^\[[^\[].*\]$", re.DOTALL)
FUNCTION = re.compile(r"([A-Za-z]\w*)\(")


def programs():
    examples = [os.path.dirname(path) for path in glob.glob(os.path.join(ROOT, "examples", "*", "main.gpuspec"))]
    corpus = glob.glob(os.path.join(ROOT, "tests", "corpus", "**", "*.gpuspec"), recursive=True)
    return sorted(examples + [path for path in corpus if not os.path.basename(path).startswith("fail_")])


def expressions(tree):
    if isinstance(tree, str):
        return [tree] if EXPRESSION.match(tree) else []
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else []
    return [found for child in children for found in expressions(child)]


class Templates(SandboxProcess):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.arm("PUT", "/resourceGroups/rg", {"location": "eastus"})

    def validate(self, template, parameters):
        properties = {"mode": "Incremental", "template": template, "parameters": parameters}
        return self.arm("POST", "/resourceGroups/rg/providers/Microsoft.Resources/deployments/t/validate", {"properties": properties})

    def compiled(self):
        """(program, template, parameters) of everything that compiles without being told more."""
        for number, program in enumerate(programs()):
            out = os.path.join(self.folder.name, f"out{number}")
            made = subprocess.run([GPUSPEC, "compile", program, "-o", out], capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if made.returncode != 0:
                continue
            for path in sorted(glob.glob(os.path.join(out, "**", "azuredeploy.json"), recursive=True)):
                with open(path, encoding="utf-8") as file, open(path.replace(".json", ".parameters.json"), encoding="utf-8") as given:
                    yield os.path.relpath(program, ROOT), json.load(file), json.load(given)["parameters"]

    def test_all_are_evaluated(self):
        count, used = 0, set()
        for program, template, parameters in self.compiled():
            count += 1
            used.update(name for text in expressions(template) for name in FUNCTION.findall(text))
            status, answer = self.validate(template, parameters)
            with self.subTest(program=program):
                self.assertEqual((status, answer.get("error")), (200, None))
        self.assertGreater(count, 20)
        self.assertIn("resourceId", used)

    def test_what_it_does_not_know_is_an_error(self):
        for text, word in (("[uniqueString('a')]", "uniqueString"), ("[reference('a').b]", "reference"), ("[noSuch()]", "noSuch"),
                           ("[concat('a']", "parse"), ("[resourceGroup().colour]", "colour"), ("[parameters('x')]", "'x'"),
                           ("[variables('x')]", "'x'"), ("[1 + 2]", "parse"), ("[]", "parse")):
            for place in ("location", "name", "dependsOn"):
                resource = {"type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2026-05-01", "name": "c", "location": "eastus",
                            "properties": {"dnsPrefix": "c"}, place: [text] if place == "dependsOn" else text}
                status, answer = self.validate({"$schema": "s", "contentVersion": "1.0.0.0", "resources": [resource]}, {})
                with self.subTest(text=text, place=place):
                    self.assertEqual((status, answer["error"]["code"]), (400, "InvalidTemplate"))
                    self.assertIn(word, answer["error"]["message"])


if __name__ == "__main__":
    main()
