#include <filesystem>
#include <fstream>
#include <iterator>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/paths.h"
#include "backends/deploy/azure/sign_in.h"
#include "backends/deploy/http/secrets.h"
#include "compiler/ir/json.h"

// Client credentials at the token endpoint (learn.microsoft.com, "OAuth 2.0 client credentials
// flow"), with a secret or with another authority's token.

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::seconds;

constexpr std::uintmax_t kLargestToken = 1u << 20;

std::string textAt(const Tree& answer, std::string_view key) {
  const Tree* value = answer.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

class TokenEndpoint : public SignIn {
 public:
  TokenEndpoint(const Environment& environment, http::Transport& transport, apply::Clock& clock)
      : environment_(environment), transport_(transport), clock_(clock) {}

  llvm::Expected<Token> fetch(const std::string& scope) override {
    llvm::Expected<std::string> shown = proof();
    if (!shown) return shown.takeError();
    http::RetryPolicy policy;
    policy.idempotent = true;
    auto response =
        http::sendWithRetry(transport_, request(scope, *shown), policy, retryTools(clock_));
    if (!response)
      return failed(
          asApiError(response.takeError(), {"AZURE_AUTHORITY_HOST", environment_.authority_host}));
    auto body = ir::parseJson(response->body);
    if (!body) llvm::consumeError(body.takeError());
    const Tree answer = body ? std::move(*body) : Tree();
    return response->status == 200 ? read(answer) : refused(response->status, answer, *shown);
  }

 protected:
  // What shows that the client is who it says.
  [[nodiscard]] virtual llvm::Expected<std::string> proof() const = 0;
  // The form's fields for it.
  virtual std::string fields(const std::string& proof) const = 0;
  // "" = none known.
  virtual std::string wayOut(const std::string& code, const std::string& text) const = 0;

  std::string client() const {
    return "client " + environment_.client_id + ", tenant " + environment_.tenant_id;
  }

  const Environment environment_;

 private:
  http::Request request(const std::string& scope, const std::string& proof) const {
    http::Request request;
    request.method = "POST";
    request.url = environment_.authority_host + "/" + environment_.tenant_id + "/oauth2/v2.0/token";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body =
        "grant_type=client_credentials&client_id=" + percentEncoded(environment_.client_id) +
        fields(proof) + "&scope=" + percentEncoded(scope);
    request.timeout = seconds(30);
    return request;
  }

  llvm::Expected<Token> read(const Tree& answer) const {
    std::string text = textAt(answer, "access_token");
    const std::int64_t life = numberAt(answer, "expires_in");
    if (text.empty() || life < 0)
      return apiError(Kind::Unauthorized, 200, "", signIn() + "the answer holds no token",
                      "check AZURE_AUTHORITY_HOST");
    return tokenFor(std::move(text), seconds(life), clock_);
  }

  llvm::Error refused(int status, const Tree& answer, const std::string& proof) const {
    // Nobody should echo it; if somebody does, it ends here.
    http::Secrets secrets;
    secrets.add(proof);
    const auto said = [&](const char* key) {
      return http::withoutLikelySecrets(secrets.hiddenIn(http::oneLine(textAt(answer, key))));
    };
    const std::string code = said("error");
    std::string reason = said("error_description");
    if (reason.empty()) reason = "the token endpoint answered " + std::to_string(status);
    std::string way_out = wayOut(code, reason);
    if (way_out.empty() && code == "unauthorized_client")
      way_out = "AZURE_CLIENT_ID names no application of the tenant in AZURE_TENANT_ID";
    if (way_out.empty() && (code == "invalid_request" || code == "invalid_tenant"))
      way_out = "check AZURE_TENANT_ID and AZURE_AUTHORITY_HOST";
    return apiError(status >= 500 ? Kind::Server : Kind::Unauthorized, status, code,
                    signIn() + reason, std::move(way_out));
  }

  std::string signIn() const { return "signing in at " + environment_.authority_host + ": "; }

  http::Transport& transport_;
  apply::Clock& clock_;
};

class ClientSecret : public TokenEndpoint {
 public:
  using TokenEndpoint::TokenEndpoint;
  std::string name() const override { return "the secret of " + client(); }

 private:
  llvm::Expected<std::string> proof() const override { return environment_.client_secret; }
  std::string fields(const std::string& proof) const override {
    return "&client_secret=" + percentEncoded(proof);
  }
  std::string wayOut(const std::string& code, const std::string&) const override {
    if (code != "invalid_client") return "";
    return "AZURE_CLIENT_SECRET is wrong or has ended: make a new secret for this client (az ad "
           "app credential reset)";
  }
};

class Federated : public TokenEndpoint {
 public:
  using TokenEndpoint::TokenEndpoint;
  std::string name() const override { return "the federated identity of " + client(); }

 private:
  // Read for each token: whoever writes the file renews it.
  llvm::Expected<std::string> proof() const override {
    const std::string& file = environment_.federated_token_file;
    std::error_code error;
    const bool is_file = std::filesystem::is_regular_file(file, error);
    if (is_file && std::filesystem::file_size(file, error) > kLargestToken)
      return unreadable("it is larger than any token is");
    std::ifstream in(file, std::ios::binary);
    if (!is_file || !in.is_open())
      return unreadable("it is not there, or not for this user to read");
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    text.resize(end == std::string::npos ? 0 : end + 1);
    if (text.empty()) return unreadable("it is empty");
    return text;
  }

  llvm::Error unreadable(const std::string& why) const {
    return apiError(
        Kind::Invalid, 0, "",
        "AZURE_FEDERATED_TOKEN_FILE, `" + environment_.federated_token_file + "`: " + why,
        "in AKS the workload identity webhook mounts it; in a pipeline a step before writes it");
  }

  std::string fields(const std::string& proof) const override {
    return "&client_assertion_type=" +
           percentEncoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
           "&client_assertion=" + percentEncoded(proof);
  }

  std::string wayOut(const std::string& code, const std::string& text) const override {
    if (text.find("AADSTS700024") != std::string::npos)
      return "the token in AZURE_FEDERATED_TOKEN_FILE has ended: whoever writes it has to renew it";
    if (code != "invalid_client" && code != "invalid_request") return "";
    return "the application's federated credential has to name this issuer, subject and audience "
           "(az ad app federated-credential list)";
  }
};

}  // namespace

std::unique_ptr<SignIn> makeSecretSignIn(const Environment& environment, http::Transport& transport,
                                         apply::Clock& clock) {
  return std::make_unique<ClientSecret>(environment, transport, clock);
}

std::unique_ptr<SignIn> makeFederatedSignIn(const Environment& environment,
                                            http::Transport& transport, apply::Clock& clock) {
  return std::make_unique<Federated>(environment, transport, clock);
}

}  // namespace gpuspec::deploy::azure
