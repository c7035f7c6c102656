#include "backends/deploy/kube/base64.h"
#include "backends/deploy/kube/parts.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

void hide(std::string& text, const std::string& secret) {
  // Shorter ones would tear holes into any sentence, and prove nothing.
  if (secret.size() < 4) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "***");
}

// API servers quote what they refuse.
llvm::Error withoutSecrets(llvm::Error error, const Tree& object) {
  if (textAt(object, "kind") != "Secret") return error;
  return llvm::handleErrors(std::move(error), [&](std::unique_ptr<ApiError> why) -> llvm::Error {
    for (const char* section : {"data", "stringData"}) {
      const Tree* values = object.find(section);
      if (values == nullptr || !values->isMap()) continue;
      for (const auto& entry : values->asMap()) {
        if (entry.second.isString()) hide(why->message, entry.second.asString());
      }
    }
    return llvm::Error(std::move(why));
  });
}

// Texts go as data: the server keeps no record of who owns a text, so that one which is no longer
// written would stay.
Tree withoutTexts(const Tree& object) {
  const Tree* texts = object.find("stringData");
  if (textAt(object, "kind") != "Secret" || texts == nullptr || !texts->isMap()) return object;
  Tree sent = object;
  for (const auto& [key, text] : texts->asMap()) {
    if (!text.isString()) return object;  // the server says what is wrong with it
    sent.at("data").set(key, encodeBase64(text.asString()));
  }
  sent.erase("stringData");
  return sent;
}

}  // namespace

llvm::Expected<Tree> applyTo(Caller& caller, const ApiResource& resource, const Tree& object,
                             const ApplyOptions& options) {
  Call call;
  call.method = "PATCH";
  call.path = pathOf(resource, metadataText(object, "namespace"), metadataText(object, "name")) +
              "?fieldManager=" + std::string(model::kFieldManager) + "&fieldValidation=Strict" +
              (options.force ? "&force=true" : "") + (options.dry_run ? "&dryRun=All" : "");
  call.content_type = "application/apply-patch+yaml";
  const Tree sent = withoutTexts(object);
  call.body = ir::toJson(sent);
  call.cancel = options.cancel;
  llvm::Expected<Tree> applied = caller.tree(call);
  if (applied) return applied;
  return withoutSecrets(withoutSecrets(applied.takeError(), object), sent);
}

llvm::Expected<bool> deleteFrom(Caller& caller, const ApiResource& resource,
                                const std::string& object_namespace, const std::string& name,
                                const DeleteOptions& options) {
  Call call;
  call.method = "DELETE";
  call.path = pathOf(resource, object_namespace, name);
  call.content_type = "application/json";
  call.cancel = options.cancel;
  Tree body = Tree::map();
  body.set("apiVersion", "v1").set("kind", "DeleteOptions").set("propagationPolicy", "Background");
  if (!options.uid.empty()) body.at("preconditions").set("uid", options.uid);
  if (!options.revision.empty()) body.at("preconditions").set("resourceVersion", options.revision);
  call.body = ir::toJson(body);
  llvm::Expected<Tree> answer = caller.tree(call);
  // A Status says that it is gone; what is still on its way out comes back as the object.
  if (answer) return textAt(*answer, "kind") == "Status";
  llvm::Error error = answer.takeError();
  if (kindOf(error) != ApiError::Kind::NotFound) return error;
  llvm::consumeError(std::move(error));
  return true;
}

}  // namespace gpuspec::deploy::kube
