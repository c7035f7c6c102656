// Who is trusted: TLS is verified always, against the CA that was given and no other.

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "backends/deploy/http/curl.h"
#include "tests/deploy/http/test_server.h"

namespace gpuspec::deploy::http {
namespace {

using test::TestCa;
using test::TestServer;

constexpr const char* kLocal = "DNS:localhost,IP:127.0.0.1";

void greet(TestServer& server) {
  server.routes().Get("/", [](const httplib::Request& request, httplib::Response& response) {
    response.set_content("hello " + request.get_header_value("Host"), "text/plain");
  });
  server.start();
}

// The body, or "Kind: text".
std::string ask(const std::string& url, TlsOptions tls) {
  CurlOptions options;
  options.tls = std::move(tls);
  auto transport = makeCurlTransport(options);
  if (!transport) return llvm::toString(transport.takeError());
  Request request;
  request.url = url;
  request.headers = {{"Authorization", "Bearer very-secret"}};
  auto response = (*transport)->send(request);
  if (response) return response->body;
  std::string text;
  llvm::handleAllErrors(response.takeError(), [&](const TransportError& error) {
    EXPECT_EQ(error.text.find("very-secret"), std::string::npos);
    EXPECT_FALSE(error.kind == TransportError::Kind::Tls && error.sent &&
                 url.find("client") == std::string::npos);
    text = (error.kind == TransportError::Kind::Tls ? "Tls: " : "other: ") + error.text;
  });
  return text;
}

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gpuspec-tls-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

// Sets a variable for one test; the tests of this program run one at a time.
class WithVariable {
 public:
  WithVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~WithVariable() { old_.empty() ? unsetenv(name_) : setenv(name_, old_.c_str(), 1); }

 private:
  const char* name_;
  std::string old_;
};

TEST(CurlTls, TrustsTheCaThatWasGiven) {
  const TestCa ca("ours");
  TestServer server(ca.server(kLocal));
  greet(server);
  TlsOptions tls;
  tls.ca_pem = ca.pem();
  EXPECT_EQ(ask(server.url("/"), tls).substr(0, 5), "hello");
  EXPECT_EQ(ask(server.url("/", "localhost"), tls).substr(0, 5), "hello");
  TempFolder folder;
  TlsOptions by_file;
  by_file.ca_file = folder.write("ca.pem", ca.pem());
  EXPECT_EQ(ask(server.url("/"), by_file).substr(0, 5), "hello");
}

TEST(CurlTls, RefusesEveryOtherCa) {
  const TestCa ca("ours"), other("ours");
  TestServer server(ca.server(kLocal));
  greet(server);
  TlsOptions tls;
  tls.ca_pem = other.pem();
  EXPECT_EQ(ask(server.url("/"), tls).substr(0, 5), "Tls: ");
  EXPECT_EQ(ask(server.url("/"), {}).substr(0, 5), "Tls: ") << "the system does not know it";
}

TEST(CurlTls, RefusesAnotherNameAndAnEndedCertificate) {
  const TestCa ca("ours");
  TlsOptions tls;
  tls.ca_pem = ca.pem();
  TestServer other_name(ca.server("DNS:cluster.example"));
  greet(other_name);
  EXPECT_EQ(ask(other_name.url("/"), tls).substr(0, 5), "Tls: ");
  TestServer ended(ca.expiredServer(kLocal));
  greet(ended);
  const std::string text = ask(ended.url("/"), tls);
  EXPECT_NE(text.find("expired"), std::string::npos) << text;
}

TEST(CurlTls, VerifiesAgainstTheServerNameThatWasGiven) {
  const TestCa ca("ours");
  TestServer server(ca.server("DNS:cluster.example"));
  greet(server);
  TlsOptions tls;
  tls.ca_pem = ca.pem();
  tls.server_name = "cluster.example";
  EXPECT_EQ(ask(server.url("/"), tls), "hello 127.0.0.1:" + std::to_string(server.port()));
  tls.server_name = "another.example";
  EXPECT_EQ(ask(server.url("/"), tls).substr(0, 5), "Tls: ");
}

TEST(CurlTls, HonoursSslCertFile) {
  const TestCa ca("ours"), other("other");
  TestServer server(ca.server(kLocal));
  greet(server);
  TempFolder folder;
  const WithVariable variable("SSL_CERT_FILE", folder.write("bundle.pem", ca.pem()));
  EXPECT_EQ(ask(server.url("/"), {}).substr(0, 5), "hello");
  TlsOptions tls;
  tls.ca_pem = other.pem();
  EXPECT_EQ(ask(server.url("/"), tls).substr(0, 5), "Tls: ") << "a CA that was given comes first";
}

TEST(CurlTls, ShowsTheClientCertificate) {
  const TestCa ca("ours"), clients("clients");
  TestServer server(ca.server(kLocal), clients.pem());
  greet(server);
  TlsOptions tls;
  tls.ca_pem = ca.pem();
  const std::string without = ask(server.url("/client"), tls);
  EXPECT_EQ(without.find("hello"), std::string::npos) << without;
  const test::KeyAndCertificate client = clients.client("operator");
  tls.client_certificate_pem = client.certificate_pem;
  tls.client_key_pem = client.key_pem;
  EXPECT_EQ(ask(server.url("/"), tls).substr(0, 5), "hello");
}

TEST(CurlTls, RefusesOldProtocols) {
  const TestCa ca("ours");
  TestServer server(ca.server(kLocal));
  SSL_CTX* context = static_cast<httplib::SSLServer&>(server.routes()).ssl_context();
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  greet(server);
  TlsOptions tls;
  tls.ca_pem = ca.pem();
  EXPECT_EQ(ask(server.url("/"), tls).substr(0, 5), "Tls: ");
}

TEST(CurlTls, SaysWhichFileIsMissing) {
  TlsOptions tls;
  tls.ca_file = "/nonexistent/ca.pem";
  EXPECT_NE(ask("https://127.0.0.1:1/", tls).find("/nonexistent/ca.pem"), std::string::npos);
  TempFolder folder;
  TlsOptions no_pem;
  no_pem.ca_file = folder.write("ca.pem", "not a certificate");
  EXPECT_NE(ask("https://127.0.0.1:1/", no_pem).find("no PEM"), std::string::npos);
  TlsOptions half;
  half.client_certificate_pem = "-----BEGIN CERTIFICATE-----";
  EXPECT_NE(ask("https://127.0.0.1:1/", half).find("together"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::deploy::http
