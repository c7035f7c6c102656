#include "backends/deploy/http/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "backends/deploy/http/transport.h"

namespace gpuspec::deploy::http {
namespace {

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlCleanup>;

std::string part(const Url& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

llvm::Error refuse(const Request& request, const std::string& shown, const std::string& why) {
  return llvm::make_error<TransportError>(
      TransportError::Kind::Other, false,
      request.method + (shown.empty() ? "" : " " + shown) + ": " + why);
}

std::string withoutBrackets(const std::string& host) {
  return host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

bool isLinkLocal(const std::string& host) {
  in_addr four{};
  return inet_pton(AF_INET, host.c_str(), &four) == 1 && (ntohl(four.s_addr) >> 16) == 0xA9FE;
}

bool isInNetwork(const std::string& host, const std::string& network) {
  const std::size_t slash = network.find('/');
  in_addr address{}, base{};
  if (slash == std::string::npos || inet_pton(AF_INET, host.c_str(), &address) != 1) return false;
  if (inet_pton(AF_INET, network.substr(0, slash).c_str(), &base) != 1) return false;
  const int bits = std::atoi(network.c_str() + slash + 1);
  if (bits < 1 || bits > 32) return false;
  const std::uint32_t mask = ~std::uint32_t{0} << (32 - bits);
  return (ntohl(address.s_addr) & mask) == (ntohl(base.s_addr) & mask);
}

bool isNamedBy(const std::string& host, std::string entry) {
  if (entry == "*") return true;
  while (entry.starts_with('.')) entry.erase(0, 1);
  if (entry.empty()) return false;
  return host == entry || withoutBrackets(host) == withoutBrackets(entry) ||
         host.ends_with("." + entry) || isInNetwork(host, entry);
}

}  // namespace

bool isOutsideProxy(const std::string& host) {
  const char* list = std::getenv("no_proxy");
  if (list == nullptr) list = std::getenv("NO_PROXY");
  const std::string text = list != nullptr ? list : "";
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(", ", begin), text.size());
    if (isNamedBy(host, text.substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return false;
}

bool isLoopback(const std::string& host) {
  if (host == "localhost") return true;
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, withoutBrackets(host).c_str(), &six) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&six);
}

llvm::Expected<Endpoint> endpointOf(const Request& request) {
  const Url url(curl_url());
  const CURLUcode code =
      curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), CURLU_DISALLOW_USER);
  if (code == CURLUE_USER_NOT_ALLOWED)
    return refuse(request, "", "the URL holds a user name or a password; it must not");
  if (code == CURLUE_UNSUPPORTED_SCHEME)
    return refuse(request, "", "the URL is neither https nor http");
  if (code != CURLUE_OK) return refuse(request, "", "not an absolute URL");
  Endpoint endpoint;
  endpoint.host = part(url, CURLUPART_HOST);
  endpoint.port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const std::string scheme = part(url, CURLUPART_SCHEME);
  curl_url_set(url.get(), CURLUPART_QUERY, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  endpoint.shown = part(url, CURLUPART_URL);
  endpoint.loopback = isLoopback(endpoint.host);
  endpoint.link_local = request.link_local && isLinkLocal(endpoint.host);
  endpoint.tls = scheme == "https";
  if (!endpoint.tls && scheme != "http")
    return refuse(request, endpoint.shown, "the URL is neither https nor http");
  if (!endpoint.tls && !endpoint.loopback && !endpoint.link_local)
    return refuse(request, endpoint.shown,
                  "plain http is taken only for this machine itself (localhost): anywhere else the "
                  "credentials would cross the network unencrypted; use https");
  return endpoint;
}

std::string withHost(const std::string& text, const std::string& host, const std::string& port) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return text;
  curl_url_set(url.get(), CURLUPART_HOST, host.c_str(), 0);
  curl_url_set(url.get(), CURLUPART_PORT, port.c_str(), 0);
  return part(url, CURLUPART_URL);
}

}  // namespace gpuspec::deploy::http
