#!/usr/bin/env python3
"""check_documents.py SCHEMA_FOLDER GOLDEN_FOLDER: each golden document is what its schema says."""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

schemas = {p.stem: json.loads(p.read_text()) for p in pathlib.Path(sys.argv[1]).glob("*.json")}
failures = 0
checked = set()
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
    kind = path.stem.rsplit(".", 1)[1]
    document = json.loads(path.read_text())
    name, items = ("finding", document) if kind == "finding-list" else (kind, [document])
    checked.add(name)
    validator = jsonschema.Draft202012Validator(schemas[name])
    for item in items:
        for error in validator.iter_errors(item):
            failures += 1
            print(f"{path.name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
for name in sorted(set(schemas) - checked):
    failures += 1
    print(f"no golden document for schema {name}")
print(f"{len(checked)} schemas, {failures} faults")
sys.exit(1 if failures else 0)
