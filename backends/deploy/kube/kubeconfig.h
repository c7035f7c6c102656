#pragma once

// kubeconfig files: clusters, users with token (also from a file) or client certificate, contexts.

#include <string>
#include <vector>

#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

// `text` is YAML or JSON; relative paths in it start at `folder`. Fails with what is missing, never
// with what is secret. "" context = the current one.
[[nodiscard]] llvm::Expected<Connection> connectionFrom(const std::string& text,
                                                        const std::string& folder,
                                                        const std::string& context);
// The files as kubectl merges them: `explicit_file`, else $KUBECONFIG's list, else ~/.kube/config.
[[nodiscard]] llvm::Expected<Connection> loadConnection(const std::string& explicit_file,
                                                        const std::string& context);

// A kubeconfig with this one connection and nothing beside it, with its token of now: what a
// program of another (helm) is given, in a file that only its user can read.
[[nodiscard]] llvm::Expected<std::string> kubeconfigText(const Connection& connection);

}  // namespace gpuspec::deploy::kube
