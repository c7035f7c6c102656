#include "backends/deploy/sandbox/host/sandbox.h"

#include <csignal>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include <llvm/Support/Base64.h>
#include <unistd.h>

#include "backends/deploy/sandbox/faults/faults.h"
#include "backends/deploy/sandbox/host/access.h"
#include "backends/deploy/sandbox/host/clusters.h"
#include "backends/deploy/sandbox/host/gate.h"
#include "backends/deploy/sandbox/host/private_file.h"
#include "backends/deploy/sandbox/host/request_log.h"
#include "backends/deploy/sandbox/server/peer.h"
#include "backends/deploy/sandbox/server/server.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kClusterPrefix = "/clusters/";
constexpr std::string_view kControlPrefix = "/sandbox/";

HttpResponse answer(int status, const Tree& body) {
  HttpResponse response;
  response.status = status;
  response.body = ir::toJson(body) + "\n";
  return response;
}

// The part of a path that names the cluster: "/clusters/NAME".
std::string_view clusterPart(std::string_view path) {
  if (!path.starts_with(kClusterPrefix)) return "";
  return path.substr(0, path.find('/', kClusterPrefix.size()));
}

FaultTarget targetOf(const std::string& path) {
  const std::string_view part = clusterPart(path);
  const bool is_login = path.ends_with("/oauth2/v2.0/token") || path.ends_with("/oauth2/token");
  if (part.empty()) return {is_login ? FaultApi::Login : FaultApi::Arm, "", path};
  const std::string below = path.substr(part.size());
  return {FaultApi::Kubernetes, std::string(part.substr(kClusterPrefix.size())),
          below.empty() ? "/" : below};
}

bool killClient(const HttpRequest& request) {
  const std::optional<pid_t> client = clientOf(request.client_port, request.server_port);
  return client && *client != ::getpid() && ::kill(*client, SIGKILL) == 0;
}

class SandboxInOneProcess final : public Sandbox, private Handler {
 public:
  SandboxInOneProcess(SandboxOptions options, FolderLock lock, Access access,
                      Certificates certificates, std::unique_ptr<Store> store,
                      const NodeFacts& facts)
      : options_(std::move(options)),
        lock_(std::move(lock)),
        access_(std::move(access)),
        ca_base64_(llvm::encodeBase64(certificates.ca_pem)),
        certificates_(std::move(certificates)),
        store_(std::move(store)),
        clusters_(*store_, facts, access_.token, [this](const std::string& cluster) {
          return kubeconfigText({cluster}, cluster);
        }) {}

  ~SandboxInOneProcess() override {
    stop();
    if (stopper_.joinable()) stopper_.join();
    if (arm_) arm_->stop();
    clusters_.stopAll();
  }

  // Listens first: the port goes into every URL that the APIs hand out.
  llvm::Error listen() {
    faults_.set(options_.faults);
    if (options_.logs_requests) {
      if (llvm::Error error = log_.open(options_.folder + "/requests.jsonl")) return error;
    }
    llvm::Expected<std::unique_ptr<Server>> server =
        listenOn(options_.port != 0 ? options_.port : access_.port);
    if (!server) return server.takeError();
    server_ = std::move(*server);
    access_.port = server_->port();
    access_.ca_file = certificates_.ca_file;
    if (llvm::Error error = writeAccess(options_.folder, access_)) return error;
    arm_ = makeArmApi(*store_, clusters_,
                      {access_.url(), access_.tenant_id, access_.subscription_id, access_.client_id,
                       access_.client_secret, options_.operation_time, options_.token_lifetime,
                       options_.vcpu_limits});
    clusters_.onChange([this] { writeKubeconfig(); });
    if (llvm::Error error = clusters_.startStored()) return error;
    arm_->start();
    writeKubeconfig();
    return llvm::Error::success();
  }

  const Access& access() const override { return access_; }
  llvm::Error run() override { return server_->run(); }
  void stop() override {
    faults_.stop();
    if (server_) server_->stop();
  }

 private:
  // The port it had, so that what clients were given stays good; another when that one is taken.
  llvm::Expected<std::unique_ptr<Server>> listenOn(std::uint16_t port) {
    llvm::Expected<std::unique_ptr<Server>> server =
        makeServer(certificates_, *this, {port, kThreads});
    if (server || port == 0 || options_.port != 0) return server;
    llvm::consumeError(server.takeError());
    return makeServer(certificates_, *this, {0, kThreads});
  }

  HttpResponse handle(const HttpRequest& request) override {
    const std::string_view path = request.path;
    if (path.starts_with(kControlPrefix)) return handleControl(request);
    const FaultTarget target = targetOf(request.path);
    return log_.noted(request, target, [&] {
      return faults_.handle(request, target, [&] { return carryOut(request); });
    });
  }

  HttpResponse carryOut(const HttpRequest& request) {
    const std::shared_lock pass(gate_);
    return request.path.starts_with(kClusterPrefix) ? handleCluster(request)
                                                    : arm_->handle(request);
  }

  HttpResponse handleCluster(const HttpRequest& request) {
    const std::size_t slash = clusterPart(request.path).size();
    const std::string name =
        request.path.substr(kClusterPrefix.size(), slash - kClusterPrefix.size());
    const std::shared_ptr<KubeApi> api = clusters_.api(name);
    if (!api) return answer(404, ir::mapOf("error", "the sandbox has no cluster `" + name + "`"));
    HttpRequest below = request;
    below.path = slash == request.path.size() ? "/" : request.path.substr(slash);
    below.headers["x-gpuspec-prefix"] = request.path.substr(0, slash);
    HttpResponse response = api->handle(below);
    // A stream goes on after this call: it keeps its cluster.
    if (response.stream) {
      response.stream = [api, stream = std::move(response.stream)](const auto& write) {
        return stream(write);
      };
    }
    return response;
  }

  HttpResponse handleControl(const HttpRequest& request) {
    if (request.header("authorization") != "Bearer " + access_.token)
      return answer(401, ir::mapOf("error", "the token in access.json is needed"));
    if (request.path == "/sandbox/status" && request.method == "GET") return answer(200, status());
    if (request.path == "/sandbox/faults" && request.method == "GET")
      return answer(200, faults_.status());
    if (request.method != "POST") return answer(405, ir::mapOf("error", "use POST"));
    if (request.path == "/sandbox/reset") return reset();
    if (request.path == "/sandbox/faults") return setFaults(request.body);
    if (request.path == "/sandbox/stop") {
      stopSoon();
      return answer(200, ir::mapOf("stopping", true));
    }
    return answer(404, ir::mapOf("error", "there is no `" + request.path + "`"));
  }

  HttpResponse setFaults(const std::string& script) {
    llvm::Expected<Tree> document = ir::parseJson(script);
    if (!document) return answer(400, ir::mapOf("error", llvm::toString(document.takeError())));
    std::vector<ScriptProblem> problems;
    std::optional<FaultScript> faults = readFaultScript(*document, problems);
    if (!faults) return answer(400, ir::mapOf("error", problems.front().text));
    faults_.set(std::move(*faults));
    return answer(200, faults_.status());
  }

  // From a thread of its own: the server cannot end while it waits for this answer.
  void stopSoon() {
    const std::lock_guard lock(stopper_mutex_);
    if (!stopper_.joinable()) stopper_ = std::thread([this] { stop(); });
  }

  // What was asked before is done before, and what is asked meanwhile finds it empty.
  HttpResponse reset() {
    const std::unique_lock closed(gate_);
    arm_->stop();
    llvm::Error error = clusters_.reset();
    arm_->start();
    if (!error) return answer(200, ir::mapOf("reset", true));
    return answer(500, ir::mapOf("error", llvm::toString(std::move(error))));
  }

  Tree status() const {
    Tree clusters = Tree::list();
    for (const std::string& name : clusters_.names()) {
      llvm::Expected<Page> page = store_->list("/kube/" + name + "/");
      std::int64_t objects = 0;
      if (page) {
        objects = static_cast<std::int64_t>(page->entries.size());
      } else {
        llvm::consumeError(page.takeError());
      }
      clusters.push(ir::mapOf("name", name, "objects", objects));
    }
    return ir::mapOf("schema", "gpuspec.sandbox-status/1", "url", access_.url(), "revision",
                     store_->revision(), "clusters", std::move(clusters));
  }

  std::string kubeconfigText(const std::vector<std::string>& clusters,
                             const std::string& current) const {
    return ir::toJson(kubeconfigOf(access_, ca_base64_, clusters, current)) + "\n";
  }

  void writeKubeconfig() {
    const std::lock_guard lock(kubeconfig_mutex_);
    // A disk that is full now is no reason to fail an operation that is done.
    llvm::consumeError(writePrivateFile(kubeconfigFile(options_.folder),
                                        kubeconfigText(clusters_.names(), kOwnCluster)));
  }

  static constexpr std::size_t kThreads = 128;

  SandboxOptions options_;
  FolderLock lock_;
  Access access_;
  std::string ca_base64_;
  Certificates certificates_;
  std::unique_ptr<Store> store_;
  Clusters clusters_;
  std::unique_ptr<ArmApi> arm_;
  RequestLog log_;
  Faults faults_{killClient};
  std::unique_ptr<Server> server_;
  Gate gate_;
  std::mutex kubeconfig_mutex_, stopper_mutex_;
  std::thread stopper_;
};

llvm::Error makeFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (!error) return llvm::Error::success();
  return llvm::createStringError(error, "cannot make the folder `%s`: %s", folder.c_str(),
                                 error.message().c_str());
}

llvm::Expected<FolderLock> lockFolder(const std::string& folder) {
  llvm::Expected<FolderLock> lock = FolderLock::take(folder + "/lock");
  if (lock) return lock;
  const std::error_code why = llvm::errorToErrorCode(lock.takeError());
  return llvm::createStringError(why, "a sandbox is running already in `%s`", folder.c_str());
}

}  // namespace

llvm::Expected<std::unique_ptr<Sandbox>> openSandbox(const SandboxOptions& options,
                                                     const NodeFacts& facts) {
  if (llvm::Error error = makeFolder(options.folder)) return error;
  llvm::Expected<FolderLock> lock = lockFolder(options.folder);
  if (!lock) return lock.takeError();
  Access access = newAccess();
  if (fs::exists(options.folder + "/access.json")) {
    llvm::Expected<Access> kept = readAccess(options.folder);
    if (!kept) return kept.takeError();
    access = std::move(*kept);
  }
  llvm::Expected<Certificates> certificates = openCertificates(options.folder + "/tls");
  if (!certificates) return certificates.takeError();
  llvm::Expected<std::unique_ptr<Store>> store = openStore(options.folder);
  if (!store) return store.takeError();
  auto sandbox =
      std::make_unique<SandboxInOneProcess>(options, std::move(*lock), std::move(access),
                                            std::move(*certificates), std::move(*store), facts);
  if (llvm::Error error = sandbox->listen()) return error;
  return sandbox;
}

}  // namespace gpuspec::deploy::sandbox
