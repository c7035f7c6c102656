#include "backends/deploy/sandbox/kube/prepare.h"

#include <llvm/Support/Base64.h>

#include "backends/deploy/sandbox/kube/crd.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/pod_qos.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool is(const ResourceInfo& resource, std::string_view group, std::string_view name) {
  return resource.group == group && resource.resource == name;
}

// The selector that nobody writes by hand, and the labels that it selects.
void selectJobPods(Tree& job) {
  const std::string uid = uidOf(job), name = nameOf(job);
  const bool manual = flagAt(job, {"spec", "manualSelector"});
  if (manual) return;
  for (std::string_view prefix : {"", "batch.kubernetes.io/"}) {
    const std::string controller = std::string(prefix) + "controller-uid";
    const std::string job_name = std::string(prefix) + "job-name";
    if (findAt(job, {"spec", "template", "metadata", "labels", controller}) == nullptr) {
      setAt(job, {"spec", "template", "metadata", "labels", controller}, uid);
    }
    if (findAt(job, {"spec", "template", "metadata", "labels", job_name}) == nullptr) {
      setAt(job, {"spec", "template", "metadata", "labels", job_name}, name);
    }
  }
  if (findAt(job, {"spec", "selector"}) == nullptr) {
    setAt(job, {"spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"}, uid);
  }
}

void preparePod(Tree& pod) {
  setAt(pod, {"status"}, ir::mapOf("phase", "Pending", "qosClass", qosClassOf(pod)));
}

// stringData is written only; data is what is kept.
void mergeStringData(Tree& secret) {
  const Tree::Map texts = mapAt(secret, {"stringData"});
  for (const auto& [name, text] : texts) {
    if (text.isString()) setAt(secret, {"data", name}, llvm::encodeBase64(text.asString()));
  }
  secret.erase("stringData");
}

void setFinalizer(Tree& object, std::string_view finalizer) {
  if (hasFinalizer(object, finalizer)) return;
  if (findAt(object, {"metadata", "finalizers"}) == nullptr)
    setAt(object, {"metadata", "finalizers"}, Tree::list());
  findAt(object, {"metadata", "finalizers"})->push(finalizer);
}

void dropEmptyLists(Tree& object) {
  for (std::string_view field : {"finalizers", "ownerReferences", "labels", "annotations"}) {
    const Tree* value = findAt(object, {"metadata", field});
    if (value != nullptr && value->empty()) eraseAt(object, {"metadata", field});
  }
}

// aggregationRule.clusterRoleSelectors would be filled by a controller; a policy's observed
// generation and type checking by another.
void emptyStatus(const ResourceInfo& resource, Tree& object) {
  if (is(resource, "", "namespaces")) {
    object.set("spec", ir::mapOf("finalizers", Tree(Tree::List{"kubernetes"})));
    object.set("status", ir::mapOf("phase", "Active"));
  } else if (is(resource, "", "pods")) {
    preparePod(object);
  } else if (is(resource, "", "persistentvolumeclaims") || is(resource, "", "persistentvolumes")) {
    object.set("status", ir::mapOf("phase", "Pending"));
  } else if (is(resource, "", "services")) {
    object.set("status", ir::mapOf("loadBalancer", Tree::map()));
  } else if (is(resource, "networking.k8s.io", "ingresses")) {
    object.set("status", ir::mapOf("loadBalancer", Tree::map()));
  } else if (is(resource, "apps", "daemonsets")) {
    object.set("status", ir::mapOf("currentNumberScheduled", 0, "numberMisscheduled", 0,
                                   "desiredNumberScheduled", 0, "numberReady", 0));
  } else if (is(resource, "apps", "replicasets")) {
    object.set("status", ir::mapOf("replicas", 0));
  } else if (is(resource, "apps", "statefulsets")) {
    object.set("status", ir::mapOf("replicas", 0, "availableReplicas", 0));
  } else if (is(resource, "policy", "poddisruptionbudgets")) {
    object.set("status", ir::mapOf("disruptionsAllowed", 0, "currentHealthy", 0, "desiredHealthy",
                                   0, "expectedPods", 0));
  } else if (is(resource, "autoscaling", "horizontalpodautoscalers")) {
    object.set("status", ir::mapOf("desiredReplicas", 0, "currentMetrics", Tree()));
    eraseAt(object, {"status", "currentMetrics"});
  } else if (resource.custom) {
    object.erase("status");
  } else {
    object.set("status", Tree::map());
  }
}

}  // namespace

void stampNew(const ResourceInfo& resource, Tree& object) {
  for (std::string_view field :
       {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"}) {
    eraseAt(object, {"metadata", field});
  }
  setAt(object, {"metadata", "uid"}, newUid());
  setAt(object, {"metadata", "creationTimestamp"}, timestamp());
  if (resource.generations) {
    setAt(object, {"metadata", "generation"}, 1);
  } else {
    eraseAt(object, {"metadata", "generation"});
  }
  dropEmptyLists(object);
}

void keepSystemFields(const Tree& live, Tree& object) {
  for (std::string_view field :
       {"namespace", "uid", "resourceVersion", "creationTimestamp", "generation",
        "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"}) {
    if (const Tree* value = findAt(live, {"metadata", field})) {
      setAt(object, {"metadata", field}, *value);
    } else {
      eraseAt(object, {"metadata", field});
    }
  }
  eraseAt(object, {"metadata", "selfLink"});
  dropEmptyLists(object);
}

void prepareCreate(const ResourceInfo& resource, Tree& object) {
  if (resource.has_status && !resource.creator_sets_status) emptyStatus(resource, object);
  if (is(resource, "", "nodes") && object.find("status") == nullptr)
    object.set("status", Tree::map());
  if (is(resource, "", "nodes") && object.find("spec") == nullptr) object.set("spec", Tree::map());
  if (is(resource, "batch", "jobs")) selectJobPods(object);
  if (is(resource, "", "secrets")) mergeStringData(object);
  if (is(resource, "", "namespaces")) {
    setAt(object, {"metadata", "labels", "kubernetes.io/metadata.name"}, nameOf(object));
  }
  if (is(resource, "", "persistentvolumeclaims"))
    setFinalizer(object, "kubernetes.io/pvc-protection");
  if (is(resource, "", "persistentvolumes")) setFinalizer(object, "kubernetes.io/pv-protection");
  if (is(resource, "apiextensions.k8s.io", "customresourcedefinitions")) establish(object);
}

void prepareUpdate(const ResourceInfo& resource, Tree& object, const Tree& live) {
  if (is(resource, "", "secrets")) mergeStringData(object);
  if (is(resource, "", "namespaces")) {
    setAt(object, {"metadata", "labels", "kubernetes.io/metadata.name"}, nameOf(object));
    if (const Tree* spec = live.find("spec")) object.set("spec", *spec);
  }
  // What the job was given when it was made stays when an apply leaves it out.
  if (is(resource, "batch", "jobs")) {
    for (std::string_view name :
         {"controller-uid", "job-name", "batch.kubernetes.io/controller-uid",
          "batch.kubernetes.io/job-name"}) {
      const Tree* label = findAt(live, {"spec", "template", "metadata", "labels", name});
      if (label != nullptr &&
          findAt(object, {"spec", "template", "metadata", "labels", name}) == nullptr) {
        setAt(object, {"spec", "template", "metadata", "labels", name}, *label);
      }
    }
    const Tree* selector = findAt(live, {"spec", "selector"});
    if (selector != nullptr && findAt(object, {"spec", "selector"}) == nullptr) {
      setAt(object, {"spec", "selector"}, *selector);
    }
  }
  if (is(resource, "apiextensions.k8s.io", "customresourcedefinitions")) establish(object);
}

void restrictTo(std::string_view subresource, const ResourceInfo& resource, Tree& object,
                const Tree& live) {
  if (subresource != "status") {
    if (!resource.has_status) return;
    if (const Tree* status = live.find("status")) {
      object.set("status", *status);
    } else {
      object.erase("status");
    }
    return;
  }
  const Tree* status = object.find("status");
  Tree next = live;
  if (status != nullptr) {
    next.set("status", *status);
  } else {
    next.erase("status");
  }
  // Labels and annotations of built-in kinds may be written along with the status.
  for (std::string_view field : {"labels", "annotations", "managedFields"}) {
    if (resource.custom && field != "managedFields") continue;
    if (const Tree* value = findAt(object, {"metadata", field})) {
      setAt(next, {"metadata", field}, *value);
    } else {
      eraseAt(next, {"metadata", field});
    }
  }
  object = std::move(next);
}

bool specDiffers(const Tree& a, const Tree& b) {
  const auto rest = [](const Tree& object) {
    Tree out = object;
    for (std::string_view field : {"metadata", "status", "apiVersion", "kind"}) out.erase(field);
    return out;
  };
  return !same(rest(a), rest(b));
}

}  // namespace gpuspec::deploy::sandbox::api
