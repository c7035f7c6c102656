#include "backends/deploy/azure/session.h"

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/paths.h"
#include "backends/deploy/http/secrets.h"
#include "backends/deploy/text/secret_names.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::milliseconds;

// Sovereign clouds have their own resource; a stand-in takes the public one.
std::string scopeFor(const std::string& origin) {
  const std::string host = origin.substr(origin.find("://") + 3);
  return (host.starts_with("management.") ? origin : "https://management.azure.com") + "/.default";
}

// Every text below a name that says so.
void addSecrets(const Tree& value, bool named, http::Secrets& to) {
  if (value.isString() && named) to.add(value.asString());
  if (value.isMap()) {
    for (const auto& [key, below] : value.asMap())
      addSecrets(below, named || text::soundsSecret(key), to);
  }
  if (value.isList()) {
    for (const Tree& item : value.asList()) addSecrets(item, named, to);
  }
}

}  // namespace

Session::Session(const Environment& environment, http::Transport& transport, TokenSource& tokens,
                 apply::Clock& clock)
    : environment_(environment),
      origin_(originOf(environment.arm_endpoint)),
      token_scope_(scopeFor(origin_)),
      transport_(transport),
      tokens_(tokens),
      clock_(clock) {}

bool Session::trusts(std::string_view url) const {
  return !origin_.empty() && originOf(url) == origin_;
}

http::Request Session::requestFor(const ArmCall& call) const {
  http::Request request;
  request.method = call.method;
  request.url = call.path.starts_with("/") ? environment_.arm_endpoint + call.path : call.path;
  std::string parameters = call.query;
  if (!call.version.empty())
    parameters = "api-version=" + call.version + (parameters.empty() ? "" : "&") + parameters;
  if (!parameters.empty())
    request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + parameters;
  request.headers = {{"Accept", "application/json"}};
  if (!call.if_match.empty()) request.headers.emplace_back("If-Match", call.if_match);
  if (call.body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = ir::toJson(*call.body);
  }
  request.cancel = call.cancel;
  return request;
}

llvm::Expected<ArmReply> Session::call(const ArmCall& call) {
  if (!call.path.starts_with("/") && !trusts(call.path))
    return apiError(Kind::Invalid, 0, "",
                    call.what + ": the answer leads to another host; not followed", "");
  llvm::Expected<http::Response> response = sendWithToken(requestFor(call), call);
  if (!response) {
    ApiError error =
        asApiError(response.takeError(), {"GPUSPEC_ARM_ENDPOINT", environment_.arm_endpoint});
    if (error.kind == Kind::Unreachable) error.message = call.what + ": " + error.message;
    return failed(std::move(error));
  }
  if (response->status < 200 || response->status > 299) return failed(refused(*response, call));
  ArmReply reply{response->status, {}, std::move(*response)};
  if (!reply.response.body.empty()) {
    auto body = ir::parseJson(reply.response.body);
    if (!body)
      return apiError(Kind::Server, reply.status, "",
                      call.what + ": the answer is no JSON: " + llvm::toString(body.takeError()),
                      "");
    reply.body = std::move(*body);
    reply.response.body.clear();
  }
  return reply;
}

llvm::Expected<std::optional<ArmReply>> Session::find(const ArmCall& call_to_make) {
  llvm::Expected<ArmReply> reply = call(call_to_make);
  if (reply) return std::optional<ArmReply>(std::move(*reply));
  ApiError error = asApiError(reply.takeError());
  // Without the subscription nothing below it can be said to be absent.
  if (error.kind == Kind::NotFound && error.code != "SubscriptionNotFound")
    return std::optional<ArmReply>();
  return failed(std::move(error));
}

llvm::Expected<http::Response> Session::sendWithToken(http::Request request, const ArmCall& call) {
  llvm::Expected<std::string> token = tokens_.token(token_scope_, false);
  if (!token) return token.takeError();
  llvm::Expected<http::Response> response = attempt(request, *token, call);
  if (!response || response->status != 401) return response;
  llvm::Expected<std::string> fresh = renewed(*token);
  if (!fresh) return fresh.takeError();
  return attempt(request, *fresh, call);
}

llvm::Expected<http::Response> Session::attempt(http::Request& request, const std::string& token,
                                                const ArmCall& call) {
  std::erase_if(request.headers,
                [](const auto& header) { return header.first == "Authorization"; });
  request.headers.emplace_back("Authorization", "Bearer " + token);
  http::RetryPolicy policy;
  if (call.safe_to_repeat) policy.idempotent = true;
  http::RetryTools tools = http::systemRetryTools();
  const http::CancelToken never;
  tools.sleep = [&](milliseconds time, const http::CancelToken* cancel) {
    clock_.sleep(time, cancel == nullptr ? never : *cancel);
  };
  return http::sendWithRetry(transport_, request, policy, tools);
}

// Many threads are refused at once when a token ends: the first one renews it, the others find it.
llvm::Expected<std::string> Session::renewed(const std::string& refused) {
  const std::lock_guard lock(renewing_);
  llvm::Expected<std::string> known = tokens_.token(token_scope_, false);
  if (!known || *known != refused || refused == final_) return known;
  llvm::Expected<std::string> fresh = tokens_.token(token_scope_, true);
  if (fresh && *fresh == refused) final_ = refused;
  return fresh;
}

// What ARM says may repeat what it was sent.
ApiError Session::withoutSecrets(ApiError error, const ArmCall& call) {
  http::Secrets secrets;
  llvm::Expected<std::string> token = tokens_.token(token_scope_, false);
  if (token) secrets.add(*token);
  if (!token) llvm::consumeError(token.takeError());
  if (call.body) addSecrets(*call.body, false, secrets);
  if (call.sent != nullptr) addSecrets(*call.sent, false, secrets);
  error.message = secrets.hiddenIn(std::move(error.message));
  return error;
}

ApiError Session::refused(const http::Response& response, const ArmCall& call) {
  ApiError error = withoutSecrets(readError(response, call.what), call);
  const std::string who = tokens_.name();
  if ((response.status == 401 || response.status == 403) && !who.empty())
    error.message += " (signed in with " + who + ")";
  return error;
}

}  // namespace gpuspec::deploy::azure
