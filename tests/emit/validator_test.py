"""The validator finds what it is there to find: each case breaks a copy of a golden folder in one way."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
VALIDATOR = pathlib.Path(__file__).resolve().parent.parent / "support" / "validate_output.py"

# (file below golden/, what is replaced, by what, part of the finding)
BREAKS = [
    ("shared/arm/azuredeploy.json", '"mode": "User"', '"moed": "User"', "moed"),
    ("shared/arm/azuredeploy.json", '"count": 1,', '"count": "1",', "count"),
    ("shared/arm/azuredeploy.json", '"minCount": 1', '"minCount": 2', "minCount <= count"),
    ("shared/arm/azuredeploy.json", '"mode": "System"', '"mode": "User"', "no System pool"),
    ("shared/arm/azuredeploy.json", '"contentVersion": "1.0.0.0",', "", "contentVersion"),
    ("shared/arm/azuredeploy.json", "'shared')]", "'other')]", "not in the template"),
    ("lab/arm/azuredeploy.json", '"2026-05-02-preview"', '"2026-05-01"', "nvidia"),
    ("lab/arm/azuredeploy.json", "MIG1g", "MIG5g", "MIG5g"),
    ("shared/arm/azuredeploy.parameters.json", "{}", '{"x": {"value": 1}}', "no such parameter"),
    ("shared/kubernetes/team-ml.yaml", "podSelector: {}", "podSelectors: {}", "podSelectors"),
    ("shared/kubernetes/team-ml.yaml", "requests.nvidia.com/gpu:", "nvidia.com/gpu:", "counted as requests."),
    ("shared/kubernetes/team-ml.yaml", "cpu: 250m", "cpu: 250x", "250x"),
    ("shared/kubernetes/team-ml.yaml", "      cpu: 250m", "      nvidia.com/gpu: 1", "every container"),
    ("shared/kubernetes/team-ml.yaml", "  name: gpuspec:demo:prod:edit", "  name: gpuspec:edit", "not there"),
    ("shared/kubernetes/team-ml.yaml", "gpuspec.dev/team: ml", "gpuspec.dev/team: [ml]", "gpuspec.dev/team"),
    ("shared/kubernetes/workloads-vision.yaml", "containerPort: 8000", "containerPort: http", "containerPort"),
    ("shared/kubernetes/workloads-vision.yaml", "      - name: models\n        persistent", "      - name: other\n        persistent",
     "mounts volume models"),
    ("shared/kubernetes/workloads-vision.yaml", "    gpuspec.dev/workload: triton\n    gpuspec.dev/workload-kind: service\n  ports:",
     "    gpuspec.dev/workload: other\n  ports:", "selects no pod"),
    ("shared/kubernetes/workloads-ml.yaml", "nvidia.com/gpu: \"8\"\n          limits", "nvidia.com/gpu: \"4\"\n          limits", "differ"),
    ("shared/kubernetes/workloads-ml.yaml", "priorityClassName: team-ml", "priorityClassName: gold", "gold"),
    ("shared/kubernetes/workloads-ml.yaml", "restartPolicy: Never", "restartPolicy: Always", "Always"),
    ("shared/kubernetes/namespaces.yaml", "kind: Namespace", "kind: Namespace\nkind: Namespace", "twice"),
    ("shared/kubernetes/namespaces.yaml", "  name: gpu-operator", "  name: gpu-operator\n  namespace: x", "has none"),
    ("shared/kubernetes/manifests.yaml", "app.kubernetes.io/managed-by: gpuspec", "app: x", "not marked"),
    ("shared/kubernetes/kustomization.yaml", "- access.yaml\n", "", "there are"),
    ("lab/kubernetes/team-research.yaml", "- 10.1.0.0/16", "- 11.1.0.0/16", "outside"),
    ("lab/kubernetes/team-research.yaml", "endPort: 8450", "endPort: 80", "endPort"),
    ("lab/kubernetes/workloads-research.yaml", "subdomain: train", "subdomain: other", "no Service"),
    ("onprem/kubernetes/stack-nvidia.yaml", "interval: 15s", "every: 15s", "every"),
    ("shared/helm/gpu-operator/values.yaml", "dcgmExporter:", "dcgmexporter:", "no such value"),
    ("shared/helm/releases.yaml", "order: 10\n", "order: 5000\n", "not in order"),
    ("shared/helm/releases.yaml", "  namespace: gpu-operator\n", "", "no namespace"),
]


def validate(folder, shared):
    done = subprocess.run([sys.executable, str(VALIDATOR), str(folder), "--shared", shared], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    golden, shared = pathlib.Path(sys.argv[1]), sys.argv[2]
    status, text = validate(golden, shared)
    if status == SKIPPED:
        print(text)
        return SKIPPED
    failures = 0 if status == 0 else 1
    if status != 0:
        print(text)
    for file, old, new, expected in BREAKS:
        with tempfile.TemporaryDirectory() as folder:
            cluster = file.split("/")[0]
            copy = pathlib.Path(folder) / cluster
            shutil.copytree(golden / cluster, copy)
            path = pathlib.Path(folder) / file
            before = path.read_text()
            path.write_text(before.replace(old, new, 1))
            status, text = validate(folder, shared)
            if old not in before:
                failures += 1
                print(f"{file}: has no {old!r} to break")
            elif status != 1 or expected not in text:
                failures += 1
                print(f"{file}: {old!r} -> {new!r}: ended with {status}, wanted {expected!r} in:\n{text}")
    print(f"{len(BREAKS)} cases, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
