#include "backends/deploy/sandbox/host/clusters.h"

#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

namespace {

constexpr std::string_view kListed = "/sandbox/clusters/";

std::string listedKey(const std::string& name) {
  return std::string(kListed) + name;
}

NodePool nodePool(const std::string& name, const Tree& properties) {
  NodePool pool;
  pool.name = name;
  pool.properties = properties;
  const Tree* count = properties.find("count");
  pool.count = count != nullptr && count->isInt() ? count->asInt() : 0;
  return pool;
}

bool isOn(const Tree& tree, std::initializer_list<std::string_view> path) {
  const Tree* at = &tree;
  for (const std::string_view key : path) {
    at = at->find(key);
    if (at == nullptr) return false;
  }
  return *at == Tree(true) || *at == Tree("cilium");
}

struct Definition {
  const char *group, *version, *plural, *kind;
};
// What AKS puts on a cluster with managed Prometheus, and with Cilium's data plane.
constexpr Definition kMonitoring[] = {
    {"azmonitoring.coreos.com", "v1", "podmonitors", "PodMonitor"},
    {"azmonitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"}};
constexpr Definition kCilium[] = {
    {"cilium.io", "v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy"}};

Tree definitionObject(const Definition& definition) {
  std::string singular = definition.kind;
  for (char& c : singular) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const Tree schema = ir::mapOf(
      "openAPIV3Schema", ir::mapOf("type", "object", "x-kubernetes-preserve-unknown-fields", true));
  return ir::mapOf(
      "apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
      ir::mapOf("name", std::string(definition.plural) + "." + definition.group), "spec",
      ir::mapOf("group", definition.group, "scope", "Namespaced", "names",
                ir::mapOf("plural", definition.plural, "singular", singular, "kind",
                          definition.kind, "listKind", std::string(definition.kind) + "List"),
                "versions",
                ir::listOf(ir::mapOf("name", definition.version, "served", true, "storage", true,
                                     "schema", schema))));
}

template <std::size_t Size>
void addDefinitions(Objects& objects, const Definition (&definitions)[Size]) {
  for (const Definition& definition : definitions) {
    llvm::Expected<Tree> made =
        objects.create({"apiextensions.k8s.io", "v1", "customresourcedefinitions"}, "",
                       definitionObject(definition), {});
    if (!made) llvm::consumeError(made.takeError());  // it is there already
  }
}

// The definitions that the platform brings, by the cluster's own settings.
void addPlatform(Objects& objects, const Tree& managed_cluster) {
  const Tree* properties = managed_cluster.find("properties");
  if (properties == nullptr) return;
  if (isOn(*properties, {"azureMonitorProfile", "metrics", "enabled"}))
    addDefinitions(objects, kMonitoring);
  if (isOn(*properties, {"networkProfile", "networkDataplane"})) addDefinitions(objects, kCilium);
}

}  // namespace

Clusters::Running::~Running() {
  cluster->stop();
}

Clusters::Clusters(Store& store, const NodeFacts& facts, std::string token,
                   MakeKubeconfig make_kubeconfig)
    : store_(store),
      facts_(facts),
      token_(std::move(token)),
      make_kubeconfig_(std::move(make_kubeconfig)) {}

Clusters::~Clusters() {
  stopAll();
}

std::shared_ptr<Clusters::Running> Clusters::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(name);
  return found == running_.end() ? nullptr : found->second;
}

std::shared_ptr<Clusters::Running> Clusters::start(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Running>& running = running_[name];
  if (running) return running;
  auto made = std::make_shared<Running>();
  made->cluster = makeCluster(name, facts_);
  made->api = makeKubeApi(store_, {name, {token_}}, made->cluster.get());
  made->cluster->start(*made->api);
  running = std::move(made);
  return running;
}

llvm::Error Clusters::startStored() {
  start(kOwnCluster);
  llvm::Expected<Page> listed = store_.list(kListed);
  if (!listed) return listed.takeError();
  for (const Entry& entry : listed->entries) start(entry.key.substr(kListed.size()));
  return llvm::Error::success();
}

void Clusters::stopAll() {
  std::map<std::string, std::shared_ptr<Running>> going;
  {
    const std::lock_guard lock(mutex_);
    going.swap(running_);
  }
  // A client's watch may hold a cluster for long; its controllers end now.
  for (const auto& [name, running] : going) running->cluster->stop();
}

llvm::Error Clusters::reset() {
  stopAll();
  llvm::Error error = store_.removeAll("/");
  error = llvm::joinErrors(std::move(error), startStored());
  changed_();
  return error;
}

std::vector<std::string> Clusters::names() const {
  std::vector<std::string> names{kOwnCluster};
  const std::lock_guard lock(mutex_);
  for (const auto& [name, running] : running_) {
    if (name != kOwnCluster) names.push_back(name);
  }
  return names;
}

std::shared_ptr<KubeApi> Clusters::api(const std::string& cluster) const {
  const std::shared_ptr<Running> running = find(cluster);
  if (!running) return nullptr;
  return {running, running->api.get()};
}

llvm::Error Clusters::clusterReady(const std::string& cluster, const Tree& managed_cluster) {
  const auto listed = [&](std::int64_t) {
    const Tree* id = managed_cluster.find("id");
    return ir::mapOf("id", id != nullptr ? *id : Tree(""));
  };
  if (llvm::Expected<Entry> written = store_.put(listedKey(cluster), listed, Store::kAny); !written)
    return written.takeError();
  addPlatform(start(cluster)->api->objects(), managed_cluster);
  changed_();
  return llvm::Error::success();
}

llvm::Error Clusters::clusterRemoved(const std::string& cluster) {
  std::shared_ptr<Running> going;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = running_.find(cluster); found != running_.end()) {
      going = std::move(found->second);
      running_.erase(found);
    }
  }
  if (going) going->cluster->stop();
  if (llvm::Error error = forget(cluster)) {
    if (going) start(cluster);
    return error;
  }
  changed_();
  return llvm::Error::success();
}

// Its name goes last: a killed sandbox would come back with the rest of it.
llvm::Error Clusters::forget(const std::string& cluster) {
  if (llvm::Error error = store_.removeAll("/kube/" + cluster + "/")) return error;
  if (!store_.get(listedKey(cluster))) return llvm::Error::success();
  llvm::Expected<std::int64_t> removed = store_.remove(listedKey(cluster), Store::kAny);
  return removed ? llvm::Error::success() : removed.takeError();
}

void Clusters::poolChanged(const std::string& cluster, const std::string& pool,
                           const Tree& properties) {
  if (const std::shared_ptr<Running> running = find(cluster))
    running->cluster->setPool(nodePool(pool, properties));
}

void Clusters::poolRemoved(const std::string& cluster, const std::string& pool) {
  if (const std::shared_ptr<Running> running = find(cluster)) running->cluster->removePool(pool);
}

bool Clusters::poolReady(const std::string& cluster, const std::string& pool,
                         std::int64_t count) const {
  const std::shared_ptr<Running> running = find(cluster);
  return running && running->cluster->readyNodes(pool) >= count;
}

std::string Clusters::kubeconfig(const std::string& cluster) {
  return make_kubeconfig_(cluster);
}

}  // namespace gpuspec::deploy::sandbox
