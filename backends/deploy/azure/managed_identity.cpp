#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/paths.h"
#include "backends/deploy/azure/sign_in.h"
#include "backends/deploy/http/secrets.h"
#include "compiler/ir/json.h"

// Managed identities: of App Service, Functions and Container Apps by IDENTITY_ENDPOINT, of virtual
// machines by their metadata service (learn.microsoft.com, "How to use managed identities for Azure
// resources on an Azure VM to acquire an access token").

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kMetadataHost = "http://169.254.169.254";
constexpr const char* kMetadataPath = "/metadata/identity/oauth2/token";
// While the service is updated it answers 404 and 410, for up to 70 seconds.
constexpr int kMostUpdates = 7;

std::string resourceOf(const std::string& scope) {
  constexpr std::string_view kDefault = "/.default";
  return scope.ends_with(kDefault) ? scope.substr(0, scope.size() - kDefault.size()) : scope;
}

// {"error", "error_description"}, {"error": {"message"}} or {"message"}; "" = none of them.
std::string reasonIn(const Tree& answer) {
  const auto text = [](const Tree* value) {
    return value != nullptr && value->isString() ? value->asString() : std::string();
  };
  const Tree* error = answer.find("error");
  for (std::string found : {text(answer.find("error_description")), text(answer.find("message")),
                            error != nullptr ? text(error->find("message")) : "", text(error)}) {
    if (!found.empty()) return found;
  }
  return "";
}

class ManagedIdentity : public SignIn {
 public:
  ManagedIdentity(const Environment& environment, http::Transport& transport, apply::Clock& clock,
                  bool only_way)
      : environment_(environment), transport_(transport), clock_(clock), only_way_(only_way) {}

  std::string name() const override {
    const std::string& client = environment_.client_id;
    return "the managed identity of " + (client.empty() ? "this machine" : "client " + client);
  }

  llvm::Expected<Token> fetch(const std::string& scope) override {
    if (environment_.other_identity_host)
      return unavailable("gpuspec does not ask those of Azure Arc and Service Fabric");
    if (llvm::Error error = look()) return error;
    llvm::Expected<http::Response> response = ask(scope);
    if (!response) {
      ApiError error = asApiError(response.takeError());
      error.way_out = "see whether this machine has an identity, and its metadata service answers";
      return failed(std::move(error));
    }
    llvm::Expected<Tree> body = ir::parseJson(response->body);
    if (!body) {
      llvm::consumeError(body.takeError());
      return unavailable(host() + " answers, but not as Azure does");
    }
    return response->status == 200 ? read(*body) : refused(response->status, *body);
  }

 private:
  bool isByEndpoint() const { return !environment_.identity_endpoint.empty(); }

  std::string host() const {
    if (isByEndpoint()) return "IDENTITY_ENDPOINT";
    return environment_.metadata_host.empty() ? "169.254.169.254"
                                              : "AZURE_POD_IDENTITY_AUTHORITY_HOST";
  }

  std::string metadataUrl() const {
    return (environment_.metadata_host.empty() ? kMetadataHost : environment_.metadata_host) +
           std::string(kMetadataPath) + "?api-version=2018-02-01";
  }

  http::Request request(const std::string& scope) const {
    http::Request request;
    request.link_local = true;
    request.timeout = seconds(30);
    if (isByEndpoint()) {
      request.url = environment_.identity_endpoint + "?api-version=2019-08-01";
      request.headers = {{"X-IDENTITY-HEADER", environment_.identity_header}};
    } else {
      request.url = metadataUrl();
      request.headers = {{"Metadata", "true"}};
    }
    request.url += "&resource=" + percentEncoded(resourceOf(scope));
    if (!environment_.client_id.empty())
      request.url += "&client_id=" + percentEncoded(environment_.client_id);
    return request;
  }

  // Most machines have no metadata service, and must not hang for it. What it says to a request
  // without its header is no matter.
  llvm::Error look() {
    if (is_there_ || isByEndpoint() || only_way_) return llvm::Error::success();
    http::Request request;
    request.url = metadataUrl();
    request.link_local = true;
    request.timeout = seconds(1);
    llvm::Expected<http::Response> response = transport_.send(request);
    is_there_ = static_cast<bool>(response);
    if (is_there_) return llvm::Error::success();
    llvm::consumeError(response.takeError());
    return unavailable("nothing answers at " + host());
  }

  llvm::Expected<http::Response> ask(const std::string& scope) const {
    static const http::CancelToken kNever;
    for (int updates = 0;; ++updates) {
      auto response = http::sendWithRetry(transport_, request(scope), {}, retryTools(clock_));
      const bool updating = response && (response->status == 404 || response->status == 410);
      if (!updating || isByEndpoint() || updates == kMostUpdates) return response;
      clock_.sleep(milliseconds(500LL << updates), kNever);
    }
  }

  llvm::Expected<Token> read(const Tree& answer) const {
    const Tree* text = answer.find("access_token");
    std::int64_t life = numberAt(answer, "expires_in");
    const std::int64_t end = numberAt(answer, "expires_on");
    if (life < 0 && end >= 0) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      life = std::max<std::int64_t>(end - std::chrono::duration_cast<seconds>(now).count(), 0);
    }
    if (text == nullptr || !text->isString() || life < 0)
      return apiError(Kind::Unauthorized, 200, "",
                      name() + ": the answer of " + host() + " holds no token", "");
    return tokenFor(text->asString(), seconds(life), clock_);
  }

  llvm::Error refused(int status, const Tree& answer) const {
    http::Secrets secrets;
    secrets.add(environment_.identity_header);
    std::string reason =
        http::withoutLikelySecrets(secrets.hiddenIn(http::oneLine(reasonIn(answer))));
    if (reason.empty()) reason = "it answered " + std::to_string(status);
    if (status == 400 && !isByEndpoint() && !only_way_)
      return unavailable("this machine has none such (" + reason + ")");
    return apiError(status >= 500 ? Kind::Server : Kind::Unauthorized, status, "",
                    name() + ", at " + host() + ": " + reason,
                    environment_.client_id.empty()
                        ? "a machine with several identities needs AZURE_CLIENT_ID to say which"
                        : "AZURE_CLIENT_ID has to name an identity that this machine has");
  }

  const Environment environment_;
  http::Transport& transport_;
  apply::Clock& clock_;
  const bool only_way_;
  bool is_there_ = false;
};

}  // namespace

std::unique_ptr<SignIn> makeManagedIdentity(const Environment& environment,
                                            http::Transport& transport, apply::Clock& clock,
                                            bool only_way) {
  return std::make_unique<ManagedIdentity>(environment, transport, clock, only_way);
}

}  // namespace gpuspec::deploy::azure
