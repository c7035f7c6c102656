"""The sandbox's table of properties, held against the typed models of Azure's published client.

Whatever the models of managed clusters and agent pools have, the table has: the same name, read-only or not, and the
same words to choose from. The client's API version is newer than the one that the table was made from, so this finds
what came since.
"""

import enum
import os
import re
import sys
import types
import typing
import unittest

from azure.mgmt.containerservice import ContainerServiceClient, models
from azure.mgmt.containerservice.models import _models
from sandbox_case import ROOT, main

TABLE = os.path.join(ROOT, "backends", "deploy", "sandbox", "arm", "properties.def")
ROW = re.compile(r'^ARM_PROPERTY\("([^"]+)", "([^"]+)", "([^"]*)", "([^"]*)"\)', re.MULTILINE)

EVERY_MODEL = types.SimpleNamespace(**{**vars(_models), **vars(models)})


def read_table():
    rows = {}
    with open(TABLE, encoding="utf-8") as file:
        for type_name, name, value, flags in ROW.findall(file.read()):
            rows.setdefault(type_name, {})[name] = (value, flags)
    return rows


def annotations(model):
    merged = {}
    for base in reversed(model.__mro__):
        merged.update(getattr(base, "__annotations__", {}))
    return merged


def resolved(hint, model):
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        names = {**vars(typing), **vars(sys.modules[model.__module__]), "_models": EVERY_MODEL}
        return eval(hint, names)  # pylint: disable=eval-used
    return hint


def shape(hint, model):
    """("list" | "map", shape of what is inside), ("model", class), ("words", enum) or ("plain", type)."""
    hint = resolved(hint, model)
    origin, inside = typing.get_origin(hint), [one for one in typing.get_args(hint) if one is not type(None)]
    if origin is typing.Union:
        choices = [choice for choice in (resolved(one, model) for one in inside) if choice is not str]
        return shape(choices[0], model) if choices else ("plain", str)
    if origin is list:
        return "list", shape(inside[0], model)
    if origin is dict:
        return "map", shape(inside[1], model)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "words", hint
    return ("model" if hasattr(hint, "_calculated") else "plain"), hint


def fields(model):
    """{name in JSON: (read-only, shape)} of a generated model."""
    model()  # its class learns the names of its fields when the first one is made
    found = {}
    for attribute, hint in annotations(model).items():
        field = model._attr_to_rest_field.get(attribute)  # pylint: disable=protected-access
        if field is not None:
            found[field._rest_name] = (field._visibility == ["read"], shape(hint, model))  # pylint: disable=protected-access
    return found


class Comparison:
    def __init__(self, rows, newest):
        self.rows, self.newest = rows, newest
        self.seen, self.differences, self.compared = set(), [], 0

    def row(self, type_name, name):
        table = self.rows.get(type_name, {})
        return table.get(name) or table.get("*")

    def model(self, model, type_name, path):
        if (model, type_name) in self.seen:
            return
        self.seen.add((model, type_name))
        for name, (read_only, form) in fields(model).items():
            row = self.row(type_name, name)
            if row is None:
                self.differences.append(f"{path}.{name} is not in the table")
                continue
            self.compared += 1
            self.flags(f"{path}.{name}", read_only, row[1])
            self.value(f"{path}.{name}", form, row[0])

    def flags(self, path, read_only, flags):
        since = flags.split(">=")[1] if ">=" in flags else ""
        if "p" in flags and not (since and since <= self.newest):
            self.differences.append(f"{path} is no preview any more")
        if read_only != ("r" in flags):
            self.differences.append(f"{path} is {'' if read_only else 'not '}read-only")

    def value(self, path, form, value):
        while form[0] in ("list", "map"):
            prefix = {"list": "[]", "map": "{}"}[form[0]]
            if not value.startswith(prefix):
                self.differences.append(f"{path} is a {form[0]}, not {value}")
                return
            form, value = form[1], value[2:]
        if form[0] == "model":
            if value.startswith("@"):
                self.model(form[1], value[1:], path)
            else:
                self.differences.append(f"{path} is an object, not {value}")
        elif form[0] == "words":
            words = {word.value for word in form[1]}
            if value != "string" and not words <= set(value.split("|")):
                self.differences.append(f"{path} lacks {sorted(words - set(value.split('|')))}")


class Definitions(unittest.TestCase):
    def compare(self, model, type_name):
        version = ContainerServiceClient(object(), "s", base_url="https://localhost", credential_scopes=["x"])._config.api_version  # pylint: disable=protected-access
        comparison = Comparison(read_table(), version)
        comparison.model(model, type_name, type_name)
        self.assertEqual(comparison.differences, [])
        return comparison.compared

    def test_of_clusters(self):
        self.assertGreater(self.compare(models.ManagedCluster, "managedClusters"), 300)

    def test_of_pools(self):
        self.assertGreater(self.compare(models.AgentPool, "managedClusters/agentPools"), 80)

    def test_a_missing_row_is_found(self):
        rows = read_table()
        del rows["AgentPoolProfileProperties"]["maxPods"]
        rows["AgentPoolProfileProperties"]["mode"] = ("System|User", "r")
        comparison = Comparison(rows, "2026-08-01")
        comparison.model(models.AgentPool, "managedClusters/agentPools", "pool")
        self.assertEqual(comparison.differences, ["pool.properties.maxPods is not in the table", "pool.properties.mode is not read-only",
                                                  "pool.properties.mode lacks ['Gateway']"])


if __name__ == "__main__":
    main()
