#!/usr/bin/env python3
"""Writes types.inc: the fields of the Kubernetes kinds that the sandbox serves, one line each.

usage: make_types.py OPENAPI_V2_DEFINITIONS.json > types.inc

The input is Kubernetes' own api/openapi-spec/swagger.json (release-1.36, Apache License 2.0);
descriptions are left out. Types that the input may lack are written down in EXTRA.
"""

import json
import sys

ROOTS = """
core.v1: Namespace Pod Node Service Endpoints ConfigMap Secret ServiceAccount Event ResourceQuota
 LimitRange PersistentVolumeClaim PersistentVolume PodTemplate Binding
apps.v1: Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision
batch.v1: Job CronJob
autoscaling.v2: HorizontalPodAutoscaler
autoscaling.v1: Scale
policy.v1: PodDisruptionBudget Eviction
networking.v1: NetworkPolicy Ingress IngressClass
rbac.v1: Role RoleBinding ClusterRole ClusterRoleBinding
scheduling.v1: PriorityClass
coordination.v1: Lease
storage.v1: StorageClass
discovery.v1: EndpointSlice
node.v1: RuntimeClass
apiextensions.v1: CustomResourceDefinition
admissionregistration.v1: ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
 ValidatingWebhookConfiguration MutatingWebhookConfiguration
authorization.v1: SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
authentication.v1: SelfSubjectReview TokenRequest
resource.v1: DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
meta.v1: DeleteOptions Status
"""

# In the format that is written; `=` after a type gives what a list-map key defaults to.
EXTRA = """
core.v1.Endpoints
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta
 subsets []@core.v1.EndpointSubset
core.v1.EndpointSubset
 addresses []@core.v1.EndpointAddress
 notReadyAddresses []@core.v1.EndpointAddress
 ports []@core.v1.EndpointPort
core.v1.EndpointAddress ~
 hostname string
 ip! string
 nodeName string
 targetRef @core.v1.ObjectReference
core.v1.EndpointPort ~
 appProtocol string
 name string
 port! int32
 protocol string
core.v1.Binding
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta
 target! @core.v1.ObjectReference
core.v1.PersistentVolume
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta
 spec @core.v1.PersistentVolumeSpec
 status @core.v1.PersistentVolumeStatus
core.v1.PersistentVolumeSpec
 accessModes []string
 azureDisk @core.v1.AzureDiskVolumeSource
 azureFile @core.v1.AzureFilePersistentVolumeSource
 capacity {}quantity
 claimRef @core.v1.ObjectReference~
 csi @core.v1.CSIPersistentVolumeSource
 hostPath @core.v1.HostPathVolumeSource
 local @core.v1.LocalVolumeSource
 mountOptions []string
 nfs @core.v1.NFSVolumeSource
 nodeAffinity @core.v1.VolumeNodeAffinity
 persistentVolumeReclaimPolicy string
 storageClassName string
 volumeAttributesClassName string
 volumeMode string
core.v1.AzureFilePersistentVolumeSource
 readOnly bool
 secretName! string
 secretNamespace string
 shareName! string
core.v1.CSIPersistentVolumeSource
 controllerExpandSecretRef @core.v1.SecretReference
 controllerPublishSecretRef @core.v1.SecretReference
 driver! string
 fsType string
 nodeExpandSecretRef @core.v1.SecretReference
 nodePublishSecretRef @core.v1.SecretReference
 nodeStageSecretRef @core.v1.SecretReference
 readOnly bool
 volumeAttributes {}string
 volumeHandle! string
core.v1.SecretReference ~
 name string
 namespace string
core.v1.LocalVolumeSource
 fsType string
 path! string
core.v1.VolumeNodeAffinity
 required @core.v1.NodeSelector
core.v1.PersistentVolumeStatus
 lastPhaseTransitionTime time
 message string
 phase string
 reason string
apps.v1.ControllerRevision
 apiVersion string
 data raw
 kind string
 metadata @meta.v1.ObjectMeta
 revision! int64
autoscaling.v1.Scale
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta
 spec @autoscaling.v1.ScaleSpec
 status @autoscaling.v1.ScaleStatus
autoscaling.v1.ScaleSpec
 replicas int32
autoscaling.v1.ScaleStatus
 replicas! int32
 selector string
networking.v1.Ingress
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta
 spec @networking.v1.IngressSpec
 status @networking.v1.IngressStatus
networking.v1.IngressSpec
 defaultBackend @networking.v1.IngressBackend
 ingressClassName string
 rules []@networking.v1.IngressRule
 tls []@networking.v1.IngressTLS
networking.v1.IngressBackend
 resource @core.v1.TypedLocalObjectReference
 service @networking.v1.IngressServiceBackend
networking.v1.IngressServiceBackend
 name! string
 port @networking.v1.ServiceBackendPort
networking.v1.ServiceBackendPort ~
 name string
 number int32
networking.v1.IngressRule
 host string
 http @networking.v1.HTTPIngressRuleValue
networking.v1.HTTPIngressRuleValue
 paths! []@networking.v1.HTTPIngressPath
networking.v1.HTTPIngressPath
 backend! @networking.v1.IngressBackend
 path string
 pathType! string
networking.v1.IngressTLS
 hosts []string
 secretName string
networking.v1.IngressStatus
 loadBalancer @networking.v1.IngressLoadBalancerStatus
networking.v1.IngressLoadBalancerStatus
 ingress []@networking.v1.IngressLoadBalancerIngress
networking.v1.IngressLoadBalancerIngress
 hostname string
 ip string
 ports []@networking.v1.IngressPortStatus
networking.v1.IngressPortStatus
 error string
 port! int32
 protocol! string
networking.v1.IngressClass
 apiVersion string
 kind string
 metadata @meta.v1.ObjectMeta
 spec @networking.v1.IngressClassSpec
networking.v1.IngressClassSpec
 controller string
 parameters @networking.v1.IngressClassParametersReference
networking.v1.IngressClassParametersReference
 apiGroup string
 kind! string
 name! string
 namespace string
 scope string
"""

KEY_DEFAULTS = {("core.v1.ContainerPort", "protocol"): "TCP", ("core.v1.ServicePort", "protocol"): "TCP"}
# Recursive or free-form types.
SCALARS = {
    "util.intstr.IntOrString": "intstr", "api.resource.Quantity": "quantity", "meta.v1.Time": "time",
    "meta.v1.MicroTime": "microtime", "runtime.RawExtension": "raw", "meta.v1.FieldsV1": "raw",
    "apiextensions.v1.JSONSchemaProps": "raw", "apiextensions.v1.JSON": "any",
}


def short(reference):
    name = reference.rsplit("/", 1)[-1]
    for prefix in ("io.k8s.apiextensions-apiserver.pkg.apis.", "io.k8s.apimachinery.pkg.apis.",
                   "io.k8s.apimachinery.pkg.", "io.k8s.api."):
        if name.startswith(prefix):
            return name[len(prefix):]
    return name


class Writer:
    def __init__(self, definitions):
        self.types = {short(name): body for name, body in definitions.items()}
        self.extra = self.read_extra()
        self.done = set()
        self.todo = []
        self.lines = []

    def read_extra(self):
        out, name = {}, None
        for line in EXTRA.strip().splitlines():
            if line.startswith(" "):
                out[name].append(line)
            else:
                name = line.split()[0]
                out[name] = [line]
        return out

    def refer(self, name):
        if name in SCALARS:
            return SCALARS[name]
        self.todo.append(name)
        atomic = self.types.get(name, {}).get("x-kubernetes-map-type") == "atomic"
        return "@" + name + ("~" if atomic else "")

    def type_of(self, schema):
        if "$ref" in schema:
            text = self.refer(short(schema["$ref"]))
            if schema.get("x-kubernetes-map-type") == "atomic" and not text.endswith("~"):
                text += "~"
            return text
        kind = schema.get("type")
        if kind == "array":
            item = self.type_of(schema["items"])
            topology = schema.get("x-kubernetes-list-type", "atomic")
            if topology == "map":
                topology = "map:" + ",".join(schema["x-kubernetes-list-map-keys"])
            return "[" + ("" if topology == "atomic" else topology) + "]" + item
        if kind == "object":
            if "additionalProperties" not in schema:
                return "raw"
            atomic = schema.get("x-kubernetes-map-type") == "atomic"
            return "{" + ("atomic" if atomic else "") + "}" + self.type_of(schema["additionalProperties"])
        form = schema.get("format")
        if kind == "integer":
            return form or "int32"
        if kind == "string" and form == "byte":
            return "bytes"
        return {"string": "string", "boolean": "bool", "number": "double", None: "any"}[kind]

    def field(self, owner, name, schema, required):
        text = " " + name + ("!" if required else "") + " " + self.type_of(schema)
        if (owner, name) in KEY_DEFAULTS:
            text += "=" + KEY_DEFAULTS[owner, name]
        if "x-kubernetes-patch-strategy" in schema:
            text += " ^" + schema["x-kubernetes-patch-strategy"]
            if "x-kubernetes-patch-merge-key" in schema:
                text += ":" + schema["x-kubernetes-patch-merge-key"]
        return text

    def write(self, name):
        if name in self.done:
            return
        self.done.add(name)
        if name in self.types:
            body = self.types[name]
            self.lines.append((name, [name + (" ~" if body.get("x-kubernetes-map-type") == "atomic" else "")] + [
                self.field(name, field, schema, field in body.get("required", []))
                for field, schema in sorted(body.get("properties", {}).items())]))
        else:
            self.lines.append((name, self.extra[name]))
            for line in self.extra[name]:
                for word in line.split():
                    if "@" in word:
                        self.todo.append(word[word.index("@") + 1:].rstrip("~"))

    def run(self):
        version = None
        for word in ROOTS.split():
            if word.endswith(":"):
                version = word[:-1]
            else:
                self.todo.append(version + "." + word)
        while self.todo:
            self.write(self.todo.pop())
        return "\n".join(line for _, lines in sorted(self.lines) for line in lines)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = Writer(json.load(file)["definitions"]).run()
    print("// Made by make_types.py from Kubernetes' api/openapi-spec/swagger.json, release-1.36")
    print("// (Apache License 2.0), without its descriptions. A line at the margin opens a type, ~ after it:")
    print("// atomic. Fields: name, ! when required, type, =default of a list-map key, ^patch strategy:key.")
    print('R"types(')
    print(text)
    print(')types"')


main()
