#include "backends/deploy/sandbox/arm/router.h"

#include <algorithm>

#include "backends/deploy/sandbox/arm/api_versions.h"
#include "backends/deploy/sandbox/arm/schema.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

HttpResponse notFound(const HttpRequest& request) {
  return errorAnswer(fail(404, "InvalidResourceType",
                          "The sandbox has nothing for " + request.method + " of this path."));
}

HttpResponse wrongMethod(const HttpRequest& request) {
  return errorAnswer(
      fail(405, "MethodNotAllowed",
           "The HTTP method '" + request.method + "' is not supported at this path."));
}

llvm::Expected<Tree> bodyOf(const HttpRequest& request) {
  llvm::Expected<Tree> body = ir::parseJson(request.body);
  if (body && body->isMap()) return body;
  const std::string why = body ? "an object is needed" : llvm::toString(body.takeError());
  return fail(400, "InvalidRequestContent",
              "The request content was invalid and could not be deserialized: '" + why + "'.");
}

// eTags in bodies have no quotes; clients put them into the header with or without.
std::string etagOf(std::string_view header) {
  if (header.starts_with("W/")) header.remove_prefix(2);
  if (header.size() >= 2 && header.starts_with('"') && header.ends_with('"'))
    header = header.substr(1, header.size() - 2);
  return std::string(header);
}

PutOptions optionsOf(const HttpRequest& request) {
  return {std::string(request.parameter("api-version")), etagOf(request.header("if-match")),
          etagOf(request.header("if-none-match"))};
}

llvm::Expected<Tree> forVersion(const HttpRequest& request, std::string_view kind,
                                llvm::Expected<Tree> resource) {
  if (resource) eraseUnknown(kind, request.parameter("api-version"), *resource);
  return resource;
}

llvm::Expected<Accepted> forVersion(const HttpRequest& request, std::string_view kind,
                                    llvm::Expected<Accepted> accepted) {
  if (accepted) eraseUnknown(kind, request.parameter("api-version"), accepted->resource);
  return accepted;
}

bool is(const std::vector<std::string>& path, std::size_t place, std::string_view word) {
  return place < path.size() && sameName(path[place], word);
}

constexpr std::string_view kContainers = "Microsoft.ContainerService",
                           kResources = "Microsoft.Resources", kCompute = "Microsoft.Compute";

}  // namespace

HttpResponse Router::handle(const HttpRequest& request) {
  Segments path = split(request.path, '/');
  std::erase(path, "");
  HttpResponse response;
  if (tokens_.serves(request)) {
    response = tokens_.handle(request);
  } else if (const Tokens::Verdict verdict = tokens_.check(request);
             verdict != Tokens::Verdict::Good) {
    response = tokens_.refuse(verdict);
  } else {
    response = route(request, path);
  }
  const std::string id = newId();
  response.headers.emplace_back("x-ms-request-id", id);
  response.headers.emplace_back("x-ms-correlation-request-id", id);
  if (const std::string_view client = request.header("x-ms-client-request-id"); !client.empty())
    response.headers.emplace_back("x-ms-client-request-id", client);
  return response;
}

HttpResponse Router::route(const HttpRequest& request, const Segments& path) {
  if (!is(path, 0, "subscriptions")) return notFound(request);
  const bool containers = std::ranges::any_of(
      path, [](const std::string& part) { return sameName(part, kContainers); });
  const bool registration = is(path, 2, "providers") && path.size() <= 5;
  llvm::Error wrong_version =
      containers && !registration && !is(path, 4, "locations")
          ? checkContainerVersion(request.parameter("api-version"), "managedClusters")
          : checkManagerVersion(request.parameter("api-version"));
  if (wrong_version) return errorAnswer(std::move(wrong_version));
  if (path.size() > 1 && !sameName(path[1], parts_.options.subscription_id))
    return errorAnswer(fail(404, "SubscriptionNotFound",
                            "The subscription '" + path[1] + "' could not be found."));
  if (path.size() <= 2)
    return request.method == "GET" ? listSubscriptions(path) : wrongMethod(request);
  return routeSubscription(request, path);
}

HttpResponse Router::routeSubscription(const HttpRequest& request, const Segments& path) {
  const std::string& before = path[path.size() - 2];
  if (request.method == "GET" &&
      (sameName(before, "operations") || sameName(before, "operationStatuses")) &&
      !is(path, 2, "resourceGroups"))
    return showOperation(path.back(), false);
  if (request.method == "GET" && sameName(before, "operationresults"))
    return showOperation(path.back(), true);
  if (is(path, 2, "resourceGroups"))
    return path.size() == 3 ? listGroups(request) : routeGroup(request, path);
  if (is(path, 2, "resources") && path.size() == 3) return listResources(request, "");
  if (!is(path, 2, "providers")) return notFound(request);
  if (is(path, 3, kContainers) && is(path, 4, "managedClusters") && path.size() == 5)
    return listClusters(request, "");
  if (is(path, 3, kCompute) && is(path, 4, "locations") && is(path, 6, "usages"))
    return answer(200, quota_.usages(regionName(path[5])));
  if (path.size() == 3)
    return answer(200,
                  ir::mapOf("value", ir::listOf(providerOf(kContainers), providerOf(kResources),
                                                providerOf(kCompute))));
  if (path.size() == 4 || (path.size() == 5 && is(path, 4, "register")))
    return showProvider(path[3]);
  return notFound(request);
}

HttpResponse Router::routeGroup(const HttpRequest& request, const Segments& path) {
  if (path.size() == 4) return serveGroup(request, path[3]);
  if (is(path, 4, "resources") && path.size() == 5) return listResources(request, path[3]);
  if (is(path, 4, "deployments")) {
    // An old spelling that SDKs still use for a deployment's operations.
    Segments whole = path;
    whole.insert(whole.begin() + 4, {"providers", std::string(kResources)});
    return routeDeployments(request, whole);
  }
  if (!is(path, 4, "providers") || path.size() < 7) return notFound(request);
  if (is(path, 5, kResources) && is(path, 6, "deployments")) return routeDeployments(request, path);
  if (is(path, 5, kContainers) && is(path, 6, "managedClusters"))
    return routeClusters(request, path);
  return notFound(request);
}

HttpResponse Router::serveGroup(const HttpRequest& request, const std::string& name) {
  if (request.method == "HEAD") {
    llvm::Expected<Tree> group = parts_.groups.get(name);
    if (group) return answer(204, Tree());
    llvm::consumeError(group.takeError());
    return answer(404, Tree());
  }
  if (request.method == "GET") return answerTree(parts_.groups.get(name));
  if (request.method == "DELETE") return answerAccepted(request, parts_.groups.remove(name));
  if (request.method != "PUT" && request.method != "PATCH") return wrongMethod(request);
  llvm::Expected<Tree> body = bodyOf(request);
  if (!body) return errorAnswer(body.takeError());
  if (request.method == "PATCH") return answerTree(parts_.groups.patch(name, *body));
  return answerAccepted(request, parts_.groups.put(name, *body));
}

HttpResponse Router::routeDeployments(const HttpRequest& request, const Segments& path) {
  if (path.size() == 7) return listDeployments(request, path[3]);
  if (path.size() == 8) return serveDeployment(request, path[3], path[7]);
  return routeDeploymentAction(request, path);
}

HttpResponse Router::serveDeployment(const HttpRequest& request, const std::string& group,
                                     const std::string& name) {
  Deployments& deployments = parts_.deployments;
  if (request.method == "GET") return answerTree(deployments.get(group, name));
  if (request.method == "DELETE") return answerAccepted(request, deployments.remove(group, name));
  if (request.method == "HEAD") {
    llvm::Expected<Tree> found = deployments.get(group, name);
    const bool there = static_cast<bool>(found);
    if (!there) llvm::consumeError(found.takeError());
    return answer(there ? 204 : 404, Tree());
  }
  if (request.method != "PUT") return wrongMethod(request);
  llvm::Expected<Tree> body = bodyOf(request);
  if (!body) return errorAnswer(body.takeError());
  return answerAccepted(request, deployments.put(group, name, *body));
}

HttpResponse Router::routeDeploymentAction(const HttpRequest& request, const Segments& path) {
  Deployments& deployments = parts_.deployments;
  const std::string &group = path[3], &name = path[7], action = lower(path[8]);
  if (path.size() == 9 && request.method == "GET" && action == "operations")
    return answerTree(deployments.operationsOf(group, name));
  if (path.size() == 10 && request.method == "GET" && action == "operations")
    return answerTree(deployments.operationOf(group, name, path[9]));
  if (path.size() != 9) return notFound(request);
  if (request.method != "POST") return wrongMethod(request);
  if (action == "exporttemplate") return answerTree(deployments.exportTemplate(group, name));
  if (action == "cancel") {
    if (llvm::Error error = deployments.cancel(group, name)) return errorAnswer(std::move(error));
    return answer(204, Tree());
  }
  if (action != "validate" && action != "whatif") return notFound(request);
  llvm::Expected<Tree> body = bodyOf(request);
  if (!body) return errorAnswer(body.takeError());
  if (action == "validate") return answerTree(deployments.validate(group, name, *body));
  return answerAccepted(request, deployments.whatIf(group, name, *body));
}

HttpResponse Router::routeClusters(const HttpRequest& request, const Segments& path) {
  if (path.size() == 7)
    return request.method == "GET" ? listClusters(request, path[3]) : wrongMethod(request);
  if (path.size() == 8) return serveCluster(request, path[3], path[7]);
  if (is(path, 8, "agentPools")) return routePools(request, path);
  return routeClusterAction(request, path);
}

HttpResponse Router::serveCluster(const HttpRequest& request, const std::string& group,
                                  const std::string& name) {
  Containers& containers = parts_.containers;
  if (request.method == "GET")
    return answerTree(forVersion(request, kClusterKind, containers.cluster(group, name)));
  if (request.method == "DELETE")
    return answerAccepted(request, containers.removeCluster(group, name, optionsOf(request)));
  if (request.method != "PUT" && request.method != "PATCH") return wrongMethod(request);
  llvm::Expected<Tree> body = bodyOf(request);
  if (!body) return errorAnswer(body.takeError());
  if (request.method == "PATCH")
    return answerTree(forVersion(request, kClusterKind, containers.patchTags(group, name, *body)));
  return answerAccepted(request,
                        forVersion(request, kClusterKind,
                                   containers.putCluster(group, name, *body, optionsOf(request))));
}

HttpResponse Router::routeClusterAction(const HttpRequest& request, const Segments& path) {
  const std::string action = lower(path[8]);
  const bool user = action == "listclusterusercredential",
             admin = action == "listclusteradmincredential";
  if (path.size() != 9 || (!user && !admin)) return notFound(request);
  if (request.method != "POST") return wrongMethod(request);
  return answerTree(parts_.containers.credentials(path[3], path[7], admin));
}

HttpResponse Router::routePools(const HttpRequest& request, const Segments& path) {
  if (path.size() == 9)
    return request.method == "GET" ? listPools(request, path[3], path[7]) : wrongMethod(request);
  return path.size() == 10 ? servePool(request, path) : notFound(request);
}

HttpResponse Router::servePool(const HttpRequest& request, const Segments& path) {
  const std::string &group = path[3], &cluster = path[7], &name = path[9];
  Containers& containers = parts_.containers;
  if (request.method == "GET")
    return answerTree(forVersion(request, kPoolKind, containers.pool(group, cluster, name)));
  if (request.method == "DELETE")
    return answerAccepted(request, containers.removePool(group, cluster, name, optionsOf(request)));
  if (request.method != "PUT") return wrongMethod(request);
  llvm::Expected<Tree> body = bodyOf(request);
  if (!body) return errorAnswer(body.takeError());
  return answerAccepted(
      request, forVersion(request, kPoolKind,
                          containers.putPool(group, cluster, name, *body, optionsOf(request))));
}

}  // namespace gpuspec::deploy::sandbox::arm
