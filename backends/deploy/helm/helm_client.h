#pragma once

// Helm releases: read from the Secrets in which Helm keeps them (no helm needed), installed by the
// `helm` program.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "backends/deploy/apply/client.h"
#include "backends/deploy/kube/kube_client.h"
#include "backends/deploy/model/ownership.h"

namespace gpuspec::deploy::helm {

using model::Tree;

// Adds a Live for the latest revision of each release in the cluster. Ours have the body {chart,
// version, values, status}; of others' only the metadata is read.
[[nodiscard]] llvm::Error readReleases(kube::KubeClient& client, const std::string& cluster,
                                       const model::Scope& scope, model::LiveSet& live);

// The body of a release Secret's `release` key, decoded: base64 (twice) and gzip. nullopt: it is
// none.
std::optional<Tree> decodeRelease(const std::string& data);

// Takes our labels off a release, which stays as it is.
[[nodiscard]] llvm::Error releaseMarks(kube::KubeClient& client,
                                       const std::string& release_namespace,
                                       const std::string& name);

// The newest revision of a release that ran: the one that is deployed, else one that was. "": none.
[[nodiscard]] llvm::Expected<std::string> lastGoodRevision(kube::KubeClient& client,
                                                           const std::string& release_namespace,
                                                           const std::string& name);

// `upgrade` has --labels from here on, by which releases are known as ours.
inline constexpr const char* kOldestHelm = "3.13";

// "" when `helm` is not on PATH.
std::string findHelm();

// Why this helm (a path of findHelm) installs nothing, as a clause; "": it does. Runs it.
std::string whyNoHelm(const std::string& helm);

struct HelmOptions {
  std::string helm;  // the program
  // A kubeconfig's text, with a credential that holds now; thread-safe. It reaches helm in memory,
  // and is on no disk.
  std::function<llvm::Expected<std::string>()> kubeconfig;
  std::string context;  // "" = the kubeconfig's own
  model::Scope scope;
  std::chrono::seconds timeout{900};
  kube::KubeClient* client = nullptr;  // for a release's history; null: letting go of one fails
};
// Carries changes of System::Helm out: upgrade --install, uninstall, and rollback before the
// upgrade of a release whose last one never ended. Values reach helm in memory, too, and are in no
// error text as far as their names say that they are secret.
std::unique_ptr<apply::ResourceClient> makeHelmRunner(HelmOptions options);

// Where there is no helm that does: every change fails with the reason and the way out.
std::unique_ptr<apply::ResourceClient> makeMissingHelm(std::string reason);

}  // namespace gpuspec::deploy::helm
