#include "backends/deploy/kube/renewing_transport.h"

namespace gpuspec::deploy::kube {

llvm::Expected<std::shared_ptr<http::Transport>> RenewingTransport::current() {
  const ClientCertificate certificate = certificate_();
  const std::lock_guard lock(mutex_);
  if (transport_ && certificate == shown_) return transport_;
  http::TlsOptions tls = tls_;
  if (!certificate.pem.empty()) {
    tls.client_certificate_pem = certificate.pem;
    tls.client_key_pem = certificate.key_pem;
  }
  llvm::Expected<std::unique_ptr<http::Transport>> made = make_(std::move(tls));
  if (!made) return made.takeError();
  transport_ = std::move(*made);
  shown_ = certificate;
  return transport_;
}

llvm::Expected<http::Response> RenewingTransport::send(const http::Request& request) {
  llvm::Expected<std::shared_ptr<http::Transport>> transport = current();
  if (!transport) return transport.takeError();
  return (*transport)->send(request);
}

}  // namespace gpuspec::deploy::kube
