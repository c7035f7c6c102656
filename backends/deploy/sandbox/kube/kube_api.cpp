#include "backends/deploy/sandbox/kube/kube_api.h"

#include <algorithm>

#include "backends/deploy/sandbox/kube/bootstrap.h"
#include "backends/deploy/sandbox/kube/discovery.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/objects.h"
#include "backends/deploy/sandbox/kube/openapi.h"
#include "backends/deploy/sandbox/kube/reads.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/tokens.h"
#include "backends/deploy/sandbox/kube/writes.h"

namespace gpuspec::deploy::sandbox {
namespace {

using namespace api;

llvm::Error noSuchPath() {
  return statusError(404, "NotFound", "the server could not find the requested resource");
}

class KubeApiOverStore final : public KubeApi {
 public:
  KubeApiOverStore(Store& store, ClusterAccess access, const PodLogs* logs)
      : tokens_(std::move(access.tokens)),
        service_tokens_(tokens_.empty() ? "" : tokens_.front()),
        logs_(logs),
        objects_(store, access.cluster),
        open_api_(objects_.registry()) {
    makeOwnObjects(objects_);
  }

  Objects& objects() override { return objects_; }

  HttpResponse handle(const HttpRequest& request) override {
    const std::string& path = request.path;
    if (path == "/healthz" || path == "/livez" || path == "/readyz") return plain("ok");
    const std::optional<std::string> user = userOf(request);
    if (!user) return errorResponse(statusError(401, "Unauthorized", "Unauthorized"));
    if (path.starts_with("/livez/") || path.starts_with("/readyz/") ||
        path.starts_with("/healthz/"))
      return plain("ok");
    if (!path.starts_with("/openapi/") && !acceptsJson(request)) {
      return errorResponse(statusError(
          406, "NotAcceptable", "only the following media types are accepted: application/json"));
    }
    if (request.method == "GET") {
      if (auto out = answerDiscovery(objects_.registry(), request)) return *out;
      if (path.starts_with("/openapi/")) {
        auto out = open_api_.answer(request);
        return out ? *out : errorResponse(noSuchPath());
      }
    }
    const auto parsed = parsePath(path);
    return parsed ? handleResource(*parsed, *user, request) : errorResponse(noSuchPath());
  }

 private:
  static HttpResponse plain(std::string text) {
    HttpResponse out;
    out.content_type = "text/plain; charset=utf-8";
    out.body = std::move(text);
    return out;
  }

  // nullopt: nobody who is known, or their token has ended.
  std::optional<std::string> userOf(const HttpRequest& request) const {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view header = request.header("authorization");
    if (!header.starts_with(kScheme) || tokens_.empty()) return std::nullopt;
    const std::string_view token = header.substr(kScheme.size());
    for (const std::string& each : tokens_) {
      if (!each.empty() && sameSecret(each, token)) return "sandbox";
    }
    const auto account = service_tokens_.read(token, std::chrono::system_clock::now());
    if (!account) return std::nullopt;
    const auto live =
        objects_.get({"", "v1", "serviceaccounts"}, account->account_namespace, account->name);
    if (!live || uidOf(*live) != account->uid) return std::nullopt;
    return account->user();
  }

  HttpResponse handleResource(const ResourcePath& path, const std::string& user,
                              const HttpRequest& request) {
    Call call;
    call.user = user;
    call.resource = objects_.registry().find(path.group, path.version, path.resource);
    if (call.resource == nullptr) return errorResponse(noSuchPath());
    call.object_namespace = path.object_namespace;
    call.name = path.name;
    if (!call.resource->namespaced && !path.object_namespace.empty())
      return errorResponse(noSuchPath());
    llvm::Expected<WriteOptions> options = writeOptions(request);
    if (!options) return errorResponse(options.takeError());
    call.options = std::move(*options);
    if (path.name.empty()) return handleCollection(call, request);
    if (call.resource->namespaced && path.object_namespace.empty())
      return errorResponse(noSuchPath());
    if (path.subresource.empty()) return handleObject(call, request);
    if (!call.resource->hasSubresource(path.subresource)) return errorResponse(noSuchPath());
    call.options.subresource = path.subresource;
    return handleSubresource(call, request);
  }

  HttpResponse handleCollection(const Call& call, const HttpRequest& request) {
    if (request.method == "POST") {
      if (call.resource->resource == "bindings") return answerBinding(objects_, call, request);
      return call.resource->review ? answerReview(objects_, call, request)
                                   : answerCreate(objects_, call, request);
    }
    if (call.resource->review) return wrongMethod();
    if (request.method == "GET") {
      return flag(request, "watch") ? answerWatch(objects_, call, request)
                                    : answerList(objects_, call, request);
    }
    if (request.method == "DELETE") return answerDeleteCollection(objects_, call, request);
    return wrongMethod();
  }

  HttpResponse handleObject(const Call& call, const HttpRequest& request) {
    if (call.resource->review) return wrongMethod();
    if (request.method == "GET") {
      return flag(request, "watch") ? answerWatch(objects_, call, request)
                                    : answerGet(objects_, call, request);
    }
    if (request.method == "PUT") return answerUpdate(objects_, call, request);
    if (request.method == "PATCH") return answerPatch(objects_, call, request);
    if (request.method == "DELETE") return answerDelete(objects_, call, request);
    return wrongMethod();
  }

  HttpResponse handleSubresource(const Call& call, const HttpRequest& request) {
    const std::string& name = call.options.subresource;
    const bool post = request.method == "POST";
    if (name == "log" && request.method == "GET") return answerLog(objects_, logs_, call, request);
    if (name == "eviction" && post) return answerEviction(objects_, call, request);
    if (name == "binding" && post) return answerBinding(objects_, call, request);
    if (name == "token" && post) return answerToken(objects_, service_tokens_, call, request);
    if (name == "finalize" && request.method == "PUT")
      return answerFinalize(objects_, call, request);
    if (name == "scale") {
      auto out = answerScale(objects_, call, request);
      return out ? *out : wrongMethod();
    }
    if (name != "status") return wrongMethod();
    if (request.method == "GET") return answerGet(objects_, call, request);
    if (request.method == "PUT") return answerUpdate(objects_, call, request);
    return request.method == "PATCH" ? answerPatch(objects_, call, request) : wrongMethod();
  }

  static HttpResponse wrongMethod() {
    return errorResponse(
        methodNotAllowed("the server does not allow this method on the requested resource"));
  }

  const std::vector<std::string> tokens_;
  const ServiceTokens service_tokens_;
  const PodLogs* logs_;
  ObjectLayer objects_;
  OpenApi open_api_;
};

}  // namespace

std::unique_ptr<KubeApi> makeKubeApi(Store& store, ClusterAccess access, const PodLogs* logs) {
  return std::make_unique<KubeApiOverStore>(store, std::move(access), logs);
}

}  // namespace gpuspec::deploy::sandbox
