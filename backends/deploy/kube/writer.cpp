#include <algorithm>

#include "backends/deploy/kube/conflicts.h"
#include "backends/deploy/kube/waiting.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;
using plan::Action;

// No object has it, so that applying makes a new one or fails (409): never takes over what somebody
// made since the plan.
constexpr const char* kNoRevision = "1";
constexpr int kTries = 5;

class Writing {
 public:
  Writing(const Writer& writer, const plan::Change& change) : writer_(writer), change_(change) {}

  llvm::Error run() {
    if (change_.action == Action::NoOp || change_.action == Action::Wait)
      return llvm::Error::success();
    if (llvm::Error error = findResource()) return error;
    switch (change_.action) {
      case Action::Create:
        return create();
      case Action::Update:
      case Action::Move:
        return update();
      case Action::Adopt:
        return adopt();
      case Action::Replace:
        if (llvm::Error error = remove()) return error;
        return create();
      case Action::Delete:
        return remove();
      case Action::Release:
        return release();
      case Action::Wait:
      case Action::NoOp:
        break;
    }
    return llvm::Error::success();
  }

 private:
  const model::ResourceKey& key() const { return change_.key; }
  std::string title() const { return key().kind + " " + key().name; }
  bool removes() const {
    return change_.action == Action::Delete || change_.action == Action::Release;
  }

  std::optional<ApiResource> lookUp() const {
    const ApiResource* found = writer_.directory.find(key().group, key().kind);
    return found != nullptr ? inVersion(*found, change_.api_version) : std::nullopt;
  }

  // A kind that a change before this one defines may take a moment to be served.
  llvm::Error findResource() {
    if (llvm::Expected<const std::vector<ApiResource>*> known = writer_.directory.all(); !known)
      return known.takeError();
    Poll poll(writer_.patience, writer_.patience.served, writer_.cancel);
    while (true) {
      if (std::optional<ApiResource> found = lookUp()) {
        resource_ = std::move(*found);
        return llvm::Error::success();
      }
      if (removes()) {
        // Without its definition nothing of the kind is left.
        if (const ApiResource* other = writer_.directory.find(key().group, key().kind))
          resource_ = *other;
        return llvm::Error::success();
      }
      if (llvm::Error error = writer_.directory.refresh(writer_.patience.first_poll)) return error;
      if (!lookUp() && !poll.next()) return llvm::make_error<ApiError>(unknownKind());
    }
  }

  ApiError unknownKind() const {
    ApiError error(ApiError::Kind::NotFound, 404, "UnknownKind",
                   "the cluster serves no `" + key().kind + "` of " + change_.api_version);
    error.way_out =
        "install what defines it (a CustomResourceDefinition, or the chart that brings it)";
    return error;
  }

  // Applies, and again while the server is not ready for it.
  llvm::Expected<Tree> applied(const Tree& object, bool force) {
    Poll poll(writer_.patience, writer_.patience.served, writer_.cancel);
    const bool conditional = !metadataText(object, "resourceVersion").empty();
    bool waited = false;
    while (true) {
      llvm::Expected<Tree> written =
          applyTo(writer_.caller, resource_, object, {force, false, &writer_.cancel});
      if (written) return written;
      llvm::Error error = written.takeError();
      if (codeOf(error) == "NamespaceTerminating" && !std::exchange(waited, true)) {
        llvm::consumeError(std::move(error));
        if (llvm::Error late = awaitNamespace(writer_, key().scope)) return late;
        continue;
      }
      // Others wrote at the same moment; only for a condition of ours is that an answer.
      const bool raced = !conditional && isRace(error);
      if ((!raced && !isPassing(error)) || !poll.next()) return error;
      llvm::consumeError(std::move(error));
    }
  }

  llvm::Error create() {
    Tree object = change_.body;
    object.at("metadata").set("resourceVersion", kNoRevision);
    for (int attempt = 0; attempt < kTries; ++attempt) {
      llvm::Expected<Tree> made = applied(object, false);
      if (made) return established();
      llvm::Error error = made.takeError();
      if (kindOf(error) != ApiError::Kind::Conflict) return error;
      llvm::consumeError(std::move(error));
      llvm::Expected<std::optional<Tree>> there = lookAtIt();
      if (!there) return there.takeError();
      if (!*there) continue;
      if (!metadataText(**there, "deletionTimestamp").empty()) {
        if (llvm::Error late = awaitGone(writer_, resource_, key().scope, key().name,
                                         metadataText(**there, "uid")))
          return late;
        continue;
      }
      return finish(**there);
    }
    return movedOn("keeps coming and going");
  }

  // What a run that did not end well has made is ours; anything else has come since the plan.
  llvm::Error finish(const Tree& there) {
    const Tree* metadata = there.find("metadata");
    const Tree* marks = below(change_.body, {"metadata", "labels"});
    const model::Scope scope{textAt(marks, model::kProject), textAt(marks, model::kEnvironment)};
    const model::Owner owner = model::ownerOfObject(*metadata, scope);
    if (owner.kind != model::OwnerKind::Us || scope.project.empty()) {
      return movedOn("has come since the plan and belongs to " +
                     (owner.text.empty() ? "nobody" : owner.text));
    }
    llvm::Expected<Tree> written = applied(change_.body, false);
    return written ? established() : written.takeError();
  }

  llvm::Error update() {
    if (takesAway()) {
      if (llvm::Error error = inherit(Inherit::Everybody)) return error;
    }
    return write(change_.forced);
  }

  llvm::Error adopt() {
    const Inherit from = isGuardedKind(key().kind) ? Inherit::Everybody : Inherit::Appliers;
    if (llvm::Error error = inherit(from)) return error;
    return write(true);
  }

  // The plan takes away what gpuspec does not own: extra rules of what opens doors.
  bool takesAway() const {
    return isGuardedKind(key().kind) &&
           std::any_of(change_.fields.begin(), change_.fields.end(), [](const auto& field) {
             return field.before.has_value() && !field.path.starts_with("metadata");
           });
  }

  llvm::Error write(bool force) {
    Tree object = change_.body;
    // An object that was replaced since the plan is another one.
    if (!change_.uid.empty()) object.at("metadata").set("uid", change_.uid);
    llvm::Expected<Tree> written = applied(object, force);
    if (!written) {
      llvm::Error error = written.takeError();
      if (force || !isInPlan(error, change_.fields)) return error;
      // Others have changed fields of ours, and the plan says that these change back.
      llvm::consumeError(std::move(error));
      written = applied(object, true);
      if (!written) return written.takeError();
    }
    if (!metadataText(*written, "deletionTimestamp").empty())
      return movedOn("is being deleted by somebody");
    return established();
  }

  llvm::Error inherit(Inherit from) {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      llvm::Expected<std::optional<Tree>> object = lookAtIt();
      if (!object) return object.takeError();
      if (!*object || (!change_.uid.empty() && metadataText(**object, "uid") != change_.uid))
        return movedOn("was deleted since the plan");
      const Tree* fields = below(**object, {"metadata", "managedFields"});
      const std::optional<Tree> next =
          inheritedFields(fields != nullptr ? *fields : Tree(), change_.api_version, from);
      if (!next) return llvm::Error::success();
      llvm::Error error = writeManagers(*next, metadataText(**object, "resourceVersion"));
      if (!error || kindOf(error) != ApiError::Kind::Conflict) return error;
      llvm::consumeError(std::move(error));
    }
    return movedOn("is changed by somebody all the time");
  }

  llvm::Error writeManagers(const Tree& managed_fields, const std::string& revision) {
    const auto replace = [](const char* path, Tree value) {
      return ir::mapOf("op", "replace", "path", path, "value", std::move(value));
    };
    Call call;
    call.method = "PATCH";
    call.path = pathOf(resource_, key().scope, key().name) +
                "?fieldManager=" + std::string(model::kFieldManager);
    call.content_type = "application/json-patch+json";
    call.body = ir::toJson(ir::listOf(replace("/metadata/managedFields", managed_fields),
                                      replace("/metadata/resourceVersion", revision)));
    call.cancel = &writer_.cancel;
    llvm::Expected<std::string> done = writer_.caller.text(call);
    return done ? llvm::Error::success() : done.takeError();
  }

  llvm::Error remove() {
    if (resource_.plural.empty()) return llvm::Error::success();
    if (key().kind == "Namespace" && key().group.empty()) {
      if (llvm::Error error = guardNamespace()) return error;
    }
    llvm::Expected<bool> gone = deleteFrom(writer_.caller, resource_, key().scope, key().name,
                                           {change_.uid, "", &writer_.cancel});
    if (!gone) return gone.takeError();
    if (*gone) return llvm::Error::success();
    return awaitGone(writer_, resource_, key().scope, key().name, change_.uid);
  }

  // The plan saw only what it read; everything in a namespace goes with it.
  llvm::Error guardNamespace() const {
    llvm::Expected<std::optional<Tree>> there = lookAtIt();
    if (!there) return there.takeError();
    if (!*there || !metadataText(**there, "deletionTimestamp").empty())
      return llvm::Error::success();
    return refuseShared(writer_, **there);
  }

  // What is let go keeps everything but our marks.
  llvm::Error release() {
    if (resource_.plural.empty()) return llvm::Error::success();
    Tree patch = Tree::map();
    if (!change_.uid.empty()) patch.at("metadata").set("uid", change_.uid);
    Tree& labels = patch.at("metadata").at("labels");
    for (const std::string_view label :
         {model::kManagedBy, model::kProject, model::kEnvironment, model::kPartOf})
      labels.set(label, Tree());
    patch.at("metadata").at("annotations").set(model::kAddress, Tree());
    Call call;
    call.method = "PATCH";
    call.path = pathOf(resource_, key().scope, key().name) +
                "?fieldManager=" + std::string(model::kFieldManager);
    call.content_type = "application/merge-patch+json";
    call.body = ir::toJson(patch);
    call.cancel = &writer_.cancel;
    llvm::Expected<std::string> done = writer_.caller.text(call);
    if (done) return llvm::Error::success();
    llvm::Error error = done.takeError();
    if (kindOf(error) != ApiError::Kind::NotFound) return error;
    llvm::consumeError(std::move(error));
    return llvm::Error::success();
  }

  llvm::Expected<std::optional<Tree>> lookAtIt() const {
    return look(writer_, resource_, key().scope, key().name);
  }

  llvm::Error established() const {
    if (key().kind != "CustomResourceDefinition") return llvm::Error::success();
    if (llvm::Error error = awaitEstablished(writer_, resource_, key().name)) return error;
    return writer_.directory.refresh(std::chrono::milliseconds(0));
  }

  llvm::Error movedOn(const std::string& what) const {
    ApiError error(ApiError::Kind::Conflict, 409, "MovedOn", title() + " " + what);
    error.way_out = "plan again";
    return llvm::make_error<ApiError>(std::move(error));
  }

  const Writer& writer_;
  const plan::Change& change_;
  ApiResource resource_;
};

}  // namespace

llvm::Error performChange(const Writer& writer, const plan::Change& change) {
  return Writing(writer, change).run();
}

}  // namespace gpuspec::deploy::kube
