"""Helm releases: the list, the values' files, and each value's key against the chart."""

import yaml

FIELDS = {"name", "chart", "repository", "version", "namespace", "order", "values"}


class Charts:
    def __init__(self, folder):
        self.folders = {}  # name of the chart -> its folders
        for chart in sorted(folder.glob("*/Chart.yaml")):
            self.folders.setdefault(yaml.safe_load(chart.read_text())["name"], []).append(chart.parent)

    def values(self, chart, version):
        """The folder's name ends in the version that was released; Chart.yaml may hold a development one."""
        for folder in self.folders.get(chart.rsplit("/", 1)[-1], []):
            if version and folder.name.endswith("-" + version):
                return yaml.safe_load((folder / "values.yaml").read_text())
        return None


def check(folder, charts, findings):
    folder = folder / "helm"
    if not folder.is_dir():
        return
    path = folder / "releases.yaml"
    if not path.is_file():
        findings.add(folder, "", "no releases.yaml")
        return
    documents = findings.load_yaml(path)
    releases = documents[0]["releases"] if documents else []
    if [release["order"] for release in releases] != sorted(release["order"] for release in releases):
        findings.add(path, "releases", "not in order")
    listed = set()
    for release in releases:
        listed.add(release.get("values"))
        check_release(release, path, charts, findings)
    there = {str(file.relative_to(folder)) for file in folder.glob("*/values.yaml")}
    if listed != there:
        findings.add(path, "releases", f"name the values {sorted(listed)}, there are {sorted(there)}")


def check_release(release, path, charts, findings):
    place = release.get("name", "?")
    for field in FIELDS - set(release):
        if field not in ("repository", "version"):
            findings.add(path, place, f"no {field}")
    for field in set(release) - FIELDS:
        findings.add(path, place, f"unknown field {field}")
    file = path.parent / release["values"]
    if not file.is_file():
        return
    documents = findings.load_yaml(file)
    values = documents[0] if documents and documents[0] is not None else {}
    known = charts.values(release["chart"], release.get("version"))
    if known is None:
        findings.unchecked[f"chart {release['chart']} {release.get('version', '')}"] += 1
    else:
        findings.checked["Helm values files"] += 1
        check_keys(values, known, file, "", findings)


def check_keys(values, known, path, place, findings):
    """Keys below an empty map or a null of the chart are the user's to choose."""
    if not isinstance(values, dict) or not known:
        return
    if not isinstance(known, dict):
        findings.add(path, place, f"the chart has {known!r} here, not a map")
        return
    for key, value in values.items():
        where = f"{place}.{key}" if place else key
        if key not in known:
            findings.add(path, where, "the chart has no such value")
        else:
            check_keys(value, known[key], path, where, findings)
