#pragma once

// Azure's errors: a status and {"code", "message", "target"?, "details"?}.

#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/server/handler.h"
#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::arm {

using ir::Tree;

class ArmError : public llvm::ErrorInfo<ArmError> {
 public:
  ArmError(int http_status, Tree error_object)
      : status(http_status), error(std::move(error_object)) {}
  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override;
  static char ID;
  int status;
  Tree error;
};

[[nodiscard]] llvm::Error fail(int status, std::string_view code, std::string_view message,
                               std::string_view target = {});
// The error of whatever kind as Azure shows it; what is no ArmError is a 500.
struct Failure {
  int status = 500;
  Tree error;
};
Failure failureOf(llvm::Error error);

HttpResponse answer(int status, const Tree& body);
HttpResponse errorAnswer(llvm::Error error);
HttpResponse errorAnswer(const Failure& failure);

}  // namespace gpuspec::deploy::sandbox::arm
