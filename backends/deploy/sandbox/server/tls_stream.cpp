#include "backends/deploy/sandbox/server/tls_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>
#include <utility>

#include <openssl/err.h>

namespace gpuspec::deploy::sandbox {

namespace {

// What is sent at once at the latest: a few records of TLS.
constexpr std::size_t kMuch = 64u << 10;

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
  SSL_CTX_set_read_ahead(context.get(), 1);
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
  return read_begin_ < read_end_ || SSL_has_pending(tls_) == 1 ||
         pollFor(socket_, POLLIN, timeout, found);
}

void TlsStream::sayGoodbye() {
  if (!broken_) SSL_shutdown(tls_);
}

bool TlsStream::is_readable() const {
  return waitForData(patience_);
}

bool TlsStream::is_writable() const {
  short found = 0;
  return flush() && pollFor(socket_, POLLOUT | POLLRDHUP, patience_, found) &&
         (found & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

ssize_t TlsStream::read(char* data, std::size_t size) {
  if (read_begin_ == read_end_) {
    // Who waits for an answer has to be given what there is of it.
    if (!flush()) return -1;
    const ssize_t got = fill();
    if (got <= 0) return got;
  }
  const std::size_t taken = std::min(size, read_end_ - read_begin_);
  std::copy_n(read_.data() + read_begin_, taken, data);
  read_begin_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t TlsStream::fill() {
  const int got = SSL_read(tls_, read_.data(), static_cast<int>(read_.size()));
  if (got > 0) {
    read_begin_ = 0;
    read_end_ = static_cast<std::size_t>(got);
    return got;
  }
  const int why = SSL_get_error(tls_, got);
  broken_ = why != SSL_ERROR_ZERO_RETURN;
  ERR_clear_error();
  return broken_ ? -1 : 0;
}

void TlsStream::breakAfter(std::size_t header, std::size_t rest) {
  left_ = Left{header, rest};
}

ssize_t TlsStream::write(const char* data, std::size_t size) {
  std::size_t goes = size;
  if (left_ && size > 0) {
    std::size_t& left = std::exchange(left_->begun, true) ? left_->rest : left_->header;
    goes = std::min(left, size);
    left -= goes;
  }
  unsent_.append(data, goes);
  const bool cut = goes < size;
  if ((cut || unsent_.size() >= kMuch) && !flush()) return -1;
  if (cut) broken_ = true;
  return cut ? -1 : static_cast<ssize_t>(size);
}

bool TlsStream::flush() const {
  std::string_view rest = unsent_;
  while (!rest.empty() && !broken_) {
    const std::size_t most = std::numeric_limits<int>::max();
    const int sent = SSL_write(tls_, rest.data(), static_cast<int>(std::min(rest.size(), most)));
    if (sent > 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
    } else {
      broken_ = true;
      ERR_clear_error();
    }
  }
  unsent_.clear();
  return !broken_;
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
