#include "tests/deploy/sandbox_cluster/fake_objects.h"

#include "backends/deploy/sandbox/cluster/fields.h"

namespace gpuspec::deploy::sandbox {
namespace {

using live::setAt;
using live::textAt;

std::string prefixOf(const ResourceId& id) {
  return "/kube/test/" + (id.group.empty() ? "core" : id.group) + "/" + id.resource + "/";
}

std::string keyOf(const ResourceId& id, std::string_view object_namespace, std::string_view name) {
  const std::string scope = object_namespace.empty() ? "-" : std::string(object_namespace);
  return prefixOf(id) + scope + "/" + std::string(name);
}

llvm::Error refuse(int code, std::string_view reason) {
  Tree status = Tree::map().set("kind", "Status").set("code", code).set("reason", reason);
  return llvm::make_error<StatusError>(status.set("message", reason));
}

class FakeWatch : public Watch {
 public:
  explicit FakeWatch(std::shared_ptr<FakeObjects::Feed> feed) : feed_(std::move(feed)) {}

  std::vector<Event> next(std::chrono::milliseconds timeout) override {
    std::unique_lock lock(feed_->mutex);
    feed_->wake.wait_for(lock, timeout, [this] { return feed_->closed || !feed_->events.empty(); });
    std::vector<Event> out(feed_->events.begin(), feed_->events.end());
    feed_->events.clear();
    return out;
  }
  bool closed() const override {
    const std::lock_guard lock(feed_->mutex);
    return feed_->closed;
  }
  void close() override {
    const std::lock_guard lock(feed_->mutex);
    feed_->closed = true;
    feed_->wake.notify_all();
  }

 private:
  std::shared_ptr<FakeObjects::Feed> feed_;
};

}  // namespace

void FakeObjects::tell(Event event) {
  for (const auto& weak : feeds_) {
    const auto feed = weak.lock();
    if (feed == nullptr) continue;
    const std::lock_guard lock(feed->mutex);
    feed->events.push_back(event);
    feed->wake.notify_all();
  }
}

Tree FakeObjects::store(const std::string& key, Tree object) {
  setAt(object, {"metadata", "resourceVersion"}, std::to_string(++revision_));
  auto& there = objects_[key];
  auto before = std::exchange(there, std::make_shared<const Tree>(object));
  tell({Event::Type::Put, {key, there, revision_, revision_}, before});
  return object;
}

llvm::Expected<Tree> FakeObjects::create(const ResourceId& id, std::string_view object_namespace,
                                         Tree object, const WriteOptions&) {
  const std::lock_guard lock(mutex_);
  const std::string key = keyOf(id, object_namespace, textAt(object, {"metadata", "name"}));
  if (objects_.contains(key)) return refuse(409, "AlreadyExists");
  if (!object_namespace.empty()) setAt(object, {"metadata", "namespace"}, object_namespace);
  setAt(object, {"metadata", "uid"}, "uid-" + std::to_string(revision_ + 1));
  setAt(object, {"metadata", "generation"}, 1);
  setAt(object, {"metadata", "creationTimestamp"}, "2026-11-21T05:16:05Z");
  return store(key, std::move(object));
}

llvm::Expected<Tree> FakeObjects::mergePatch(const ResourceId& id,
                                             std::string_view object_namespace,
                                             std::string_view name, const Tree& patch,
                                             const WriteOptions& options) {
  const std::lock_guard lock(mutex_);
  const std::string key = keyOf(id, object_namespace, name);
  const auto found = objects_.find(key);
  if (found == objects_.end()) return refuse(404, "NotFound");
  Tree object = *found->second;
  const std::string seen = textAt(patch, {"metadata", "resourceVersion"});
  if (!seen.empty() && seen != textAt(object, {"metadata", "resourceVersion"}))
    return refuse(409, "Conflict");
  Tree part = patch;
  if (options.subresource == "status") {
    part = Tree::map().set("status", *patch.find("status"));
  } else {
    part.erase("status");
  }
  object.merge(part);
  const bool finalized = live::listAt(object, {"metadata", "finalizers"}).empty();
  if (live::isDeleting(object) && finalized) {
    auto before = found->second;
    objects_.erase(found);
    tell({Event::Type::Remove, {key, nullptr, 0, ++revision_}, before});
    return object;
  }
  if (part.find("spec") != nullptr) {
    setAt(object, {"metadata", "generation"}, live::intAt(object, {"metadata", "generation"}) + 1);
  }
  return store(key, std::move(object));
}

llvm::Expected<Tree> FakeObjects::update(const ResourceId& id, std::string_view object_namespace,
                                         Tree object, const WriteOptions& options) {
  return mergePatch(id, object_namespace, textAt(object, {"metadata", "name"}), object, options);
}

llvm::Expected<Tree> FakeObjects::apply(const ResourceId& id, std::string_view object_namespace,
                                        std::string_view name, Tree object,
                                        const WriteOptions& options) {
  return mergePatch(id, object_namespace, name, object, options);
}

llvm::Expected<Tree> FakeObjects::remove(const ResourceId& id, std::string_view object_namespace,
                                         std::string_view name, std::string_view propagation) {
  const std::lock_guard lock(mutex_);
  const std::string key = keyOf(id, object_namespace, name);
  const auto found = objects_.find(key);
  if (found == objects_.end()) return refuse(404, "NotFound");
  Tree object = *found->second;
  Tree finalizers = Tree(live::listAt(object, {"metadata", "finalizers"}));
  if (propagation == "Foreground") finalizers.push("foregroundDeletion");
  if (propagation == "Orphan") finalizers.push("orphan");
  if (!finalizers.empty()) {
    if (live::isDeleting(object)) return object;
    setAt(object, {"metadata", "deletionTimestamp"}, "2026-11-21T05:16:05Z");
    setAt(object, {"metadata", "finalizers"}, std::move(finalizers));
    return store(key, std::move(object));
  }
  auto before = found->second;
  objects_.erase(found);
  tell({Event::Type::Remove, {key, nullptr, 0, ++revision_}, before});
  return object;
}

std::optional<Tree> FakeObjects::get(const ResourceId& id, std::string_view object_namespace,
                                     std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(keyOf(id, object_namespace, name));
  if (found == objects_.end()) return std::nullopt;
  return *found->second;
}

std::vector<Tree> FakeObjects::list(const ResourceId& id, std::string_view object_namespace) const {
  const std::lock_guard lock(mutex_);
  std::vector<Tree> out;
  const std::string prefix =
      prefixOf(id) + (object_namespace.empty() ? "" : std::string(object_namespace) + "/");
  for (auto at = objects_.lower_bound(prefix); at != objects_.end(); ++at) {
    if (at->first.rfind(prefix, 0) != 0) break;
    out.push_back(*at->second);
  }
  return out;
}

std::unique_ptr<Watch> FakeObjects::watch(const ResourceId&) const {
  const std::lock_guard lock(mutex_);
  auto feed = std::make_shared<Feed>();
  feeds_.push_back(feed);
  return std::make_unique<FakeWatch>(feed);
}

}  // namespace gpuspec::deploy::sandbox
