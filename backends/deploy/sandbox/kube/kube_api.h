#pragma once

// The Kubernetes API of one sandbox cluster, over a Store: discovery, OpenAPI, verbs, server-side
// apply, admission (quota, namespaces, strict fields). Controllers use Objects directly, clients
// the Handler.
//
// Keys in the store: /kube/<cluster>/<group or "core">/<resource>/<namespace or "-">/<name>.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/server/handler.h"
#include "backends/deploy/sandbox/store/store.h"

namespace gpuspec::deploy::sandbox {

struct ResourceId {
  std::string group, version, resource;  // "apps", "v1", "deployments"
};

// metav1.Status as an error: 404 NotFound, 409 Conflict, 422 Invalid ...
class StatusError : public llvm::ErrorInfo<StatusError> {
 public:
  explicit StatusError(Tree status_object);
  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override;
  static char ID;
  int code() const;
  std::string reason() const;
  Tree status;
};

struct WriteOptions {
  std::string field_manager = "sandbox";
  bool dry_run = false;
  bool force = false;            // apply: take conflicting fields over
  std::string field_validation;  // "", Ignore, Warn, Strict
  std::string subresource;       // "", "status", "scale"
};

// The objects of one cluster, with everything the API server itself does to them: defaults,
// validation, uid, resourceVersion, generation, managedFields, finalizers, admission. Thread-safe.
class Objects {
 public:
  virtual ~Objects() = default;
  [[nodiscard]] virtual llvm::Expected<Tree> create(const ResourceId& id,
                                                    std::string_view object_namespace, Tree object,
                                                    const WriteOptions& options) = 0;
  [[nodiscard]] virtual llvm::Expected<Tree> update(const ResourceId& id,
                                                    std::string_view object_namespace, Tree object,
                                                    const WriteOptions& options) = 0;
  // Server-side apply.
  [[nodiscard]] virtual llvm::Expected<Tree> apply(const ResourceId& id,
                                                   std::string_view object_namespace,
                                                   std::string_view name, Tree object,
                                                   const WriteOptions& options) = 0;
  [[nodiscard]] virtual llvm::Expected<Tree> mergePatch(const ResourceId& id,
                                                        std::string_view object_namespace,
                                                        std::string_view name, const Tree& patch,
                                                        const WriteOptions& options) = 0;
  // `propagation`: Background, Foreground, Orphan.
  [[nodiscard]] virtual llvm::Expected<Tree> remove(const ResourceId& id,
                                                    std::string_view object_namespace,
                                                    std::string_view name,
                                                    std::string_view propagation) = 0;
  virtual std::optional<Tree> get(const ResourceId& id, std::string_view object_namespace,
                                  std::string_view name) const = 0;
  // "" = all namespaces.
  virtual std::vector<Tree> list(const ResourceId& id,
                                 std::string_view object_namespace = {}) const = 0;
  // Events of one resource ("" group and resource: of all) after now.
  virtual std::unique_ptr<Watch> watch(const ResourceId& id) const = 0;
};

// Who may speak to a cluster: any of these bearer tokens.
struct ClusterAccess {
  std::string cluster;  // key in the store: "sandbox", or an AKS cluster's own key
  std::vector<std::string> tokens;
};

// Logs of a pod's container, and what only a running cluster knows; null = none.
class PodLogs {
 public:
  virtual ~PodLogs() = default;
  virtual std::optional<std::string> logs(std::string_view object_namespace, std::string_view pod,
                                          std::string_view container) const = 0;
};

class KubeApi : public Handler {
 public:
  virtual Objects& objects() = 0;
  // Paths of requests are below the cluster's prefix: "/api/v1/namespaces", "/apis", "/openapi/v3".
  HttpResponse handle(const HttpRequest& request) override = 0;
};

// Makes the cluster's own objects (namespaces default, kube-system, kube-public, kube-node-lease,
// ...) when they are not there. All references outlive the API.
std::unique_ptr<KubeApi> makeKubeApi(Store& store, ClusterAccess access, const PodLogs* logs);

}  // namespace gpuspec::deploy::sandbox
