#include "backends/deploy/sandbox/arm/tokens.h"

#include <algorithm>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

std::string base64Url(std::string_view bytes) {
  std::string text = base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& letter : text) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
  return text;
}

std::string fromBase64Url(std::string text) {
  for (char& letter : text) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
  while (text.size() % 4 != 0) text += '=';
  return fromBase64(text).value_or("");
}

std::int64_t secondsNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool sameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

int hex(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
}

std::string formDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (coded) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string formField(std::string_view body, std::string_view name) {
  for (const std::string& field : split(body, '&')) {
    const std::size_t equals = std::min(field.find('='), field.size());
    if (formDecode(field.substr(0, equals)) == name)
      return equals == field.size() ? "" : formDecode(field.substr(equals + 1));
  }
  return "";
}

// The shape of the login service's errors, which is not ARM's.
HttpResponse loginError(int status, std::string_view error, std::int64_t code,
                        const std::string& text) {
  const std::string numbered = "AADSTS" + std::to_string(code) + ": " + text;
  return answer(status, ir::mapOf("error", error, "error_description", numbered, "error_codes",
                                  ir::listOf(code), "timestamp", nowText(), "trace_id", newId(),
                                  "correlation_id", newId()));
}

std::vector<std::string> segmentsOf(const HttpRequest& request) {
  std::vector<std::string> segments = split(request.path, '/');
  std::erase(segments, "");
  return segments;
}

std::string tailOf(const std::vector<std::string>& segments, std::size_t begin) {
  std::string tail;
  for (std::size_t i = begin; i < segments.size(); ++i) tail += "/" + lower(segments[i]);
  return tail;
}

// The names under which clients ask for this API; it has one.
constexpr std::string_view kAudience = "https://management.azure.com/";
constexpr std::string_view kAudiences[] = {"https://management.azure.com",
                                           "https://management.core.windows.net"};

constexpr std::string_view kToken = "/oauth2/v2.0/token";
constexpr std::string_view kDiscovery = "/v2.0/.well-known/openid-configuration";
constexpr std::string_view kInstances = "/discovery/instance";

}  // namespace

bool Tokens::serves(const HttpRequest& request) const {
  const std::string tail = tailOf(segmentsOf(request), 1);
  return tail == kToken || tail == kDiscovery || tail == kInstances;
}

HttpResponse Tokens::handle(const HttpRequest& request) const {
  const std::vector<std::string> segments = segmentsOf(request);
  const std::string tail = tailOf(segments, 1);
  if (tail == kInstances) return instances(request);
  const std::string& tenant = segments.front();
  if (!sameName(tenant, options_.tenant_id) && tenant != "common" && tenant != "organizations")
    return loginError(400, "invalid_request", 90002, "Tenant '" + tenant + "' not found.");
  return tail == kDiscovery ? discovery(tenant) : issue(request);
}

std::string Tokens::audienceFor(const std::string& scope) const {
  std::string_view resource = scope;
  if (resource.ends_with("/.default")) resource.remove_suffix(9);
  while (resource.ends_with('/')) resource.remove_suffix(1);
  const bool ours = resource == options_.base_url ||
                    std::ranges::find(kAudiences, resource) != std::end(kAudiences);
  return std::string(ours ? kAudience : resource);
}

HttpResponse Tokens::issue(const HttpRequest& request) const {
  if (request.method != "POST")
    return loginError(405, "invalid_request", 900561, "The endpoint only accepts POST requests.");
  if (formField(request.body, "grant_type") != "client_credentials")
    return loginError(400, "unsupported_grant_type", 70003,
                      "The sandbox supports the grant 'client_credentials' only.");
  const std::string scope = formField(request.body, "scope");
  if (scope.empty())
    return loginError(400, "invalid_request", 90014, "The required field 'scope' is missing.");
  const std::string client_id = formField(request.body, "client_id");
  if (!sameName(client_id, options_.client_id))
    return loginError(400, "unauthorized_client", 700016,
                      "The application was not found in the directory of the sandbox.");
  if (!sameSecret(formField(request.body, "client_secret"), options_.client_secret))
    return loginError(401, "invalid_client", 7000215, "Invalid client secret provided.");
  const std::int64_t now = secondsNow(), lifetime = options_.token_lifetime.count();
  const Tree header = ir::mapOf("typ", "JWT", "alg", "HS256");
  const Tree claims = ir::mapOf("aud", audienceFor(scope), "iss", options_.base_url, "iat", now,
                                "nbf", now, "exp", now + lifetime, "appid", options_.client_id,
                                "tid", options_.tenant_id, "ver", "1.0", "uti", newId());
  const std::string text = base64Url(ir::toJson(header)) + "." + base64Url(ir::toJson(claims));
  HttpResponse response =
      answer(200, ir::mapOf("token_type", "Bearer", "expires_in", lifetime, "ext_expires_in",
                            lifetime, "access_token", text + "." + sign(text)));
  response.headers.emplace_back("Cache-Control", "no-store, no-cache");
  return response;
}

HttpResponse Tokens::discovery(const std::string& tenant) const {
  const std::string base = options_.base_url + "/" + tenant;
  return answer(
      200, ir::mapOf("issuer", base + "/v2.0", "token_endpoint", base + "/oauth2/v2.0/token",
                     "authorization_endpoint", base + "/oauth2/v2.0/authorize",
                     "token_endpoint_auth_methods_supported", ir::listOf("client_secret_post"),
                     "response_types_supported", ir::listOf("token"), "tenant_region_scope", "WW"));
}

HttpResponse Tokens::instances(const HttpRequest& request) const {
  std::string host = options_.base_url.substr(options_.base_url.find("//") + 2);
  return answer(200,
                ir::mapOf("tenant_discovery_endpoint",
                          options_.base_url + "/" + options_.tenant_id + std::string(kDiscovery),
                          "api-version", request.parameter("api-version"), "metadata",
                          ir::listOf(ir::mapOf("preferred_network", host, "preferred_cache", host,
                                               "aliases", ir::listOf(host)))));
}

std::string Tokens::sign(std::string_view text) const {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const std::string& key = options_.client_secret;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes, &size);
  return base64Url({reinterpret_cast<const char*>(bytes), size});
}

Tokens::Verdict Tokens::check(const HttpRequest& request) const {
  constexpr std::string_view kBearer = "bearer ";
  const std::string_view header = request.header("authorization");
  if (header.size() <= kBearer.size() || lower(header.substr(0, kBearer.size())) != kBearer)
    return Verdict::Missing;
  const std::string_view token = header.substr(kBearer.size());
  const std::size_t dot = token.rfind('.');
  if (dot == std::string_view::npos ||
      !sameSecret(token.substr(dot + 1), sign(token.substr(0, dot))))
    return Verdict::Wrong;
  const std::vector<std::string> parts = split(token, '.');
  llvm::Expected<Tree> claims = ir::parseJson(fromBase64Url(parts.size() == 3 ? parts[1] : ""));
  if (!claims) {
    llvm::consumeError(claims.takeError());
    return Verdict::Wrong;
  }
  if (textAt(*claims, "tid") != options_.tenant_id) return Verdict::Wrong;
  if (numberAt(*claims, "exp").value_or(0) <= secondsNow()) return Verdict::Expired;
  return textAt(*claims, "aud") == kAudience ? Verdict::Good : Verdict::OtherAudience;
}

HttpResponse Tokens::refuse(Verdict verdict) const {
  const std::string authority = options_.base_url + "/" + options_.tenant_id;
  const bool missing = verdict == Verdict::Missing, expired = verdict == Verdict::Expired;
  const bool other = verdict == Verdict::OtherAudience;
  const std::string code = missing   ? "AuthenticationFailed"
                           : expired ? "ExpiredAuthenticationToken"
                           : other   ? "InvalidAuthenticationTokenAudience"
                                     : "InvalidAuthenticationToken";
  const std::string text =
      missing   ? "Authentication failed. The 'Authorization' header is missing."
      : expired ? "The access token expired. Get a new one and send the request again."
      : other
          ? "The access token has been obtained for another audience or resource; allowed is '" +
                std::string(kAudience) + "'."
          : "The access token is invalid.";
  HttpResponse response = errorAnswer(fail(401, code, text));
  response.headers.emplace_back(
      "WWW-Authenticate", "Bearer authorization_uri=\"" + authority +
                              "\", error=\"invalid_token\", error_description=\"" + text + "\"");
  return response;
}

}  // namespace gpuspec::deploy::sandbox::arm
