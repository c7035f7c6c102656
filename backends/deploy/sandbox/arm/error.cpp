#include "backends/deploy/sandbox/arm/error.h"

#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

char ArmError::ID = 0;

void ArmError::log(llvm::raw_ostream& out) const {
  out << ir::toJson(error);
}

std::error_code ArmError::convertToErrorCode() const {
  return std::make_error_code(std::errc::protocol_error);
}

llvm::Error fail(int status, std::string_view code, std::string_view message,
                 std::string_view target) {
  Tree error = ir::mapOf("code", code, "message", message);
  if (!target.empty()) error.set("target", target);
  return llvm::make_error<ArmError>(status, std::move(error));
}

Failure failureOf(llvm::Error error) {
  Failure failure;
  llvm::handleAllErrors(
      std::move(error),
      [&](const ArmError& one) {
        failure.status = one.status;
        failure.error = one.error;
      },
      [&](const llvm::ErrorInfoBase& other) {
        failure.error = ir::mapOf("code", "InternalServerError", "message", other.message());
      });
  return failure;
}

HttpResponse answer(int status, const Tree& body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json; charset=utf-8";
  if (!body.isNull()) response.body = ir::toJson(body);
  return response;
}

HttpResponse errorAnswer(llvm::Error error) {
  return errorAnswer(failureOf(std::move(error)));
}

HttpResponse errorAnswer(const Failure& failure) {
  HttpResponse response = answer(failure.status, ir::mapOf("error", failure.error));
  const Tree* code = failure.error.find("code");
  if (code != nullptr && code->isString())
    response.headers.emplace_back("x-ms-error-code", code->asString());
  return response;
}

}  // namespace gpuspec::deploy::sandbox::arm
