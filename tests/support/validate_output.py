#!/usr/bin/env python3
"""validate_output.py OUT [--shared DIR]: holds what `gpuspec compile` wrote against published schemas.

OUT is an output folder: one folder for each cluster with arm/, kubernetes/ and helm/ inside. Checked are
  ARM         the template's envelope, each resource by the schema of its own apiVersion, and rules between fields
  Kubernetes  each object by the API's definitions, custom resources by their CRDs, references between objects,
              kustomization.yaml against the files that are there
  Helm        releases.yaml, and each value's key against the chart's own values.yaml
DIR (or the environment's GPUSPEC_SHARED) holds `schemas/`. Ends with 0, with 1 after printing what is wrong, or with 77
and a word when a Python module or the schemas are absent. What no schema at hand describes is counted, not passed over.
"""

import argparse
import os
import pathlib
import sys

SKIPPED = 77

try:
    import jsonschema  # noqa: F401
    import yaml  # noqa: F401
except ImportError as error:
    print(f"skipped: needs python3-{error.name}")
    sys.exit(SKIPPED)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from output_checks import arm, helm, kubernetes  # noqa: E402
from output_checks.findings import Findings  # noqa: E402


def clusters(out):
    """A cluster's folder is one that holds arm/, kubernetes/ or helm/."""
    for folder in sorted({path.parent for name in ("arm", "kubernetes", "helm") for path in out.glob(f"**/{name}/")}):
        yield folder


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--shared", type=pathlib.Path)
    options = parser.parse_args()
    shared = pathlib.Path(os.environ.get("GPUSPEC_SHARED") or options.shared or ".")
    schemas = shared / "schemas"
    if not schemas.is_dir():
        print(f"skipped: no schemas in {shared}")
        return SKIPPED
    findings = Findings(options.out)
    folders = list(clusters(options.out))
    if not folders:
        print(f"{options.out}: no cluster's folder in it")
        return 1
    arm_schemas = arm.Schemas(schemas / "azure")
    kubernetes_schemas = kubernetes.Schemas(schemas / "kubernetes", schemas / "crds")
    charts = helm.Charts(schemas / "charts")
    for folder in folders:
        arm.check(folder, arm_schemas, findings)
        kubernetes.check(folder, kubernetes_schemas, findings)
        helm.check(folder, charts, findings)
    return findings.report()


if __name__ == "__main__":
    sys.exit(main())
