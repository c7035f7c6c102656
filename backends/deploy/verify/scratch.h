#pragma once

// What verify makes in a cluster: one namespace, and pods in others. Removed when it goes out of
// scope, whatever happened; what a killed run left is removed by a later one.

#include <mutex>
#include <string>
#include <vector>

#include "backends/deploy/verify/checks.h"

namespace gpuspec::deploy::verify {

class Scratch {
 public:
  explicit Scratch(const Cluster& cluster);
  ~Scratch() { remove(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // Of this spec, and too old to be of a run that still goes.
  void removeOlder();
  // Makes the namespace; again: does nothing.
  [[nodiscard]] llvm::Error open();
  const std::string& space() const { return space_; }  // its name
  const std::string& mark() const { return mark_; }    // of this run, also a label's value
  Tree labels() const;
  std::string selector() const;  // selects what this run made
  // Adds the labels. Safe to call from many threads.
  [[nodiscard]] llvm::Expected<Tree> create(const kube::ApiResource& resource, Tree object);
  // What could not be removed, one sentence each.
  std::vector<std::string> remove();

 private:
  struct Made {
    const kube::ApiResource* resource = nullptr;
    std::string object_namespace, name, uid;
  };

  void removeOlderOf(const std::string& kind);
  void waitUntilGone();

  const Cluster& cluster_;
  std::string mark_, space_;
  bool open_ = false;
  std::mutex mutex_;
  std::vector<Made> outside_;  // of the namespace
};

}  // namespace gpuspec::deploy::verify
