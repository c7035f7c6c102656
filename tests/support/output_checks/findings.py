"""What is wrong, what was checked, and what nothing at hand could check."""

import collections
import json

import yaml


class StrictLoader(yaml.SafeLoader):
    """YAML 1.1, as Kubernetes reads it, and no key twice in one map."""


def _map_without_twins(loader, node, deep=False):
    seen = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep)


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _map_without_twins)


class Findings:
    def __init__(self, root):
        self.root = root
        self.found = []
        self.checked = collections.Counter()
        self.unchecked = collections.Counter()

    def add(self, path, place, text):
        shown = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        self.found.append(f"{shown}: {place}: {text}" if place else f"{shown}: {text}")

    def load_json(self, path):
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            self.add(path, "", f"not JSON: {error}")
            return None

    def load_yaml(self, path):
        try:
            return list(yaml.load_all(path.read_text(encoding="utf-8"), StrictLoader))
        except yaml.YAMLError as error:
            self.add(path, "", f"not YAML: {error}")
            return []

    def report(self):
        for finding in self.found:
            print(finding)
        for what, count in sorted(self.checked.items()):
            print(f"checked {count:6} {what}")
        for what, count in sorted(self.unchecked.items()):
            print(f"no schema for {count} {what}")
        print(f"{len(self.found)} faults")
        return 1 if self.found else 0


def place_of(error):
    """A JSON path of a validation error: spec.rules[0].ports."""
    text = ""
    for part in error.absolute_path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text


def deepest(error):
    """Of an anyOf's or oneOf's alternatives, what went wrong in the one that got furthest."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "type"))
    return error
