#include "backends/deploy/sandbox/kube/discovery.h"

#include <algorithm>
#include <map>

#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using ir::mapOf;

Tree version() {
  return mapOf("major", "1", "minor", "35", "emulationMajor", "1", "emulationMinor", "35",
               "minCompatibilityMajor", "1", "minCompatibilityMinor", "34", "gitVersion",
               kGitVersion, "gitCommit", "", "gitTreeState", "clean", "buildDate",
               "1970-01-01T00:00:00Z", "goVersion", "none", "compiler", "none", "platform",
               "linux/amd64");
}

std::vector<std::string> verbsOf(const ResourceInfo& resource) {
  if (resource.review) return {"create"};
  return {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};
}

struct Subresource {
  std::string kind;
  std::vector<std::string> verbs;
  std::string group, version;
};

Subresource subresourceOf(const ResourceInfo& resource, const std::string& name) {
  if (name == "scale") return {"Scale", {"get", "patch", "update"}, "autoscaling", "v1"};
  if (name == "log") return {"Pod", {"get"}, "", ""};
  if (name == "eviction") return {"Eviction", {"create"}, "policy", "v1"};
  if (name == "binding") return {"Binding", {"create"}, "", "v1"};
  if (name == "token") return {"TokenRequest", {"create"}, "authentication.k8s.io", "v1"};
  if (name == "finalize") return {resource.kind, {"update"}, "", ""};
  return {resource.kind, {"get", "patch", "update"}, "", ""};
}

// Groups in the order of the real server, custom ones after.
std::map<std::string, std::map<std::string, std::vector<Resource>>> byGroup(
    const Registry& registry) {
  std::map<std::string, std::map<std::string, std::vector<Resource>>> out;
  for (const Resource& resource : registry.all())
    out[resource->group][resource->version].push_back(resource);
  return out;
}

// v1 before v1beta2 before v1alpha1.
int rankOf(const std::string& name) {
  if (name.find("alpha") != std::string::npos) return 2;
  return name.find("beta") != std::string::npos ? 1 : 0;
}

std::vector<std::string> versionsOf(const std::map<std::string, std::vector<Resource>>& versions) {
  std::vector<std::string> out;
  for (const auto& [name, resources] : versions) out.push_back(name);
  std::sort(out.begin(), out.end(), [](const std::string& a, const std::string& b) {
    return rankOf(a) != rankOf(b) ? rankOf(a) < rankOf(b) : a > b;
  });
  return out;
}

Tree groupTree(const std::string& group, const std::vector<std::string>& versions) {
  Tree list = Tree::list();
  for (const std::string& each : versions)
    list.push(mapOf("groupVersion", group + "/" + each, "version", each));
  Tree preferred = list.asList().front();
  return mapOf("name", group, "versions", std::move(list), "preferredVersion",
               std::move(preferred));
}

Tree groupList(const Registry& registry) {
  Tree groups = Tree::list();
  for (const auto& [group, versions] : byGroup(registry)) {
    if (!group.empty()) groups.push(groupTree(group, versionsOf(versions)));
  }
  return mapOf("kind", "APIGroupList", "apiVersion", "v1", "groups", std::move(groups));
}

void addResource(Tree& list, const ResourceInfo& resource) {
  Tree row =
      mapOf("name", resource.resource, "singularName", resource.singular, "namespaced",
            resource.namespaced, "kind", resource.kind, "verbs", Tree::strings(verbsOf(resource)));
  if (!resource.short_names.empty()) row.set("shortNames", Tree::strings(resource.short_names));
  if (!resource.categories.empty()) row.set("categories", Tree::strings(resource.categories));
  list.push(std::move(row));
  for (const std::string& name : resource.subresources) {
    const Subresource sub = subresourceOf(resource, name);
    Tree each = mapOf("name", resource.resource + "/" + name, "singularName", "", "namespaced",
                      resource.namespaced, "kind", sub.kind, "verbs", Tree::strings(sub.verbs));
    if (!sub.version.empty() && !sub.group.empty())
      each.set("group", sub.group).set("version", sub.version);
    list.push(std::move(each));
  }
}

Tree resourceList(const std::string& group, const std::string& name,
                  const std::vector<Resource>& resources) {
  Tree list = Tree::list();
  for (const Resource& resource : resources) addResource(list, *resource);
  return mapOf("kind", "APIResourceList", "apiVersion", "v1", "groupVersion",
               group.empty() ? name : group + "/" + name, "resources", std::move(list));
}

Tree aggregatedResource(const ResourceInfo& resource) {
  Tree out =
      mapOf("resource", resource.resource, "responseKind",
            mapOf("group", resource.group, "version", resource.version, "kind", resource.kind),
            "scope", resource.namespaced ? "Namespaced" : "Cluster", "singularResource",
            resource.singular, "verbs", Tree::strings(verbsOf(resource)));
  if (!resource.short_names.empty()) out.set("shortNames", Tree::strings(resource.short_names));
  if (!resource.categories.empty()) out.set("categories", Tree::strings(resource.categories));
  Tree subresources = Tree::list();
  for (const std::string& name : resource.subresources) {
    const Subresource sub = subresourceOf(resource, name);
    const bool own = sub.group.empty() && sub.version.empty();
    subresources.push(mapOf("subresource", name, "responseKind",
                            mapOf("group", own ? resource.group : sub.group, "version",
                                  own ? resource.version : sub.version, "kind", sub.kind),
                            "verbs", Tree::strings(sub.verbs)));
  }
  if (!subresources.empty()) out.set("subresources", std::move(subresources));
  return out;
}

Tree aggregated(const Registry& registry, bool core, std::string_view api_version) {
  Tree items = Tree::list();
  for (const auto& [group, versions] : byGroup(registry)) {
    if (group.empty() != core) continue;
    Tree list = Tree::list();
    for (const std::string& name : versionsOf(versions)) {
      Tree resources = Tree::list();
      for (const Resource& resource : versions.at(name))
        resources.push(aggregatedResource(*resource));
      list.push(mapOf("version", name, "resources", std::move(resources), "freshness", "Current"));
    }
    Tree metadata = mapOf("creationTimestamp", Tree());
    if (!core) metadata.set("name", group);
    items.push(mapOf("metadata", std::move(metadata), "versions", std::move(list)));
  }
  return mapOf("kind", "APIGroupDiscoveryList", "apiVersion",
               "apidiscovery.k8s.io/" + std::string(api_version), "metadata", Tree::map(), "items",
               std::move(items));
}

// The first form that the client names decides.
std::optional<HttpResponse> answerAggregated(const Registry& registry, const HttpRequest& request,
                                             bool core) {
  const std::string_view accept = request.header("accept");
  const std::size_t v2 = accept.find("v=v2;");
  const std::size_t v2beta1 = accept.find("v=v2beta1");
  if (accept.find("g=apidiscovery.k8s.io") == std::string_view::npos) return std::nullopt;
  if (v2 == std::string_view::npos && v2beta1 == std::string_view::npos) return std::nullopt;
  const std::string_view chosen = v2 <= v2beta1 ? "v2" : "v2beta1";
  HttpResponse out = jsonResponse(200, aggregated(registry, core, chosen));
  out.content_type = "application/json;g=apidiscovery.k8s.io;v=" + std::string(chosen) +
                     ";as=APIGroupDiscoveryList";
  return out;
}

Tree coreVersions() {
  return mapOf("kind", "APIVersions", "versions", Tree(Tree::List{"v1"}),
               "serverAddressByClientCIDRs", Tree::list());
}

std::optional<HttpResponse> answerGroup(const Registry& registry, std::string_view rest) {
  const auto groups = byGroup(registry);
  const std::size_t slash = rest.find('/');
  const auto group = groups.find(std::string(rest.substr(0, slash)));
  if (group == groups.end() || group->first.empty()) return std::nullopt;
  if (slash == std::string_view::npos) {
    Tree out = mapOf("kind", "APIGroup", "apiVersion", "v1");
    out.merge(groupTree(group->first, versionsOf(group->second)));
    return jsonResponse(200, out);
  }
  const auto found = group->second.find(std::string(rest.substr(slash + 1)));
  if (found == group->second.end()) return std::nullopt;
  return jsonResponse(200, resourceList(group->first, found->first, found->second));
}

}  // namespace

std::optional<HttpResponse> answerDiscovery(const Registry& registry, const HttpRequest& request) {
  std::string_view path = request.path;
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  if (path == "/version") return jsonResponse(200, version());
  if (path == "/api" || path == "/apis") {
    if (auto out = answerAggregated(registry, request, path == "/api")) return out;
    return jsonResponse(200, path == "/api" ? coreVersions() : groupList(registry));
  }
  if (path == "/api/v1")
    return jsonResponse(200, resourceList("", "v1", byGroup(registry).at("").at("v1")));
  if (path.starts_with("/apis/")) {
    const std::string_view rest = path.substr(6);
    if (std::count(rest.begin(), rest.end(), '/') <= 1) return answerGroup(registry, rest);
  }
  return std::nullopt;
}

}  // namespace gpuspec::deploy::sandbox::api
