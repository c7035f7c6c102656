#include "backends/deploy/sandbox/kube/bootstrap.h"

#include "backends/deploy/sandbox/kube/bootstrap_roles.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using ir::mapOf;

void make(ObjectLayer& objects, const ResourceId& id, std::string_view object_namespace,
          Tree object) {
  if (objects.get(id, object_namespace, nameOf(object))) return;
  WriteOptions options;
  options.field_manager = "kube-apiserver";
  llvm::cantFail(objects.create(id, object_namespace, std::move(object), options));
}

Tree named(std::string_view name) {
  return mapOf("metadata", mapOf("name", name));
}

}  // namespace

void makeOwnObjects(ObjectLayer& objects) {
  for (std::string_view name : {"default", "kube-system", "kube-public", "kube-node-lease"}) {
    make(objects, {"", "v1", "namespaces"}, "", named(name));
  }
  const ResourceId priorities{"scheduling.k8s.io", "v1", "priorityclasses"};
  make(objects, priorities, "",
       named("system-cluster-critical")
           .set("value", std::int64_t{2'000'000'000})
           .set("description",
                "Used for system critical pods that must run in the cluster, but can be moved to "
                "another node if necessary."));
  make(objects, priorities, "",
       named("system-node-critical")
           .set("value", std::int64_t{2'000'001'000})
           .set("description",
                "Used for system critical pods that must not be moved from their current node."));
  const ResourceId roles{"rbac.authorization.k8s.io", "v1", "clusterroles"};
  for (auto& [name, rules] : ownRoles())
    make(objects, roles, "", named(name).set("rules", std::move(rules)));
  Tree service = named("kubernetes");
  setAt(service, {"metadata", "labels"}, mapOf("component", "apiserver", "provider", "kubernetes"));
  Tree port = mapOf("name", "https", "port", 443, "protocol", "TCP", "targetPort", 6443);
  service.set("spec", mapOf("clusterIP", "10.0.0.1", "type", "ClusterIP", "ports",
                            Tree(Tree::List{std::move(port)})));
  make(objects, {"", "v1", "services"}, "default", std::move(service));
}

}  // namespace gpuspec::deploy::sandbox::api
