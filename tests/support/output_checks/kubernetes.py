"""Kubernetes objects: the API's own definitions, CRDs, and what refers to what."""

import ipaddress
import json
import re

import jsonschema
import yaml

from .findings import deepest, place_of

QUANTITY = {
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": r"^[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[mkMGTPE]|[eE][+-]?[0-9]+)?$"},
    ]
}
INT_OR_STRING = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
DNS_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
LABEL_KINDS = {"Namespace", "Service"}
# Azure's managed Prometheus serves the operator's kinds under a group of its own.
SAME_AS = {"azmonitoring.coreos.com": "monitoring.coreos.com"}
RBAC_KINDS = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}


def from_openapi(name, definition):
    """A Swagger 2 definition as JSON Schema: int-or-string, quantities, and no field that the API does not know."""
    if name.endswith(".resource.Quantity"):
        return QUANTITY
    if definition.get("format") == "int-or-string":
        return INT_OR_STRING
    return closed(definition)


def closed(schema):
    """Copies a schema; maps with named properties take no others, unless they say so."""
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return INT_OR_STRING
    out = {}
    for key, value in schema.items():
        if key in ("description", "default", "format", "example") or key.startswith("x-kubernetes"):
            continue
        if key == "properties":
            out[key] = {name: closed(inner) for name, inner in value.items()}
        elif key in ("items", "additionalProperties", "not"):
            out[key] = closed(value)
        elif key in ("anyOf", "oneOf", "allOf"):
            # Alternatives add conditions to the same map, they don't list all of its fields.
            out[key] = [as_is(inner) for inner in value]
        else:
            out[key] = value
    free = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource")
    if "properties" in out and "additionalProperties" not in out and not free:
        out["additionalProperties"] = False
    if out.pop("nullable", False) and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


def as_is(schema):
    if isinstance(schema, dict):
        return {key: as_is(value) for key, value in schema.items()
                if key not in ("description", "default", "nullable") and not key.startswith("x-kubernetes")}
    return [as_is(item) for item in schema] if isinstance(schema, list) else schema


class Schemas:
    """Definitions and CRDs are read as they are asked for: there are many, an output needs few."""

    def __init__(self, kubernetes, crds):
        self.raw = json.loads(next(kubernetes.glob("openapi-v2-definitions-*.json")).read_text())["definitions"]
        self.names = {}
        for name, body in self.raw.items():
            for kind in body.get("x-kubernetes-group-version-kind", []):
                self.names.setdefault((kind["group"], kind["version"], kind["kind"]), name)
        rest = json.loads(next(kubernetes.glob("rest-mapping-*.json")).read_text())["mappings"]
        self.namespaced = {(row["group"], row["kind"]): row["namespaced"] for row in rest}
        self.crd_texts = [path.read_text() for path in sorted(crds.glob("**/*.yaml"))]
        self.custom = {}
        self.read_groups = set()
        self.validators = {}

    def validator(self, group, version, kind):
        key = (group, version, kind)
        if key not in self.validators:
            self.validators[key] = self._core(key) if key in self.names else self._custom(key)
        return self.validators[key]

    def _core(self, key):
        definitions, open_names = {}, [self.names[key]]
        while open_names:
            name = open_names.pop()
            if name not in definitions:
                definitions[name] = from_openapi(name, self.raw[name])
                open_names += re.findall(r'"#/definitions/([^"]+)"', json.dumps(definitions[name]))
        return jsonschema.Draft7Validator({"definitions": definitions, "$ref": "#/definitions/" + self.names[key]})

    def _custom(self, key):
        group = SAME_AS.get(key[0], key[0])
        self._read_group(group)
        if group != key[0]:
            self.namespaced[(key[0], key[2])] = self.namespaced.get((group, key[2]))
            key = (group, *key[1:])
        if key not in self.custom:
            return None
        schema = closed(self.custom[key])
        for field in ("apiVersion", "kind"):
            schema.setdefault("properties", {}).setdefault(field, {"type": "string"})
        schema["properties"]["metadata"] = {"type": "object"}
        return jsonschema.Draft7Validator(schema)

    def _read_group(self, group):
        if group in self.read_groups:
            return
        self.read_groups.add(group)
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for text in self.crd_texts:
            if not re.search(rf"^\s*group: [\"']?{re.escape(group)}[\"']?\s*$", text, re.MULTILINE):
                continue
            for crd in yaml.load_all(text, loader):
                if crd and crd.get("kind") == "CustomResourceDefinition":
                    self._add(crd["spec"])

    def _add(self, spec):
        group, kind = spec["group"], spec["names"]["kind"]
        self.namespaced[(group, kind)] = spec["scope"] == "Namespaced"
        for version in spec["versions"]:
            self.custom[(group, version["name"], kind)] = version["schema"]["openAPIV3Schema"]


def split(api_version):
    group, _, version = api_version.rpartition("/")
    return group, version


def check(folder, schemas, findings):
    folder = folder / "kubernetes"
    if not folder.is_dir():
        return
    objects = []  # (path, object)
    for path in sorted(folder.glob("*.yaml")):
        if path.name == "kustomization.yaml":
            continue
        for document in findings.load_yaml(path):
            if isinstance(document, dict):
                objects.append((path, document))
            else:
                findings.add(path, "", "a document that is no map")
    check_kustomization(folder, findings)
    seen = {}
    for path, item in objects:
        check_object(path, item, schemas, findings)
        identity = identity_of(item)
        if identity in seen:
            findings.add(path, title(item), f"made twice; also in {seen[identity].name}")
        seen[identity] = path
    check_references(objects, set(seen), findings)


def check_kustomization(folder, findings):
    path = folder / "kustomization.yaml"
    if not path.is_file():
        findings.add(folder, "", "no kustomization.yaml")
        return
    documents = findings.load_yaml(path)
    listed = documents[0].get("resources", []) if documents else []
    there = sorted(entry.name for entry in folder.glob("*.yaml") if entry.name != path.name)
    if listed != there:
        findings.add(path, "resources", f"lists {listed}, there are {there}")


def identity_of(item):
    metadata = item.get("metadata") or {}
    return split(item.get("apiVersion", ""))[0], item.get("kind"), metadata.get("namespace", ""), metadata.get("name")


def title(item):
    metadata = item.get("metadata") or {}
    return f"{item.get('kind')} {metadata.get('namespace', '-')}/{metadata.get('name')}"


def check_object(path, item, schemas, findings):
    def fault(text):
        findings.add(path, title(item), text)

    metadata = item.get("metadata") or {}
    group, version = split(item.get("apiVersion", ""))
    kind = item.get("kind")
    if not kind or not version or not metadata.get("name"):
        fault("no apiVersion, kind or name")
        return
    validator = schemas.validator(group, version, kind)
    if validator is None:
        findings.unchecked[f"{item['apiVersion']} {kind}"] += 1
    else:
        findings.checked["Kubernetes objects"] += 1
        for error in validator.iter_errors(item):
            inner = deepest(error)
            fault(f"{place_of(inner)}: {inner.message[:300]}")
    namespaced = schemas.namespaced.get((group, kind))
    if namespaced is False and "namespace" in metadata:
        fault("has a namespace, but its kind has none")
    if namespaced and "namespace" not in metadata:
        fault("has no namespace")
    check_names(kind, metadata, fault)
    if metadata.get("labels", {}).get("app.kubernetes.io/managed-by") != "gpuspec":
        fault("not marked as gpuspec's")
    rules = CHECKS.get(kind)
    if rules:
        rules(item, fault)


def check_names(kind, metadata, fault):
    name = metadata["name"]
    wanted = DNS_LABEL if kind in LABEL_KINDS else DNS_NAME
    legal = "/" not in name and "%" not in name if kind in RBAC_KINDS else wanted.fullmatch(name)
    if not legal:
        fault("a name that Kubernetes refuses")
    check_labels(metadata.get("labels", {}), fault)


def check_labels(labels, fault):
    for key, value in labels.items():
        if not LABEL_KEY.fullmatch(key) or not isinstance(value, str) or not LABEL_VALUE.fullmatch(value):
            fault(f"label {key}: {value!r}")


# ---- rules between fields of one kind

def check_quota(item, fault):
    for key in item["spec"]["hard"]:
        extended = "/" in key and not key.startswith("count/")
        if extended and not key.startswith("requests."):
            fault(f"{key}: an extended resource is counted as requests.{key}")


def check_limit_range(item, fault):
    for limit in item["spec"]["limits"]:
        for field in ("default", "defaultRequest", "min", "max"):
            for key in limit.get(field, {}):
                if "/" in key:
                    fault(f"{field}.{key}: becomes a request of every container")


def check_policy(item, fault):
    spec = item["spec"]
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        if direction in spec and direction.capitalize() not in spec.get("policyTypes", []):
            fault(f"{direction} rules without the policy type")
        for rule in spec.get(direction, []):
            for peer in rule.get(peers, []):
                if "ipBlock" in peer:
                    check_block(peer, fault)
            for port in rule.get("ports", []):
                if "endPort" in port and not (isinstance(port.get("port"), int) and port["endPort"] >= port["port"]):
                    fault("endPort below its port")


def check_block(peer, fault):
    if len(peer) > 1:
        fault("ipBlock beside a selector")
    whole = ipaddress.ip_network(peer["ipBlock"]["cidr"])
    for hole in peer["ipBlock"].get("except", []):
        if not ipaddress.ip_network(hole).subnet_of(whole):
            fault(f"except {hole} outside {whole}")


def check_template(template, fault):
    check_labels(template.get("metadata", {}).get("labels", {}), fault)
    if "app.kubernetes.io/managed-by" in template.get("metadata", {}).get("labels", {}):
        fault("pods are marked as gpuspec's own: apply would take them for objects that the spec dropped")
    spec = template["spec"]
    volumes = [volume["name"] for volume in spec.get("volumes", [])]
    if len(set(volumes)) != len(volumes):
        fault("two volumes of one name")
    for container in spec["containers"]:
        resources = container.get("resources", {})
        requests, limits = resources.get("requests", {}), resources.get("limits", {})
        for key in set(requests) | set(limits):
            if "/" in key and requests.get(key) != limits.get(key):
                fault(f"{key}: request and limit differ")
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                fault(f"mounts volume {mount['name']}, which the pod has not")
        names = [variable["name"] for variable in container.get("env", [])]
        if len(set(names)) != len(names):
            fault("an environment variable twice")


def check_job_spec(spec, fault):
    restart = spec["template"]["spec"].get("restartPolicy")
    if restart not in ("Never", "OnFailure"):
        fault(f"restartPolicy {restart} in a job")
    if spec.get("completionMode") == "Indexed" and not spec.get("completions"):
        fault("Indexed without completions")
    check_template(spec["template"], fault)


def check_cron_job(item, fault):
    check_job_spec(item["spec"]["jobTemplate"]["spec"], fault)


def check_deployment(item, fault):
    labels = item["spec"]["template"]["metadata"]["labels"]
    for key, value in item["spec"]["selector"]["matchLabels"].items():
        if labels.get(key) != value:
            fault(f"selects {key}={value}, which its pods do not carry")
    check_template(item["spec"]["template"], fault)


CHECKS = {
    "ResourceQuota": check_quota,
    "LimitRange": check_limit_range,
    "NetworkPolicy": check_policy,
    "Job": lambda item, fault: check_job_spec(item["spec"], fault),
    "CronJob": check_cron_job,
    "Deployment": check_deployment,
}


# ---- references between objects

def templates(item):
    spec = item.get("spec") or {}
    if item["kind"] in ("Deployment", "Job"):
        yield spec["template"]
    elif item["kind"] == "CronJob":
        yield spec["jobTemplate"]["spec"]["template"]


def check_references(objects, identities, findings):
    marked = [(path, item) for path, item in objects if item.get("kind") and (item.get("metadata") or {}).get("name")]
    pods = [((item["metadata"].get("namespace", "")), template["metadata"].get("labels", {}))
            for _, item in marked for template in templates(item)]
    for path, item in marked:
        def fault(text):
            findings.add(path, title(item), text)  # noqa: B023

        namespace = item["metadata"].get("namespace", "")
        role = item.get("roleRef", {})
        if role.get("name", "").startswith("gpuspec:") and (role["apiGroup"], role["kind"], "", role["name"]) not in identities:
            fault(f"binds {role['name']}, which is not there")
        for template in templates(item):
            priority = template["spec"].get("priorityClassName")
            if priority and not priority.startswith("system-") and \
                    ("scheduling.k8s.io", "PriorityClass", "", priority) not in identities:
                fault(f"priority class {priority} is not there")
            subdomain = template["spec"].get("subdomain")
            if subdomain and ("", "Service", namespace, subdomain) not in identities:
                fault(f"subdomain {subdomain} has no Service")
        selector = (item.get("spec") or {}).get("selector") if item["kind"] == "Service" else None
        own = "gpuspec.dev/workload" in (selector or {})
        if own and not any(where == namespace and selector.items() <= labels.items() for where, labels in pods):
            fault("selects no pod")
