#pragma once

// Helm releases: read from the Secrets in which Helm keeps them (no helm needed), installed by the
// `helm` program.

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

// "" when `helm` is not on PATH.
std::string findHelm();

struct HelmOptions {
  std::string helm;        // the program
  std::string kubeconfig;  // text: it reaches helm in a private file that is removed afterwards
  std::string context;     // "" = the kubeconfig's own
  model::Scope scope;
  std::chrono::seconds timeout{900};
  kube::KubeClient* client = nullptr;  // for letting go of a release; null: that fails
};
// Carries changes of System::Helm out: upgrade --install, uninstall. Values reach helm in a private
// file, too, and are in no error text as far as their names say that they are secret.
std::unique_ptr<apply::ResourceClient> makeHelmRunner(HelmOptions options);

// Where there is no helm: every change fails with the way out.
std::unique_ptr<apply::ResourceClient> makeMissingHelm();

}  // namespace gpuspec::deploy::helm
