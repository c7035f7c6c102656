#pragma once

// /openapi/v3: an index, and one document for each group version, made from the schemas.

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "backends/deploy/sandbox/kube/request.h"

namespace gpuspec::deploy::sandbox::api {

// Documents are made when first asked for and kept until a definition changes. Thread-safe.
class OpenApi {
 public:
  explicit OpenApi(const Registry& registry) : registry_(registry) {}
  std::optional<HttpResponse> answer(const HttpRequest& request);

 private:
  HttpResponse index(const std::string& prefix);
  std::optional<HttpResponse> document(const std::string& path);

  const Registry& registry_;
  std::mutex mutex_;
  std::uint64_t stamp_ = 0;
  std::map<std::string, std::string> documents_;
};

}  // namespace gpuspec::deploy::sandbox::api
