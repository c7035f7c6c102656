#!/usr/bin/python3
"""Reads the samples that yaml_samples writes with the YAML readers that are installed and compares the values.

usage: yaml_readers.py YAML_SAMPLES FOLDER. Exit 77 when no reader is there."""
import json
import math
import shutil
import subprocess
import sys

try:
    import yaml
except ImportError:
    yaml = None
try:
    import ruamel.yaml
except ImportError:
    ruamel = None


def difference(want, got, path="$"):
    """The first place where the values differ; booleans, integers and floats are different things."""
    if type(want) is not type(got):
        return f"{path}: want {want!r:.200}, got {got!r:.200}"
    if isinstance(want, dict):
        if list(want) != list(got):
            return f"{path}: keys {list(want)!r:.300} != {list(got)!r:.300}"
        pairs = [(want[key], got[key], f"{path}.{key!r:.40}") for key in want]
    elif isinstance(want, list):
        if len(want) != len(got):
            return f"{path}: {len(want)} items != {len(got)}"
        pairs = [(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(want, got))]
    elif isinstance(want, float):
        same = want == got and math.copysign(1, want) == math.copysign(1, got)
        return None if same else f"{path}: {want!r} != {got!r}"
    else:
        return None if want == got else f"{path}: want {want!r:.200}, got {got!r:.200}"
    for a, b, where in pairs:
        found = difference(a, b, where)
        if found:
            return found
    return None


def sort_keys_and_floats(value):
    """kubectl sorts keys, and its JSON does not tell 1.0 from 1."""
    if isinstance(value, dict):
        return {key: sort_keys_and_floats(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [sort_keys_and_floats(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def pyyaml(loader):
    return lambda text: list(yaml.load_all(text, Loader=loader))


def ruamel_12(text):
    reader = ruamel.yaml.YAML(typ="safe", pure=True)
    return list(reader.load_all(text))


def kubectl(path):
    command = ["kubectl", "label", "--local", "-f", path, "read-by=test", "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError(done.stderr)
    decoder, objects, at = json.JSONDecoder(), [], 0
    while at < len(done.stdout.rstrip()):
        value, at = decoder.raw_decode(done.stdout, at)
        at += len(done.stdout[at:]) - len(done.stdout[at:].lstrip())
        objects += value["items"] if value["kind"] == "List" else [value]
    for item in objects:
        del item["metadata"]["labels"]
        item["metadata"].pop("creationTimestamp", None)
    return objects


def compare(reader, name, want, read, failures):
    try:
        found = difference(want, read())
    except Exception as error:  # whatever a reader throws is a failure of the sample
        found = f"{type(error).__name__}: {error}"
    print(f"{reader}, {name}: {found or 'ok'}")
    if found:
        failures.append(name)


def main():
    samples, folder = sys.argv[1], sys.argv[2]
    subprocess.run([samples, folder], check=True)
    readers = {}
    if yaml:
        readers["PyYAML"] = pyyaml(yaml.SafeLoader)
        if hasattr(yaml, "CSafeLoader"):
            readers["libyaml"] = pyyaml(yaml.CSafeLoader)
    if ruamel:
        readers["ruamel.yaml"] = ruamel_12
    if not readers:
        print("skipped: neither python3-yaml nor python3-ruamel.yaml is installed")
        return 77
    failures = []
    for name in ["traps", "kubernetes", "random"]:
        with open(f"{folder}/{name}.yaml", encoding="utf-8", newline="") as file:
            text = file.read()
        with open(f"{folder}/{name}.json", encoding="utf-8", newline="") as file:
            want = json.load(file)
        for reader, read in readers.items():
            compare(reader, name, want, lambda read=read: read(text), failures)
        if name == "kubernetes" and shutil.which("kubectl"):
            sorted_want = sort_keys_and_floats(want)
            path = f"{folder}/{name}.yaml"
            compare("kubectl", name, sorted_want, lambda: sort_keys_and_floats(kubectl(path)), failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
