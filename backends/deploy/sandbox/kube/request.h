#pragma once

// A request's path and headers as the API server reads them.

#include <optional>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/kube/objects.h"
#include "backends/deploy/sandbox/server/handler.h"

namespace gpuspec::deploy::sandbox::api {

// /api/v1/namespaces/a/pods/b/log -> "", v1, pods, a, b, log
struct ResourcePath {
  std::string group, version, resource, object_namespace, name, subresource;
};
std::optional<ResourcePath> parsePath(std::string_view path);

enum class Form : std::uint8_t { Plain, Table, Metadata };
// What the client wants to see, by its Accept header.
Form formOf(const HttpRequest& request);
// Whether it can read JSON at all.
bool acceptsJson(const HttpRequest& request);

bool flag(const HttpRequest& request, std::string_view parameter);
// The parameter, or what stands before the slash of User-Agent.
std::string managerOf(const HttpRequest& request);
// fieldManager, dryRun, force, fieldValidation; 400 or 422 where one cannot be.
llvm::Expected<WriteOptions> writeOptions(const HttpRequest& request);

HttpResponse jsonResponse(int status, const Tree& body);
HttpResponse jsonResponse(int status, std::string body);
HttpResponse errorResponse(llvm::Error error);
void addWarnings(HttpResponse& response, const std::vector<std::string>& warnings);

// {kind: PartialObjectMetadata, metadata}
Tree metadataOf(const Tree& object);

}  // namespace gpuspec::deploy::sandbox::api
