#pragma once

// Long-running operations: their records in the store, and a thread for each that runs. What a
// killed process left behind goes on with `start`.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/arm/state.h"

namespace gpuspec::deploy::sandbox::arm {

// The process ends: the operation stays in progress and goes on after the next start.
class Stopped : public llvm::ErrorInfo<Stopped> {
 public:
  void log(llvm::raw_ostream& out) const override { out << "stopped"; }
  std::error_code convertToErrorCode() const override {
    return std::make_error_code(std::errc::operation_canceled);
  }
  static char ID;
};

class Operations {
 public:
  // In the operation's thread. Runs again from the start after a restart, so it does nothing that
  // cannot be done twice. The tree becomes the record's "result".
  using Run = std::function<llvm::Expected<Tree>(const Tree& record)>;

  explicit Operations(State& state) : state_(state) {}
  ~Operations() { stop(); }
  void handle(const std::string& kind, Run run) { runs_[kind] = std::move(run); }

  // Writes {kind, group, region ...} with an id and the status InProgress; runs it only after `go`.
  [[nodiscard]] llvm::Expected<std::string> add(Tree record);
  void go(const std::string& id);
  // Fails when there is none.
  [[nodiscard]] llvm::Expected<Tree> find(const std::string& id) const;

  // For `Run`: fails with Stopped when the process ends in between.
  [[nodiscard]] llvm::Error sleep(std::chrono::milliseconds time);
  // Until another operation is done: its record.
  [[nodiscard]] llvm::Expected<Tree> wait(const std::string& id);

  void start();
  void stop();

 private:
  void run(const std::string& id);
  void finish(Tree record, llvm::Expected<Tree> result);
  void reap();
  void forgetOld();

  State& state_;
  std::map<std::string, Run> runs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::thread> threads_;
  std::vector<std::string> done_;  // threads to join
  bool stopping_ = false;
};

inline bool isRunning(const Tree& record) {
  const Tree* status = record.find("status");
  return status != nullptr && status->isString() && status->asString() == "InProgress";
}

}  // namespace gpuspec::deploy::sandbox::arm
