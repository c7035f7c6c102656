#pragma once

// kubeconfig files: clusters, users with token (also from a file), client certificate or a program
// that gives either, contexts; and the service account of a pod.

#include <string>
#include <vector>

#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

// `text` is YAML or JSON; relative paths in it start at `folder`. Fails with what is missing, never
// with what is secret. "" context = the current one.
[[nodiscard]] llvm::Expected<Connection> connectionFrom(const std::string& text,
                                                        const std::string& folder,
                                                        const std::string& context);
// Where Kubernetes mounts a pod's service account.
struct InCluster {
  std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};
// The context that means the service account of the pod that gpuspec runs in, unless a kubeconfig
// has one of this name. Also what "" means where there is no kubeconfig at all.
inline constexpr const char* kInClusterContext = "in-cluster";

// The files as kubectl merges them: `explicit_file`, else $KUBECONFIG's list, else ~/.kube/config,
// else the pod's service account.
[[nodiscard]] llvm::Expected<Connection> loadConnection(const std::string& explicit_file,
                                                        const std::string& context,
                                                        const InCluster& pod = {});

// A kubeconfig with this one connection and nothing beside it: what a program of others (helm) is
// given, in a file that only its user can read. Where credentials end and are renewed it says how
// (`exec`, `tokenFile`), so that the program may run for longer; else it has the token of now.
[[nodiscard]] llvm::Expected<std::string> kubeconfigText(const Connection& connection);

}  // namespace gpuspec::deploy::kube
