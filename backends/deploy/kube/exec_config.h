#pragma once

// What a kubeconfig's user says of the program that gives its credentials (`exec`); internal to the
// library.

#include <string>
#include <vector>

#include "backends/deploy/kube/kubeconfig_file.h"

namespace gpuspec::deploy::kube {

struct ExecConfig {
  std::string label;               // "`config`: user `u`", as errors name it
  std::string api_version;         // client.authentication.k8s.io/v1 or /v1beta1
  std::vector<std::string> words;  // the command as written, and its arguments
  std::string folder;              // a command with a slash that is no absolute path starts here
  std::vector<std::string> variables;  // "NAME=value"
  std::string install_hint;
  bool wants_terminal = false;  // interactiveMode: Always
  std::string info;             // KUBERNETES_EXEC_INFO, JSON
};

// `exec` is the user's block; `cluster` tells a program with `provideClusterInfo` where it is for.
// `ca_pem` is the cluster's CA, read.
[[nodiscard]] llvm::Expected<ExecConfig> readExec(const std::string& label, const ir::Tree& exec,
                                                  const std::string& folder,
                                                  const ir::Tree& cluster,
                                                  const std::string& ca_pem);

}  // namespace gpuspec::deploy::kube
