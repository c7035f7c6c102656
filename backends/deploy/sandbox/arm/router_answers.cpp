// Lists with their pages, operations, and the headers of what takes long.

#include <algorithm>

#include "backends/deploy/sandbox/arm/api_versions.h"
#include "backends/deploy/sandbox/arm/router.h"
#include "backends/deploy/sandbox/arm/schema.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::size_t kPage = 50;

std::string shownStatus(const Tree& record) {
  const std::string status = textAt(record, "status");
  return status == "InProgress" && textAt(record, "kind") == "Deployment" ? "Running" : status;
}

// Where an operation's URLs are: those of a cluster stand below its provider.
std::string operationBase(const ArmOptions& options, const std::string& region) {
  const std::string subscription = options.base_url + "/subscriptions/" + options.subscription_id;
  if (region.empty()) return subscription;
  return subscription + "/providers/Microsoft.ContainerService/locations/" + region;
}

}  // namespace

Tree providerOf(std::string_view name) {
  const auto type = [](std::string_view type_name, Tree versions) {
    return ir::mapOf("resourceType", type_name, "locations", Tree::list(), "apiVersions",
                     std::move(versions), "capabilities", "None");
  };
  Tree types = Tree::list();
  if (sameName(name, "Microsoft.ContainerService")) {
    Tree versions = Tree::list();
    for (const char* version : kContainerVersions) versions.push(version);
    types.push(type("managedClusters", versions));
    types.push(type("managedClusters/agentPools", versions));
  } else if (sameName(name, "Microsoft.Resources")) {
    types.push(type("deployments", ir::listOf("2025-04-01")));
    types.push(type("resourceGroups", ir::listOf("2025-04-01")));
  } else {
    types.push(type("locations/usages", ir::listOf("2026-03-01")));
  }
  return ir::mapOf("namespace", name, "registrationState", "Registered", "registrationPolicy",
                   "RegistrationRequired", "resourceTypes", std::move(types));
}

HttpResponse Router::showProvider(const std::string& name) const {
  for (const char* known :
       {"Microsoft.ContainerService", "Microsoft.Resources", "Microsoft.Compute"}) {
    if (!sameName(name, known)) continue;
    Tree provider = providerOf(known);
    provider.set("id", "/subscriptions/" + parts_.options.subscription_id + "/providers/" + known);
    return answer(200, provider);
  }
  return errorAnswer(
      fail(404, "InvalidResourceNamespace", "The resource namespace '" + name + "' is invalid."));
}

HttpResponse Router::listSubscriptions(const Segments& path) const {
  const ArmOptions& options = parts_.options;
  Tree one = ir::mapOf("id", "/subscriptions/" + options.subscription_id, "subscriptionId",
                       options.subscription_id, "tenantId", options.tenant_id, "displayName",
                       "gpuspec sandbox", "state", "Enabled", "authorizationSource", "RoleBased");
  if (path.size() == 2) return answer(200, one);
  return answer(200, ir::mapOf("value", ir::listOf(std::move(one)), "count",
                               ir::mapOf("type", "Total", "value", 1)));
}

std::string Router::nextLink(const HttpRequest& request, const std::string& key) const {
  std::string path, query;
  for (const std::string& segment : split(request.path, '/')) {
    if (!segment.empty()) path += "/" + urlEncode(segment);
  }
  for (const auto& [name, value] : request.query) {
    if (!sameName(name, "$skiptoken"))
      query += (query.empty() ? "?" : "&") + urlEncode(name) + "=" + urlEncode(value);
  }
  return parts_.options.base_url + path + query + "&%24skiptoken=" + urlEncode(base64(key));
}

template <class Show>
HttpResponse Router::page(const HttpRequest& request, const std::string& prefix,
                          const Show& show) const {
  if (request.method != "GET")
    return errorAnswer(
        fail(405, "MethodNotAllowed",
             "The HTTP method '" + request.method + "' is not supported at this path."));
  std::string from;
  for (const auto& [name, value] : request.query) {
    if (sameName(name, "$skiptoken")) from = fromBase64(value).value_or("?");
  }
  if (!from.empty() && !from.starts_with(prefix))
    return errorAnswer(
        fail(400, "InvalidSkipToken", "The $skiptoken is none that was handed out here."));
  std::size_t limit = kPage;
  if (const std::string_view top = request.parameter("$top"); !top.empty())
    limit = std::clamp<std::size_t>(
        static_cast<std::size_t>(std::strtoul(std::string(top).c_str(), nullptr, 10)), 1, kPage);
  llvm::Expected<Page> found = parts_.state.page(prefix, limit, from);
  if (!found) return errorAnswer(found.takeError());
  Tree items = Tree::list();
  for (const Entry& entry : found->entries) {
    Tree shown = show(*entry.value);
    if (!shown.isNull()) items.push(std::move(shown));
  }
  Tree body = ir::mapOf("value", std::move(items));
  if (!found->next_key.empty()) body.set("nextLink", nextLink(request, found->next_key));
  return answer(200, body);
}

HttpResponse Router::listGroups(const HttpRequest& request) const {
  llvm::Expected<ResourceFilter> filter = ResourceFilter::parse(request.parameter("$filter"));
  if (!filter) return errorAnswer(filter.takeError());
  return page(request, groupKey(""), [&](const Tree& group) {
    return filter->matches(group, textAt(group, "name")) ? group : Tree();
  });
}

HttpResponse Router::listClusters(const HttpRequest& request, const std::string& group) const {
  if (!group.empty()) {
    llvm::Expected<Tree> found = parts_.groups.get(group);
    if (!found) return errorAnswer(found.takeError());
  }
  const std::string prefix = group.empty() ? "/arm/clusters/" : clusterKey(group, "");
  return page(request, prefix, [&](const Tree& record) {
    Tree cluster = parts_.containers.view(record);
    eraseUnknown(kClusterKind, request.parameter("api-version"), cluster);
    return cluster;
  });
}

HttpResponse Router::listPools(const HttpRequest& request, const std::string& group,
                               const std::string& cluster) const {
  llvm::Expected<Tree> found = parts_.containers.cluster(group, cluster);
  if (!found) return errorAnswer(found.takeError());
  return page(request, poolPrefix(group, cluster), [&](const Tree& record) {
    Tree pool = record;
    eraseUnknown(kPoolKind, request.parameter("api-version"), pool);
    return pool;
  });
}

HttpResponse Router::listDeployments(const HttpRequest& request, const std::string& group) const {
  llvm::Expected<Tree> found = parts_.groups.get(group);
  if (!found) return errorAnswer(found.takeError());
  return page(request, deploymentKey(group, ""),
              [](const Tree& record) { return *record.find("resource"); });
}

HttpResponse Router::listResources(const HttpRequest& request, const std::string& group) const {
  llvm::Expected<ResourceFilter> filter = ResourceFilter::parse(request.parameter("$filter"));
  if (!filter) return errorAnswer(filter.takeError());
  if (!group.empty()) {
    llvm::Expected<Tree> found = parts_.groups.get(group);
    if (!found) return errorAnswer(found.takeError());
  }
  const std::string prefix = group.empty() ? "/arm/clusters/" : clusterKey(group, "");
  return page(request, prefix, [&](const Tree& record) {
    const Tree& cluster = *record.find("resource");
    const std::string in_group = split(textAt(cluster, "id"), '/')[4];
    if (!filter->matches(cluster, in_group)) return Tree();
    Tree shown = Tree::map();
    for (const char* field : {"id", "name", "type", "location", "tags", "sku", "identity", "kind"})
      copyField(cluster, shown, field);
    return shown;
  });
}

int Router::retrySeconds() const {
  // Asked often enough that what is over is known soon; never as late as twice the operation's
  // time.
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(parts_.options.operation_time / 10).count();
  return static_cast<int>(std::clamp<std::int64_t>(seconds, 1, 15));
}

HttpResponse Router::showOperation(const std::string& id, bool final_result) const {
  llvm::Expected<Tree> record = parts_.operations.find(id);
  if (!record) return errorAnswer(record.takeError());
  const bool running = isRunning(*record);
  HttpResponse response;
  if (!final_result) {
    Tree shown = ir::mapOf("name", id, "status", shownStatus(*record), "startTime",
                           textAt(*record, "startTime"));
    for (const char* field : {"endTime", "error"}) copyField(*record, shown, field);
    response = answer(200, shown);
  } else if (running) {
    response = answer(202, Tree());
    response.headers.emplace_back("Location",
                                  operationBase(parts_.options, textAt(*record, "region")) +
                                      "/operationresults/" + id + "?api-version=2025-04-01");
  } else if (const Tree* error = record->find("error")) {
    response = errorAnswer(Failure{409, *error});
  } else if (const Tree* result = record->find("result")) {
    response = answer(200, *result);
  } else {
    response = answer(textAt(*record, "kind") == "RemoveGroup" ? 200 : 204, Tree());
  }
  if (running) response.headers.emplace_back("Retry-After", std::to_string(retrySeconds()));
  return response;
}

HttpResponse Router::answerTree(llvm::Expected<Tree> tree, int status) const {
  if (!tree) return errorAnswer(tree.takeError());
  return answer(status, *tree);
}

HttpResponse Router::answerAccepted(const HttpRequest& request,
                                    llvm::Expected<Accepted> accepted) const {
  if (!accepted) return errorAnswer(accepted.takeError());
  HttpResponse response = answer(accepted->status, accepted->resource);
  if (accepted->operation.empty()) return response;
  const std::string version = "?api-version=" + urlEncode(request.parameter("api-version"));
  const bool group_removal = request.method == "DELETE" && split(request.path, '/').size() == 5;
  const bool what_if = request.method == "POST";
  const std::string base = operationBase(parts_.options, group_removal ? "" : accepted->region);
  if (!group_removal && !what_if)
    response.headers.emplace_back("Azure-AsyncOperation",
                                  base + "/operations/" + accepted->operation + version);
  if (accepted->status == 202)
    response.headers.emplace_back("Location",
                                  base + "/operationresults/" + accepted->operation + version);
  response.headers.emplace_back("Retry-After", std::to_string(retrySeconds()));
  return response;
}

}  // namespace gpuspec::deploy::sandbox::arm
