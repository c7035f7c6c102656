#include "tests/deploy/kube/fixture.h"

#include <algorithm>

namespace gpuspec::test {

namespace {

std::string apiVersion(const std::string& group, const std::string& version) {
  return group.empty() ? version : group + "/" + version;
}

std::string pathOfUrl(const std::string& url) {
  const std::string path = url.substr(std::string(kServer).size());
  return path.substr(0, path.find('?'));
}

}  // namespace

FakeApi::FakeApi() {
  serve("", {"v1"}, "ConfigMap", "configmaps", true);
  serve("", {"v1"}, "Secret", "secrets", true);
  serve("", {"v1"}, "Namespace", "namespaces", false);
  serve("", {"v1"}, "Node", "nodes", false);
  serve("", {"v1"}, "Pod", "pods", true);
  serve("apps", {"v1"}, "Deployment", "deployments", true);
  serve("autoscaling", {"v2", "v1"}, "HorizontalPodAutoscaler", "horizontalpodautoscalers", true);
  serve("networking.k8s.io", {"v1"}, "NetworkPolicy", "networkpolicies", true);
  serve("coordination.k8s.io", {"v1"}, "Lease", "leases", true);
  serve("apiextensions.k8s.io", {"v1"}, "CustomResourceDefinition", "customresourcedefinitions",
        false);
}

void FakeApi::serve(const std::string& group, const std::vector<std::string>& versions,
                    const std::string& kind, const std::string& plural, bool namespaced) {
  const std::lock_guard lock(served_mutex_);
  served_.push_back({group, versions, kind, plural, namespaced});
}

http::Response FakeApi::aggregated(bool core) {
  Tree items = Tree::list();
  for (const Served& served : served_) {
    if (served.group.empty() != core) continue;
    Tree versions = Tree::list();
    for (const std::string& version : served.versions) {
      versions.push(
          mapOf("version", version, "resources",
                listOf(mapOf("resource", served.plural, "responseKind",
                             mapOf("group", served.group, "version", version, "kind", served.kind),
                             "scope", served.namespaced ? "Namespaced" : "Cluster", "verbs",
                             Tree::strings({"get", "list", "patch", "delete"})))));
    }
    items.push(mapOf("metadata", mapOf("name", served.group), "versions", std::move(versions)));
  }
  return makeResponse(200, ir::toJson(mapOf("kind", "APIGroupDiscoveryList", "apiVersion",
                                            "apidiscovery.k8s.io/v2", "items", std::move(items))));
}

std::optional<http::Response> FakeApi::plain(const std::string& path) {
  if (path == "/api") return makeResponse(200, R"({"kind":"APIVersions","versions":["v1"]})");
  Tree groups = Tree::list(), resources = Tree::list();
  for (const Served& served : served_) {
    Tree versions = Tree::list();
    for (const std::string& version : served.versions) {
      versions.push(mapOf("version", version));
      if (path == (served.group.empty() ? "/api/" : "/apis/") + apiVersion(served.group, version))
        resources
            .push(mapOf("name", served.plural, "namespaced", served.namespaced, "kind", served.kind,
                        "verbs", Tree::strings({"get", "list"})))
            .push(mapOf("name", served.plural + "/status", "namespaced", served.namespaced, "kind",
                        served.kind, "verbs", Tree::strings({"get"})));
    }
    if (!served.group.empty())
      groups.push(mapOf("name", served.group, "versions", std::move(versions), "preferredVersion",
                        mapOf("version", served.versions.front())));
  }
  if (path == "/apis")
    return makeResponse(200, ir::toJson(mapOf("kind", "APIGroupList", "groups", groups)));
  if (resources.empty()) return std::nullopt;
  return makeResponse(200, ir::toJson(mapOf("kind", "APIResourceList", "resources", resources)));
}

llvm::Expected<http::Response> FakeApi::send(const http::Request& request) {
  const std::string path = pathOfUrl(request.url);
  {
    const std::lock_guard lock(served_mutex_);
    if (path == "/apis") ++discoveries;
    if (plain_discovery) {
      if (std::optional<http::Response> response = plain(path)) return std::move(*response);
    } else if (path == "/api" || path == "/apis") {
      return aggregated(path == "/api");
    }
  }
  return FakeTransport::send(request);
}

KubeTest::KubeTest() {
  auto api = std::make_unique<FakeApi>();
  api_ = api.get();
  client_ = kube::makeKubeClientOver(testConnection(), std::move(api), shortPatience());
}

const kube::ApiResource& KubeTest::resource(const std::string& group, const std::string& kind) {
  const kube::ApiResource* found = client().find(group, kind);
  EXPECT_NE(found, nullptr) << kind;
  return *found;
}

llvm::Error KubeTest::perform(const plan::Change& change) {
  return client().perform(
      change, [this](const std::string& text) { progress_.push_back(text); }, cancel_);
}

kube::Patience shortPatience() {
  kube::Patience patience;
  patience.first_poll = std::chrono::milliseconds(1);
  patience.longest_poll = std::chrono::milliseconds(4);
  patience.settled = patience.served = std::chrono::milliseconds(300);
  patience.retry.first = patience.retry.longest = std::chrono::milliseconds(1);
  return patience;
}

kube::Connection testConnection() {
  kube::Connection connection;
  connection.server = kServer;
  connection.token = [](bool) -> llvm::Expected<std::string> { return std::string(kToken); };
  return connection;
}

ApiError apiError(llvm::Error error) {
  ApiError found(ApiError::Kind::Server, -1, "", "no error of an API");
  llvm::handleAllErrors(
      std::move(error), [&](const ApiError& why) { found = why; },
      [&](const llvm::ErrorInfoBase& why) { found.message = why.message(); });
  EXPECT_NE(found.status, -1) << found.message;
  EXPECT_EQ(found.message.find(kToken), std::string::npos);
  return found;
}

Tree parsed(const std::string& json) {
  llvm::Expected<Tree> tree = ir::parseJson(json);
  EXPECT_TRUE(static_cast<bool>(tree)) << json;
  if (tree) return *tree;
  llvm::consumeError(tree.takeError());
  return {};
}

std::string status(int code, const std::string& reason, const std::string& message,
                   const std::vector<Cause>& causes) {
  Tree list = Tree::list();
  for (const Cause& cause : causes)
    list.push(mapOf("reason", cause.reason, "message", cause.message, "field", cause.field));
  return ir::toJson(mapOf("kind", "Status", "apiVersion", "v1", "status", "Failure", "message",
                          message, "reason", reason, "details", mapOf("causes", std::move(list)),
                          "code", code));
}

std::string listJson(const std::vector<Tree>& items, const std::string& next) {
  Tree metadata = mapOf("resourceVersion", "100");
  if (!next.empty()) metadata.set("continue", next);
  return ir::toJson(mapOf("kind", "List", "apiVersion", "v1", "metadata", std::move(metadata),
                          "items", Tree(items)));
}

Tree configMap(const std::string& name, const std::string& object_namespace, const std::string& uid,
               const std::string& revision) {
  Tree metadata = mapOf("name", name, "namespace", object_namespace, "labels",
                        mapOf(model::kManagedBy, "gpuspec", model::kProject, kScope.project,
                              model::kEnvironment, kScope.environment));
  if (!uid.empty()) metadata.set("uid", uid);
  if (!revision.empty()) metadata.set("resourceVersion", revision);
  return mapOf("apiVersion", "v1", "kind", "ConfigMap", "metadata", std::move(metadata), "data",
               mapOf("a", "1"));
}

plan::Change change(plan::Action action, const Tree& body, const std::string& uid) {
  const auto text = [&](std::initializer_list<const char*> path) {
    const Tree* at = &body;
    for (const char* key : path) at = at != nullptr ? at->find(key) : nullptr;
    return at != nullptr && at->isString() ? at->asString() : std::string();
  };
  plan::Change out;
  out.action = action;
  out.api_version = text({"apiVersion"});
  const std::size_t slash = out.api_version.find('/');
  out.key = {model::System::Kubernetes,
             "shared",
             slash == std::string::npos ? "" : out.api_version.substr(0, slash),
             text({"kind"}),
             text({"metadata", "namespace"}),
             text({"metadata", "name"})};
  out.body = body;
  out.uid = uid;
  return out;
}

}  // namespace gpuspec::test
