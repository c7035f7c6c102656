#include <algorithm>
#include <map>
#include <mutex>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/azure_client.h"
#include "backends/deploy/azure/paths.h"
#include "backends/deploy/http/retry.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kRenewBefore = seconds(300);
constexpr std::size_t kLongestReason = 400;

std::string reasonFor(const std::string& code) {
  if (code == "invalid_client")
    return "AZURE_CLIENT_SECRET is wrong or has ended: make a new secret for this client (az ad "
           "app credential reset)";
  if (code == "unauthorized_client")
    return "AZURE_CLIENT_ID names no application of the tenant in AZURE_TENANT_ID";
  if (code == "invalid_request" || code == "invalid_tenant")
    return "check AZURE_TENANT_ID and AZURE_AUTHORITY_HOST";
  return "";
}

// Client credentials with a secret (learn.microsoft.com, "OAuth 2.0 client credentials flow").
class ClientSecret : public TokenSource {
 public:
  ClientSecret(const Environment& environment, http::Transport& transport, apply::Clock& clock)
      : environment_(environment), transport_(transport), clock_(clock) {}

  llvm::Expected<std::string> token(const std::string& scope, bool renew) override {
    // One request at a time: whoever waits here finds the token that the other one got.
    const std::lock_guard lock(mutex_);
    const auto known = tokens_.find(scope);
    if (!renew && known != tokens_.end() && clock_.now() < known->second.renew_at)
      return known->second.text;
    llvm::Expected<Token> fresh = fetch(scope);
    if (!fresh) return fresh.takeError();
    return (tokens_[scope] = std::move(*fresh)).text;
  }

 private:
  struct Token {
    std::string text;
    milliseconds renew_at{0};
  };

  http::Request request(const std::string& scope) const {
    http::Request request;
    request.method = "POST";
    request.url = environment_.authority_host + "/" + environment_.tenant_id + "/oauth2/v2.0/token";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body =
        "grant_type=client_credentials&client_id=" + percentEncoded(environment_.client_id) +
        "&client_secret=" + percentEncoded(environment_.client_secret) +
        "&scope=" + percentEncoded(scope);
    request.timeout = seconds(30);
    return request;
  }

  llvm::Expected<Token> fetch(const std::string& scope) {
    http::RetryPolicy policy;
    policy.idempotent = true;
    http::RetryTools tools = http::systemRetryTools();
    const http::CancelToken never;
    tools.sleep = [&](milliseconds time, const http::CancelToken*) { clock_.sleep(time, never); };
    auto response = http::sendWithRetry(transport_, request(scope), policy, tools);
    if (!response)
      return failed(
          asApiError(response.takeError(), {"AZURE_AUTHORITY_HOST", environment_.authority_host}));
    auto body = ir::parseJson(response->body);
    if (!body) llvm::consumeError(body.takeError());
    const Tree answer = body ? std::move(*body) : Tree();
    return response->status == 200 ? read(answer) : refused(response->status, answer);
  }

  llvm::Expected<Token> read(const Tree& answer) const {
    const Tree* text = answer.find("access_token");
    const Tree* lifetime = answer.find("expires_in");
    if (text == nullptr || !text->isString() || lifetime == nullptr || !lifetime->isInt())
      return apiError(Kind::Unauthorized, 200, "", signIn() + "the answer holds no token",
                      "check AZURE_AUTHORITY_HOST");
    const milliseconds life = seconds(std::clamp<std::int64_t>(lifetime->asInt(), 0, 86'400));
    return Token{text->asString(), clock_.now() + life - std::min(kRenewBefore, life / 4)};
  }

  llvm::Error refused(int status, const Tree& answer) const {
    const auto field = [&](std::string_view key) {
      const Tree* value = answer.find(key);
      return value != nullptr && value->isString() ? value->asString() : std::string();
    };
    const std::string code = field("error");
    std::string reason = field("error_description");
    reason = reason.substr(0, std::min(reason.find_first_of("\r\n"), kLongestReason));
    // Nobody should echo it; if somebody does, it ends here.
    if (reason.find(environment_.client_secret) != std::string::npos) reason = "(text withheld)";
    if (reason.empty()) reason = "the token endpoint answered " + std::to_string(status);
    return apiError(status >= 500 ? Kind::Server : Kind::Unauthorized, status, code,
                    signIn() + reason, reasonFor(code));
  }

  std::string signIn() const { return "signing in at " + environment_.authority_host + ": "; }

  const Environment environment_;
  http::Transport& transport_;
  apply::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Token> tokens_;  // by scope
};

}  // namespace

std::unique_ptr<TokenSource> makeClientSecret(const Environment& environment,
                                              http::Transport& transport, apply::Clock& clock) {
  return std::make_unique<ClientSecret>(environment, transport, clock);
}

std::unique_ptr<TokenSource> makeClientSecret(const Environment& environment,
                                              http::Transport& transport) {
  return makeClientSecret(environment, transport, apply::systemClock());
}

}  // namespace gpuspec::deploy::azure
