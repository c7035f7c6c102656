#pragma once

#include <string>

#include <llvm/Support/Error.h>

#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::http {

// What libcurl said about a transfer that has no response.
struct CurlFailure {
  int code = 0;        // CURLcode
  long os_error = 0;   // errno of the failed connection, 0 = none
  std::string detail;  // libcurl's error buffer; holds no header
  bool sent = false;
};

// `what` is "GET https://host/path".
llvm::Error curlError(const std::string& what, const CurlFailure& failure);

// "60 s", "250 ms".
std::string inWords(std::chrono::milliseconds time);

}  // namespace gpuspec::deploy::http
