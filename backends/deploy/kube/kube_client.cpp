#include "backends/deploy/kube/kube_client.h"

#include <algorithm>

#include "backends/deploy/http/curl.h"
#include "backends/deploy/kube/parts.h"
#include "backends/deploy/kube/renewing_transport.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

constexpr const char* kToolVersion = "1";

class RealKubeClient final : public KubeClient {
 public:
  RealKubeClient(Connection connection, std::unique_ptr<http::Transport> transport,
                 Patience patience)
      : patience_(patience),
        caller_(std::move(connection), std::move(transport), patience.retry),
        directory_(caller_) {}

  llvm::Expected<std::string> version() override {
    Call call;
    call.path = "/version";
    llvm::Expected<Tree> tree = caller_.tree(call);
    if (!tree) return tree.takeError();
    const std::string text = textAt(*tree, "gitVersion");
    return text.starts_with('v') ? text.substr(1) : text;
  }

  llvm::Expected<const std::vector<ApiResource>*> discover() override { return directory_.all(); }

  const ApiResource* find(const std::string& group, const std::string& kind) override {
    return directory_.find(group, kind);
  }

  llvm::Expected<std::vector<Tree>> list(const ApiResource& resource,
                                         const std::string& object_namespace,
                                         const std::string& label_selector,
                                         bool metadata_only) override {
    return listAll(caller_, resource, {object_namespace, label_selector, "", metadata_only});
  }

  llvm::Expected<Tree> get(const ApiResource& resource, const std::string& object_namespace,
                           const std::string& name) override {
    Call call;
    call.path = pathOf(resource, object_namespace, name);
    return caller_.tree(call);
  }

  llvm::Expected<Tree> create(const ApiResource& resource, const Tree& object) override {
    return write("POST", pathOf(resource, metadataText(object, "namespace"), ""), object);
  }

  llvm::Expected<Tree> update(const ApiResource& resource, const Tree& object) override {
    return write("PUT",
                 pathOf(resource, metadataText(object, "namespace"), metadataText(object, "name")),
                 object);
  }

  llvm::Expected<Tree> applyObject(const ApiResource& resource, const Tree& object, bool force,
                                   bool dry_run) override {
    return applyTo(caller_, resource, object, {force, dry_run, nullptr});
  }

  llvm::Error remove(const ApiResource& resource, const std::string& object_namespace,
                     const std::string& name, const std::string& uid) override {
    return removeUnchanged(resource, object_namespace, name, uid, "");
  }

  llvm::Error removeUnchanged(const ApiResource& resource, const std::string& object_namespace,
                              const std::string& name, const std::string& uid,
                              const std::string& revision) override {
    llvm::Expected<bool> gone =
        deleteFrom(caller_, resource, object_namespace, name, {uid, revision, nullptr});
    return gone ? llvm::Error::success() : gone.takeError();
  }

  llvm::Expected<std::string> logs(const std::string& object_namespace, const std::string& pod,
                                   const LogOptions& options) override {
    Call call;
    call.path = "/api/v1/namespaces/" + urlEncoded(object_namespace) + "/pods/" + urlEncoded(pod) +
                "/log?tailLines=" + std::to_string(options.tail_lines);
    if (!options.container.empty()) call.path += "&container=" + urlEncoded(options.container);
    call.accept = "text/plain, application/json";
    return caller_.text(call);
  }

  std::int64_t requestCount() const override { return caller_.count(); }

  std::chrono::system_clock::time_point serverTime() const override { return caller_.serverTime(); }

  llvm::Error read(const model::DesiredSet& desired, const std::string& cluster,
                   model::LiveSet& live) override {
    const std::int64_t before = requestCount();
    llvm::Error error = readCluster(*this, caller_, desired, cluster, live);
    live.kubernetes_requests += requestCount() - before;
    return error;
  }

  llvm::Error perform(const plan::Change& change, const apply::Progress& progress,
                      const http::CancelToken& cancel) override {
    return performChange({caller_, directory_, patience_, progress, cancel}, change);
  }

  llvm::Error writeInventory(const model::Scope& scope,
                             const std::vector<model::ResourceKey>& members) override {
    const ApiResource* resource = find("", "ConfigMap");
    if (resource == nullptr)
      return llvm::make_error<ApiError>(ApiError::Kind::Server, 0, "",
                                        "the cluster serves no ConfigMaps");
    const Tree inventory = model::inventoryObject(scope, kToolVersion, members);
    llvm::Expected<Tree> written = applyObject(*resource, inventory, true, false);
    return written ? llvm::Error::success() : written.takeError();
  }

 private:
  llvm::Expected<Tree> write(const char* method, const std::string& path, const Tree& object) {
    Call call;
    call.method = method;
    call.path = path + "?fieldManager=" + std::string(model::kFieldManager);
    call.content_type = "application/json";
    call.body = ir::toJson(object);
    return caller_.tree(call);
  }

  const Patience patience_;
  Caller caller_;
  Directory directory_;
};

}  // namespace

llvm::Error KubeClient::removeUnchanged(const ApiResource& resource,
                                        const std::string& object_namespace,
                                        const std::string& name, const std::string& uid,
                                        const std::string&) {
  return remove(resource, object_namespace, name, uid);
}

std::chrono::system_clock::time_point KubeClient::serverTime() const {
  return std::chrono::system_clock::now();
}

llvm::Expected<std::unique_ptr<KubeClient>> makeKubeClient(Connection connection,
                                                           std::size_t parallel) {
  http::CurlOptions options;
  options.tls = connection.tls;
  options.proxy = connection.proxy;
  // One more than there are changes under way: beside them the lock is renewed.
  options.connections = std::max<std::size_t>(parallel, 1) + 1;
  if (connection.certificate) {
    auto renewing = std::make_unique<RenewingTransport>(connection.tls, connection.certificate,
                                                        [options](http::TlsOptions tls) mutable {
                                                          options.tls = std::move(tls);
                                                          return http::makeCurlTransport(options);
                                                        });
    return makeKubeClientOver(std::move(connection), std::move(renewing));
  }
  llvm::Expected<std::unique_ptr<http::Transport>> transport = http::makeCurlTransport(options);
  if (!transport) return transport.takeError();
  return makeKubeClientOver(std::move(connection), std::move(*transport));
}

std::unique_ptr<KubeClient> makeKubeClientOver(Connection connection,
                                               std::unique_ptr<http::Transport> transport,
                                               Patience patience) {
  return std::make_unique<RealKubeClient>(std::move(connection), std::move(transport), patience);
}

}  // namespace gpuspec::deploy::kube
