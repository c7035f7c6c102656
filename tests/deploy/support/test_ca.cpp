#include "tests/deploy/support/test_ca.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace gpuspec::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Bio = std::unique_ptr<BIO, Free>;

Key makeKey() {
  return Key(EVP_EC_gen("P-256"));
}

std::string text(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pemOf(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text(bio);
}

std::string pemOf(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text(bio);
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Without a signature yet.
Certificate blank(const std::string& common_name, EVP_PKEY* key, X509* issuer, long ends_in_s) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  std::int64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate.get()), serial & 0x7fffffffffffffff);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -86400);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ends_in_s);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? name : X509_get_subject_name(issuer));
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

}  // namespace

struct TestCa::Impl {
  Key key;
  Certificate certificate;
  std::string pem;

  KeyAndCertificate sign(const std::string& name, long ends_in_s, const std::string& usage,
                         const std::string& alternative_names) const {
    const Key own = makeKey();
    const Certificate signed_one = blank(name, own.get(), certificate.get(), ends_in_s);
    addExtension(signed_one.get(), certificate.get(), NID_ext_key_usage, usage);
    if (!alternative_names.empty())
      addExtension(signed_one.get(), certificate.get(), NID_subject_alt_name, alternative_names);
    X509_sign(signed_one.get(), key.get(), EVP_sha256());
    return {pemOf(signed_one.get()), pemOf(own.get())};
  }
};

TestCa::TestCa(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->key = makeKey();
  impl_->certificate = blank(name, impl_->key.get(), nullptr, 86400);
  X509* self = impl_->certificate.get();
  addExtension(self, self, NID_basic_constraints, "critical,CA:TRUE");
  addExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  addExtension(self, self, NID_subject_key_identifier, "hash");
  X509_sign(self, impl_->key.get(), EVP_sha256());
  impl_->pem = pemOf(self);
}

TestCa::~TestCa() = default;

const std::string& TestCa::pem() const {
  return impl_->pem;
}

KeyAndCertificate TestCa::server(const std::string& alternative_names) const {
  return impl_->sign("server", 86400, "serverAuth", alternative_names);
}

KeyAndCertificate TestCa::client(const std::string& common_name) const {
  return impl_->sign(common_name, 86400, "clientAuth", "");
}

KeyAndCertificate TestCa::expiredServer(const std::string& alternative_names) const {
  return impl_->sign("server", -3600, "serverAuth", alternative_names);
}

}  // namespace gpuspec::test
