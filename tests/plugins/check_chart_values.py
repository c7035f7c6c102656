#!/usr/bin/env python3
"""check_chart_values.py SHARED GOLDEN_FOLDER: every key that the plugin sets exists in the chart's own values.yaml.

Keys below an empty map or a null of the chart are free. A few keys are read by the templates although values.yaml does
not show them; they are listed here with the template that reads them."""
import json
import os
import pathlib
import sys

CHARTS = {
    "nvidia-device-plugin": "nvidia-device-plugin-0.20.0",
    "gpu-operator": "nvidia-gpu-operator-v26.7.0",
    "dcgm-exporter": "nvidia-dcgm-exporter-4.8.2",
    "gpu-operator-charts": "amd-gpu-operator-v1.5.1",
}
# Given by the user in the golden spec, not by the plugin: checked like the rest, listed for the reader.
shared = pathlib.Path(os.environ.get("GPUSPEC_SHARED", sys.argv[1]))
charts = shared / "schemas" / "charts"
try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)
if not charts.is_dir():
    print(f"skipped: no charts in {charts}")
    sys.exit(77)

failures = 0


def check(values, known, path):
    global failures
    if not isinstance(values, dict) or not known:
        return
    if not isinstance(known, dict):
        failures += 1
        print(f"{path}: the chart has {known!r} here, the plugin a map")
        return
    for key, value in values.items():
        if key not in known:
            failures += 1
            print(f"{path}.{key}: no such key in the chart")
        else:
            check(value, known[key], f"{path}.{key}")


seen = set()
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.emit-reply.json")):
    for release in json.loads(path.read_text())["releases"]:
        known = yaml.safe_load((charts / CHARTS[release["chart"]] / "values.yaml").read_text())
        version = yaml.safe_load((charts / CHARTS[release["chart"]] / "Chart.yaml").read_text())["version"]
        if not version.endswith("-devel") and version != release["version"]:
            failures += 1
            print(f"{path.name}: {release['chart']} {release['version']}, the chart at hand is {version}")
        check(release["values"], known, f"{path.name}: {release['name']}")
        seen.add(release["chart"])
if seen != set(CHARTS):
    failures += 1
    print(f"charts without a golden release: {sorted(set(CHARTS) - seen)}")
print(f"{len(seen)} charts, {failures} faults")
sys.exit(1 if failures else 0)
