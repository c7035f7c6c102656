#pragma once

// A transport for a client certificate that is renewed while gpuspec runs; internal to the library.

#include <functional>
#include <memory>
#include <mutex>

#include "backends/deploy/http/curl.h"
#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

// Shows the certificate of now with each new request; requests on their way keep the one they began
// with. Thread-safe.
class RenewingTransport : public http::Transport {
 public:
  using Make = std::function<llvm::Expected<std::unique_ptr<http::Transport>>(http::TlsOptions)>;

  RenewingTransport(http::TlsOptions tls, std::function<ClientCertificate()> certificate, Make make)
      : tls_(std::move(tls)), certificate_(std::move(certificate)), make_(std::move(make)) {}

  llvm::Expected<http::Response> send(const http::Request& request) override;

 private:
  llvm::Expected<std::shared_ptr<http::Transport>> current();

  const http::TlsOptions tls_;
  const std::function<ClientCertificate()> certificate_;
  const Make make_;
  std::mutex mutex_;
  ClientCertificate shown_;                     // under mutex_
  std::shared_ptr<http::Transport> transport_;  // under mutex_
};

}  // namespace gpuspec::deploy::kube
