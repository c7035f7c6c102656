#include "tests/deploy/http/test_server.h"

#include <openssl/pem.h>

namespace gpuspec::test {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<X509, Free> certificateOf(const std::string& pem) {
  const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return std::unique_ptr<X509, Free>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

std::unique_ptr<EVP_PKEY, Free> keyOf(const std::string& pem) {
  const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return std::unique_ptr<EVP_PKEY, Free>(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

}  // namespace

TestServer::TestServer() : server_(std::make_unique<httplib::Server>()) {}

TestServer::TestServer(const KeyAndCertificate& identity, const std::string& client_ca_pem)
    : tls_(true) {
  const auto certificate = certificateOf(identity.certificate_pem);
  const auto key = keyOf(identity.key_pem);
  X509_STORE* clients = nullptr;
  if (!client_ca_pem.empty()) {
    clients = X509_STORE_new();  // the server takes it
    X509_STORE_add_cert(clients, certificateOf(client_ca_pem).get());
  }
  server_ = std::make_unique<httplib::SSLServer>(certificate.get(), key.get(), clients);
}

TestServer::~TestServer() {
  server_->stop();
  if (thread_.joinable()) thread_.join();
}

void TestServer::start() {
  server_->new_task_queue = [] { return new httplib::ThreadPool(16); };
  server_->set_tcp_nodelay(true);
  server_->set_keep_alive_timeout(1);  // stop() waits for idle connections
  port_ = server_->bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

std::string TestServer::url(const std::string& path, const std::string& host) const {
  return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port_) + path;
}

}  // namespace gpuspec::test
