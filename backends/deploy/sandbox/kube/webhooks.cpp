#include "backends/deploy/sandbox/kube/webhooks.h"

#include <algorithm>

#include <llvm/Support/Base64.h>

#include "backends/deploy/http/curl.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/patch.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::size_t kMostAnswer = std::size_t{3} << 20;

llvm::Expected<std::string> fromBase64(const std::string& text) {
  std::vector<char> bytes;
  if (llvm::Error error = llvm::decodeBase64(text, bytes)) return error;
  return std::string(bytes.begin(), bytes.end());
}

Tree reviewOf(const Attempt& attempt, const std::string& uid) {
  const ResourceInfo& resource = attempt.resource;
  const Tree kind =
      ir::mapOf("group", resource.group, "version", resource.version, "kind", resource.kind);
  const Tree name = ir::mapOf("group", resource.group, "version", resource.version, "resource",
                              resource.resource);
  Tree request = ir::mapOf("uid", uid, "kind", kind, "resource", name, "requestKind", kind,
                           "requestResource", name);
  if (!attempt.subresource.empty())
    request.set("subResource", attempt.subresource).set("requestSubResource", attempt.subresource);
  request.set("name", nameOf(attempt.either()));
  if (resource.namespaced) request.set("namespace", namespaceOf(attempt.either()));
  request.set("operation", attempt.operation())
      .set("userInfo", ir::mapOf("username", "sandbox", "groups",
                                 Tree(Tree::List{"system:masters", "system:authenticated"})))
      .set("object", attempt.object == nullptr ? Tree() : *attempt.object)
      .set("oldObject", attempt.live == nullptr ? Tree() : *attempt.live)
      .set("dryRun", attempt.dry_run)
      .set("options", Tree());
  return ir::mapOf("kind", "AdmissionReview", "apiVersion", "admission.k8s.io/v1", "request",
                   std::move(request));
}

// The response's `response`, when it answers this request.
llvm::Expected<Tree> readAnswer(const http::Response& answer, const std::string& uid) {
  if (answer.status != 200)
    return llvm::createStringError("the server answered " + std::to_string(answer.status));
  llvm::Expected<Tree> review = ir::parseJson(answer.body);
  if (!review) return review.takeError();
  if (textAt(*review, {"kind"}) != "AdmissionReview" ||
      textAt(*review, {"apiVersion"}) != "admission.k8s.io/v1")
    return llvm::createStringError(
        "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview");
  const Tree* response = review->find("response");
  if (response == nullptr || !response->isMap())
    return llvm::createStringError("webhook response was absent");
  if (textAt(*response, {"uid"}) != uid)
    return llvm::createStringError("expected response.uid=\"" + uid + "\", got \"" +
                                   textAt(*response, {"uid"}) + "\"");
  return *response;
}

llvm::Expected<Tree> ask(const Tree& hook, const Attempt& attempt) {
  const std::string& url = textAt(hook, {"clientConfig", "url"});
  const std::int64_t seconds = intAt(hook, {"timeoutSeconds"}, 10);
  if (url.empty()) {
    return llvm::createStringError("the sandbox reaches no Services, only clientConfig.url: " +
                                   textAt(hook, {"clientConfig", "service", "namespace"}) + "/" +
                                   textAt(hook, {"clientConfig", "service", "name"}));
  }
  http::CurlOptions options;
  options.max_body = kMostAnswer;
  options.user_agent = "kube-apiserver-admission";
  llvm::Expected<std::string> ca = fromBase64(textAt(hook, {"clientConfig", "caBundle"}));
  if (!ca) return ca.takeError();
  options.tls.ca_pem = std::move(*ca);
  llvm::Expected<std::unique_ptr<http::Transport>> transport = http::makeCurlTransport(options);
  if (!transport) return transport.takeError();
  const std::string uid = newUid();
  http::Request request;
  request.method = "POST";
  request.url = url + (url.find('?') == std::string::npos ? "?" : "&") +
                "timeout=" + std::to_string(seconds) + "s";
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = ir::toJson(reviewOf(attempt, uid));
  request.timeout = std::chrono::seconds(seconds);
  llvm::Expected<http::Response> answer = (*transport)->send(request);
  if (!answer) return answer.takeError();
  return readAnswer(*answer, uid);
}

llvm::Error denial(const std::string& name, const Tree& response) {
  const Tree* status = response.find("status");
  const Tree none = Tree::map();
  const Tree& given = status == nullptr ? none : *status;
  const std::string& message = textAt(given, {"message"});
  const std::string& why = message.empty() ? textAt(given, {"reason"}) : message;
  const std::string text = "admission webhook \"" + name + "\" denied the request" +
                           (why.empty() ? " without explanation" : ": " + why);
  const std::int64_t code = std::max<std::int64_t>(400, intAt(given, {"code"}));
  Tree out = failureStatus(static_cast<int>(code), textAt(given, {"reason"}), text);
  if (const Tree* details = given.find("details")) out.set("details", *details);
  return llvm::make_error<StatusError>(std::move(out));
}

// A webhook that takes the attempt in and was asked: its answer. nullopt = not asked, or it could
// not be and that counts for nothing.
llvm::Expected<std::optional<Tree>> review(const Tree& hook, const Attempt& attempt,
                                           std::vector<std::string>* warnings) {
  if (!anyRule(&hook, "rules", attempt) || !selectorsTakeIn(hook, attempt)) return std::nullopt;
  const std::string& name = textAt(hook, {"name"});
  const bool ignored = textAt(hook, {"failurePolicy"}) == "Ignore";
  llvm::Expected<bool> wanted = true;
  if (const Tree::List& conditions = listAt(hook, {"matchConditions"}); !conditions.empty())
    wanted = conditionsHold(conditions, scopeFor(attempt));
  if (!wanted) {
    const std::string why = llvm::toString(wanted.takeError());
    if (ignored) return std::nullopt;
    return forbidden(attempt.resource, nameOf(attempt.either()), why);
  }
  if (!*wanted) return std::nullopt;
  const std::string& effects = textAt(hook, {"sideEffects"});
  if (attempt.dry_run && effects != "None" && effects != "NoneOnDryRun")
    return badRequest("admission webhook \"" + name + "\" does not support dry run");
  llvm::Expected<Tree> response = ask(hook, attempt);
  if (!response) {
    const std::string why = llvm::toString(response.takeError());
    if (ignored) return std::nullopt;
    return internalError("failed calling webhook \"" + name + "\": failed to call webhook: " + why);
  }
  for (const Tree& warning : listAt(*response, {"warnings"})) {
    if (warnings != nullptr && warning.isString()) warnings->push_back(warning.asString());
  }
  if (!flagAt(*response, {"allowed"})) return denial(name, *response);
  return std::optional<Tree>(std::move(*response));
}

llvm::Expected<Tree> patched(const Tree& object, const Tree& response) {
  if (textAt(response, {"patch"}).empty()) return object;
  if (textAt(response, {"patchType"}) != "JSONPatch")
    return llvm::createStringError("the only patchType is JSONPatch");
  llvm::Expected<std::string> text = fromBase64(textAt(response, {"patch"}));
  if (!text) return text.takeError();
  llvm::Expected<Tree> operations = ir::parseJson(*text);
  if (!operations) return operations.takeError();
  return patchedByJson(object, *operations);
}

}  // namespace

llvm::Expected<Tree> callMutatingWebhooks(const Attempt& attempt,
                                          std::vector<std::string>* warnings) {
  Tree object = *attempt.object;
  if (attempt.resource.group == kAdmissionGroup) return object;
  for (const Object& configuration :
       attempt.cluster.list(kAdmissionGroup, "mutatingwebhookconfigurations")) {
    for (const Tree& hook : listAt(*configuration, {"webhooks"})) {
      Attempt now = attempt;
      now.object = &object;
      auto response = review(hook, now, warnings);
      if (!response) return response.takeError();
      if (!*response) continue;
      llvm::Expected<Tree> next = patched(object, **response);
      if (next) {
        object = std::move(*next);
        continue;
      }
      const std::string why = llvm::toString(next.takeError());
      if (textAt(hook, {"failurePolicy"}) == "Ignore") continue;
      return internalError("failed calling webhook \"" + textAt(hook, {"name"}) + "\": " + why);
    }
  }
  return object;
}

llvm::Error callValidatingWebhooks(const Attempt& attempt, std::vector<std::string>* warnings) {
  if (attempt.resource.group == kAdmissionGroup) return llvm::Error::success();
  for (const Object& configuration :
       attempt.cluster.list(kAdmissionGroup, "validatingwebhookconfigurations")) {
    for (const Tree& hook : listAt(*configuration, {"webhooks"})) {
      auto response = review(hook, attempt, warnings);
      if (!response) return response.takeError();
    }
  }
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::sandbox::api
