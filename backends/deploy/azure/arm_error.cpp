#include "backends/deploy/azure/arm_error.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "backends/deploy/http/retry.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;

constexpr int kDeepest = 12;
constexpr std::size_t kLongest = 1200;  // bytes of a message

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool mentions(std::string_view text, std::string_view part) {
  return lower(text).find(part) != std::string::npos;
}

std::string stringAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

struct Found {
  std::string code, message;
};

// The text between the first and the last brace, if it is JSON.
std::optional<Tree> jsonIn(const std::string& message) {
  const std::size_t begin = message.find('{'), end = message.rfind('}');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return std::nullopt;
  auto tree = ir::parseJson(std::string_view(message).substr(begin, end - begin + 1));
  if (tree) return std::move(*tree);
  llvm::consumeError(tree.takeError());
  return std::nullopt;
}

// Down through "error", "details" and messages that hold JSON; what is deepest and has a code wins.
void descend(const Tree& tree, int depth, Found& found) {
  if (depth > kDeepest || !tree.isMap()) return;
  if (const Tree* inside = tree.find("error"); inside != nullptr && inside->isMap())
    return descend(*inside, depth + 1, found);
  const std::string code = stringAt(tree, "code"), message = stringAt(tree, "message");
  if (!code.empty() && (found.code.empty() || !isWrapper(code) || isWrapper(found.code)))
    found = {code, message.empty() ? found.message : message};
  if (const Tree* details = tree.find("details"); details != nullptr && details->isList()) {
    for (const Tree& detail : details->asList()) {
      Found below = found;
      descend(detail, depth + 1, below);
      if (below.code == found.code && below.message == found.message) continue;
      found = below;
      return;
    }
  }
  if (const auto nested = jsonIn(message)) descend(*nested, depth + 1, found);
}

std::string oneParagraph(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  if (out.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    out = out.substr(0, end) + " ...";
  }
  return out;
}

bool isQuota(const std::string& code, std::string_view message) {
  const std::string text = lower(code);
  // Compute says OperationNotAllowed for quota, too; only its text tells.
  if (text == "operationnotallowed")
    return mentions(message, "quota") &&
           (mentions(message, "exceed") || mentions(message, "cores"));
  constexpr std::array kCapacityCodes = {"allocationfailed",
                                         "zonalallocationfailed",
                                         "akscapacityheavyusage",
                                         "skunotavailable",
                                         "overconstrainedallocationrequest",
                                         "overconstrainedzonalallocationrequest"};
  return mentions(text, "quota") ||
         std::find(kCapacityCodes.begin(), kCapacityCodes.end(), text) != kCapacityCodes.end();
}

bool isBusy(const std::string& code, std::string_view message) {
  const std::string text = lower(code);
  const bool other = mentions(message, "in progress") || mentions(message, "another operation") ||
                     mentions(message, "pending-operation");
  if (text == "operationnotallowed" || text == "conflict") return other;
  constexpr std::array kCodes = {"aksoperationpreempted", "aksoperationpreemptedbydelete",
                                 "deploymentactive",      "anotheroperationinprogress",
                                 "operationpreempted",    "conflictingoperation",
                                 "etagmismatch",          "resourceoperationinprogress",
                                 "notlatestoperation"};
  return std::find(kCodes.begin(), kCodes.end(), text) != kCodes.end();
}

bool isThrottled(const std::string& code, int status) {
  const std::string text = lower(code);
  return status == 429 || text == "throttled" || text == "subscriptionrequeststhrottled" ||
         text == "toomanyrequests" || text == "toomanyrequestsreceived";
}

Kind kindOfStatus(int status) {
  switch (status) {
    case 400:
    case 422:
      return Kind::Invalid;
    case 401:
      return Kind::Unauthorized;
    case 403:
      return Kind::Forbidden;
    case 404:
      return Kind::NotFound;
    case 409:
      return Kind::Conflict;
    case 412:  // changed since it was read: reading it again is enough
      return Kind::Busy;
    case 410:
      return Kind::Gone;
    case 429:
      return Kind::Throttled;
    default:
      return status >= 400 && status < 500 ? Kind::Invalid : Kind::Server;
  }
}

Kind kindOf(const Found& found, int status) {
  if (isQuota(found.code, found.message)) return Kind::Quota;
  if (isThrottled(found.code, status)) return Kind::Throttled;
  if (isBusy(found.code, found.message)) return Kind::Busy;
  const std::string code = lower(found.code);
  if (code == "propertychangenotallowed") return Kind::Immutable;
  if (code == "authorizationfailed" || code == "linkedauthorizationfailed" ||
      code == "requestdisallowedbypolicy")
    return Kind::Forbidden;
  if (code == "resourcenotfound" || code == "resourcegroupnotfound" || code == "notfound")
    return Kind::NotFound;
  return kindOfStatus(status);
}

std::string hintFor(Kind kind, const std::string& code) {
  if (kind == Kind::Quota && lower(code) == "operationnotallowed") return wayOut("QuotaExceeded");
  if (kind == Kind::Throttled) return wayOut("TooManyRequests");
  return wayOut(code);
}

using Failure = http::TransportError::Kind;

std::string wayTo(const Endpoint& endpoint, Failure kind) {
  if (endpoint.variable.empty()) return "";
  if (kind == Failure::Tls)
    return "SSL_CERT_FILE has to name the CA that signed its certificate; a sandbox's is in the "
           "output of `gpuspec sandbox env`";
  if (kind != Failure::Resolve && kind != Failure::Connect && kind != Failure::Timeout) return "";
  const bool azures_own = endpoint.url.find(".microsoftonline.") != std::string_view::npos ||
                          endpoint.url.find("://management.") != std::string_view::npos;
  if (azures_own) return "check the network; where a proxy is needed, set HTTPS_PROXY";
  return "check " + std::string(endpoint.variable) +
         ", and that something answers there; of a sandbox that was started again: eval "
         "\"$(gpuspec sandbox env)\"";
}

}  // namespace

llvm::Error failed(ApiError error) {
  return llvm::make_error<ApiError>(std::move(error));
}

llvm::Error apiError(Kind kind, int status, std::string code, std::string message,
                     std::string way_out) {
  ApiError error(kind, status, std::move(code), std::move(message));
  error.way_out = std::move(way_out);
  return failed(std::move(error));
}

bool isWrapper(std::string_view code) {
  const std::string text = lower(code);
  return text == "deploymentfailed" || text == "resourcedeploymentfailure" || text == "conflict" ||
         text == "badrequest" || text == "invalidtemplatedeployment" ||
         text == "multipleerrorsoccurred" || text == "deploymentfailedcleanup" ||
         text == "failed" || text == "createvmssagentpoolfailed" ||
         text == "reconcilevmssagentpoolfailed";
}

ApiError readError(const Tree& body, int status, const std::string& what) {
  Found found;
  descend(body, 0, found);
  const Kind kind = kindOf(found, status);
  std::string message = what + ": ";
  message += found.message.empty()
                 ? "Azure answered " + std::to_string(status) + " without a reason"
                 : oneParagraph(found.message);
  ApiError error(kind, status, found.code, std::move(message));
  error.way_out = hintFor(kind, found.code);
  return error;
}

ApiError readError(const http::Response& response, const std::string& what) {
  Tree body;
  if (auto tree = ir::parseJson(response.body))
    body = std::move(*tree);
  else
    llvm::consumeError(tree.takeError());
  ApiError error = readError(body, response.status, what);
  const auto asked = http::retryAfter(response, std::chrono::system_clock::now());
  if (asked) error.retry_after_ms = asked->count();
  const std::string_view correlation = response.header("x-ms-correlation-request-id");
  if (response.status >= 500 && !correlation.empty())
    error.message += " (correlation id " + std::string(correlation) + ")";
  return error;
}

ApiError asApiError(llvm::Error error, const Endpoint& endpoint) {
  ApiError result(Kind::Server, 0, "", "");
  llvm::handleAllErrors(
      std::move(error), [&](const ApiError& api) { result = api; },
      [&](const http::TransportError& transport) {
        const bool cancelled = transport.kind == http::TransportError::Kind::Cancelled;
        result = ApiError(cancelled ? Kind::Cancelled : Kind::Unreachable, 0, "", transport.text);
        result.way_out = wayTo(endpoint, transport.kind);
      },
      [&](const llvm::ErrorInfoBase& other) {
        result = ApiError(Kind::Server, 0, "", other.message());
      });
  return result;
}

}  // namespace gpuspec::deploy::azure
