#pragma once

// One kubeconfig as a tree, and several as kubectl merges them; internal to the library.

#include <map>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::kube {

struct Named {
  ir::Tree body;
  std::string folder;  // relative paths in `body` start here
  std::string file;    // as errors name it
};

struct Kubeconfig {
  std::string current_context;
  std::map<std::string, Named> clusters, contexts, users;  // the first of a name stands
  std::vector<std::string> files;                          // as errors name them
};

// `label` names the text in errors.
[[nodiscard]] llvm::Error addKubeconfig(const std::string& text, const std::string& folder,
                                        const std::string& label, Kubeconfig& to);

}  // namespace gpuspec::deploy::kube
