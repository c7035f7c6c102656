#include "backends/deploy/http/curl_error.h"

#include <curl/curl.h>

#include <cctype>
#include <system_error>

namespace gpuspec::deploy::http {
namespace {

using Kind = TransportError::Kind;

bool mentions(const std::string& text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

// A connection that ends in the middle of the handshake is a network fault, not a question of
// trust.
bool endedInHandshake(const CurlFailure& failure) {
  return failure.code == CURLE_SSL_CONNECT_ERROR &&
         (mentions(failure.detail, "SYSCALL") || mentions(failure.detail, "reset by peer") ||
          mentions(failure.detail, "unexpected eof") || mentions(failure.detail, "Broken pipe"));
}

// What the proxy said to CONNECT: with a wrong password, 407.
bool refusedByProxy(const CurlFailure& failure) {
  return mentions(failure.detail, "CONNECT tunnel failed") ||
         mentions(failure.detail, "from proxy after CONNECT") || failure.code == CURLE_PROXY;
}

Kind kindOf(const CurlFailure& failure) {
  if (refusedByProxy(failure)) return Kind::Other;
  if (endedInHandshake(failure)) return Kind::Dropped;
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Kind::Resolve;
    case CURLE_COULDNT_CONNECT:
      return Kind::Connect;
    case CURLE_OPERATION_TIMEDOUT:
      return Kind::Timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return Kind::Tls;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      // With TLS 1.3 a server refuses a client's certificate only after the handshake.
      return mentions(failure.detail, "alert") ? Kind::Tls : Kind::Dropped;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_ABORTED_BY_CALLBACK:
      return Kind::Dropped;
    default:
      return Kind::Other;
  }
}

std::string lowerFirst(std::string text) {
  // "SSL certificate problem" stays; "Connection refused" does not.
  if (text.size() > 1 && !std::isupper(static_cast<unsigned char>(text[1])))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// libcurl quotes a proxy that it cannot use, with its password.
std::string withoutUsers(std::string text) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at)) {
    const std::size_t before = text.find_last_of(" '\"", at);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    text.replace(begin, at + 1 - begin, "***");
    at = begin;
  }
  return text;
}

std::string reasonOf(const CurlFailure& failure, Kind kind) {
  const std::string said =
      withoutUsers(failure.detail.empty() ? curl_easy_strerror(static_cast<CURLcode>(failure.code))
                                          : failure.detail);
  if (refusedByProxy(failure)) {
    const bool unknown = mentions(said, "407");
    return std::string("the proxy refuses the way to it (") + lowerFirst(said) +
           (unknown ? "): it wants another user name or password" : ")");
  }
  if (kind == Kind::Connect && failure.os_error != 0)
    return lowerFirst(std::generic_category().message(static_cast<int>(failure.os_error)));
  if (failure.code == CURLE_COULDNT_RESOLVE_PROXY) return "the proxy's host name is not known here";
  if (kind == Kind::Resolve) return "the host name is not known here";
  if (kind == Kind::Timeout) return "no connection in time";
  if (kind == Kind::Dropped && failure.code == CURLE_PARTIAL_FILE)
    return "the connection ended in the middle of the answer";
  if (kind == Kind::Dropped)
    return "the connection ended before the answer (" + lowerFirst(said) + ")";
  return lowerFirst(said);
}

}  // namespace

llvm::Error curlError(const std::string& what, const CurlFailure& failure) {
  const Kind kind = kindOf(failure);
  return llvm::make_error<TransportError>(kind, failure.sent,
                                          what + ": " + reasonOf(failure, kind));
}

std::string inWords(std::chrono::milliseconds time) {
  if (time.count() % 1000 != 0) return std::to_string(time.count()) + " ms";
  return std::to_string(time.count() / 1000) + " s";
}

}  // namespace gpuspec::deploy::http
