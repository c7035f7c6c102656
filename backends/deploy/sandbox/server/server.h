#pragma once

// TLS on loopback with the sandbox's own CA, and nothing else reachable. The home of cpp-httplib.

#include <cstdint>
#include <memory>
#include <string>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/server/handler.h"

namespace gpuspec::deploy::sandbox {

// The CA and what it signed, kept in one folder with mode 0600; made on first use (ECDSA P-256,
// `localhost` and 127.0.0.1 as names), renewed when less than 30 days are left.
struct Certificates {
  std::string ca_file, server_certificate_file, server_key_file;
  std::string ca_pem;
};
[[nodiscard]] llvm::Expected<Certificates> openCertificates(const std::string& folder);
// 32 random bytes, base64url.
std::string randomToken();

class Server {
 public:
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  // Answers until `stop`; both may be called from any thread, `stop` more than once. Fails when it
  // cannot accept connections any more.
  [[nodiscard]] virtual llvm::Error run() = 0;
  virtual void stop() = 0;
};

struct ServerOptions {
  std::uint16_t port = 0;  // 0 = any that is free
  std::size_t threads = 128;
};

// `handler` outlives the server.
[[nodiscard]] llvm::Expected<std::unique_ptr<Server>> makeServer(const Certificates& certificates,
                                                                 Handler& handler,
                                                                 ServerOptions options);

}  // namespace gpuspec::deploy::sandbox
