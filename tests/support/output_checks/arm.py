"""ARM templates: the envelope, the resources, and rules that no schema holds."""

import json
import re

import jsonschema

from .findings import deepest, place_of

CLUSTER = "Microsoft.ContainerService/managedClusters"
POOL = CLUSTER + "/agentPools"
EXPRESSION = re.compile(r"^\[(?!\[).*\]$")


class Schemas:
    def __init__(self, folder):
        self.folder = folder
        self.cache = {}

    def envelope(self, name):
        return self._validator(self.folder / "arm" / f"{name}.2019-04-01.json", None)

    def resource(self, kind, version):
        """A validator; None when this version or type is not at hand."""
        provider, _, short = kind.partition("/")
        path = self.folder / f"aks-{version}.template.schema.json"
        if provider != "Microsoft.ContainerService" or not path.is_file():
            return None
        entry = self._json(path)["x-entrypoints"].get(short)
        return self._validator(path, entry["templateResource"]) if entry else None

    def _json(self, path):
        if path not in self.cache:
            self.cache[path] = json.loads(path.read_text(encoding="utf-8"))
        return self.cache[path]

    def _validator(self, path, entry):
        key = (path, entry)
        if key not in self.cache:
            schema = self._json(path)
            if entry:
                schema = {"definitions": schema["definitions"], "$ref": entry}
            kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)
            beside = {other.name: self._json(other) for other in path.parent.glob("deployment*.json")}
            self.cache[key] = kind(schema, resolver=jsonschema.RefResolver.from_schema(schema, store=beside))
        return self.cache[key]


def check(folder, schemas, findings):
    template_path = folder / "arm" / "azuredeploy.json"
    parameters_path = folder / "arm" / "azuredeploy.parameters.json"
    if not template_path.is_file():
        if parameters_path.exists():
            findings.add(parameters_path, "", "parameters without a template")
        return
    template = findings.load_json(template_path)
    parameters = findings.load_json(parameters_path) if parameters_path.is_file() else None
    if template is None:
        return
    validate(schemas.envelope("deploymentTemplate"), template, template_path, "", findings)
    if parameters is None:
        findings.add(template_path, "", "no parameters file beside it")
    else:
        validate(schemas.envelope("deploymentParameters"), parameters, parameters_path, "", findings)
        for name in parameters["parameters"]:
            if name not in template.get("parameters", {}):
                findings.add(parameters_path, name, "the template has no such parameter")
    check_limits(template, template_path, findings)
    for index, resource in enumerate(template["resources"]):
        check_resource(resource, f"resources[{index}] {resource.get('name')}", template_path, schemas, findings)
    check_order(template["resources"], template_path, findings)


def validate(validator, document, path, place, findings):
    for error in validator.iter_errors(document):
        inner = deepest(error)
        where = ".".join(part for part in (place, place_of(inner)) if part)
        findings.add(path, where, inner.message[:300])


def check_limits(template, path, findings):
    findings.checked["ARM templates"] += 1
    if path.stat().st_size > 4 * 1024 * 1024:
        findings.add(path, "", "more than 4 MiB")
    for key, most in (("resources", 800), ("parameters", 256), ("variables", 256), ("outputs", 64)):
        if len(template.get(key, ())) > most:
            findings.add(path, key, f"{len(template[key])}, {most} are allowed")


def check_resource(resource, place, path, schemas, findings):
    kind, version = resource.get("type", ""), resource.get("apiVersion", "")
    validator = schemas.resource(kind, version)
    if validator is None:
        findings.unchecked[f"{kind} {version}"] += 1
    else:
        findings.checked["ARM resources"] += 1
        validate(validator, resource, path, place, findings)
    if kind == POOL:
        parts = resource["name"].split("/")
        if len(parts) != 2:
            findings.add(path, place, "a pool's name is CLUSTER/POOL")
        check_pool(parts[-1], resource.get("properties", {}), place, path, findings)
    elif kind == CLUSTER:
        check_cluster(resource, place, path, findings)


def check_cluster(resource, place, path, findings):
    profiles = resource["properties"].get("agentPoolProfiles", [])
    if not any(profile.get("mode") == "System" for profile in profiles):
        findings.add(path, place, "no System pool in the body: Azure refuses to make the cluster")
    for profile in profiles:
        check_pool(profile["name"], profile, f"{place}.agentPoolProfiles", path, findings)
    prefix = resource["properties"].get("dnsPrefix", "")
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?", prefix):
        findings.add(path, place, f"dnsPrefix {prefix!r}")


def check_pool(name, properties, place, path, findings):
    def fault(text):
        findings.add(path, place, text)

    windows = properties.get("osType") == "Windows"
    if not re.fullmatch(r"[a-z][a-z0-9]{0,5}" if windows else r"[a-z][a-z0-9]{0,11}", name):
        fault(f"{name!r} is no name of a pool")
    for field in ("mode", "vmSize", "osType", "type", "count"):
        if field not in properties:
            fault(f"no {field}")
    count = properties.get("count", 0)
    least = 1 if properties.get("mode") == "System" else 0
    if not least <= count <= 1000:
        fault(f"count {count} is not in {least}..1000")
    has_range = "minCount" in properties or "maxCount" in properties
    if bool(properties.get("enableAutoScaling")) != has_range:
        fault("minCount and maxCount stand with enableAutoScaling, and only then")
    if has_range and not least <= properties["minCount"] <= count <= properties["maxCount"] <= 1000:
        fault("minCount <= count <= maxCount does not hold")
    spot = properties.get("scaleSetPriority") == "Spot"
    if spot and properties.get("mode") != "User":
        fault("Spot needs mode User")
    if not spot and ("spotMaxPrice" in properties or "scaleSetEvictionPolicy" in properties):
        fault("a Spot field on a pool that is not Spot")
    for taint in properties.get("nodeTaints", []):
        if not re.fullmatch(r"[^=:]+=[^=:]*:(NoSchedule|PreferNoSchedule|NoExecute)", taint):
            fault(f"taint {taint!r}")


def own_id(resource):
    names = ", ".join(f"'{part}'" for part in resource["name"].split("/"))
    return f"[resourceId('{resource['type']}', {names})]"


def check_order(resources, path, findings):
    """Every dependency is in the template, and all resources of a cluster form one chain."""
    ids = [own_id(resource) for resource in resources]
    if len(set(ids)) != len(ids):
        findings.add(path, "resources", "two resources of one name")
    for index, resource in enumerate(resources):
        depends = resource.get("dependsOn", [])
        for target in depends:
            if not EXPRESSION.match(target) or target not in ids:
                findings.add(path, resource["name"], f"depends on {target}, which is not in the template")
        if index > 0 and ids[index - 1] not in depends:
            findings.add(path, resource["name"], "not chained to the resource before it: AKS refuses parallel writes")
