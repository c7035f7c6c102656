#include "backends/deploy/kube/running_work.h"

#include <algorithm>

namespace gpuspec::deploy::kube {

namespace {

// "vendor.example/gpu", not "cpu" nor "kubernetes.io/batch-cpu".
bool isExtended(const std::string& resource) {
  const std::size_t slash = resource.find('/');
  return slash != std::string::npos && !resource.substr(0, slash).ends_with("kubernetes.io");
}

bool asksForDevice(const Tree& pod) {
  for (const char* list : {"containers", "initContainers"}) {
    for (const Tree& container : itemsOf(below(pod, {"spec", list}))) {
      for (const char* section : {"limits", "requests"}) {
        const Tree* amounts = below(container, {"resources", section});
        if (amounts == nullptr || !amounts->isMap()) continue;
        if (std::any_of(amounts->asMap().begin(), amounts->asMap().end(),
                        [](const Tree::Entry& entry) { return isExtended(entry.first); }))
          return true;
      }
    }
  }
  return false;
}

void keep(const Tree& from, Tree& to, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const Tree* value = from.find(key)) to.set(key, *value);
  }
}

Tree containersOf(const Tree* list) {
  Tree out = Tree::list();
  for (const Tree& container : itemsOf(list)) {
    Tree kept = Tree::map();
    keep(container, kept, {"name", "resources"});
    out.push(std::move(kept));
  }
  return out;
}

// Pods are many and large, and their environment may hold what is nobody's business.
Tree trimmedPod(const Tree& pod) {
  Tree out = Tree::map();
  keep(pod, out, {"apiVersion", "kind"});
  if (const Tree* metadata = pod.find("metadata"))
    keep(*metadata, out.at("metadata"), {"name", "namespace", "uid", "labels", "ownerReferences"});
  if (const Tree* spec = pod.find("spec")) {
    keep(*spec, out.at("spec"), {"nodeName", "nodeSelector", "tolerations", "priority"});
    out.at("spec").set("containers", containersOf(spec->find("containers")));
    if (const Tree* init = spec->find("initContainers"))
      out.at("spec").set("initContainers", containersOf(init));
  }
  if (const Tree* status = pod.find("status")) keep(*status, out.at("status"), {"phase"});
  return out;
}

Tree trimmedNode(Tree node) {
  if (Tree* metadata = node.find("metadata")) metadata->erase("managedFields");
  if (Tree* status = node.find("status")) status->erase("images");
  return node;
}

// Nothing, when we have no right to see them.
llvm::Expected<std::vector<Tree>> visible(Caller& caller, const ApiResource& resource,
                                          const std::string& field_selector,
                                          model::LiveCluster& cluster) {
  llvm::Expected<std::vector<Tree>> objects =
      listAll(caller, resource, {"", "", field_selector, false});
  if (objects) return objects;
  llvm::Error error = objects.takeError();
  if (kindOf(error) != apply::ApiError::Kind::Forbidden) return error;
  llvm::consumeError(std::move(error));
  cluster.not_checked.push_back("what runs in " + cluster.cluster + ": no right to list its " +
                                resource.plural);
  return std::vector<Tree>();
}

}  // namespace

llvm::Error readRunningWork(KubeClient& client, Caller& caller, model::LiveCluster& cluster) {
  const ApiResource* nodes = client.find("", "Node");
  const ApiResource* pods = client.find("", "Pod");
  if (nodes == nullptr || pods == nullptr) return llvm::Error::success();
  llvm::Expected<std::vector<Tree>> found = visible(caller, *nodes, "", cluster);
  if (!found) return found.takeError();
  for (Tree& node : *found) cluster.nodes.push_back(trimmedNode(std::move(node)));
  found = visible(caller, *pods, "status.phase!=Succeeded,status.phase!=Failed", cluster);
  if (!found) return found.takeError();
  for (const Tree& pod : *found) {
    const bool placed = !textAt(pod.find("spec"), "nodeName").empty();
    if (placed || asksForDevice(pod)) cluster.pods.push_back(trimmedPod(pod));
  }
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::kube
