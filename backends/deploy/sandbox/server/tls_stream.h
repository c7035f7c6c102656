#pragma once

// One TLS connection as cpp-httplib's Stream, with buffers on both ways.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <httplib.h>
#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/server/server.h"

namespace gpuspec::deploy::sandbox {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;
[[nodiscard]] llvm::Expected<TlsContext> makeTlsContext(const Certificates& certificates);

class TlsStream final : public httplib::Stream {
 public:
  // The socket stays the caller's. `patience`: how long one read or write may wait.
  TlsStream(SSL_CTX* context, int socket, std::chrono::seconds patience);
  ~TlsStream() override;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  bool accept();
  // Whether a request begins within `timeout`.
  bool waitForData(std::chrono::milliseconds timeout) const;
  // Tells the peer that nothing follows, unless the connection is broken.
  void sayGoodbye();
  // Of what is written from now on, the first block (an answer's header) and the rest go out up to
  // so many bytes; then the connection breaks.
  void breakAfter(std::size_t header, std::size_t rest);
  bool broken() const { return broken_; }

  bool is_readable() const override;
  // False, too, when the peer went away.
  bool is_writable() const override;
  ssize_t read(char* data, std::size_t size) override;
  // Kept back until there is much of it, until somebody reads or asks whether to write on, or until
  // flush().
  ssize_t write(const char* data, std::size_t size) override;
  bool flush() const;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  struct Left {
    std::size_t header, rest;
    bool begun = false;
  };

  // 0: the peer has ended.
  ssize_t fill();

  SSL* tls_ = nullptr;
  int socket_;
  std::chrono::seconds patience_;
  mutable bool broken_ = false;
  // The library reads its lines byte by byte, and writes a head and a body apart.
  std::vector<char> read_ = std::vector<char>(16384);
  std::size_t read_begin_ = 0, read_end_ = 0;
  mutable std::string unsent_;
  std::optional<Left> left_;
};

}  // namespace gpuspec::deploy::sandbox
