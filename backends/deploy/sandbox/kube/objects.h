#pragma once

// Objects as the handler needs them: the contract of kube_api.h, and what only HTTP requests carry
// (warnings, preconditions, patches). Each write is one compare-and-swap on the store, tried again
// when somebody was faster and the client set no resourceVersion.

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/kube/admission.h"
#include "backends/deploy/sandbox/kube/cluster_store.h"
#include "backends/deploy/sandbox/kube/fieldset.h"
#include "backends/deploy/sandbox/kube/kube_api.h"
#include "backends/deploy/sandbox/kube/registry.h"
#include "backends/deploy/sandbox/kube/service_addresses.h"
#include "backends/deploy/sandbox/kube/usage.h"

namespace gpuspec::deploy::sandbox::api {

// What is written, and on whose behalf.
struct Call {
  Resource resource;
  std::string object_namespace, name;
  WriteOptions options;
  std::vector<std::string> problems;  // found in the body: duplicate fields
  std::vector<std::string>* warnings = nullptr;
  std::string user = "sandbox";  // who asks
};

struct DeleteCall {
  std::string propagation = "Background";
  std::optional<std::int64_t> grace_seconds;
  std::string uid, resource_version;  // preconditions, "" = none
  bool quiet = false;                 // the caller looks after the namespace itself
};

class ObjectLayer final : public Objects {
 public:
  using Patcher = std::function<llvm::Expected<Tree>(const Tree& live)>;

  ObjectLayer(Store& store, const std::string& cluster);

  llvm::Expected<Tree> create(const ResourceId& id, std::string_view object_namespace, Tree object,
                              const WriteOptions& options) override;
  llvm::Expected<Tree> update(const ResourceId& id, std::string_view object_namespace, Tree object,
                              const WriteOptions& options) override;
  llvm::Expected<Tree> apply(const ResourceId& id, std::string_view object_namespace,
                             std::string_view name, Tree object,
                             const WriteOptions& options) override;
  llvm::Expected<Tree> mergePatch(const ResourceId& id, std::string_view object_namespace,
                                  std::string_view name, const Tree& patch,
                                  const WriteOptions& options) override;
  llvm::Expected<Tree> remove(const ResourceId& id, std::string_view object_namespace,
                              std::string_view name, std::string_view propagation) override;
  std::optional<Tree> get(const ResourceId& id, std::string_view object_namespace,
                          std::string_view name) const override;
  std::vector<Tree> list(const ResourceId& id, std::string_view object_namespace) const override;
  std::unique_ptr<Watch> watch(const ResourceId& id) const override;

  llvm::Expected<Tree> createObject(const Call& call, Tree object);
  // `created`: whether the object is new, for kinds that an update may create.
  llvm::Expected<Tree> updateObject(const Call& call, Tree object, bool* created = nullptr);
  llvm::Expected<Tree> patchObject(const Call& call, const Patcher& patcher);
  // `created`: whether the object is new.
  llvm::Expected<Tree> applyObject(const Call& call, Tree config, bool* created = nullptr);
  // The object, or the Status of one that is gone.
  llvm::Expected<Tree> removeObject(const Call& call, const DeleteCall& how);
  llvm::Expected<Tree> readObject(const Call& call) const;

  Registry& registry() { return registry_; }
  const Registry& registry() const { return registry_; }
  const ClusterStore& cluster() const { return cluster_; }
  std::mutex& evictionMutex() { return eviction_mutex_; }
  // An object of the resource as this version shows it.
  static Tree shownAs(const ResourceInfo& resource, Tree object);

  // Namespaces that end, definitions that go: looks once more whether nothing holds them.
  void finishNamespace(const std::string& name);

 private:
  struct Live {
    Object object;
    std::int64_t revision = 0;
  };
  // What becomes of the live object; nullopt = it stays as it is.
  using Change = std::function<llvm::Expected<Tree>(const Tree& live)>;

  llvm::Expected<Resource> known(const ResourceId& id) const;
  std::optional<Live> find(const Call& call) const;
  std::string keyOf(const Call& call) const;

  llvm::Expected<Tree> decoded(const Call& call, Tree object) const;
  llvm::Error checkIdentity(Call& call, Tree& object) const;
  llvm::Expected<Tree> finishCreate(const Call& call, Tree object);
  llvm::Expected<Tree> changeObject(const Call& call, const Change& change, bool retry);
  llvm::Expected<Tree> finishUpdate(const Call& call, const Live& live, Tree object);
  llvm::Expected<Tree> applyOnce(const Call& call, const std::optional<Live>& live,
                                 const Tree& config);

  llvm::Expected<Tree> removeOnce(const Call& call, const DeleteCall& how, const Live& live);
  llvm::Expected<Tree> markDeleted(const Call& call, const DeleteCall& how, const Live& live,
                                   Tree next, std::int64_t grace);
  llvm::Expected<Tree> removeNow(const Call& call, const Live& live, bool quiet);

  Attempt attempt(const Call& call, const Tree* object, const Tree* live) const;
  // What mutating webhooks make of it.
  llvm::Error mutate(const Call& call, Tree& object, const Tree* live) const;
  llvm::Error beforeCreate(const Call& call, Tree& object);
  void afterWrite(const Call& call, const Tree* before, const Tree* after, bool quiet = false);
  void afterNamespace(const Tree* before, const Tree* after);
  void fillNamespace(const std::string& name);
  void finishNamespaces();
  void emptyNamespace(const std::string& name);
  void removeInstances(const Tree& definition);
  void finishDefinition(const ResourceInfo& custom);
  void noteRemaining(const std::string& name);
  void loadDefinitions();

  ClusterStore cluster_;
  Registry registry_;
  ServiceAddresses addresses_;
  Usage usage_;
  Admission admission_;
  std::mutex eviction_mutex_;
};

}  // namespace gpuspec::deploy::sandbox::api
