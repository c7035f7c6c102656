#include "backends/deploy/sandbox/server/tls_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>

#include <openssl/err.h>

namespace gpuspec::deploy::sandbox {

namespace {

bool pollFor(int socket, short events, std::chrono::milliseconds timeout, short& found) {
  pollfd one{socket, events, 0};
  const int count = ::poll(&one, 1, static_cast<int>(timeout.count()));
  found = one.revents;
  return count > 0;
}

int chooseHttp1(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned int in_size, void*) {
  static constexpr unsigned char kHttp1[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp1, sizeof kHttp1 - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

llvm::Expected<TlsContext> makeTlsContext(const Certificates& certificates) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context.get(), chooseHttp1, nullptr);
  const bool loaded =
      SSL_CTX_use_certificate_chain_file(context.get(),
                                         certificates.server_certificate_file.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(context.get(), certificates.server_key_file.c_str(),
                                  SSL_FILETYPE_PEM) == 1;
  if (loaded) return context;
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  return llvm::createStringError(std::errc::io_error, "cannot use the certificate `%s`: %s",
                                 certificates.server_certificate_file.c_str(),
                                 static_cast<const char*>(text));
}

TlsStream::TlsStream(SSL_CTX* context, int socket, std::chrono::seconds patience)
    : tls_(SSL_new(context)), socket_(socket), patience_(patience) {
  const timeval limit{patience.count(), 0};
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL_set_fd(tls_, socket);
}

TlsStream::~TlsStream() {
  SSL_free(tls_);
  ERR_clear_error();
}

bool TlsStream::accept() {
  broken_ = SSL_accept(tls_) != 1;
  return !broken_;
}

bool TlsStream::waitForData(std::chrono::milliseconds timeout) const {
  short found = 0;
  return SSL_pending(tls_) > 0 || pollFor(socket_, POLLIN, timeout, found);
}

void TlsStream::sayGoodbye() {
  if (!broken_) SSL_shutdown(tls_);
}

bool TlsStream::is_readable() const {
  return waitForData(patience_);
}

bool TlsStream::is_writable() const {
  short found = 0;
  return pollFor(socket_, POLLOUT | POLLRDHUP, patience_, found) &&
         (found & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

ssize_t TlsStream::read(char* data, std::size_t size) {
  const std::size_t most = std::numeric_limits<int>::max();
  const int got = SSL_read(tls_, data, static_cast<int>(std::min(size, most)));
  if (got > 0) return got;
  const int why = SSL_get_error(tls_, got);
  broken_ = why != SSL_ERROR_ZERO_RETURN;
  ERR_clear_error();
  return broken_ ? -1 : 0;
}

ssize_t TlsStream::write(const char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t most = std::numeric_limits<int>::max();
  const int sent = SSL_write(tls_, data, static_cast<int>(std::min(size, most)));
  if (sent > 0) return sent;
  broken_ = true;
  ERR_clear_error();
  return -1;
}

void TlsStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ip = "127.0.0.1";
  port = ::getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0
             ? ntohs(address.sin_port)
             : 0;
}

void TlsStream::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ip = "127.0.0.1";
  port = ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0
             ? ntohs(address.sin_port)
             : 0;
}

}  // namespace gpuspec::deploy::sandbox
