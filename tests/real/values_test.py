"""The values that gpuspec writes, merged by the real helm into the charts' own values.yaml: values_test.py GPUSPEC REPOSITORY

Each has the shape of the chart's own, and is one that the chart's schema knows, where it has one. The files of the charts are kept beside the repository; what is not there is not tried.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import building
import kube

GPUSPEC, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
CHARTS = ROOT.resolve().parent / "shared" / "schemas" / "charts"
HELM = building.BIN / "helm"
# Chart: the folder of its files, its subcharts.
KNOWN = {
    "gpu-operator": ("nvidia-gpu-operator-v26.7.0", ["node-feature-discovery"]),
    "nvidia-device-plugin": ("nvidia-device-plugin-0.20.0", ["node-feature-discovery"]),
    "dcgm-exporter": ("nvidia-dcgm-exporter-4.8.2", []),
    "gpu-operator-charts": ("amd-gpu-operator-v1.5.1", []),
    "node-feature-discovery": ("node-feature-discovery-0.19.0", []),
}
ALIASES = {"nvidia-device-plugin": {"node-feature-discovery": "nfd"}}

# What no example has: the exporter beside the plain plugin, discovery, and GPUs that are shared.
MORE = """project "more"
cluster c { resource_group = "rg"  location = "eastus"  version = "1.36" }
pool system { cluster = c  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }
pool t4 { cluster = c  vm = "Standard_NC4as_T4_v3"  nodes = 1  sharing { time_slicing = 4 } }
pool a100 { cluster = c  vm = "Standard_NC24ads_A100_v4"  nodes = 1  mig { strategy = mixed  profile = 1g.10gb } }
accelerator nvidia { cluster = c  stack = device_plugin  metrics = true  discovery = true }
"""

for needed in (HELM, CHARTS):
    if not needed.exists():
        print(f"skipped: needs {needed.name}")
        sys.exit(kube.SKIPPED)


def write_chart(folder, name):
    """The chart's values, with a template that shows what they come to."""
    source, below = KNOWN[name]
    (folder / "templates").mkdir(parents=True)
    for file in ("values.yaml", "values.schema.json"):
        if (CHARTS / source / file).exists():
            shutil.copy(CHARTS / source / file, folder / file)
    text = f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
    if below:
        text += "dependencies:\n"
    for each in below:
        alias = ALIASES.get(name, {}).get(each)
        text += f"- name: {each}\n  version: 1.0.0\n" + (f"  alias: {alias}\n" if alias else "")
        write_chart(folder / "charts" / each, each)
    (folder / "Chart.yaml").write_text(text, encoding="utf-8")
    (folder / "templates" / "all.yaml").write_text("kind: Values\nvalues: {{ .Values | toJson }}\n", encoding="utf-8")


def releases(folder):
    """(chart, the file of its values) of everything that was compiled there."""
    for listed in sorted(folder.glob("*/helm/releases.yaml")):
        text = listed.read_text(encoding="utf-8")
        for chart, values in re.findall(r"^  chart: (\S+)\n(?:  .*\n)*?  values: (\S+)", text, re.M):
            yield chart, listed.parent / values


class Values(unittest.TestCase):
    def setUp(self):
        self.own = {}

    def test_fit_their_charts(self):
        with tempfile.TemporaryDirectory(prefix="gpuspec-values-") as scratch:
            scratch = pathlib.Path(scratch)
            for name in KNOWN:
                write_chart(scratch / "charts" / name, name)
            tried = set()
            more = scratch / "more.gpuspec"
            more.write_text(MORE, encoding="utf-8")
            for number, path in enumerate([more, *self.specs()]):
                out = scratch / str(number)
                subprocess.run([GPUSPEC, "compile", path, "-o", out], capture_output=True, timeout=120)
                for chart, values in releases(out):
                    if chart not in KNOWN:
                        continue
                    with self.subTest(spec=str(path), chart=chart):
                        self.fits(scratch / "charts" / chart, values)
                        tried.add(chart)
            self.assertEqual(tried, set(KNOWN) - {"node-feature-discovery"})

    @staticmethod
    def specs():
        yield from sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
        yield from sorted((ROOT / "tests" / "corpus" / "output").glob("*.gpuspec"))

    def test_what_does_not_fit_is_seen(self):
        with tempfile.TemporaryDirectory(prefix="gpuspec-values-") as scratch:
            chart = pathlib.Path(scratch) / "gpu-operator"
            write_chart(chart, "gpu-operator")
            for wrong in ("node-feature-discovery: {worker: {tolerations: 1}}", "toolkit: 1", "daemonsets: {tolerations: {a: 1}}"):
                values = pathlib.Path(scratch) / "values.yaml"
                values.write_text(wrong, encoding="utf-8")
                with self.subTest(wrong), self.assertRaises(AssertionError):
                    self.fits(chart, values)

    def shown(self, chart, *words):
        result = subprocess.run([HELM, "template", "x", chart, *words], capture_output=True, text=True, timeout=120,
                                env={**os.environ, "HELM_CACHE_HOME": str(chart.parent)})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("warning", result.stderr.lower())
        shown = re.findall(r"^# Source: ([^/]+)/templates/all.yaml\nkind: Values\nvalues: (.*)$", result.stdout, re.M)
        return json.loads(dict(shown)[chart.name])

    def same_shape(self, path, own, merged):
        """`own` is what the chart comes with; what it leaves open may become anything."""
        if own is None or own == {}:
            return
        self.assertEqual(kind(own), kind(merged), f"{path} is {merged}, where the chart has {own}")
        for key in own if isinstance(own, dict) else ():
            if merged.get(key) is not None:
                self.same_shape(f"{path}.{key}", own[key], merged[key])

    def fits(self, chart, values):
        if chart not in self.own:
            self.own[chart] = self.shown(chart)
        self.same_shape(chart.name, self.own[chart], self.shown(chart, "--values", values))


def kind(value):
    return "map" if isinstance(value, dict) else "list" if isinstance(value, list) else "scalar"


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
