#include "backends/deploy/sandbox/kube/decode.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/managed_fields.h"
#include "backends/deploy/sandbox/kube/objects.h"
#include "backends/deploy/sandbox/kube/prepare.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/validate.h"
#include "backends/deploy/sandbox/kube/webhooks.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr int kNameTries = 8;

llvm::Error wrongKind(const ResourceInfo& resource, const Tree& object) {
  const std::string& api_version = textAt(object, {"apiVersion"});
  const std::string& kind = textAt(object, {"kind"});
  if (!kind.empty() && kind != resource.kind) {
    return badRequest(kind + " in version \"" + api_version + "\" cannot be handled as a " +
                      resource.kind + ": converting (" + kind + ") to (" + resource.kind +
                      "): unknown conversion");
  }
  if (!api_version.empty() && api_version != resource.apiVersion()) {
    return badRequest("the API version in the data (" + api_version +
                      ") does not match the expected API version (" + resource.apiVersion() + ")");
  }
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<Tree> ObjectLayer::decoded(const Call& call, Tree object) const {
  const ResourceInfo& resource = *call.resource;
  if (object.isMap()) {
    if (llvm::Error error = wrongKind(resource, object)) return error;
  }
  llvm::Expected<Decoded> result = decode(std::move(object), resource);
  if (!result) return result.takeError();
  std::vector<std::string> problems = std::move(result->unknown);
  problems.insert(problems.end(), call.problems.begin(), call.problems.end());
  if (llvm::Error error =
          reportStrictness(problems, call.options.field_validation, resource, call.warnings)) {
    return error;
  }
  // Kind and version first, as every reader expects them.
  Tree out = Tree::map().set("kind", resource.kind).set("apiVersion", resource.apiVersion());
  for (auto& [name, value] : result->object.asMap()) out.set(name, std::move(value));
  if (out.find("metadata") == nullptr) out.set("metadata", Tree::map());
  return out;
}

llvm::Error ObjectLayer::checkIdentity(Call& call, Tree& object) const {
  const ResourceInfo& resource = *call.resource;
  const std::string own_namespace = namespaceOf(object);
  if (resource.namespaced) {
    if (call.object_namespace.empty()) call.object_namespace = own_namespace;
    if (!own_namespace.empty() && own_namespace != call.object_namespace) {
      return badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (call.object_namespace.empty())
      return badRequest("an empty namespace may not be set during creation");
    setAt(object, {"metadata", "namespace"}, call.object_namespace);
  } else if (!own_namespace.empty()) {
    eraseAt(object, {"metadata", "namespace"});
  }
  const std::string name = nameOf(object);
  if (!call.name.empty() && !name.empty() && name != call.name) {
    return badRequest("the name of the object (" + name + ") does not match the name on the URL (" +
                      call.name + ")");
  }
  if (call.name.empty()) call.name = name;
  if (!call.name.empty()) setAt(object, {"metadata", "name"}, call.name);
  return llvm::Error::success();
}

llvm::Expected<Tree> ObjectLayer::createObject(const Call& given, Tree given_object) {
  Call call = given;
  llvm::Expected<Tree> object = decoded(call, std::move(given_object));
  if (!object) return object.takeError();
  if (llvm::Error error = checkIdentity(call, *object)) return error;
  if (!textAt(*object, {"metadata", "resourceVersion"}).empty()) {
    return badRequest("resourceVersion should not be set on objects to be created");
  }
  const std::string base = textAt(*object, {"metadata", "generateName"});
  const bool generate = call.name.empty() && !base.empty();
  for (int attempt = 0;; ++attempt) {
    Tree next = *object;
    if (generate) {
      call.name = base.substr(0, 58) + randomSuffix(5);
      setAt(next, {"metadata", "name"}, call.name);
    }
    eraseAt(next, {"metadata", "managedFields"});
    applyDefaults(*call.resource, next);
    const Writer writer{call.options.field_manager, call.resource->apiVersion(), ""};
    next = trackUpdate(nullptr, std::move(next), *call.resource, writer);
    llvm::Expected<Tree> made = finishCreate(call, std::move(next));
    if (made || !generate || attempt + 1 == kNameTries) return made;
    Tree status = statusOf(made.takeError());
    if (textAt(status, {"reason"}) != "AlreadyExists")
      return llvm::make_error<StatusError>(std::move(status));
  }
}

Attempt ObjectLayer::attempt(const Call& call, const Tree* object, const Tree* live) const {
  return {cluster_, *call.resource, call.options.subresource, object, live, call.options.dry_run};
}

llvm::Error ObjectLayer::mutate(const Call& call, Tree& object, const Tree* live) const {
  llvm::Expected<Tree> changed = callMutatingWebhooks(attempt(call, &object, live), call.warnings);
  if (!changed) return changed.takeError();
  if (*changed == object) return llvm::Error::success();
  Call lenient = call;
  lenient.options.field_validation = "Ignore";
  llvm::Expected<Tree> next = decoded(lenient, std::move(*changed));
  if (!next) return next.takeError();
  object = std::move(*next);
  applyDefaults(*call.resource, object);
  return llvm::Error::success();
}

llvm::Error ObjectLayer::beforeCreate(const Call& call, Tree& object) {
  const ResourceInfo& resource = *call.resource;
  if (llvm::Error error = admission_.checkNamespace(resource, call.object_namespace, call.name)) {
    return error;
  }
  if (llvm::Error error = admission_.mutateCreate(resource, object)) return error;
  if (llvm::Error error = mutate(call, object, nullptr)) return error;
  prepareCreate(resource, object);
  const Causes causes = validateCreate(resource, object);
  if (!causes.empty()) return invalid(resource, call.name, causes);
  return admission_.validate(attempt(call, &object, nullptr), call.warnings);
}

llvm::Expected<Tree> ObjectLayer::finishCreate(const Call& call, Tree object) {
  const ResourceInfo& resource = *call.resource;
  stampNew(resource, object);
  if (llvm::Error error = beforeCreate(call, object)) return error;
  if (find(call)) return alreadyExists(resource, call.name);
  if (llvm::Error error = usage_.reserve(resource, object, nullptr)) return error;
  if (call.options.dry_run) {
    usage_.giveBack(resource, object, nullptr);
    return object;
  }
  const bool service = resource.group.empty() && resource.resource == "services";
  if (service) addresses_.fill(object, nullptr);
  llvm::Expected<Entry> entry = cluster_.store().put(keyOf(call), withRevision(object), 0);
  if (!entry) {
    usage_.giveBack(resource, object, nullptr);
    if (service) addresses_.release(object);
    llvm::Error error = entry.takeError();
    if (!error.isA<RevisionConflict>()) return error;
    llvm::consumeError(std::move(error));
    return alreadyExists(resource, call.name);
  }
  afterWrite(call, nullptr, entry->value.get());
  return *entry->value;
}

}  // namespace gpuspec::deploy::sandbox::api
