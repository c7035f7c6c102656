#include "backends/deploy/sandbox/kube/request.h"

#include <algorithm>

#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Namespaces' own subresources look like resources inside of a namespace.
bool isNamespaceSubresource(const std::string& word) {
  return word == "status" || word == "finalize";
}

}  // namespace

std::optional<ResourcePath> parsePath(std::string_view path) {
  std::vector<std::string> parts = split(path, '/');
  ResourcePath out;
  if (parts.size() >= 3 && parts[0] == "api") {
    out.version = parts[1];
    parts.erase(parts.begin(), parts.begin() + 2);
  } else if (parts.size() >= 4 && parts[0] == "apis") {
    out.group = parts[1];
    out.version = parts[2];
    parts.erase(parts.begin(), parts.begin() + 3);
  } else {
    return std::nullopt;
  }
  if (parts[0] == "namespaces" && parts.size() >= 3 && !isNamespaceSubresource(parts[2])) {
    out.object_namespace = parts[1];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (parts.size() > 3) return std::nullopt;
  out.resource = parts[0];
  if (parts.size() > 1) out.name = parts[1];
  if (parts.size() > 2) out.subresource = parts[2];
  return out;
}

Form formOf(const HttpRequest& request) {
  for (const std::string& choice : split(request.header("accept"), ',')) {
    if (choice.find("as=Table") != std::string::npos) return Form::Table;
    if (choice.find("as=PartialObjectMetadata") != std::string::npos) return Form::Metadata;
    if (choice.find("application/json") != std::string::npos) return Form::Plain;
  }
  return Form::Plain;
}

bool acceptsJson(const HttpRequest& request) {
  const std::string_view accept = request.header("accept");
  if (accept.empty()) return true;
  for (std::string_view known : {"application/json", "*/*", "application/*"}) {
    if (accept.find(known) != std::string_view::npos) return true;
  }
  return false;
}

bool flag(const HttpRequest& request, std::string_view parameter) {
  const std::string_view value = request.parameter(parameter);
  return value == "true" || value == "1";
}

std::string managerOf(const HttpRequest& request) {
  if (request.hasParameter("fieldManager")) return std::string(request.parameter("fieldManager"));
  const std::string_view agent = request.header("user-agent");
  const std::string name(agent.substr(0, agent.find('/')));
  return name.empty() ? "unknown" : name;
}

llvm::Expected<WriteOptions> writeOptions(const HttpRequest& request) {
  WriteOptions out;
  out.field_manager = managerOf(request);
  out.force = flag(request, "force");
  out.field_validation = request.parameter("fieldValidation");
  if (out.field_validation.empty()) out.field_validation = "Warn";
  if (request.hasParameter("dryRun")) {
    if (request.parameter("dryRun") != "All") {
      return statusError(422, "Invalid",
                         " \"\" is invalid: dryRun: Unsupported value: [\"" +
                             std::string(request.parameter("dryRun")) +
                             "\"]: supported values: \"All\"");
    }
    out.dry_run = true;
  }
  const std::string& directive = out.field_validation;
  if (directive != "Strict" && directive != "Warn" && directive != "Ignore") {
    return statusError(422, "Invalid",
                       " \"\" is invalid: fieldValidation: Unsupported value: \"" + directive +
                           "\": supported values: \"Ignore\", \"Strict\", \"Warn\"");
  }
  if (out.field_manager.size() > 128) {
    return statusError(422, "Invalid",
                       " \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes");
  }
  return out;
}

HttpResponse jsonResponse(int status, std::string body) {
  HttpResponse out;
  out.status = status;
  out.body = std::move(body);
  out.body += '\n';
  return out;
}

HttpResponse jsonResponse(int status, const Tree& body) {
  return jsonResponse(status, ir::toJson(body));
}

HttpResponse errorResponse(llvm::Error error) {
  const Tree status = statusOf(std::move(error));
  HttpResponse out = jsonResponse(codeOf(status), status);
  if (out.status == 429) out.headers.emplace_back("Retry-After", "1");
  return out;
}

void addWarnings(HttpResponse& response, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    std::string quoted;
    for (char c : warning)
      quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c == '\n' ? ' ' : c);
    response.headers.emplace_back("Warning", "299 - \"" + quoted + "\"");
  }
}

Tree metadataOf(const Tree& object) {
  const Tree* metadata = object.find("metadata");
  return ir::mapOf("kind", "PartialObjectMetadata", "apiVersion", "meta.k8s.io/v1", "metadata",
                   metadata == nullptr ? Tree::map() : *metadata);
}

}  // namespace gpuspec::deploy::sandbox::api
