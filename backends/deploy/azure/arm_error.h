#pragma once

// Azure's error bodies as ApiErrors: the innermost code and message, and what to do about it.

#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "backends/deploy/apply/client.h"

namespace gpuspec::deploy::azure {

using apply::ApiError;
using model::Tree;

[[nodiscard]] llvm::Error apiError(ApiError::Kind kind, int status, std::string code,
                                   std::string message, std::string way_out);
[[nodiscard]] llvm::Error failed(ApiError error);

// From {"error": {"code", "message", "details": [...]}}, also when it is wrapped in itself, in a
// message, or lacks the outer "error". `what` was attempted: "create pool h100".
ApiError readError(const Tree& body, int status, const std::string& what);
// Of an answer with an error status; a body that is no JSON is not repeated.
ApiError readError(const http::Response& response, const std::string& what);

// A host that is named by an environment variable, or by default.
struct Endpoint {
  std::string_view variable, url;
};
// Any error as a value: transport errors become Unreachable or Cancelled; with the endpoint that
// was asked, they say what to do.
ApiError asApiError(llvm::Error error, const Endpoint& endpoint = {});

// True where only the wrapping is known: "DeploymentFailed".
bool isWrapper(std::string_view code);

// arm_hints.cpp: "" = none known.
std::string wayOut(std::string_view code);

}  // namespace gpuspec::deploy::azure
