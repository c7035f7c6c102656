#include "backends/deploy/sandbox/kube/access_review.h"
#include "backends/deploy/sandbox/kube/decode.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/patch.h"
#include "backends/deploy/sandbox/kube/scale.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/writes.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// The last `count` lines.
std::string tail(const std::string& text, std::int64_t count) {
  std::size_t at = text.size();
  if (count <= 0) return "";
  if (at > 0 && text[at - 1] == '\n') --at;
  for (std::int64_t i = 0; i < count; ++i) {
    at = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    if (at == std::string::npos) return text;
  }
  return text.substr(at + 1);
}

// The container that is meant, or 400 as the server asks back.
llvm::Expected<std::string> containerOf(const Tree& pod, const std::string& wanted) {
  std::string names;
  std::size_t count = 0;
  for (std::string_view field : {"containers", "initContainers"}) {
    for (const Tree& container : listAt(pod, {"spec", field})) {
      const std::string& name = textAt(container, {"name"});
      if (name == wanted) return name;
      if (field == "containers") {
        names += (names.empty() ? "" : " ") + name;
        ++count;
      }
    }
  }
  if (!wanted.empty())
    return badRequest("container " + wanted + " is not valid for pod " + nameOf(pod));
  if (count == 1) return names;
  const std::string& usual =
      textAt(pod, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"});
  if (!usual.empty()) return usual;
  return badRequest("a container name must be specified for pod " + nameOf(pod) +
                    ", choose one of: [" + names + "]");
}

std::string phaseOf(const Tree& pod) {
  return textAt(pod, {"status", "phase"});
}

Tree groupsOf(const std::string& user) {
  constexpr std::string_view kAccounts = "system:serviceaccount:";
  if (!user.starts_with(kAccounts))
    return Tree(Tree::List{"system:masters", "system:authenticated"});
  const std::string home = user.substr(kAccounts.size(), user.rfind(':') - kAccounts.size());
  return Tree(Tree::List{"system:serviceaccounts", "system:serviceaccounts:" + home,
                         "system:authenticated"});
}

}  // namespace

std::optional<HttpResponse> answerScale(ObjectLayer& objects, Call call,
                                        const HttpRequest& request) {
  const ResourceInfo& resource = *call.resource;
  if (request.method == "GET") {
    llvm::Expected<Tree> object = objects.readObject(call);
    if (!object) return errorResponse(object.takeError());
    return jsonResponse(200, scaleOf(resource, *object));
  }
  if (request.method != "PUT" && request.method != "PATCH") return std::nullopt;
  llvm::Expected<Tree> body = parseBody(request.body, request.header("content-type"), nullptr);
  if (!body) return errorResponse(body.takeError());
  const bool json_patch = request.header("content-type").starts_with("application/json-patch+json");
  llvm::Expected<Tree> written =
      objects.patchObject(call, [&](const Tree& live) -> llvm::Expected<Tree> {
        if (request.method == "PUT") return withScale(resource, live, *body);
        const Tree scale = scaleOf(resource, live);
        llvm::Expected<Tree> patched =
            json_patch ? patchedByJson(scale, *body) : patchedByMerge(scale, *body);
        if (!patched) return patched.takeError();
        return withScale(resource, live, *patched);
      });
  if (!written) return errorResponse(written.takeError());
  return jsonResponse(200, scaleOf(resource, *written));
}

HttpResponse answerBinding(ObjectLayer& objects, Call call, const HttpRequest& request) {
  llvm::Expected<Tree> body = parseBody(request.body, request.header("content-type"), nullptr);
  if (!body) return errorResponse(body.takeError());
  const std::string node = textAt(*body, {"target", "name"});
  if (node.empty()) return errorResponse(badRequest("the binding names no target"));
  if (call.name.empty()) call.name = nameOf(*body);
  call.resource = objects.registry().find("", "v1", "pods");
  call.options.subresource = "";
  llvm::Expected<Tree> bound =
      objects.patchObject(call, [&](const Tree& pod) -> llvm::Expected<Tree> {
        const std::string& there = textAt(pod, {"spec", "nodeName"});
        if (!there.empty()) {
          return conflict(*call.resource, call.name,
                          "pod " + call.name + " is already assigned to node \"" + there + "\"");
        }
        Tree out = pod;
        setAt(out, {"spec", "nodeName"}, node);
        return out;
      });
  if (!bound) return errorResponse(bound.takeError());
  return jsonResponse(201, ir::mapOf("kind", "Status", "apiVersion", "v1", "metadata", Tree::map(),
                                     "status", "Success", "code", 201));
}

HttpResponse answerLog(const ObjectLayer& objects, const PodLogs* logs, const Call& call,
                       const HttpRequest& request) {
  llvm::Expected<Tree> pod = objects.readObject(call);
  if (!pod) return errorResponse(pod.takeError());
  llvm::Expected<std::string> container =
      containerOf(*pod, std::string(request.parameter("container")));
  if (!container) return errorResponse(container.takeError());
  const auto text =
      logs == nullptr ? std::nullopt : logs->logs(call.object_namespace, call.name, *container);
  if (!text) {
    return errorResponse(badRequest("container \"" + *container + "\" in pod \"" + call.name +
                                    "\" is waiting to start: " +
                                    (phaseOf(*pod) == "Pending" ? "ContainerCreating" : "no log")));
  }
  HttpResponse out;
  out.content_type = "text/plain";
  const std::string lines(request.parameter("tailLines"));
  const std::string first =
      lines.empty() ? *text : tail(*text, std::strtoll(lines.c_str(), nullptr, 10));
  if (!flag(request, "follow")) {
    out.body = first;
    return out;
  }
  // Until the pod has ended or is gone; what comes meanwhile is appended.
  std::size_t told = text->size();
  std::shared_ptr<Watch> changes(objects.watch({"", "v1", "pods"}));
  bool begun = false;
  out.stream = [&objects, logs, call, container = *container, first, told, begun,
                changes](const std::function<bool(std::string_view)>& write) mutable {
    if (!begun) {
      begun = true;
      if (!first.empty() && !write(first)) return false;
    }
    const auto now = logs->logs(call.object_namespace, call.name, container);
    if (now && now->size() > told) {
      if (!write(std::string_view(*now).substr(told))) return false;
      told = now->size();
    }
    const auto live = objects.get({"", "v1", "pods"}, call.object_namespace, call.name);
    if (!live || phaseOf(*live) == "Succeeded" || phaseOf(*live) == "Failed" || changes->closed())
      return false;
    changes->next(std::chrono::milliseconds(900));
    return true;
  };
  return out;
}

HttpResponse answerFinalize(ObjectLayer& objects, Call call, const HttpRequest& request) {
  llvm::Expected<Tree> body = parseBody(request.body, request.header("content-type"), nullptr);
  if (!body) return errorResponse(body.takeError());
  // Namespaces end by themselves here once they are empty.
  objects.finishNamespace(call.name);
  llvm::Expected<Tree> live = objects.readObject(call);
  if (live) return jsonResponse(200, *live);
  llvm::consumeError(live.takeError());
  return jsonResponse(200, *body);
}

HttpResponse answerReview(const ObjectLayer& objects, const Call& call,
                          const HttpRequest& request) {
  llvm::Expected<Tree> body = parseBody(request.body, request.header("content-type"), nullptr);
  if (!body) return errorResponse(body.takeError());
  Tree out = ir::mapOf("kind", call.resource->kind, "apiVersion", call.resource->apiVersion(),
                       "metadata", ir::mapOf("creationTimestamp", Tree()));
  if (const Tree* spec = body->find("spec")) out.set("spec", *spec);
  const std::string& kind = call.resource->kind;
  if (kind == "SelfSubjectReview") {
    out.set("status",
            ir::mapOf("userInfo", ir::mapOf("username", call.user, "groups", groupsOf(call.user))));
  } else if (kind == "SelfSubjectRulesReview") {
    Tree everything = ir::mapOf("verbs", Tree(Tree::List{"*"}), "apiGroups", Tree(Tree::List{"*"}),
                                "resources", Tree(Tree::List{"*"}));
    Tree urls = ir::mapOf("verbs", Tree(Tree::List{"*"}), "nonResourceURLs", Tree(Tree::List{"*"}));
    out.set("status",
            ir::mapOf("resourceRules", Tree(Tree::List{std::move(everything)}), "nonResourceRules",
                      Tree(Tree::List{std::move(urls)}), "incomplete", false));
  } else if (kind == "SelfSubjectAccessReview") {
    out.set("status", ir::mapOf("allowed", true));
  } else {
    llvm::Expected<Tree> status =
        reviewAccess(objects, out.find("spec") ? *out.find("spec") : Tree());
    if (!status) return errorResponse(status.takeError());
    out.set("status", std::move(*status));
  }
  return jsonResponse(201, out);
}

HttpResponse answerToken(const ObjectLayer& objects, const ServiceTokens& tokens, const Call& call,
                         const HttpRequest& request) {
  llvm::Expected<Tree> account = objects.readObject(call);
  if (!account) return errorResponse(account.takeError());
  llvm::Expected<Tree> body = parseBody(request.body, request.header("content-type"), nullptr);
  if (!body) return errorResponse(body.takeError());
  const std::int64_t seconds = intAt(*body, {"spec", "expirationSeconds"}, 3600);
  if (seconds < 600 || seconds > std::int64_t{1} << 32) {
    return errorResponse(
        statusError(422, "Invalid",
                    "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: "
                    "Invalid value: " +
                        std::to_string(seconds) +
                        (seconds < 600 ? ": may not specify a duration less than 10 minutes"
                                       : ": may not specify a duration larger than 2^32 seconds")));
  }
  const std::string token =
      tokens.issue({call.object_namespace, call.name, uidOf(*account)},
                   std::chrono::system_clock::now(), std::chrono::seconds(seconds));
  return jsonResponse(
      201, ir::mapOf("kind", "TokenRequest", "apiVersion", "authentication.k8s.io/v1", "metadata",
                     ir::mapOf("name", call.name, "namespace", call.object_namespace), "spec",
                     ir::mapOf("audiences", Tree(Tree::List{"https://kubernetes.default.svc"}),
                               "expirationSeconds", seconds),
                     "status",
                     ir::mapOf("token", token, "expirationTimestamp", timestampAfter(seconds))));
}

}  // namespace gpuspec::deploy::sandbox::api
