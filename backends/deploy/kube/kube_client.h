#pragma once

// One cluster's Kubernetes API: discovery, reading for plans, carrying changes out, the lock, the
// inventory, and what verify needs.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/deploy/apply/client.h"
#include "backends/deploy/model/ownership.h"

namespace gpuspec::deploy::kube {

using model::Tree;

struct ApiResource {
  std::string group, version, kind, plural;
  bool namespaced = false;
  std::vector<std::string> verbs;
  std::vector<std::string> versions = {};  // all that are served, the preferred one first
};

struct LogOptions {
  std::string container;
  std::int64_t tail_lines = 200;
};

class KubeClient : public apply::ResourceClient {
 public:
  // Plain calls. Errors are apply::ApiError.
  [[nodiscard]] virtual llvm::Expected<std::string> version() = 0;  // "1.35.4"
  [[nodiscard]] virtual llvm::Expected<const std::vector<ApiResource>*> discover() = 0;
  // `resource` from discovery; "" namespace = all. Pages of 2,500.
  [[nodiscard]] virtual llvm::Expected<std::vector<Tree>> list(const ApiResource& resource,
                                                               const std::string& object_namespace,
                                                               const std::string& label_selector,
                                                               bool metadata_only = false) = 0;
  [[nodiscard]] virtual llvm::Expected<Tree> get(const ApiResource& resource,
                                                 const std::string& object_namespace,
                                                 const std::string& name) = 0;
  [[nodiscard]] virtual llvm::Expected<Tree> create(const ApiResource& resource,
                                                    const Tree& object) = 0;
  [[nodiscard]] virtual llvm::Expected<Tree> update(const ApiResource& resource,
                                                    const Tree& object) = 0;
  [[nodiscard]] virtual llvm::Expected<Tree> applyObject(const ApiResource& resource,
                                                         const Tree& object, bool force,
                                                         bool dry_run = false) = 0;
  [[nodiscard]] virtual llvm::Error remove(const ApiResource& resource,
                                           const std::string& object_namespace,
                                           const std::string& name, const std::string& uid) = 0;
  // Only when nobody has written it since: `revision` is its resourceVersion.
  [[nodiscard]] virtual llvm::Error removeUnchanged(const ApiResource& resource,
                                                    const std::string& object_namespace,
                                                    const std::string& name, const std::string& uid,
                                                    const std::string& revision);
  [[nodiscard]] virtual llvm::Expected<std::string> logs(const std::string& object_namespace,
                                                         const std::string& pod,
                                                         const LogOptions& options) = 0;
  virtual const ApiResource* find(const std::string& group,
                                  const std::string& kind) = 0;  // null: not served
  virtual std::int64_t requestCount() const = 0;
  // By the server's clock, as its answers give it: what runs on several machines goes by it.
  virtual std::chrono::system_clock::time_point serverTime() const;

  // Everything that a plan needs of this cluster: owned objects of the desired and the inventory's
  // kinds, names in the way, nodes and pods. One paged LIST for each kind.
  [[nodiscard]] virtual llvm::Error read(const model::DesiredSet& desired,
                                         const std::string& cluster, model::LiveSet& live) = 0;
  // Writes the inventory when it differs.
  [[nodiscard]] virtual llvm::Error writeInventory(
      const model::Scope& scope, const std::vector<model::ResourceKey>& members) = 0;
};

// A lock held for as long as it lives: a Lease that a thread renews; released by the destructor.
class Lock {
 public:
  virtual ~Lock() = default;
  virtual bool lost() const = 0;  // could not be renewed in time: stop
};
struct LockOptions {
  std::string holder;                          // "alice@host, pid 4711"
  std::chrono::seconds duration{30}, wait{0};  // wait: --lock-timeout
};
// Of a lock's Lease: "alice@host, pid 4711, since ..."; "" = nobody, or one that did not renew it
// or was killed on this machine.
std::string lockHolder(const Tree& lease, std::chrono::system_clock::time_point now);
// ApiError::Kind::Busy with the holder's name and age when it is held by another.
[[nodiscard]] llvm::Expected<std::unique_ptr<Lock>> takeLock(KubeClient& client,
                                                             const model::Scope& scope,
                                                             const LockOptions& options,
                                                             const http::CancelToken& cancel);

// What a client shows of itself, in PEM; empty = nothing.
struct ClientCertificate {
  std::string pem, key_pem;
  friend bool operator==(const ClientCertificate&, const ClientCertificate&) = default;
};
// How a cluster is reached; see kubeconfig.h.
struct Connection {
  std::string server;  // "https://host:port/prefix"
  http::TlsOptions tls;
  std::string proxy = {};     // "http://user:password@host:port"; "" = as HTTPS_PROXY says
  std::string identity = {};  // who acts, for errors: "user `admin` of `config`"; no secret
  // Where a program gives the client's certificate, the one of its last run; null: `tls` says all.
  std::function<ClientCertificate()> certificate = {};
  // The bearer token of now ("" = none); called again with true after a 401.
  std::function<llvm::Expected<std::string>(bool renew)> token;
  // The user of a kubeconfig for other programs, where its credentials end and are renewed: with
  // `exec` or `tokenFile`, and absolute paths. Null: the token of now is all there is.
  model::Tree renewing_user = {};
  model::Tree extensions = {};  // of the kubeconfig's cluster, for programs with `exec`
};
[[nodiscard]] llvm::Expected<std::unique_ptr<KubeClient>> makeKubeClient(Connection connection,
                                                                         std::size_t parallel);

}  // namespace gpuspec::deploy::kube
