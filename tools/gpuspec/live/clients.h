#pragma once

// Who carries each change of a run out, and what a run leaves about itself in the clusters.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backends/deploy/apply/executor.h"
#include "backends/deploy/apply/journal.h"
#include "tools/gpuspec/live/locks.h"

namespace gpuspec::cli {

class Clients {
 public:
  // `stop` is called, at most once, when another run turns out to hold a lock.
  Clients(Session& session, const deploy::plan::Plan& plan, Locks& locks,
          std::function<void()> stop);
  ~Clients();

  // Lock, inventory and journal stand before anything is changed: in the clusters that are there.
  [[nodiscard]] llvm::Error begin();
  // Thread-safe; never null. In a cluster that the run has made itself, it takes the lock first.
  deploy::apply::ResourceClient* of(const deploy::plan::Change& change);
  // The journals. Where nothing is left, the books go, too.
  void finish(const deploy::apply::Result& result, bool destroyed);
  // Who was quicker; set once the run had to stop for it.
  const std::optional<deploy::apply::ApiError>& refusal() const { return refusal_; }

 private:
  deploy::apply::ResourceClient* failing(llvm::Error error);
  [[nodiscard]] llvm::Error prepare(const std::string& cluster);
  [[nodiscard]] llvm::Error writeBooks(const std::string& cluster);
  [[nodiscard]] llvm::Error writeJournal(const std::string& cluster);
  [[nodiscard]] llvm::Error removeBooks(const std::string& cluster);
  bool isGone(const std::string& cluster, const deploy::apply::Result& result) const;
  deploy::apply::ResourceClient* helm(const std::string& cluster);

  Session& session_;
  const deploy::plan::Plan& plan_;
  Locks& locks_;
  std::function<void()> stop_;
  deploy::apply::Journal journal_;
  std::mutex mutex_, prepare_mutex_;
  std::vector<std::string> prepared_;
  std::optional<deploy::apply::ApiError> refusal_;
  std::vector<std::unique_ptr<deploy::apply::ResourceClient>> failing_;
  std::map<std::string, std::unique_ptr<deploy::apply::ResourceClient>> helm_;
};

}  // namespace gpuspec::cli
