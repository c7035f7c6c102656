#pragma once

// What a cluster serves, told to clients: /version, /api, /apis, resource lists, and the aggregated
// form of both.

#include <optional>

#include "backends/deploy/sandbox/kube/request.h"

namespace gpuspec::deploy::sandbox::api {

inline constexpr std::string_view kGitVersion = "v1.35.4+sandbox";

// nullopt: the path is none of discovery's.
std::optional<HttpResponse> answerDiscovery(const Registry& registry, const HttpRequest& request);

}  // namespace gpuspec::deploy::sandbox::api
