#pragma once

// A server in this process on a free port of 127.0.0.1, over TLS or plain.

#include <memory>
#include <string>

// As the library is built in Debian.
#include <httplib.h>

#include "tests/deploy/support/test_ca.h"

namespace gpuspec::test {

class TestServer {
 public:
  // Plain HTTP.
  TestServer();
  // TLS; a `client_ca_pem` makes it ask for a client's certificate.
  explicit TestServer(const KeyAndCertificate& identity, const std::string& client_ca_pem = "");
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // Routes are set before start().
  httplib::Server& routes() { return *server_; }
  void start();
  int port() const { return port_; }
  std::string url(const std::string& path, const std::string& host = "127.0.0.1") const;

 private:
  std::unique_ptr<httplib::Server> server_;
  bool tls_ = false;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace gpuspec::test
