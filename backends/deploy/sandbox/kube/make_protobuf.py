#!/usr/bin/env python3
"""Writes protobuf.inc: the wire format of the Kubernetes kinds that the sandbox serves.

usage: make_protobuf.py > protobuf.inc

Needs Go on PATH: takes k8s.io/api and k8s.io/apimachinery (Apache License 2.0) from the module proxy.
Numbers and types are those of their generated.proto files; what a field is called in JSON, whether it
is written into its parent there and whether its zero is kept stand in the tags of their Go sources.
"""

import json
import pathlib
import re
import subprocess
import sys

VERSION = "v0.35.4"
EXTRA = ["meta.v1.DeleteOptions", "autoscaling.v1.Scale", "policy.v1.Eviction", "core.v1.Binding",
         "authentication.v1.TokenRequest"]
SPECIAL = {
    "k8s.io.apimachinery.pkg.api.resource.Quantity": "quantity",
    "k8s.io.apimachinery.pkg.util.intstr.IntOrString": "intstr",
    "k8s.io.apimachinery.pkg.runtime.RawExtension": "raw",
    "k8s.io.apimachinery.pkg.apis.meta.v1.Time": "time",
    "k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime": "microtime",
    "k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1": "raw",
}
SCALARS = {"string", "bytes", "bool", "int32", "int64", "double"}
MESSAGE = re.compile(r"^message (\w+) \{\n(.*?)^\}", re.M | re.S)
FIELD = re.compile(r"^  (optional|required|repeated|) ?(map<string, ?[\w.]+>|[\w.]+) (\w+) = (\d+);", re.M)
STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.M | re.S)
MEMBER = re.compile(r'^\t(?:(\w+)\s+)?(\S+)\s+`json:"([^"]*)"\s+protobuf:"\w+,(\d+)[^"]*".*`', re.M)


def module(name):
    told = subprocess.run(["go", "mod", "download", "-json", f"{name}@{VERSION}"], check=True,
                          capture_output=True, text=True)
    return pathlib.Path(json.loads(told.stdout)["Dir"])


def short(full):
    for prefix in ("k8s.io.apimachinery.pkg.apis.", "k8s.io.api."):
        if full.startswith(prefix):
            return full[len(prefix):]
    return full


class Messages:
    """All messages of the two modules, by their short names."""

    def __init__(self):
        self.fields, self.members, self.structs = {}, {}, set()
        for name in ("k8s.io/apimachinery", "k8s.io/api"):
            root = module(name)
            for file in sorted(root.rglob("generated.proto")):
                self.read(file, name + "/" + str(file.parent.relative_to(root)))

    def read(self, file, path):
        package = path.replace("/", ".")
        for name, body in MESSAGE.findall(file.read_text()):
            self.fields[short(f"{package}.{name}")] = [
                (label, self.resolve(kind, package), field, int(number))
                for label, kind, field, number in FIELD.findall(body)]
        for source in sorted(file.parent.glob("*.go")):
            for name, body in STRUCT.findall(source.read_text()):
                key = short(f"{package}.{name}")
                self.structs.add(key)
                for _, go_type, tag, number in MEMBER.findall(body):
                    self.members[key, int(number)] = (go_type, tag)

    @staticmethod
    def resolve(kind, package):
        if kind.startswith("map<"):
            return "{}" + Messages.resolve(kind[4:-1].split(",")[1].strip(), package)
        if kind in SCALARS:
            return kind
        full = kind.lstrip(".")
        if "." not in full:
            full = f"{package}.{full}"
        return SPECIAL.get(full, "@" + short(full))

    def line(self, message, field):
        label, kind, name, number = field
        if label == "repeated":
            kind = "[]" + kind
        go_type, tag = self.members.get((message, number), ("", name))
        parts = tag.split(",")
        if "inline" in parts:
            return f" {number} ~ {kind}"
        keeps = "*" if go_type.startswith("*") and kind[0] not in "[{" else ""
        return f" {number} {parts[0] or name}{keeps} {kind}"

    def reachable(self, roots):
        found, waiting = set(), list(roots)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            for _, kind, _, _ in self.fields[name]:
                if "@" in kind:
                    waiting.append(kind[kind.index("@") + 1:])
        return sorted(found)


def main():
    kinds = (pathlib.Path(__file__).parent / "kinds.def").read_text()
    served = re.findall(r'^GPUSPEC_KIND\((?:"[^"]*", ){6}"([\w.]+)"', kinds, re.M)
    messages = Messages()
    roots = [name for name in served + EXTRA if not name.startswith("apiextensions.")]
    missing = [name for name in roots if name not in messages.fields]
    if missing:
        sys.exit(f"no such messages: {missing}")
    print(f"// Made by make_protobuf.py from k8s.io/api and k8s.io/apimachinery {VERSION} (Apache License 2.0). A\n"
          "// line at the margin opens a message, = after it: a list in JSON. Fields: number, name in JSON (* its zero\n"
          "// is kept; ~ alone: its fields are the parent's), type.\n"
          'R"types(')
    for name in messages.reachable(roots):
        print(name + ("" if name in messages.structs else " ="))
        for field in messages.fields[name]:
            print(messages.line(name, field))
    print(')types"')


if __name__ == "__main__":
    main()
