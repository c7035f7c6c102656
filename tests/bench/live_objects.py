"""What the benchmarks of plan and apply put into a cluster: teams by a loop, and the same objects as bodies for other clients."""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "real"))

import fleet  # noqa: E402
import kube  # noqa: E402

OBJECTS_OF_A_TEAM = 10

SPEC = """project "{project}"
cluster ml {{ platform = kubernetes  context = "{context}"  network {{ policy = cilium }} }}
for t in range({teams}) {{
{team}}}
"""

MAKESPAN = """project "bench-makespan"
for c in range(2) {
  cluster "c${c}" {
    resource_group = "rg-c${c}"
    location       = "westeurope"
    version        = "1.36"
    network        { plugin = azure_overlay  policy = cilium  dataplane = cilium }
  }
  pool "system${c}" { cluster = cluster["c${c}"]  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }
  for p in range(3) {
    pool "p${c}${p}" { cluster = cluster["c${c}"]  vm = "Standard_D8s_v5"  nodes = 1 }
  }
}
for t in range(12) {
  team "team${t}" {
    clusters = [cluster["c0"], cluster["c1"]]
    quota    { cpu = 8cpu  memory = 64GiB  pods = 100 }
    network  { default = deny  allow egress to dns  allow egress to self  allow ingress from self }
  }
}
"""

COLLECTIONS = ["/api/v1/namespaces", "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/api/v1/resourcequotas",
               "/api/v1/limitranges", "/apis/rbac.authorization.k8s.io/v1/rolebindings",
               "/apis/networking.k8s.io/v1/networkpolicies"]


def spec(project, prefix, teams, context):
    """About OBJECTS_OF_A_TEAM for each team, and three roles of the cluster."""
    team = fleet.TEAM.format(name=prefix + "${t}", clusters="[cluster.ml]")
    return SPEC.format(project=project, teams=teams, context=context, team=team)


def set_by(fields, value):
    """The part of an object that a manager's fieldsV1 name."""
    if isinstance(value, dict):
        inner = {key[2:]: rest for key, rest in fields.items() if key.startswith("f:")}
        return {key: set_by(rest, value[key]) for key, rest in inner.items() if key in value} if inner else value
    if isinstance(value, list):
        keys = [json.loads(key[2:]) for key in fields if key.startswith("k:")]
        found = [(key, item) for key in keys for item in value if key.items() <= item.items()]
        return [set_by(fields["k:" + json.dumps(key, separators=(",", ":"))], item) for key, item in found] if keys else value
    return value


def bodies(client, project):
    """What `gpuspec apply` sent: [(path, body)], what stands in no namespace first. Read from what is live."""
    found = []
    for collection in COLLECTIONS:
        listed = client.get(f"{collection}?labelSelector=gpuspec.dev/project={project}")
        group = collection[len("/apis/"):].rsplit("/", 1)[0] if collection.startswith("/apis/") else "v1"
        for item in listed["items"]:
            metadata = item["metadata"]
            ours = [entry for entry in metadata["managedFields"] if entry["manager"] == "gpuspec" and entry["operation"] == "Apply"]
            body = set_by(ours[0]["fieldsV1"], item)
            body["metadata"]["name"] = metadata["name"]
            path = kube.path_of(collection, {"namespaced": "namespace" in metadata}, item)
            if "namespace" in metadata:
                body["metadata"]["namespace"] = metadata["namespace"]
            found.append((path, {"apiVersion": group, "kind": listed["kind"][:-len("List")], **body}))
    return found


def renamed(objects, old, new):
    """The same objects under other names: `old` and `new` are equally long words that stand nowhere else."""
    return [(path.replace(old, new), json.dumps(body, separators=(",", ":")).replace(old, new)) for path, body in objects]
