#include <llvm/Support/raw_ostream.h>

#include "backends/deploy/apply/client.h"

namespace gpuspec::deploy::apply {

char ApiError::ID = 0;

ApiError::ApiError(Kind error_kind, int http_status, std::string api_code, std::string message_text)
    : kind(error_kind),
      status(http_status),
      code(std::move(api_code)),
      message(std::move(message_text)) {}

void ApiError::log(llvm::raw_ostream& out) const {
  if (!code.empty()) out << code << ": ";
  out << message;
  if (!way_out.empty()) out << " (" << way_out << ")";
}

std::error_code ApiError::convertToErrorCode() const {
  return std::make_error_code(std::errc::protocol_error);
}

}  // namespace gpuspec::deploy::apply
