#include "backends/deploy/sandbox/server/handler.h"

#include <algorithm>

namespace gpuspec::deploy::sandbox {

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view HttpRequest::parameter(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

bool HttpRequest::hasParameter(std::string_view name) const {
  return std::ranges::find(query, name, &std::pair<std::string, std::string>::first) != query.end();
}

}  // namespace gpuspec::deploy::sandbox
