#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gpuspec::deploy::kube {

// nullopt: it is none. White space is skipped, as in a kubeconfig that folds its lines.
std::optional<std::string> decodeBase64(std::string_view text);
std::string encodeBase64(std::string_view bytes);

}  // namespace gpuspec::deploy::kube
