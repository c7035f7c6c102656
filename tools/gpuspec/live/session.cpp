#include "tools/gpuspec/live/session.h"

#include <algorithm>
#include <cstdlib>
#include <future>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "backends/deploy/helm/helm_client.h"
#include "backends/deploy/http/curl.h"
#include "backends/deploy/kube/caller.h"
#include "backends/deploy/kube/kubeconfig.h"
#include "lang/source/check.h"
#include "tools/gpuspec/emit.h"
#include "tools/gpuspec/live/desired.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/local_charts.h"
#include "tools/gpuspec/live/next_command.h"
#include "tools/gpuspec/live/sandbox_folder.h"
#include "tools/gpuspec/live/saved_plan.h"

namespace gpuspec::cli {

namespace {

namespace azure = deploy::azure;
namespace http = deploy::http;
namespace kube = deploy::kube;
namespace model = deploy::model;
namespace sandbox = deploy::sandbox;

std::string textOf(const ir::Tree& body, std::initializer_list<const char*> path) {
  const ir::Tree* value = &body;
  for (const char* key : path) {
    if (value == nullptr || !value->isMap()) return "";
    value = value->find(key);
  }
  return value != nullptr && value->isString() ? value->asString() : "";
}

// "Namespaced", "Cluster", or "" where the spec does not bring the kind's definition.
std::string scopeInSpec(const model::DesiredSet& desired, const model::ResourceKey& key) {
  for (const model::Desired& other : desired.resources) {
    if (other.key.kind == "CustomResourceDefinition" && other.key.cluster == key.cluster &&
        textOf(other.body, {"spec", "group"}) == key.group &&
        textOf(other.body, {"spec", "names", "kind"}) == key.kind)
      return textOf(other.body, {"spec", "scope"});
  }
  return "";
}

}  // namespace

ProjectSettings projectSettings(const ProjectOptions& options, driver::CompileOptions compile) {
  return {options.path, options.format, std::move(compile), options.deny_warnings, options.quiet};
}

Session::Session(ProjectSettings project, LiveSettings live, const ir::VendorSet& vendors,
                 Terminal& terminal)
    : project_(std::move(project)), live_(std::move(live)), vendors_(vendors), terminal_(terminal) {
#ifdef __GLIBC__
  // Else each thread that reads keeps a heap of its own, and with it what it once needed at most.
  ::mallopt(M_ARENA_MAX, 2);
#endif
}

Session::~Session() = default;

std::optional<int> Session::compile() {
  if (isSavedPlan(project_.path)) {
    terminal_.complain("`" + project_.path +
                       "` is no spec: it has the name of a saved plan, or holds JSON; `gpuspec "
                       "apply " +
                       shellWord(project_.path) + "` carries a saved plan out");
    return kUsage;
  }
  compilation_ = std::make_unique<driver::Compilation>(files_, vendors_, project_.compile);
  if (const std::optional<int> stop = loadProject(*compilation_, project_.path, terminal_))
    return stop;
  // What the backends cannot express is found while they emit.
  const bool good = compilation_->run();
  if (good) emitAll(*compilation_->placement(), compilation_->sources(), compilation_->sink());
  const bool ok = good && compilation_->sink().ok();
  const std::vector<diag::Diagnostic> findings = compilation_->findings();
  showFindings(compilation_->sources(), findings, "human", terminal_);
  const Count count = countOf(findings);
  if (!ok || (project_.deny_warnings && count.warnings > 0)) {
    terminal_.err(summaryText(count) + ".\n");
    return kSpecWrong;
  }
  return std::nullopt;
}

std::string Session::variable(const char* name) const {
  if (const auto found = sandbox_variables_.find(name); found != sandbox_variables_.end())
    return found->second;
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

llvm::Error Session::connectAzure() {
  llvm::Expected<azure::Environment> environment =
      azure::environmentFrom([this](const char* name) { return variable(name); });
  if (!environment) return environment.takeError();
  azure_environment_ = std::move(*environment);
  http::CurlOptions options;
  if (sandbox_) options.tls.ca_file = sandbox_->ca_file;
  options.connections = live_.parallel;
  llvm::Expected<std::unique_ptr<http::Transport>> transport = http::makeCurlTransport(options);
  if (!transport) return transport.takeError();
  azure_transport_ = std::move(*transport);
  tokens_ = azure::makeCredential(azure_environment_, *azure_transport_);
  azure_ = azure::makeAzureClient(azure_environment_, *azure_transport_, *tokens_);
  return llvm::Error::success();
}

// A name that is no cluster's would leave a cluster to whatever context is the default.
bool Session::knowsContexts() const {
  std::vector<std::string> clusters;
  for (const ir::Cluster& cluster : compilation_->placement()->spec->clusters)
    clusters.push_back(cluster.address.shortName());
  for (const auto& [cluster, context] : live_.contexts) {
    if (cluster.empty() || std::find(clusters.begin(), clusters.end(), cluster) != clusters.end())
      continue;
    const std::vector<std::string> near = diag::nearest(cluster, clusters);
    terminal_.complain("`--context " + cluster + "=" + context + "`: the spec has no cluster `" +
                       cluster + "`" + (near.empty() ? "" : "; did you mean `" + near[0] + "`?"));
    return false;
  }
  return true;
}

std::optional<int> Session::connect() {
  const ir::Placement& placement = *compilation_->placement();
  if (placement.spec->project->empty()) return reportNoProject(terminal_);
  if (!knowsContexts()) return kUsage;
  if (!live_.sandbox && !live_.sandbox_dir.empty()) {
    terminal_.complain("`--dir` is the folder of a sandbox; it goes with --sandbox");
    return kUsage;
  }
  if (live_.sandbox) {
    const std::string folder = sandboxFolder(live_.sandbox_dir);
    if (!sandbox::isRunning(folder)) return reportNoSandbox(folder, terminal_);
    llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder);
    if (!access) return reportNoAccess(access.takeError(), terminal_);
    sandbox_ = std::move(*access);
    for (EnvironmentVariable& variable : sandboxEnvironment(*sandbox_, folder))
      sandbox_variables_[variable.name] = std::move(variable.value);
    // Whatever else is set means another Azure.
    sandbox_variables_["AZURE_TOKEN_CREDENTIALS"] = "EnvironmentCredential";
  }
  bool any_aks = false;
  for (const ir::Cluster& cluster : placement.spec->clusters)
    any_aks = any_aks || cluster.platform == ir::Platform::Aks;
  if (any_aks) {
    if (llvm::Error error = connectAzure()) return reportNoAccess(std::move(error), terminal_);
  }
  desired_ = desiredSet(placement, compilation_->sources(),
                        {azure_environment_.subscription_id, live_.contexts, live_.sandbox});
  findLocalCharts(compilation_->root(), files_, desired_);
  if (live_.skip_helm) {
    std::erase_if(desired_.resources, [](const model::Desired& desired) {
      return desired.key.system == model::System::Helm;
    });
  }
  return std::nullopt;
}

const model::Target& Session::target(const std::string& cluster) const {
  for (const model::Target& target : desired_.targets) {
    if (target.cluster == cluster) return target;
  }
  GPUSPEC_CHECK(false, "a resource of a cluster that is no target");
}

llvm::Expected<std::string> Session::kubeconfigOf(const std::string& cluster) {
  llvm::Expected<kube::Connection> connection = connectionOf(target(cluster));
  if (!connection) return connection.takeError();
  return kube::kubeconfigText(*connection);
}

bool Session::isThere(const std::string& cluster) {
  if (target(cluster).platform == ir::Platform::Kubernetes) return true;
  // ARM hands out access to clusters that are there; any other answer is met again while planning.
  llvm::Expected<kube::KubeClient*> client = kube(cluster);
  if (client) return true;
  llvm::consumeError(client.takeError());
  return false;
}

bool Session::isFromFile(const model::Target& target) {
  return !target.context.empty() || target.platform == ir::Platform::Kubernetes;
}

// In a sandbox every Kubernetes cluster of the spec is the sandbox's own, unless told otherwise.
std::string Session::contextOf(const model::Target& target) const {
  return sandbox_ && live_.contexts.empty() ? sandbox::kOwnCluster : target.context;
}

llvm::Expected<kube::Connection> Session::connectionOf(const model::Target& target) {
  if (isFromFile(target)) {
    const std::string file =
        live_.kubeconfig.empty() && sandbox_ ? variable("KUBECONFIG") : live_.kubeconfig;
    return kube::loadConnection(file, contextOf(target));
  }
  llvm::Expected<std::string> text = azure_->kubeconfig(target);
  if (!text) return text.takeError();
  return kube::connectionFrom(*text, ".", "");
}

std::string Session::identityOf(const std::string& cluster) {
  const std::lock_guard lock(mutex_);
  const auto found = identities_.find(cluster);
  return found != identities_.end() ? found->second : "";
}

llvm::Expected<kube::KubeClient*> Session::kube(const std::string& cluster) {
  const std::lock_guard lock(mutex_);
  if (const auto found = kube_.find(cluster); found != kube_.end()) return found->second.get();
  llvm::Expected<kube::Connection> connection = connectionOf(target(cluster));
  if (!connection) return connection.takeError();
  identities_[cluster] = connection->identity;
  llvm::Expected<std::unique_ptr<kube::KubeClient>> client =
      kube::makeKubeClient(std::move(*connection), live_.parallel);
  if (!client) return client.takeError();
  return (kube_[cluster] = std::move(*client)).get();
}

llvm::Expected<std::string> Session::uidOf(const std::string& cluster) {
  llvm::Expected<kube::KubeClient*> client = kube(cluster);
  if (!client) return client.takeError();
  const kube::ApiResource* namespaces = (*client)->find("", "Namespace");
  if (namespaces == nullptr) return "";
  llvm::Expected<ir::Tree> found = (*client)->get(*namespaces, "", "kube-system");
  if (found) return textOf(*found, {"metadata", "uid"});
  llvm::Error error = found.takeError();
  const auto kind = kube::kindOf(error);
  const bool untold = kind == deploy::apply::ApiError::Kind::NotFound ||
                      kind == deploy::apply::ApiError::Kind::Forbidden;
  if (!untold) return error;
  llvm::consumeError(std::move(error));  // who may not look at it may still apply
  return "";
}

llvm::Error Session::readCluster(const std::string& cluster, model::LiveSet& live) {
  llvm::Expected<kube::KubeClient*> client = kube(cluster);
  if (!client) return client.takeError();
  if (llvm::Error error = (*client)->read(desired_, cluster, live)) return error;
  if (live_.skip_helm) return llvm::Error::success();
  return deploy::helm::readReleases(**client, cluster, scope(), live);
}

// A manifest may name no namespace: then its object stands in `default`, as with kubectl. Which
// kinds have a namespace at all, the API knows, or the definition that comes in the same run.
llvm::Error Session::placeManifests(const std::string& cluster) {
  std::vector<model::Desired*> open;
  for (model::Desired& desired : desired_.resources) {
    const bool is_manifest = desired.address.kind == "manifest";
    if (is_manifest && desired.key.cluster == cluster && desired.key.scope.empty())
      open.push_back(&desired);
  }
  if (open.empty()) return llvm::Error::success();
  llvm::Expected<kube::KubeClient*> client = kube(cluster);
  if (!client) return client.takeError();
  if (llvm::Expected<const std::vector<kube::ApiResource>*> known = (*client)->discover(); !known)
    return known.takeError();
  for (model::Desired* desired : open) {
    const kube::ApiResource* served = (*client)->find(desired->key.group, desired->key.kind);
    const std::string written = scopeInSpec(desired_, desired->key);
    const bool is_namespaced =
        written.empty() ? served != nullptr && served->namespaced : written == "Namespaced";
    if (!is_namespaced) continue;
    desired->key.scope = "default";
    desired->body.at("metadata").set("namespace", desired->key.scope);
  }
  return llvm::Error::success();
}

// One that Azure is making or deleting, or whose making failed, has none: then it is as if the
// cluster were not there.
llvm::Expected<bool> Session::hasControlPlane(const model::LiveCluster& cluster) {
  if (cluster.state == "Creating" || cluster.state == "Deleting") return false;
  llvm::Expected<kube::KubeClient*> client = kube(cluster.cluster);
  if (client) return true;
  bool none = false;
  llvm::Error error = llvm::handleErrors(
      client.takeError(), [&](std::unique_ptr<deploy::apply::ApiError> api) -> llvm::Error {
        none = api->code == "ControlPlaneNotFound";
        return none ? llvm::Error::success() : llvm::Error(std::move(api));
      });
  if (error) return error;
  return !none;
}

// All clusters side by side: each has an API of its own.
llvm::Error Session::readClusters(model::LiveSet& live) {
  std::vector<std::string> reachable;
  for (const model::Target& target : desired_.targets) {
    const auto known = std::find_if(live.clusters.begin(), live.clusters.end(),
                                    [&](const auto& c) { return c.cluster == target.cluster; });
    const bool is_there = known != live.clusters.end() && known->exists;
    if (target.platform == ir::Platform::Kubernetes) {
      reachable.push_back(target.cluster);
    } else if (is_there) {
      llvm::Expected<bool> answers = hasControlPlane(*known);
      if (!answers) return answers.takeError();
      if (*answers) reachable.push_back(target.cluster);
    }
  }
  for (const std::string& cluster : reachable) {
    if (llvm::Error error = placeManifests(cluster)) return error;
  }
  std::sort(desired_.resources.begin(), desired_.resources.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  std::vector<model::LiveSet> parts(reachable.size());
  std::vector<std::future<llvm::Error>> running;
  for (std::size_t i = 0; i < reachable.size(); ++i) {
    running.push_back(std::async(
        std::launch::async,
        [this, &part = parts[i], cluster = reachable[i]] { return readCluster(cluster, part); }));
  }
  llvm::Error failed = llvm::Error::success();
  for (auto& result : running) failed = llvm::joinErrors(std::move(failed), result.get());
  if (failed) return failed;
  for (model::LiveSet& part : parts) model::merge(std::move(part), live);
  return llvm::Error::success();
}

llvm::Expected<model::LiveSet> Session::read() {
  model::LiveSet live;
  if (azure_) {
    if (llvm::Error error = azure_->read(desired_, live)) return error;
  }
  if (llvm::Error error = readClusters(live)) return error;
  return live;
}

}  // namespace gpuspec::cli
