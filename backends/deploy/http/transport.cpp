#include "backends/deploy/http/transport.h"

#include <llvm/Support/raw_ostream.h>

namespace gpuspec::deploy::http {

char TransportError::ID = 0;

std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

void TransportError::log(llvm::raw_ostream& out) const {
  out << text;
}

std::error_code TransportError::convertToErrorCode() const {
  return std::make_error_code(std::errc::io_error);
}

}  // namespace gpuspec::deploy::http
