#include "backends/deploy/sandbox/kube/status.h"

#include "backends/deploy/sandbox/kube/fields.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

char StatusError::ID = 0;

StatusError::StatusError(Tree status_object) : status(std::move(status_object)) {}

void StatusError::log(llvm::raw_ostream& out) const {
  out << api::textAt(status, {"message"});
}

std::error_code StatusError::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

int StatusError::code() const {
  return api::codeOf(status);
}

std::string StatusError::reason() const {
  return api::textAt(status, {"reason"});
}

}  // namespace gpuspec::deploy::sandbox

namespace gpuspec::deploy::sandbox::api {
namespace {

using ir::mapOf;

// As the server prints a bad value: strings quoted, objects as JSON.
std::string shown(const Tree& value) {
  return value.isNull() ? "null" : ir::toJson(value);
}

llvm::Error make(Tree status) {
  return llvm::make_error<StatusError>(std::move(status));
}

Tree causeTrees(const Causes& causes) {
  Tree out = Tree::list();
  for (const Cause& cause : causes) {
    Tree each = mapOf("reason", cause.reason, "message", cause.message);
    if (!cause.field.empty()) each.set("field", cause.field);
    out.push(std::move(each));
  }
  return out;
}

Tree detailsOf(const ResourceInfo& resource, std::string_view name, std::string_view kind) {
  Tree out = Tree::map();
  if (!name.empty()) out.set("name", name);
  if (!resource.group.empty()) out.set("group", resource.group);
  return out.set("kind", kind);
}

llvm::Error about(int code, std::string_view reason, const ResourceInfo& resource,
                  std::string_view name, std::string_view message, const Causes& causes = {}) {
  Tree status = failureStatus(code, reason, message);
  Tree details = detailsOf(resource, name, resource.resource);
  if (!causes.empty()) details.set("causes", causeTrees(causes));
  setAt(status, {"details"}, std::move(details));
  return make(std::move(status));
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

}  // namespace

Cause required(std::string field, std::string_view detail) {
  std::string message = "Required value";
  if (!detail.empty()) message += ": " + std::string(detail);
  return {"FieldValueRequired", std::move(message), std::move(field)};
}

Cause invalidValue(std::string field, const Tree& value, std::string_view detail) {
  std::string message = "Invalid value: " + shown(value);
  if (!detail.empty()) message += ": " + std::string(detail);
  return {"FieldValueInvalid", std::move(message), std::move(field)};
}

Cause notSupported(std::string field, const Tree& value, const std::vector<std::string>& known) {
  std::string message = "Unsupported value: " + shown(value) + ": supported values: ";
  for (std::size_t i = 0; i < known.size(); ++i) message += (i == 0 ? "" : ", ") + quoted(known[i]);
  return {"FieldValueNotSupported", std::move(message), std::move(field)};
}

Cause forbiddenField(std::string field, std::string_view detail) {
  return {"FieldValueForbidden", "Forbidden: " + std::string(detail), std::move(field)};
}

Cause duplicateValue(std::string field, const Tree& value) {
  return {"FieldValueDuplicate", "Duplicate value: " + shown(value), std::move(field)};
}

Cause tooLong(std::string field, std::int64_t most) {
  return {"FieldValueTooLong", "Too long: may not be more than " + std::to_string(most) + " bytes",
          std::move(field)};
}

Tree failureStatus(int code, std::string_view reason, std::string_view message) {
  Tree out = mapOf("kind", "Status", "apiVersion", "v1", "metadata", Tree::map(), "status",
                   "Failure", "message", message);
  if (!reason.empty()) out.set("reason", reason);
  return out.set("code", code);
}

llvm::Error statusError(int code, std::string_view reason, std::string message) {
  return make(failureStatus(code, reason, message));
}

llvm::Error badRequest(std::string message) {
  return statusError(400, "BadRequest", std::move(message));
}

llvm::Error notFound(const ResourceInfo& resource, std::string_view name) {
  return about(404, "NotFound", resource, name,
               resource.qualified() + " " + quoted(name) + " not found");
}

llvm::Error alreadyExists(const ResourceInfo& resource, std::string_view name) {
  return about(409, "AlreadyExists", resource, name,
               resource.qualified() + " " + quoted(name) + " already exists");
}

llvm::Error conflict(const ResourceInfo& resource, std::string_view name, std::string_view why) {
  return about(409, "Conflict", resource, name,
               "Operation cannot be fulfilled on " + resource.qualified() + " " + quoted(name) +
                   ": " + std::string(why));
}

llvm::Error modifiedConflict(const ResourceInfo& resource, std::string_view name) {
  return conflict(resource, name,
                  "the object has been modified; please apply your changes to the latest version "
                  "and try again");
}

llvm::Error forbidden(const ResourceInfo& resource, std::string_view name, std::string_view why,
                      Causes causes) {
  return about(403, "Forbidden", resource, name,
               resource.qualified() + " " + quoted(name) + " is forbidden: " + std::string(why),
               causes);
}

llvm::Error invalid(const ResourceInfo& resource, std::string_view name, const Causes& causes) {
  const std::string kind =
      resource.group.empty() ? resource.kind : resource.kind + "." + resource.group;
  std::string message = kind + " " + quoted(name) + " is invalid: ";
  if (causes.size() > 1) message += "[";
  for (std::size_t i = 0; i < causes.size(); ++i) {
    message += (i == 0 ? "" : ", ") + causes[i].field + ": " + causes[i].message;
  }
  if (causes.size() > 1) message += "]";
  Tree status = failureStatus(422, "Invalid", message);
  Tree details = detailsOf(resource, name, resource.kind);
  details.set("causes", causeTrees(causes));
  status.set("details", std::move(details));
  return make(std::move(status));
}

llvm::Error tooManyRequests(std::string message, const Causes& causes) {
  Tree status = failureStatus(429, "TooManyRequests", message);
  status.set("details", mapOf("causes", causeTrees(causes)));
  return make(std::move(status));
}

llvm::Error internalError(std::string message) {
  Tree status = failureStatus(500, "InternalError", "Internal error occurred: " + message);
  status.set("details", mapOf("causes", Tree(Tree::List{mapOf("message", message)})));
  return make(std::move(status));
}

llvm::Error unknownError(std::string message) {
  return statusError(500, "", std::move(message));
}

llvm::Error serverTimeout() {
  return statusError(504, "Timeout", "The server was not able to complete the change in time");
}

llvm::Error expired(std::string message) {
  return statusError(410, "Expired", std::move(message));
}

llvm::Error methodNotAllowed(std::string_view what) {
  return statusError(405, "MethodNotAllowed", std::string(what));
}

llvm::Error applyConflict(std::string message, const Causes& causes) {
  Tree status = failureStatus(409, "Conflict", message);
  status.set("details", mapOf("causes", causeTrees(causes)));
  return make(std::move(status));
}

Tree statusOf(llvm::Error error) {
  Tree out;
  llvm::handleAllErrors(
      std::move(error), [&out](const StatusError& status) { out = status.status; },
      [&out](const Compacted&) {
        out = failureStatus(410, "Expired",
                            "The resourceVersion for the provided request is too old.");
      },
      [&out](const llvm::ErrorInfoBase& other) {
        out = failureStatus(500, "InternalError", "Internal error occurred: " + other.message());
      });
  return out;
}

int codeOf(const Tree& status) {
  return static_cast<int>(intAt(status, {"code"}, 500));
}

Tree successStatus(const ResourceInfo& resource, std::string_view name, std::string_view uid) {
  Tree details = detailsOf(resource, name, resource.resource);
  details.set("uid", uid);
  return mapOf("kind", "Status", "apiVersion", "v1", "metadata", Tree::map(), "status", "Success",
               "details", std::move(details));
}

}  // namespace gpuspec::deploy::sandbox::api
