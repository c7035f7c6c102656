#include "backends/deploy/http/curl.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include <llvm/Support/MemoryBuffer.h>

#include "backends/deploy/http/curl_exchange.h"
#include "backends/deploy/http/curl_loop.h"
#include "backends/deploy/http/endpoint.h"

namespace gpuspec::deploy::http {
namespace {

llvm::Error failure(const std::string& text) {
  return llvm::make_error<TransportError>(TransportError::Kind::Other, false, text);
}

// Text as given, or the file's.
llvm::Error load(std::string& pem, const std::string& file, const std::string& what) {
  if (!pem.empty() || file.empty()) return llvm::Error::success();
  auto buffer = llvm::MemoryBuffer::getFile(file);
  if (!buffer) return failure(what + ": " + file + ": " + buffer.getError().message());
  pem = (*buffer)->getBuffer().str();
  if (pem.find("-----BEGIN ") == std::string::npos)
    return failure(what + ": " + file + ": no PEM text in it");
  return llvm::Error::success();
}

curl_blob blobOf(const std::string& text) {
  curl_blob blob{};
  blob.data = const_cast<char*>(text.data());  // copied, as the flag says
  blob.len = text.size();
  blob.flags = CURL_BLOB_COPY;
  return blob;
}

std::string fromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool holdsLineBreak(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
}

bool safeToWrite(const Request& request) {
  return !request.method.empty() && !holdsLineBreak(request.method) &&
         std::none_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
           return header.first.empty() || holdsLineBreak(header.first) ||
                  holdsLineBreak(header.second);
         });
}

// Handles are kept: each holds buffers and the options that all requests share.
class HandlePool {
 public:
  explicit HandlePool(const CurlOptions& options) : options_(options) {}
  ~HandlePool() {
    for (CURL* easy : free_) curl_easy_cleanup(easy);
  }
  HandlePool(const HandlePool&) = delete;
  HandlePool& operator=(const HandlePool&) = delete;

  CURL* take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        CURL* easy = free_.back();
        free_.pop_back();
        return easy;
      }
    }
    return make();
  }

  void giveBack(CURL* easy) {
    const std::lock_guard lock(mutex_);
    free_.push_back(easy);
  }

 private:
  CURL* make() const {
    CURL* easy = curl_easy_init();
    if (easy == nullptr) return nullptr;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
    setTls(easy);
    setProxy(easy);
    return easy;
  }

  void setTls(CURL* easy) const {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    setAuthorities(easy);
    const TlsOptions& tls = options_.tls;
    if (!tls.client_certificate_pem.empty()) {
      const curl_blob certificate = blobOf(tls.client_certificate_pem);
      const curl_blob key = blobOf(tls.client_key_pem);
      curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &certificate);
      curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key);
    }
  }

  void setProxy(CURL* easy) const {
    if (!options_.proxy.empty()) curl_easy_setopt(easy, CURLOPT_PROXY, options_.proxy.c_str());
    if (const std::string file = fromEnvironment("SSL_CERT_FILE"); !file.empty())
      curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, file.c_str());
  }

  // Where a CA is named, the system's folder of authorities is out: libcurl would add it otherwise.
  void setAuthorities(CURL* easy) const {
    const std::string named_file = fromEnvironment("SSL_CERT_FILE");
    if (!options_.tls.ca_pem.empty()) {
      const curl_blob authorities = blobOf(options_.tls.ca_pem);
      curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &authorities);
      curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    } else if (!named_file.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, named_file.c_str());
      curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
  }

  const CurlOptions& options_;
  std::mutex mutex_;
  std::vector<CURL*> free_;
};

class CurlTransport : public Transport {
 public:
  explicit CurlTransport(CurlOptions options)
      : options_(std::move(options)),
        limits_{options_.max_body, options_.tls.server_name, !options_.proxy.empty()},
        pool_(options_),
        loop_(options_.connections) {}

  llvm::Expected<Response> send(const Request& request) override {
    llvm::Expected<Endpoint> endpoint = endpointOf(request);
    if (!endpoint) return endpoint.takeError();
    if (!safeToWrite(request))
      return failure(
          request.method + " " + endpoint->shown +
          ": a header's name or value cannot be sent (it is empty or holds a line break)");
    if (request.cancel != nullptr && request.cancel->cancelled())
      return llvm::make_error<TransportError>(
          TransportError::Kind::Cancelled, false,
          request.method + " " + endpoint->shown + ": interrupted");
    CURL* easy = pool_.take();
    if (easy == nullptr) return failure(request.method + " " + endpoint->shown + ": out of memory");
    llvm::Expected<Response> response = CurlExchange(easy, request, *endpoint, limits_).run(loop_);
    pool_.giveBack(easy);
    return response;
  }

 private:
  const CurlOptions options_;
  const ExchangeLimits limits_;
  HandlePool pool_;  // outlives the loop, which may still hold handles
  CurlLoop loop_;
};

bool libraryReady() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code == CURLE_OK;
}

}  // namespace

llvm::Expected<std::unique_ptr<Transport>> makeCurlTransport(CurlOptions options) {
  if (!libraryReady()) return failure("libcurl cannot be initialised");
  TlsOptions& tls = options.tls;
  if (auto error = load(tls.ca_pem, tls.ca_file, "CA certificate")) return error;
  if (auto error =
          load(tls.client_certificate_pem, tls.client_certificate_file, "client certificate"))
    return error;
  if (auto error = load(tls.client_key_pem, tls.client_key_file, "client key")) return error;
  if (tls.client_certificate_pem.empty() != tls.client_key_pem.empty())
    return failure("a client certificate and its key must be given together");
  options.connections = std::max<std::size_t>(options.connections, 1);
  return std::make_unique<CurlTransport>(std::move(options));
}

}  // namespace gpuspec::deploy::http
