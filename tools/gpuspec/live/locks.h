#pragma once

// The locks of a run, one for each cluster: its Lease, and before it has an API, or once that is
// about to go, a claim in Azure. Given back when the run ends.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tools/gpuspec/live/session.h"

namespace gpuspec::cli {

// "alice@build-7, pid 4711"
std::string holderName();

// All but takeAll and claimAll are thread-safe.
class Locks {
 public:
  explicit Locks(Session& session) : session_(session) {}
  // Those of the clusters that are there now; the others must be nobody's. Complains; false: exit
  // `code()`.
  bool takeAll(Terminal& terminal);
  // The claims to the clusters that the plan makes, or waits for.
  [[nodiscard]] llvm::Error claimAll(const deploy::plan::Plan& plan);
  // A cluster that has an API now.
  [[nodiscard]] llvm::Error take(const std::string& cluster);
  // The cluster goes, and its Lease with it: a claim stands in for that.
  void leave(const deploy::plan::Change& cluster);

  bool holds(const std::string& cluster) const;
  std::vector<std::string> held() const;
  bool anyLost() const;
  bool isLost(const std::string& cluster) const;
  int code() const { return code_; }

 private:
  [[nodiscard]] llvm::Error claim(const deploy::plan::Change& cluster);

  Session& session_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<deploy::kube::Lock>> held_;
  std::map<std::string, std::unique_ptr<deploy::azure::Claim>> claims_;
  int code_ = 3;
};

}  // namespace gpuspec::cli
