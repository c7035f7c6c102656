#include <algorithm>

#include "backends/deploy/sandbox/cluster/housekeeping.h"
#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/selectors.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kManager = "kube-controller-manager";

// The number behind a service's port in this pod; 0 = the pod has no port of that name.
std::int64_t targetPort(const Tree& port, const Tree& pod) {
  const Tree* target = port.find("targetPort");
  if (target == nullptr) return intAt(port, {"port"});
  if (target->isInt()) return target->asInt();
  for (const Tree& container : listAt(pod, {"spec", "containers"})) {
    for (const Tree& each : listAt(container, {"ports"})) {
      if (target->isString() && textAt(each, {"name"}) == target->asString()) {
        return intAt(each, {"containerPort"});
      }
    }
  }
  return 0;
}

Tree portsOf(const Tree& service, const Tree& pod) {
  Tree out = Tree::list();
  for (const Tree& port : listAt(service, {"spec", "ports"})) {
    const std::int64_t number = targetPort(port, pod);
    if (number == 0) continue;
    Tree entry = Tree::map();
    if (const std::string name = textAt(port, {"name"}); !name.empty()) entry.set("name", name);
    entry.set("port", number).set("protocol", textAt(port, {"protocol"}, "TCP"));
    out.push(std::move(entry));
  }
  return out;
}

Tree referenceTo(const Tree& pod) {
  Tree out = Tree::map().set("kind", "Pod").set("name", nameOf(pod));
  return out.set("namespace", namespaceOf(pod)).set("uid", uidOf(pod));
}

class EndpointsController : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kService);
    if (change.key.is(kEndpointSlice)) enqueueController(change, kService);
    if (!change.key.is(kPod)) return;
    for (const Object& service : world_.cache().list(kService, change.key.object_namespace)) {
      const Tree* selector = findAt(*service, {"spec", "selector"});
      for (const Object& pod : {change.before, change.after}) {
        if (pod != nullptr && matchesMap(selector, labelsOf(*pod)))
          enqueue(keyOf(kService, *service));
      }
    }
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object service = world_.cache().get(key);
    if (service == nullptr) return removeEndpoints(key);
    const Tree* selector = findAt(*service, {"spec", "selector"});
    if (isDeleting(*service) || selector == nullptr || selector->empty())
      return llvm::Error::success();
    std::vector<Object> pods;
    for (Object& pod : world_.cache().list(kPod, key.object_namespace)) {
      const bool placed = !textAt(*pod, {"status", "podIP"}).empty() && !isFinished(*pod);
      if (placed && matchesMap(selector, labelsOf(*pod))) pods.push_back(std::move(pod));
    }
    if (llvm::Error error = writeSlice(*service, pods)) return error;
    return writeEndpoints(key, *service, pods);
  }

 private:
  llvm::Error removeEndpoints(const ObjectKey& key) {
    const ObjectKey endpoints = ObjectKey::of(kEndpoints, key.object_namespace, key.name);
    return world_.cache().get(endpoints) == nullptr ? llvm::Error::success()
                                                    : world_.remove(endpoints);
  }

  llvm::Error write(const Kind& kind, Tree object) {
    const ObjectKey key = keyOf(kind, object);
    if (world_.cache().get(key) != nullptr) return world_.patch(key, object, kManager);
    auto made = world_.create(kind, std::move(object), kManager);
    return made ? llvm::Error::success() : made.takeError();
  }

  llvm::Error writeSlice(const Tree& service, const std::vector<Object>& pods) {
    Tree object = Tree::map();
    setAt(object, {"metadata", "name"}, suffixed(nameOf(service), uidOf(service)));
    setAt(object, {"metadata", "namespace"}, namespaceOf(service));
    setAt(object, {"metadata", "labels", "kubernetes.io/service-name"}, nameOf(service));
    setAt(object, {"metadata", "labels", "endpointslice.kubernetes.io/managed-by"},
          "endpointslice-controller.k8s.io");
    setAt(object, {"metadata", "ownerReferences"},
          Tree(Tree::List{ownerReference(service, kService.apiVersion(), kService.kind)}));
    Tree endpoints = Tree::list();
    for (const Object& pod : pods) {
      Tree endpoint =
          Tree::map().set("addresses", Tree::strings({textAt(*pod, {"status", "podIP"})}));
      const bool ready = isPodReady(*pod), leaving = isDeleting(*pod);
      Tree conditions = Tree::map().set("ready", ready && !leaving).set("serving", ready);
      endpoint.set("conditions", conditions.set("terminating", leaving));
      endpoint.set("nodeName", nodeOf(*pod)).set("targetRef", referenceTo(*pod));
      endpoints.push(std::move(endpoint));
    }
    object.set("addressType", "IPv4").set("endpoints", std::move(endpoints));
    object.set("ports", pods.empty() ? Tree::list() : portsOf(service, *pods.front()));
    return write(kEndpointSlice, std::move(object));
  }

  llvm::Error writeEndpoints(const ObjectKey& key, const Tree& service,
                             const std::vector<Object>& pods) {
    Tree ready = Tree::list(), waiting = Tree::list();
    for (const Object& pod : pods) {
      Tree address = Tree::map().set("ip", textAt(*pod, {"status", "podIP"}));
      address.set("nodeName", nodeOf(*pod)).set("targetRef", referenceTo(*pod));
      (isPodReady(*pod) && !isDeleting(*pod) ? ready : waiting).push(std::move(address));
    }
    Tree subset = Tree::map();
    if (!ready.empty()) subset.set("addresses", std::move(ready));
    if (!waiting.empty()) subset.set("notReadyAddresses", std::move(waiting));
    Tree subsets = Tree::list();
    if (!pods.empty()) subsets.push(subset.set("ports", portsOf(service, *pods.front())));
    Tree object = Tree::map();
    setAt(object, {"metadata", "name"}, key.name);
    setAt(object, {"metadata", "namespace"}, key.object_namespace);
    object.set("subsets", subsets.empty() ? Tree() : std::move(subsets));
    return write(kEndpoints, std::move(object));
  }
};

// Every namespace has an account that pods use when they name none.
class ServiceAccounts : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kNamespace);
    if (change.key.is(kServiceAccount) && change.after == nullptr) {
      enqueue(ObjectKey::of(kNamespace, "", change.key.object_namespace));
    }
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object space = world_.cache().get(key);
    if (space == nullptr || isDeleting(*space)) return llvm::Error::success();
    if (world_.cache().get(kServiceAccount, key.name, "default") != nullptr)
      return llvm::Error::success();
    Tree object = Tree::map();
    setAt(object, {"metadata", "name"}, "default");
    setAt(object, {"metadata", "namespace"}, key.name);
    auto made = world_.create(kServiceAccount, std::move(object), kManager);
    return made ? llvm::Error::success() : made.takeError();
  }
};

}  // namespace

std::unique_ptr<Controller> makeEndpoints(World& world) {
  return std::make_unique<EndpointsController>(world);
}

std::unique_ptr<Controller> makeServiceAccounts(World& world) {
  return std::make_unique<ServiceAccounts>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
