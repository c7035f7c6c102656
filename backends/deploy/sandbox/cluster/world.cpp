#include "backends/deploy/sandbox/cluster/world.h"

#include <cstdio>
#include <ctime>
#include <utility>

namespace gpuspec::deploy::sandbox::live {
namespace {

// What is listed at the start. Custom resources come on top, by their definitions.
constexpr Kind kListed[] = {
    kNode,
    kNamespace,
    kPod,
    kService,
    kEndpoints,
    kEvent,
    kSecret,
    kConfigMap,
    kServiceAccount,
    kResourceQuota,
    kClaim,
    kReplicationController,
    kDeployment,
    kReplicaSet,
    kStatefulSet,
    kDaemonSet,
    kJob,
    kCronJob,
    kEndpointSlice,
    kBudget,
    kPriorityClass,
    kDefinition,
    {"", "v1", "limitranges", "LimitRange"},
    {"", "v1", "podtemplates", "PodTemplate"},
    {"", "v1", "persistentvolumes", "PersistentVolume"},
    {"apps", "v1", "controllerrevisions", "ControllerRevision"},
    {"autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"},
    {"coordination.k8s.io", "v1", "leases", "Lease"},
    {"networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"},
    {"networking.k8s.io", "v1", "ingresses", "Ingress"},
    {"rbac.authorization.k8s.io", "v1", "roles", "Role"},
    {"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"},
    {"rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"},
    {"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding"},
};

ObjectKey keyOf(const ResourceId& id, const Tree& object) {
  return {id.group, id.resource, namespaceOf(object), nameOf(object)};
}

// "/kube/<cluster>/<group or core>/<resource>/<namespace or ->/<name>", and the cluster's key may
// hold no slash.
std::optional<ObjectKey> parseKey(std::string_view key) {
  std::vector<std::string> parts;
  for (std::size_t from = 1; from <= key.size();) {
    const std::size_t slash = std::min(key.find('/', from), key.size());
    parts.emplace_back(key.substr(from, slash - from));
    from = slash + 1;
  }
  if (parts.size() != 6 || parts[0] != "kube") return std::nullopt;
  return ObjectKey{parts[2] == "core" ? "" : parts[2], parts[3], parts[4] == "-" ? "" : parts[4],
                   parts[5]};
}

std::optional<ResourceId> servedBy(const Tree& definition) {
  for (const Tree& version : listAt(definition, {"spec", "versions"})) {
    if (!flagAt(version, {"storage"})) continue;
    return ResourceId{textAt(definition, {"spec", "group"}), textAt(version, {"name"}),
                      textAt(definition, {"spec", "names", "plural"})};
  }
  return std::nullopt;
}

}  // namespace

std::string timeText(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::optional<TimePoint> timeOf(std::string_view text) {
  std::tm parts{};
  const char* end = strptime(std::string(text).c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::string reasonOf(llvm::Error error) {
  std::string reason;
  llvm::handleAllErrors(
      std::move(error), [&reason](const StatusError& status) { reason = status.reason(); },
      [&reason](const llvm::ErrorInfoBase& other) { reason = other.message(); });
  return reason;
}

void World::note(std::optional<Change> change) {
  if (change) changes_.push_back(std::move(*change));
}

std::deque<Change> World::takeChanges() {
  return std::exchange(changes_, {});
}

void World::see(const ObjectKey& key, Object object) {
  note(cache_.put(key, std::move(object)));
}

void World::seeRemoved(const ObjectKey& key, const std::string& uid, std::int64_t revision) {
  note(cache_.removed(key, uid, revision));
}

void World::seeEvent(const Event& event) {
  const auto key = parseKey(event.entry.key);
  if (!key) return;
  if (event.type == Event::Type::Put) {
    see(*key, event.entry.value);
  } else {
    seeRemoved(*key, event.before == nullptr ? "" : uidOf(*event.before), event.entry.modified);
  }
}

void World::seeAll() {
  std::set<ObjectKey> found;
  const auto take = [&](const ResourceId& id) {
    for (Tree& object : objects_.list(id)) {
      const ObjectKey key = keyOf(id, object);
      found.insert(key);
      see(key, std::make_shared<const Tree>(std::move(object)));
    }
  };
  for (const Kind& kind : kListed) take(kind.id());
  for (const Object& definition : cache_.list(kDefinition)) {
    if (const auto id = servedBy(*definition)) take(*id);
  }
  for (const ObjectKey& key : cache_.allKeys()) {
    if (!found.contains(key)) note(cache_.erase(key, ""));
  }
}

bool World::knowsKind(std::string_view api_version, std::string_view kind) const {
  const std::size_t slash = api_version.find('/');
  const std::string_view group =
      slash == std::string_view::npos ? "" : api_version.substr(0, slash);
  for (const Kind& each : kListed) {
    if (each.group == group && each.kind == kind) return true;
  }
  for (const Object& definition : cache_.list(kDefinition)) {
    if (textAt(*definition, {"spec", "group"}) == group &&
        textAt(*definition, {"spec", "names", "kind"}) == kind) {
      return true;
    }
  }
  return false;
}

ResourceId World::idOf(const ObjectKey& key) const {
  for (const Kind& kind : kListed) {
    if (key.is(kind)) return kind.id();
  }
  const Object known = cache_.get(key);
  const std::string api_version = known == nullptr ? "v1" : textAt(*known, {"apiVersion"}, "v1");
  return {key.group, api_version.substr(api_version.find('/') + 1), key.resource};
}

void World::reread(const ObjectKey& key) {
  auto object = objects_.get(idOf(key), key.object_namespace, key.name);
  if (object) {
    see(key, std::make_shared<const Tree>(std::move(*object)));
  } else {
    note(cache_.erase(key, ""));
  }
}

llvm::Expected<Object> World::create(const Kind& kind, Tree object, std::string_view manager) {
  object.set("apiVersion", kind.apiVersion()).set("kind", kind.kind);
  const std::string object_namespace = namespaceOf(object);
  WriteOptions options;
  options.field_manager = manager;
  auto made = objects_.create(kind.id(), object_namespace, std::move(object), options);
  if (!made) return made.takeError();
  const ObjectKey key = keyOf(kind.id(), *made);
  auto shared = std::make_shared<const Tree>(std::move(*made));
  see(key, shared);
  return shared;
}

llvm::Error World::patch(const ObjectKey& key, const Tree& change, std::string_view manager,
                         std::string_view subresource) {
  const Object current = cache_.get(key);
  if (current == nullptr || differences(*current, change).isNull()) return llvm::Error::success();
  WriteOptions options;
  options.field_manager = manager;
  options.subresource = subresource;
  auto written = objects_.mergePatch(idOf(key), key.object_namespace, key.name, change, options);
  if (!written) {
    reread(key);
    return written.takeError();
  }
  see(key, std::make_shared<const Tree>(std::move(*written)));
  return llvm::Error::success();
}

llvm::Error World::patchAsSeen(const ObjectKey& key, Tree change, std::string_view manager) {
  const Object current = cache_.get(key);
  if (current == nullptr) return llvm::Error::success();
  setAt(change, {"metadata", "resourceVersion"}, textAt(*current, {"metadata", "resourceVersion"}));
  return patch(key, change, manager);
}

llvm::Error World::patchStatus(const ObjectKey& key, Tree status, std::string_view manager) {
  return patch(key, Tree::map().set("status", std::move(status)), manager, "status");
}

llvm::Error World::remove(const ObjectKey& key, std::string_view propagation) {
  auto removed = objects_.remove(idOf(key), key.object_namespace, key.name, propagation);
  reread(key);
  if (removed) return llvm::Error::success();
  return llvm::handleErrors(removed.takeError(),
                            [](std::unique_ptr<StatusError> status) -> llvm::Error {
                              if (status->code() == 404) return llvm::Error::success();
                              return llvm::Error(std::move(status));
                            });
}

void World::tell(const Tree& about, const Kind& kind, std::string_view type,
                 std::string_view reason, const std::string& message, std::string_view component) {
  const std::string object_namespace = namespaceOf(about).empty() ? "default" : namespaceOf(about);
  const std::string name =
      nameOf(about) + "." +
      hashOf(Tree(Tree::List{uidOf(about), std::string(reason), message, std::string(component)}));
  const ObjectKey key = ObjectKey::of(kEvent, object_namespace, name);
  if (const Object before = cache_.get(key)) {
    Tree more =
        Tree::map().set("count", intAt(*before, {"count"}, 1) + 1).set("lastTimestamp", nowText());
    llvm::consumeError(patch(key, more, component));
    return;
  }
  Tree object = Tree::map();
  object.set("metadata", Tree::map().set("name", name).set("namespace", object_namespace));
  Tree involved = Tree::map();
  involved.set("apiVersion", kind.apiVersion()).set("kind", kind.kind).set("name", nameOf(about));
  involved.set("namespace", namespaceOf(about)).set("uid", uidOf(about));
  object.set("involvedObject", std::move(involved)).set("type", type).set("reason", reason);
  object.set("message", message)
      .set("count", 1)
      .set("source", Tree::map().set("component", component));
  object.set("reportingComponent", component).set("reportingInstance", "sandbox");
  object.set("firstTimestamp", nowText()).set("lastTimestamp", nowText());
  // An event that cannot be written (its namespace is going) must not hold up what it tells of.
  auto made = create(kEvent, std::move(object), component);
  if (!made) llvm::consumeError(made.takeError());
}

}  // namespace gpuspec::deploy::sandbox::live
