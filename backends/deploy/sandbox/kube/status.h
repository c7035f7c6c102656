#pragma once

// The API server's refusals, as metav1.Status, in its own words.

#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/kube_api.h"
#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

struct Cause {
  std::string reason, message, field;
};
using Causes = std::vector<Cause>;

// FieldValueRequired, FieldValueInvalid ...; the message is the server's "Required value: ..." etc.
Cause required(std::string field, std::string_view detail = {});
Cause invalidValue(std::string field, const Tree& value, std::string_view detail);
Cause notSupported(std::string field, const Tree& value, const std::vector<std::string>& known);
Cause forbiddenField(std::string field, std::string_view detail);
Cause duplicateValue(std::string field, const Tree& value);
Cause tooLong(std::string field, std::int64_t most);

llvm::Error statusError(int code, std::string_view reason, std::string message);
llvm::Error badRequest(std::string message);
llvm::Error notFound(const ResourceInfo& resource, std::string_view name);
llvm::Error alreadyExists(const ResourceInfo& resource, std::string_view name);
llvm::Error conflict(const ResourceInfo& resource, std::string_view name, std::string_view why);
llvm::Error modifiedConflict(const ResourceInfo& resource, std::string_view name);
llvm::Error forbidden(const ResourceInfo& resource, std::string_view name, std::string_view why,
                      Causes causes = {});
llvm::Error invalid(const ResourceInfo& resource, std::string_view name, const Causes& causes);
llvm::Error tooManyRequests(std::string message, const Causes& causes);
llvm::Error internalError(std::string message);
llvm::Error unknownError(std::string message);
llvm::Error serverTimeout();
llvm::Error expired(std::string message);
llvm::Error methodNotAllowed(std::string_view what);
llvm::Error applyConflict(std::string message, const Causes& causes);

// The Status and its code; errors of other kinds (the store's) become 500. Consumes the error.
Tree statusOf(llvm::Error error);
int codeOf(const Tree& status);
Tree successStatus(const ResourceInfo& resource, std::string_view name, std::string_view uid);
// {kind, apiVersion, metadata: {}, status: Failure ...}
Tree failureStatus(int code, std::string_view reason, std::string_view message);

}  // namespace gpuspec::deploy::sandbox::api
