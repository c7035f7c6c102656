#pragma once

// ValidatingAdmissionPolicies and their bindings.

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/admission_match.h"

namespace gpuspec::deploy::sandbox::api {

// 422 (or the validation's own reason) from the first binding that denies; those that only warn
// fill `warnings`. What the evaluator does not understand counts as the policy's failurePolicy
// says.
llvm::Error evaluatePolicies(const Attempt& attempt, std::vector<std::string>* warnings);

}  // namespace gpuspec::deploy::sandbox::api
