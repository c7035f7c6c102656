#pragma once

// The Transport over libcurl: one I/O thread runs a multi handle; HTTP/2 where the server speaks
// it, else HTTP/1.1 over kept connections. TLS is always verified. Proxies as the environment says
// (HTTPS_PROXY, NO_PROXY).

#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::http {

struct CurlOptions {
  TlsOptions tls;
  // "http://user:password@host:port"; for every host, also this machine. "" = as the environment
  // says.
  std::string proxy;
  std::size_t connections = 32;       // to one host, HTTP/1.1
  std::size_t max_body = 256u << 20;  // bytes of a response held in memory; past it: TooLarge
  std::chrono::milliseconds connect_timeout{10'000};
  std::string user_agent = "gpuspec";
};

[[nodiscard]] llvm::Expected<std::unique_ptr<Transport>> makeCurlTransport(CurlOptions options);

}  // namespace gpuspec::deploy::http
