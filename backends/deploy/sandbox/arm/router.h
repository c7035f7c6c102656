#pragma once

// From a request to the resource that it is about.

#include <string>
#include <vector>

#include "backends/deploy/sandbox/arm/containers.h"
#include "backends/deploy/sandbox/arm/deployments.h"
#include "backends/deploy/sandbox/arm/groups.h"
#include "backends/deploy/sandbox/arm/tokens.h"

namespace gpuspec::deploy::sandbox::arm {

// What the router leads to; all of it outlives the router.
struct Parts {
  State& state;
  Operations& operations;
  Containers& containers;
  Groups& groups;
  Deployments& deployments;
  const ArmOptions& options;
};

// A resource provider as a subscription shows it.
Tree providerOf(std::string_view name);

class Router {
 public:
  explicit Router(Parts parts)
      : parts_(parts), tokens_(parts.options), quota_(parts.state, parts.options) {}
  HttpResponse handle(const HttpRequest& request);

 private:
  using Segments = std::vector<std::string>;  // of the path, as written

  HttpResponse route(const HttpRequest& request, const Segments& path);
  HttpResponse routeSubscription(const HttpRequest& request, const Segments& path);
  HttpResponse routeGroup(const HttpRequest& request, const Segments& path);
  HttpResponse routeProvider(const HttpRequest& request, const Segments& path);
  HttpResponse routeDeployments(const HttpRequest& request, const Segments& path);
  HttpResponse routeDeploymentAction(const HttpRequest& request, const Segments& path);
  HttpResponse routeClusters(const HttpRequest& request, const Segments& path);
  HttpResponse routeClusterAction(const HttpRequest& request, const Segments& path);
  HttpResponse routePools(const HttpRequest& request, const Segments& path);
  HttpResponse serveGroup(const HttpRequest& request, const std::string& name);
  HttpResponse serveCluster(const HttpRequest& request, const std::string& group,
                            const std::string& name);
  HttpResponse servePool(const HttpRequest& request, const Segments& path);
  HttpResponse serveDeployment(const HttpRequest& request, const std::string& group,
                               const std::string& name);

  HttpResponse listSubscriptions(const Segments& path) const;
  HttpResponse listGroups(const HttpRequest& request) const;
  HttpResponse listClusters(const HttpRequest& request, const std::string& group) const;
  HttpResponse listPools(const HttpRequest& request, const std::string& group,
                         const std::string& cluster) const;
  HttpResponse listDeployments(const HttpRequest& request, const std::string& group) const;
  HttpResponse listResources(const HttpRequest& request, const std::string& group) const;
  HttpResponse showProvider(const std::string& name) const;

  // `final`: the Location's kind of answer; else the Azure-AsyncOperation's.
  HttpResponse showOperation(const std::string& id, bool final_result) const;
  HttpResponse answerAccepted(const HttpRequest& request, llvm::Expected<Accepted> accepted) const;
  HttpResponse answerTree(llvm::Expected<Tree> tree, int status = 200) const;

  // Entries below `prefix`, shown by `show` (null = left out), a page at a time.
  template <class Show>
  HttpResponse page(const HttpRequest& request, const std::string& prefix, const Show& show) const;
  std::string nextLink(const HttpRequest& request, const std::string& key) const;
  int retrySeconds() const;

  Parts parts_;
  Tokens tokens_;
  Quota quota_;
};

}  // namespace gpuspec::deploy::sandbox::arm
