#pragma once

// The least of an API server: names, uids, revisions, merge patches, finalizers and watches.
// Nothing is defaulted or refused, so that a test sees what the controllers do by themselves.

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "backends/deploy/sandbox/kube/kube_api.h"

namespace gpuspec::deploy::sandbox {

class FakeObjects : public Objects {
 public:
  llvm::Expected<Tree> create(const ResourceId& id, std::string_view object_namespace, Tree object,
                              const WriteOptions& options) override;
  llvm::Expected<Tree> update(const ResourceId& id, std::string_view object_namespace, Tree object,
                              const WriteOptions& options) override;
  llvm::Expected<Tree> apply(const ResourceId& id, std::string_view object_namespace,
                             std::string_view name, Tree object,
                             const WriteOptions& options) override;
  llvm::Expected<Tree> mergePatch(const ResourceId& id, std::string_view object_namespace,
                                  std::string_view name, const Tree& patch,
                                  const WriteOptions& options) override;
  llvm::Expected<Tree> remove(const ResourceId& id, std::string_view object_namespace,
                              std::string_view name, std::string_view propagation) override;
  std::optional<Tree> get(const ResourceId& id, std::string_view object_namespace,
                          std::string_view name) const override;
  std::vector<Tree> list(const ResourceId& id,
                         std::string_view object_namespace = {}) const override;
  std::unique_ptr<Watch> watch(const ResourceId& id) const override;

  struct Feed {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Event> events;
    bool closed = false;
  };

 private:
  Tree store(const std::string& key, Tree object);
  void tell(Event event);

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Tree>> objects_;
  mutable std::vector<std::weak_ptr<Feed>> feeds_;
  std::int64_t revision_ = 0;
};

class FakeApi : public KubeApi {
 public:
  Objects& objects() override { return objects_; }
  HttpResponse handle(const HttpRequest&) override { return {}; }

 private:
  FakeObjects objects_;
};

}  // namespace gpuspec::deploy::sandbox
