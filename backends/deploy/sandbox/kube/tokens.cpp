#include "backends/deploy/sandbox/kube/tokens.h"

#include <algorithm>
#include <array>

#include <llvm/Support/Base64.h>
#include <llvm/Support/SHA256.h>

#include "backends/deploy/sandbox/kube/fields.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::string_view kIssuer = "https://kubernetes.default.svc";

std::string digest(std::string_view first, std::string_view second) {
  llvm::SHA256 hash;
  hash.update(llvm::StringRef(first));
  hash.update(llvm::StringRef(second));
  const std::array<std::uint8_t, 32> bytes = hash.final();
  return {bytes.begin(), bytes.end()};
}

// RFC 2104.
std::string hmac(std::string_view key, std::string_view text) {
  std::string block(key.size() > kBlock ? digest(key, "") : std::string(key));
  block.resize(kBlock, '\0');
  std::string inner = block, outer = block;
  for (char& letter : inner) letter = static_cast<char>(letter ^ 0x36);
  for (char& letter : outer) letter = static_cast<char>(letter ^ 0x5c);
  return digest(outer, digest(inner, text));
}

std::string base64Url(std::string_view bytes) {
  std::string out = llvm::encodeBase64(bytes);
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  out.resize(std::min(out.find('='), out.size()));
  return out;
}

std::optional<Tree> fromBase64Url(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  std::vector<char> bytes;
  if (llvm::Error error = llvm::decodeBase64(plain, bytes)) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  llvm::Expected<Tree> tree = ir::parseJson(std::string_view(bytes.data(), bytes.size()));
  if (tree) return std::move(*tree);
  llvm::consumeError(tree.takeError());
  return std::nullopt;
}

std::int64_t secondsOf(ServiceTokens::TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

bool sameSecret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

std::string ServiceTokens::sign(std::string_view text) const {
  return base64Url(hmac(key_, text));
}

std::string ServiceTokens::issue(const ServiceAccountRef& account, TimePoint now,
                                 std::chrono::seconds lifetime) const {
  const Tree header = ir::mapOf("alg", "HS256", "typ", "JWT");
  const Tree claims = ir::mapOf("iss", kIssuer, "aud", Tree(Tree::List{kIssuer}), "sub",
                                account.user(), "iat", secondsOf(now), "nbf", secondsOf(now), "exp",
                                secondsOf(now + lifetime), "kubernetes.io",
                                ir::mapOf("namespace", account.account_namespace, "serviceaccount",
                                          ir::mapOf("name", account.name, "uid", account.uid)));
  const std::string text = base64Url(ir::toJson(header)) + "." + base64Url(ir::toJson(claims));
  return text + "." + sign(text);
}

std::optional<ServiceAccountRef> ServiceTokens::read(std::string_view token, TimePoint now) const {
  const std::size_t dot = token.find('.'), last = token.rfind('.');
  if (dot == std::string_view::npos || dot == last) return std::nullopt;
  if (!sameSecret(sign(token.substr(0, last)), token.substr(last + 1))) return std::nullopt;
  const std::optional<Tree> claims = fromBase64Url(token.substr(dot + 1, last - dot - 1));
  if (!claims || intAt(*claims, {"exp"}) <= secondsOf(now)) return std::nullopt;
  return ServiceAccountRef{textAt(*claims, {"kubernetes.io", "namespace"}),
                           textAt(*claims, {"kubernetes.io", "serviceaccount", "name"}),
                           textAt(*claims, {"kubernetes.io", "serviceaccount", "uid"})};
}

}  // namespace gpuspec::deploy::sandbox::api
