#pragma once

// Admission webhooks, called over HTTPS as their configurations say: rules, selectors, conditions,
// caBundle, timeout, failurePolicy. Those that name a Service cannot be reached: no packets flow in
// here.

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/admission_match.h"

namespace gpuspec::deploy::sandbox::api {

// The object as the mutating ones leave it.
llvm::Expected<Tree> callMutatingWebhooks(const Attempt& attempt,
                                          std::vector<std::string>* warnings);
llvm::Error callValidatingWebhooks(const Attempt& attempt, std::vector<std::string>* warnings);

}  // namespace gpuspec::deploy::sandbox::api
