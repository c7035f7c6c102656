#pragma once

// One run against live APIs: the compiled spec, the clients, what was read. Connections to clusters
// are made when they are first needed, because a plan may make the cluster itself.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "backends/deploy/azure/azure_client.h"
#include "backends/deploy/kube/kube_client.h"
#include "backends/deploy/plan/plan.h"
#include "backends/deploy/sandbox/host/sandbox.h"
#include "compiler/driver/compilation.h"
#include "tools/gpuspec/live/live_options.h"

namespace gpuspec::cli {

// What of ProjectOptions a session needs; a saved plan brings its own.
struct ProjectSettings {
  std::string path, format;
  driver::CompileOptions compile;
  bool deny_warnings = false, quiet = false;
};
ProjectSettings projectSettings(const ProjectOptions& options, driver::CompileOptions compile);

class Session {
 public:
  Session(ProjectSettings project, LiveSettings live, const ir::VendorSet& vendors,
          Terminal& terminal);
  ~Session();

  // Compiles and shows findings. An exit code when there is nothing to go on with.
  std::optional<int> compile();
  // Finds out which APIs are meant and with which credentials, as far as the spec needs them.
  // Reports; an exit code when there is no way to them.
  std::optional<int> connect();
  // One reading of everything that a plan needs.
  [[nodiscard]] llvm::Expected<deploy::model::LiveSet> read();

  const deploy::model::DesiredSet& desired() const { return desired_; }
  const ir::Placement& placement() const { return *compilation_->placement(); }
  const driver::Compilation& compilation() const { return *compilation_; }
  const LiveSettings& live() const { return live_; }
  const ProjectSettings& project() const { return project_; }
  const std::string& subscription() const { return azure_environment_.subscription_id; }
  deploy::model::Scope scope() const { return {desired_.project, desired_.environment}; }

  // Thread-safe. The client of a cluster's API; asks ARM for access to an AKS cluster.
  [[nodiscard]] llvm::Expected<deploy::kube::KubeClient*> kube(const std::string& cluster);
  deploy::azure::AzureClient* azure() { return azure_.get(); }
  // Who acts, for people; "" where nobody was asked yet. No secret.
  std::string azureIdentity() const { return tokens_ ? tokens_->name() : ""; }
  std::string identityOf(const std::string& cluster);
  // What tells a cluster from any other; "" where it does not say.
  llvm::Expected<std::string> uidOf(const std::string& cluster);
  // For programs that want a kubeconfig of their own: one that reaches this cluster and no other.
  [[nodiscard]] llvm::Expected<std::string> kubeconfigOf(const std::string& cluster);
  // Whether the cluster's API can be asked before anything is made.
  bool isThere(const std::string& cluster);

 private:
  bool knowsContexts() const;
  [[nodiscard]] llvm::Error connectAzure();
  const deploy::model::Target& target(const std::string& cluster) const;
  [[nodiscard]] llvm::Expected<deploy::kube::Connection> connectionOf(
      const deploy::model::Target& target);
  [[nodiscard]] llvm::Error placeManifests(const std::string& cluster);
  [[nodiscard]] llvm::Expected<bool> hasControlPlane(const deploy::model::LiveCluster& cluster);
  [[nodiscard]] llvm::Error readClusters(deploy::model::LiveSet& live);
  [[nodiscard]] llvm::Error readCluster(const std::string& cluster, deploy::model::LiveSet& live);
  static bool isFromFile(const deploy::model::Target& target);
  std::string contextOf(const deploy::model::Target& target) const;
  std::string variable(const char* name) const;

  ProjectSettings project_;
  LiveSettings live_;
  const ir::VendorSet& vendors_;
  Terminal& terminal_;
  driver::RealFileSystem files_;
  std::unique_ptr<driver::Compilation> compilation_;
  deploy::model::DesiredSet desired_;
  std::optional<deploy::sandbox::Access> sandbox_;
  std::map<std::string, std::string> sandbox_variables_;
  deploy::azure::Environment azure_environment_;
  std::unique_ptr<deploy::http::Transport> azure_transport_;
  std::unique_ptr<deploy::azure::TokenSource> tokens_;
  std::unique_ptr<deploy::azure::AzureClient> azure_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<deploy::kube::KubeClient>> kube_;
  std::map<std::string, std::string> identities_;  // of the clusters in kube_
};

}  // namespace gpuspec::cli
