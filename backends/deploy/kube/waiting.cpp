#include "backends/deploy/kube/waiting.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

bool isEstablished(const Tree& definition) {
  for (const Tree& condition : itemsOf(below(definition, {"status", "conditions"}))) {
    if (textAt(condition, "type") == "Established" && textAt(condition, "status") == "True")
      return true;
  }
  return false;
}

std::string minutes(std::chrono::milliseconds time) {
  return std::to_string(time.count() / 60'000) + " minutes";
}

// What keeps an object that is to go.
std::string heldBy(const Tree& object) {
  std::string names;
  const Tree* own = below(object, {"metadata", "finalizers"});
  for (const Tree& name : itemsOf(own)) {
    if (name.isString()) names += (names.empty() ? "" : ", ") + name.asString();
  }
  if (!names.empty()) return "; finalizers hold it: " + names;
  for (const Tree& condition : itemsOf(below(object, {"status", "conditions"}))) {
    const std::string type = textAt(condition, "type");
    if (type.starts_with("Namespace") && textAt(condition, "status") == "True")
      return "; " + textAt(condition, "message");
  }
  return "";
}

}  // namespace

Poll::Poll(const Patience& patience, std::chrono::milliseconds total,
           const http::CancelToken& cancel)
    : patience_(patience),
      cancel_(cancel),
      until_(std::chrono::steady_clock::now() + total),
      pause_(patience.first_poll) {}

bool Poll::next() {
  if (cancel_.cancelled() || std::chrono::steady_clock::now() + pause_ > until_) return false;
  http::sleepUnlessCancelled(pause_, &cancel_);
  pause_ = std::min(pause_ * 2, patience_.longest_poll);
  return !cancel_.cancelled();
}

llvm::Error waitUntil(const Writer& writer, const std::function<llvm::Expected<bool>()>& ask,
                      const std::string& late) {
  Poll poll(writer.patience, writer.patience.settled, writer.cancel);
  while (true) {
    llvm::Expected<bool> done = ask();
    if (!done) return done.takeError();
    if (*done) return llvm::Error::success();
    if (poll.next()) continue;
    if (writer.cancel.cancelled())
      return llvm::make_error<ApiError>(ApiError::Kind::Cancelled, 0, "", "interrupted");
    return llvm::make_error<ApiError>(ApiError::Kind::Busy, 0, "Timeout", late);
  }
}

llvm::Expected<std::optional<Tree>> look(const Writer& writer, const ApiResource& resource,
                                         const std::string& object_namespace,
                                         const std::string& name) {
  Call call;
  call.path = pathOf(resource, object_namespace, name);
  call.cancel = &writer.cancel;
  llvm::Expected<Tree> object = writer.caller.tree(call);
  if (object) return std::optional<Tree>(std::move(*object));
  llvm::Error error = object.takeError();
  if (kindOf(error) != ApiError::Kind::NotFound) return error;
  llvm::consumeError(std::move(error));
  return std::optional<Tree>();
}

llvm::Error awaitGone(const Writer& writer, const ApiResource& resource,
                      const std::string& object_namespace, const std::string& name,
                      const std::string& uid) {
  bool told = false;
  std::string held;
  llvm::Error error = waitUntil(
      writer,
      [&]() -> llvm::Expected<bool> {
        llvm::Expected<std::optional<Tree>> object = look(writer, resource, object_namespace, name);
        if (!object) return object.takeError();
        if (!*object) return true;
        if (!uid.empty() && metadataText(**object, "uid") != uid) return true;
        held = heldBy(**object);
        if (!std::exchange(told, true)) writer.progress("waiting until it is gone");
        return false;
      },
      "late");
  if (!error || codeOf(error) != "Timeout") return error;
  llvm::consumeError(std::move(error));
  return llvm::make_error<ApiError>(
      ApiError::Kind::Busy, 0, "Timeout",
      resource.kind + " " + name + " is not gone after " + minutes(writer.patience.settled) + held);
}

llvm::Error awaitEstablished(const Writer& writer, const ApiResource& resource,
                             const std::string& name) {
  return waitUntil(
      writer,
      [&]() -> llvm::Expected<bool> {
        llvm::Expected<std::optional<Tree>> object = look(writer, resource, "", name);
        if (!object) return object.takeError();
        return *object && isEstablished(**object);
      },
      "the definition " + name + " is not established after " + minutes(writer.patience.settled));
}

llvm::Error awaitNamespace(const Writer& writer, const std::string& name) {
  const ApiResource* namespaces = writer.directory.find("", "Namespace");
  if (namespaces == nullptr) return llvm::Error::success();
  bool told = false;
  return waitUntil(
      writer,
      [&]() -> llvm::Expected<bool> {
        llvm::Expected<std::optional<Tree>> object = look(writer, *namespaces, "", name);
        if (!object) return object.takeError();
        if (!*object || metadataText(**object, "deletionTimestamp").empty()) return true;
        if (!std::exchange(told, true))
          writer.progress("waiting until the old namespace " + name + " is gone");
        return false;
      },
      "namespace " + name + " is still terminating after " + minutes(writer.patience.settled));
}

}  // namespace gpuspec::deploy::kube
