#pragma once

// A certificate authority for one test, and what it signs. Keys are made on the spot.

#include <memory>
#include <string>

namespace gpuspec::test {

struct KeyAndCertificate {
  std::string certificate_pem, key_pem;
};

class TestCa {
 public:
  explicit TestCa(const std::string& name);
  ~TestCa();
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;

  const std::string& pem() const;
  // `alternative_names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1".
  KeyAndCertificate server(const std::string& alternative_names) const;
  KeyAndCertificate client(const std::string& common_name) const;
  // Ended an hour ago.
  KeyAndCertificate expiredServer(const std::string& alternative_names) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gpuspec::test
