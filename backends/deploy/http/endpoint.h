#pragma once

// The URL of a request, checked before anything is sent: https everywhere, plain http only to this
// machine itself and, where the request says so, to the link's own addresses; no user name in it.

#include <cstdint>
#include <string>

#include <llvm/Support/Error.h>

namespace gpuspec::deploy::http {

struct Request;

struct Endpoint {
  std::string host;  // IPv6 in brackets
  std::string port;
  std::string shown;  // the URL without its query, which may hold a signature
  bool loopback = false;
  bool link_local = false;  // 169.254.0.0/16, where clouds serve their machines
  bool tls = false;
};

// "localhost", 127.0.0.0/8 or ::1; nothing is resolved.
bool isLoopback(const std::string& host);

[[nodiscard]] llvm::Expected<Endpoint> endpointOf(const Request& request);

// As NO_PROXY says: names with all below them, addresses, IPv4 networks ("10.0.0.0/8"), "*".
bool isOutsideProxy(const std::string& host);

// The URL with another host; its port is written out.
std::string withHost(const std::string& url, const std::string& host, const std::string& port);

}  // namespace gpuspec::deploy::http
