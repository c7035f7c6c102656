#include "backends/deploy/sandbox/kube/writes.h"

#include "backends/deploy/sandbox/kube/decode.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/patch.h"
#include "backends/deploy/sandbox/kube/protobuf.h"
#include "backends/deploy/sandbox/kube/reads.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

HttpResponse respond(const Call& call, const HttpRequest& request, int status,
                     llvm::Expected<Tree> object, const std::vector<std::string>& warnings) {
  HttpResponse out = object
                         ? jsonResponse(status, textAt(*object, {"kind"}) == "Status"
                                                    ? ir::toJson(*object)
                                                    : shownObject(*call.resource, *object, request))
                         : errorResponse(object.takeError());
  addWarnings(out, warnings);
  return out;
}

llvm::Error unsupportedType(std::string_view type) {
  return statusError(
      415, "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json, application/yaml, application/vnd.kubernetes.protobuf (got " +
          std::string(type) + ")");
}

bool isKnownBody(std::string_view type) {
  return type.empty() || type.find("json") != std::string_view::npos ||
         type.find("yaml") != std::string_view::npos || type.starts_with(kProtobufType);
}

llvm::Expected<DeleteCall> readDelete(const HttpRequest& request, WriteOptions& options) {
  DeleteCall out;
  Tree body = Tree::map();
  if (!request.body.empty()) {
    llvm::Expected<Tree> parsed = parseBody(request.body, request.header("content-type"), nullptr);
    if (!parsed) return parsed.takeError();
    body = std::move(*parsed);
  }
  std::string propagation = textAt(body, {"propagationPolicy"});
  if (propagation.empty()) propagation = request.parameter("propagationPolicy");
  if (const Tree* orphan = body.find("orphanDependents");
      orphan != nullptr && *orphan == Tree(true))
    propagation = "Orphan";
  if (!propagation.empty()) out.propagation = propagation;
  if (out.propagation != "Background" && out.propagation != "Foreground" &&
      out.propagation != "Orphan") {
    return statusError(
        422, "Invalid",
        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"" +
            out.propagation + "\": supported values: \"Background\", \"Foreground\", \"Orphan\"");
  }
  if (const Tree* grace = body.find("gracePeriodSeconds"); grace != nullptr && grace->isInt()) {
    out.grace_seconds = grace->asInt();
  } else if (const std::string text(request.parameter("gracePeriodSeconds")); !text.empty()) {
    out.grace_seconds = std::strtoll(text.c_str(), nullptr, 10);
  }
  out.uid = textAt(body, {"preconditions", "uid"});
  out.resource_version = textAt(body, {"preconditions", "resourceVersion"});
  for (const Tree& each : listAt(body, {"dryRun"})) options.dry_run |= each == Tree("All");
  return out;
}

}  // namespace

HttpResponse answerCreate(ObjectLayer& objects, Call call, const HttpRequest& request) {
  std::vector<std::string> warnings;
  call.warnings = &warnings;
  const std::string_view type = request.header("content-type");
  if (!isKnownBody(type)) return errorResponse(unsupportedType(type));
  llvm::Expected<Tree> body = parseBody(request.body, type, &call.problems);
  if (!body) return errorResponse(body.takeError());
  return respond(call, request, 201, objects.createObject(call, std::move(*body)), warnings);
}

HttpResponse answerUpdate(ObjectLayer& objects, Call call, const HttpRequest& request) {
  std::vector<std::string> warnings;
  call.warnings = &warnings;
  const std::string_view type = request.header("content-type");
  if (!isKnownBody(type)) return errorResponse(unsupportedType(type));
  llvm::Expected<Tree> body = parseBody(request.body, type, &call.problems);
  if (!body) return errorResponse(body.takeError());
  bool created = false;
  auto written = objects.updateObject(call, std::move(*body), &created);
  return respond(call, request, created ? 201 : 200, std::move(written), warnings);
}

HttpResponse answerPatch(ObjectLayer& objects, Call call, const HttpRequest& request) {
  std::vector<std::string> warnings;
  call.warnings = &warnings;
  const std::string_view full = request.header("content-type");
  const std::string_view type = full.substr(0, full.find(';'));
  const bool applies = type == "application/apply-patch+yaml";
  const bool known = applies || type == "application/merge-patch+json" ||
                     type == "application/json-patch+json" ||
                     type == "application/strategic-merge-patch+json";
  if (!known || (call.resource->custom && type == "application/strategic-merge-patch+json")) {
    return errorResponse(statusError(
        415, "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"));
  }
  if (applies && !request.hasParameter("fieldManager")) {
    return errorResponse(statusError(422, "Invalid",
                                     "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: "
                                     "Required value: is required for apply patch"));
  }
  if (!applies && request.hasParameter("force")) {
    return errorResponse(statusError(422, "Invalid",
                                     "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: "
                                     "may not be specified for non-apply patch"));
  }
  llvm::Expected<Tree> body = parseBody(request.body, full, &call.problems);
  if (!body) return errorResponse(body.takeError());
  if (applies) {
    if (llvm::Error error = reportStrictness(call.problems, call.options.field_validation,
                                             *call.resource, &warnings)) {
      return errorResponse(std::move(error));
    }
    call.problems.clear();
    bool created = false;
    auto written = objects.applyObject(call, std::move(*body), &created);
    return respond(call, request, created ? 201 : 200, std::move(written), warnings);
  }
  const Tree patch = std::move(*body);
  return respond(call, request, 200,
                 objects.patchObject(call,
                                     [&](const Tree& live) {
                                       if (type == "application/json-patch+json")
                                         return patchedByJson(live, patch);
                                       return type == "application/merge-patch+json"
                                                  ? patchedByMerge(live, patch)
                                                  : patchedByStrategy(live, patch,
                                                                      *call.resource->schema);
                                     }),
                 warnings);
}

HttpResponse answerDelete(ObjectLayer& objects, Call call, const HttpRequest& request) {
  llvm::Expected<DeleteCall> how = readDelete(request, call.options);
  if (!how) return errorResponse(how.takeError());
  return respond(call, request, 200, objects.removeObject(call, *how), {});
}

HttpResponse answerDeleteCollection(ObjectLayer& objects, Call call, const HttpRequest& request) {
  llvm::Expected<DeleteCall> how = readDelete(request, call.options);
  if (!how) return errorResponse(how.takeError());
  auto selector = parseSelector(request.parameter("labelSelector"),
                                request.parameter("fieldSelector"), *call.resource);
  if (!selector) return errorResponse(selector.takeError());
  Tree items = Tree::list();
  for (const Object& object : objects.cluster().list(call.resource->group, call.resource->resource,
                                                     call.object_namespace)) {
    if (!selector->matches(*object)) continue;
    Call one = call;
    one.object_namespace = namespaceOf(*object);
    one.name = nameOf(*object);
    llvm::Expected<Tree> removed = objects.removeObject(one, *how);
    // Gone already, or changed meanwhile: the others still have to go.
    if (!removed) llvm::consumeError(removed.takeError());
    items.push(*object);
  }
  return jsonResponse(
      200,
      ir::mapOf("kind", call.resource->list_kind, "apiVersion", call.resource->apiVersion(),
                "metadata",
                ir::mapOf("resourceVersion", std::to_string(objects.cluster().store().revision())),
                "items", std::move(items)));
}

}  // namespace gpuspec::deploy::sandbox::api
