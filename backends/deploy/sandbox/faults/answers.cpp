#include "backends/deploy/sandbox/faults/answers.h"

#include <array>
#include <ctime>

#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

namespace {

struct Usual {
  int status;
  const char* reason;  // Kubernetes
  const char* code;    // Azure
  const char* text;
};

constexpr std::array<Usual, 10> kUsual = {{
    {400, "BadRequest", "BadRequest", "the request is not understood"},
    {401, "Unauthorized", "ExpiredAuthenticationToken", "the token has ended"},
    {403, "Forbidden", "AuthorizationFailed", "not permitted"},
    {404, "NotFound", "ResourceNotFound", "not found"},
    {409, "Conflict", "Conflict",
     "the object has been modified; please apply your changes to the "
     "latest version and try again"},
    {410, "Expired", "Gone", "too old resource version"},
    {429, "TooManyRequests", "TooManyRequests", "too many requests, please try again later"},
    {500, "InternalError", "InternalServerError", "an error on the server"},
    {503, "ServiceUnavailable", "ServiceUnavailable",
     "the server is currently unable to handle the request"},
    {504, "Timeout", "GatewayTimeout", "the server did not answer in time"},
}};

Usual usualOf(int status) {
  for (const Usual& one : kUsual) {
    if (one.status == status) return one;
  }
  return {status, "", "Fault", "a fault by script"};
}

std::string httpDate(std::time_t time) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[40];
  return std::string(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc));
}

std::int64_t secondsOf(std::chrono::milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

void addRetryAfter(const FaultEffect& effect, HttpResponse& response) {
  if (!effect.retry_after) return;
  const std::int64_t seconds = secondsOf(*effect.retry_after);
  response.headers.emplace_back("Retry-After", effect.retry_as_date
                                                   ? httpDate(std::time(nullptr) + seconds)
                                                   : std::to_string(seconds));
}

HttpResponse kubernetesAnswer(int status, const std::string& reason, const std::string& message,
                              const FaultEffect& effect) {
  Tree body = api::failureStatus(status, reason, message);
  if (effect.retry_after) body.setPath("details.retryAfterSeconds", secondsOf(*effect.retry_after));
  HttpResponse response;
  response.status = status;
  response.body = ir::toJson(body);
  return response;
}

HttpResponse loginAnswer(int status, const std::string& code, const std::string& message) {
  HttpResponse response;
  response.status = status;
  response.body = ir::toJson(ir::mapOf("error", code, "error_description", message));
  return response;
}

}  // namespace

HttpResponse faultAnswer(FaultApi api, const FaultEffect& effect) {
  const Usual usual = usualOf(effect.status);
  const std::string message = effect.message.empty() ? usual.text : effect.message;
  const auto named = [&](const char* text) { return effect.code.empty() ? text : effect.code; };
  HttpResponse response;
  if (api == FaultApi::Kubernetes) {
    response = kubernetesAnswer(effect.status, named(usual.reason), message, effect);
  } else if (api == FaultApi::Login) {
    response =
        loginAnswer(effect.status,
                    named(effect.status >= 500 || effect.status == 429 ? "temporarily_unavailable"
                                                                       : "invalid_client"),
                    message);
  } else {
    response = arm::errorAnswer(arm::fail(effect.status, named(usual.code), message));
  }
  addRetryAfter(effect, response);
  return response;
}

HttpResponse expiredTokenAnswer(FaultApi api) {
  FaultEffect effect;
  effect.status = 401;
  effect.message = "The access token expired. Get a new one and send the request again.";
  HttpResponse response = faultAnswer(api, effect);
  response.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  return response;
}

std::string goneEvent() {
  return ir::toJson(ir::mapOf("type", "ERROR", "object",
                              api::failureStatus(410, "Expired", usualOf(410).text))) +
         "\n";
}

}  // namespace gpuspec::deploy::sandbox
