"""The specs of this repository that have workloads, and what each of them is meant to do."""

import json
import pathlib
import re
import subprocess


class Workload:
    def __init__(self, kind, name):
        self.kind, self.name, self.namespace, self.pools, self.asks = kind, name, "", [], {}


class Program:
    def __init__(self, title, path, compiled, placed):
        self.title, self.path, self.clusters = title, path, compiled["clusters"]
        self.workloads, self.taints = read_placement(placed)
        self.project = re.search(r'^project "([^"]+)"', entry(path).read_text(), re.M).group(1)

    def pools(self, cluster):
        """Short name: the pool as `compile --format json` tells it."""
        return {pool["address"].rsplit(".", 1)[1]: pool for pool in cluster["pools"]}

    def destroys_one_by_one(self):
        """What goes with a cluster is not deleted by itself: only of clusters that stay can be seen that all of it goes."""
        text = entry(self.path).read_text()
        return all(cluster["platform"] == "kubernetes" for cluster in self.clusters) or "existing" in text


def entry(path):
    return path / "main.gpuspec" if path.is_dir() else path


def read_placement(text):
    """Workloads and the taints of pools, from `compile --until place --dump text`."""
    workloads, taints, pool, workload = [], {}, None, None
    for line in text.splitlines():
        head = re.match(r"(?:module\S*\.)?(job|smoke|service|pool)\.(\S+)$", line)
        if head:
            kind, name = head.groups()
            pool = name if kind == "pool" else None
            workload = None if kind == "pool" else Workload(kind, name)
            workloads += [workload] if workload else []
        elif not line.startswith("  "):
            pool = workload = None
        elif pool and (taint := re.match(r"  taint ([^=:]+)=?([^:]*):(\w+)$", line)):
            taints.setdefault(pool, []).append({"key": taint[1], "value": taint[2], "effect": taint[3]})
        elif workload and (space := re.match(r"  in (\S+)$", line)):
            workload.namespace = space[1]
        elif workload and (runs := re.match(r"  may run on (.+)$", line)):
            workload.pools = [each.rsplit(".", 1)[-1] for each in re.split(r",\s*|\s+", runs[1]) if "pool." in each]
        elif workload and (asks := re.match(r"  asks (\S+) = (\d+)$", line)):
            workload.asks[asks[1]] = int(asks[2])
    return workloads, taints


def load(gpuspec, path, scratch):
    """The program, or None where it does not compile by itself or has no workloads."""
    title = f"{path.parent.name}/{path.stem}"
    if "project " not in entry(path).read_text() and not path.is_dir():
        owned = pathlib.Path(scratch) / path.name
        owned.write_text('project "corpus"\n' + path.read_text())
        path = owned

    def compiled(*words):
        return subprocess.run([gpuspec, "compile", path, *words], capture_output=True, text=True, timeout=120)

    document = compiled("--format", "json", "-o", pathlib.Path(scratch) / f"out-{path.stem}")
    placed = compiled("--until", "place", "--dump", "text")
    if document.returncode != 0 or placed.returncode != 0 or not re.search(r"^project ", entry(path).read_text(), re.M):
        return None
    program = Program(title, path, json.loads(document.stdout), placed.stdout)
    return program if program.workloads else None


def candidates(root):
    """Examples, the corpus, and the design's corpus where it is at hand."""
    root = pathlib.Path(root)
    found = sorted(path for path in (root / "examples").iterdir() if path.is_dir())
    found += sorted(path for path in (root / "tests" / "corpus").rglob("*.gpuspec") if not path.name.startswith("fail_"))
    design = root.parent / "shared" / "design" / "corpus"
    return found + (sorted(design.iterdir()) if design.is_dir() else [])
