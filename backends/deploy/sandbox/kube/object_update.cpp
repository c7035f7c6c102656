#include "backends/deploy/sandbox/kube/decode.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/managed_fields.h"
#include "backends/deploy/sandbox/kube/objects.h"
#include "backends/deploy/sandbox/kube/prepare.h"
#include "backends/deploy/sandbox/kube/scale.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/typed.h"
#include "backends/deploy/sandbox/kube/validate.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// A writer that loses this often has something else to fear.
constexpr int kTries = 200;

// Fields that the endpoint does not write: applying them owns nothing.
FieldSet ignoredBy(std::string_view subresource, const ResourceInfo& resource) {
  FieldSet out;
  if (subresource == "status") {
    for (const Field& field : resource.schema->fields) {
      if (field.name != "status" && field.name != "metadata") out.insert(fieldElement(field.name));
    }
  } else if (resource.has_status) {
    out.insert(fieldElement("status"));
  }
  return out;
}

// Namespaces go when they are empty.
bool mayGoNow(const ResourceInfo& resource, const Tree& object) {
  const bool is_namespace = resource.group.empty() && resource.resource == "namespaces";
  return !is_namespace && isDeleting(object) && !hasFinalizers(object) &&
         intAt(object, {"metadata", "deletionGracePeriodSeconds"}) == 0;
}

llvm::Error checkPreconditions(const ResourceInfo& resource, const std::string& name,
                               const Tree& object, const Tree& live) {
  const std::string& wanted = textAt(object, {"metadata", "resourceVersion"});
  if (!wanted.empty() && !live.isNull() &&
      wanted != textAt(live, {"metadata", "resourceVersion"})) {
    return modifiedConflict(resource, name);
  }
  const std::string& uid = uidOf(object);
  if (!uid.empty() && uid != uidOf(live)) {
    return conflict(resource, name,
                    "Precondition failed: UID in precondition: " + uid +
                        ", UID in object meta: " + uidOf(live));
  }
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<Tree> ObjectLayer::changeObject(const Call& call, const Change& change, bool retry) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const std::optional<Live> live = find(call);
    if (!live) return notFound(*call.resource, call.name);
    llvm::Expected<Tree> next = change(*live->object);
    if (!next) return next.takeError();
    llvm::Expected<Tree> written = finishUpdate(call, *live, std::move(*next));
    if (written) return written;
    llvm::Error error = written.takeError();
    if (!error.isA<RevisionConflict>()) return error;
    llvm::consumeError(std::move(error));
    if (!retry) return modifiedConflict(*call.resource, call.name);
  }
  return serverTimeout();
}

llvm::Expected<Tree> ObjectLayer::updateObject(const Call& given, Tree given_object,
                                               bool* created) {
  Call call = given;
  llvm::Expected<Tree> object = decoded(call, std::move(given_object));
  if (!object) return object.takeError();
  if (llvm::Error error = checkIdentity(call, *object)) return error;
  if (call.resource->update_creates && call.options.subresource.empty() && !find(call)) {
    if (llvm::Error error = checkPreconditions(*call.resource, call.name, *object, Tree()))
      return error;
    if (created != nullptr) *created = true;
    eraseAt(*object, {"metadata", "resourceVersion"});
    return createObject(call, std::move(*object));
  }
  const bool unconditional = textAt(*object, {"metadata", "resourceVersion"}).empty();
  if (unconditional && call.resource->custom) {
    return invalid(*call.resource, call.name,
                   {{"FieldValueInvalid", "Invalid value: 0: must be specified for an update",
                     "metadata.resourceVersion"}});
  }
  return changeObject(
      call,
      [&](const Tree& live) -> llvm::Expected<Tree> {
        if (llvm::Error error = checkPreconditions(*call.resource, call.name, *object, live)) {
          return error;
        }
        Tree next = *object;
        restrictTo(call.options.subresource, *call.resource, next, live);
        applyDefaults(*call.resource, next);
        keepSystemFields(live, next);
        return trackUpdate(
            &live, std::move(next), *call.resource,
            {call.options.field_manager, call.resource->apiVersion(), call.options.subresource});
      },
      unconditional);
}

llvm::Expected<Tree> ObjectLayer::patchObject(const Call& call, const Patcher& patcher) {
  return changeObject(
      call,
      [&](const Tree& live) -> llvm::Expected<Tree> {
        llvm::Expected<Tree> patched = patcher(shownAs(*call.resource, live));
        if (!patched) return patched.takeError();
        llvm::Expected<Tree> next = decoded(call, std::move(*patched));
        if (!next) return next.takeError();
        if (nameOf(*next) != call.name) {
          return badRequest("the name of the object (" + nameOf(*next) +
                            ") does not match the name on the URL (" + call.name + ")");
        }
        if (llvm::Error error = checkPreconditions(*call.resource, call.name, *next, live)) {
          return error;
        }
        restrictTo(call.options.subresource, *call.resource, *next, live);
        applyDefaults(*call.resource, *next);
        keepSystemFields(live, *next);
        return trackUpdate(
            &live, std::move(*next), *call.resource,
            {call.options.field_manager, call.resource->apiVersion(), call.options.subresource});
      },
      true);
}

llvm::Expected<Tree> ObjectLayer::applyOnce(const Call& call, const std::optional<Live>& live,
                                            const Tree& config) {
  const ResourceInfo& resource = *call.resource;
  if (live) {
    if (llvm::Error error = checkPreconditions(resource, call.name, config, *live->object))
      return error;
  }
  const Writer writer{call.options.field_manager, resource.apiVersion(), call.options.subresource};
  llvm::Expected<Tree> joined =
      applyConfig(live ? live->object.get() : nullptr, config, resource, writer, call.options.force,
                  ignoredBy(call.options.subresource, resource));
  if (!joined) return joined.takeError();
  llvm::Expected<Tree> next = decoded(call, std::move(*joined));
  if (!next) return next.takeError();
  applyDefaults(resource, *next);
  if (const std::string& uid = uidOf(config); !live && !uid.empty()) {
    return conflict(resource, call.name,
                    "uid mismatch: the provided object specified uid " + uid +
                        ", and no existing object was found");
  }
  if (!live) return finishCreate(call, std::move(*next));
  restrictTo(call.options.subresource, resource, *next, *live->object);
  keepSystemFields(*live->object, *next);
  return finishUpdate(call, *live, std::move(*next));
}

llvm::Expected<Tree> ObjectLayer::applyObject(const Call& given, Tree config, bool* created) {
  Call call = given;
  if (!config.isMap()) return badRequest("error decoding YAML: the configuration is no object");
  if (!listAt(config, {"metadata", "managedFields"}).empty()) {
    return badRequest("metadata.managedFields must be nil");
  }
  if (textAt(config, {"apiVersion"}) != call.resource->apiVersion() ||
      textAt(config, {"kind"}) != call.resource->kind) {
    return badRequest("patch of " + call.resource->resource + " must say apiVersion: " +
                      call.resource->apiVersion() + ", kind: " + call.resource->kind);
  }
  if (llvm::Error error = checkIdentity(call, config)) return error;
  const std::vector<std::string> errors = typingErrors(config, *call.resource->schema);
  if (!errors.empty()) {
    std::string all = errors.size() > 1 ? "errors:\n" : "";
    for (const std::string& each : errors)
      all += (errors.size() > 1 ? "  " : "") + each + (errors.size() > 1 ? "\n" : "");
    const std::string named =
        call.object_namespace.empty() ? call.name : call.object_namespace + "/" + call.name;
    return unknownError("failed to create typed patch object (" + named + "; " +
                        call.resource->apiVersion() + ", Kind=" + call.resource->kind +
                        "): " + all);
  }
  // What the client may not know must not make the decoder complain of what is stored.
  call.options.field_validation = "Ignore";
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const std::optional<Live> live = find(call);
    if (!live && !call.options.subresource.empty()) return notFound(*call.resource, call.name);
    if (created != nullptr) *created = !live;
    llvm::Expected<Tree> written = applyOnce(call, live, config);
    if (written) return written;
    llvm::Error error = written.takeError();
    const bool lost_race = !live && error.isA<StatusError>();
    if (lost_race) {
      Tree status = statusOf(std::move(error));
      if (textAt(status, {"reason"}) != "AlreadyExists")
        return llvm::make_error<StatusError>(std::move(status));
      continue;
    }
    if (!error.isA<RevisionConflict>()) return error;
    llvm::consumeError(std::move(error));
  }
  return serverTimeout();
}

llvm::Expected<Tree> ObjectLayer::finishUpdate(const Call& call, const Live& live, Tree object) {
  const ResourceInfo& resource = *call.resource;
  const Tree& before = *live.object;
  if (llvm::Error error = mutate(call, object, &before)) return error;
  if (call.options.subresource != "status") {
    prepareUpdate(resource, object, before);
    if (resource.group.empty() && resource.resource == "services") addresses_.fill(object, &before);
  }
  if (sameButTimes(before, object)) return shownAs(resource, before);
  const Causes causes = validateUpdate(resource, object, before);
  if (!causes.empty()) return invalid(resource, call.name, causes);
  if (resource.generations && call.options.subresource != "status" && specDiffers(before, object)) {
    setAt(object, {"metadata", "generation"}, intAt(before, {"metadata", "generation"}) + 1);
  }
  if (llvm::Error error = admission_.validate(attempt(call, &object, &before), call.warnings))
    return error;
  if (llvm::Error error = usage_.reserve(resource, object, &before)) return error;
  if (call.options.dry_run) {
    usage_.giveBack(resource, object, &before);
    return object;
  }
  if (mayGoNow(resource, object)) {
    usage_.giveBack(resource, object, &before);
    return removeNow(call, live, false);
  }
  llvm::Expected<Entry> entry =
      cluster_.store().put(keyOf(call), withRevision(object), live.revision);
  if (!entry) {
    usage_.giveBack(resource, object, &before);
    return entry.takeError();
  }
  afterWrite(call, &before, entry->value.get());
  return shownAs(resource, *entry->value);
}

}  // namespace gpuspec::deploy::sandbox::api
