#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <llvm/Support/ErrorHandling.h>

#include "backends/deploy/sandbox/server/server.h"

namespace gpuspec::deploy::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr long kDay = 24 * 3600;
constexpr long kCaDays = 3650;
constexpr long kServerDays = 397;  // some clients refuse more
constexpr long kRenewDays = 30;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

// OpenSSL only says no here when the machine is out of memory or of randomness.
void require(bool done, const char* what) {
  if (!done) llvm::report_fatal_error(what);
}

struct Identity {
  Key key;
  Certificate certificate;
  explicit operator bool() const { return key && certificate; }
};

Key makeKey() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "OpenSSL made no P-256 key");
  return key;
}

void addExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  require(extension != nullptr, value);
  X509_add_ext(certificate, extension.get(), -1);
}

void setSerial(X509* certificate) {
  std::int64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial & INT64_MAX);
}

// Without extensions and signature.
Certificate makeCertificate(EVP_PKEY* key, const char* name, long days) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  setSerial(certificate.get());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

Identity makeCa() {
  Identity ca{makeKey(), nullptr};
  ca.certificate = makeCertificate(ca.key.get(), "gpuspec sandbox CA", kCaDays);
  X509* certificate = ca.certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  addExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  addExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  addExtension(certificate, certificate, NID_subject_key_identifier, "hash");
  require(X509_sign(certificate, ca.key.get(), EVP_sha256()) > 0, "the CA did not sign itself");
  return ca;
}

Identity makeServerIdentity(const Identity& ca) {
  Identity server{makeKey(), nullptr};
  server.certificate = makeCertificate(server.key.get(), "localhost", kServerDays);
  X509* certificate = server.certificate.get();
  X509* issuer = ca.certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  addExtension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  addExtension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  addExtension(certificate, issuer, NID_ext_key_usage, "serverAuth");
  addExtension(certificate, issuer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  addExtension(certificate, issuer, NID_subject_key_identifier, "hash");
  addExtension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  require(X509_sign(certificate, ca.key.get(), EVP_sha256()) > 0, "the CA did not sign");
  return server;
}

std::string pemOf(const std::function<int(BIO*)>& write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(write(bio.get()) == 1, "OpenSSL wrote no PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pemOf(X509* certificate) {
  return pemOf([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string pemOf(EVP_PKEY* key) {
  return pemOf([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string readText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Empty when a file is missing, damaged, or the two do not belong together.
Identity readIdentity(const std::string& certificate_file, const std::string& key_file) {
  const std::string certificate_pem = readText(certificate_file), key_pem = readText(key_file);
  const Bio certificate_bio(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const Bio key_bio(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  Identity identity;
  identity.certificate.reset(PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr));
  identity.key.reset(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  const bool fits =
      identity && X509_check_private_key(identity.certificate.get(), identity.key.get()) == 1;
  return fits ? std::move(identity) : Identity{};
}

bool lastsLongEnough(X509* certificate) {
  int days = 0, seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) != 1) return false;
  return days >= kRenewDays && X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0;
}

llvm::Error failed(const char* what, const std::string& path, int error) {
  return llvm::createStringError(std::error_code(error, std::generic_category()),
                                 "cannot %s `%s`: %s", what, path.c_str(), std::strerror(error));
}

bool writeAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

// In one step: whoever reads sees the old file or the new one, and only the owner sees either.
llvm::Error replaceFile(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failed("write", fresh, errno);
  const bool written = writeAll(file, text);
  const int error = errno;
  ::close(file);
  if (!written) return failed("write", fresh, error);
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed("replace", path, errno);
  return llvm::Error::success();
}

llvm::Error writeIdentity(const Identity& identity, const std::string& certificate_file,
                          const std::string& key_file) {
  if (llvm::Error error = replaceFile(key_file, pemOf(identity.key.get()))) return error;
  return replaceFile(certificate_file, pemOf(identity.certificate.get()));
}

llvm::Error makePrivateFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  return error ? failed("make the folder", folder, error.value()) : llvm::Error::success();
}

}  // namespace

llvm::Expected<Certificates> openCertificates(const std::string& folder) {
  if (llvm::Error error = makePrivateFolder(folder)) return error;
  Certificates files{folder + "/ca.pem", folder + "/server.pem", folder + "/server.key", {}};
  const std::string ca_key_file = folder + "/ca.key";

  Identity ca = readIdentity(files.ca_file, ca_key_file);
  if (!ca || !lastsLongEnough(ca.certificate.get())) {
    ca = makeCa();
    if (llvm::Error error = writeIdentity(ca, files.ca_file, ca_key_file)) return error;
  }
  Identity server = readIdentity(files.server_certificate_file, files.server_key_file);
  const bool good = server && lastsLongEnough(server.certificate.get()) &&
                    X509_verify(server.certificate.get(), ca.key.get()) == 1;
  if (!good) {
    server = makeServerIdentity(ca);
    if (llvm::Error error =
            writeIdentity(server, files.server_certificate_file, files.server_key_file))
      return error;
  }
  files.ca_pem = pemOf(ca.certificate.get());
  return files;
}

std::string randomToken() {
  unsigned char bytes[32];
  require(RAND_bytes(bytes, sizeof bytes) == 1, "the system gave no random bytes");
  char text[64];
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text), bytes, sizeof bytes);
  std::string token(text, static_cast<std::size_t>(size));
  while (token.ends_with('=')) token.pop_back();
  for (char& letter : token) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
  return token;
}

}  // namespace gpuspec::deploy::sandbox
