#include "backends/deploy/sandbox/arm/operations.h"

#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"
#include "lang/source/check.h"

namespace gpuspec::deploy::sandbox::arm {

char Stopped::ID = 0;

namespace {

constexpr std::chrono::hours kKept{24};

}  // namespace

llvm::Expected<std::string> Operations::add(Tree record) {
  std::string id = newId();
  Tree whole = ir::mapOf("id", id, "status", "InProgress", "startTime", nowText());
  for (auto& [key, value] : record.asMap()) whole.set(key, std::move(value));
  if (llvm::Error error = state_.put(operationKey(id), std::move(whole))) return error;
  return id;
}

void Operations::go(const std::string& id) {
  const std::lock_guard lock(mutex_);
  reap();
  if (stopping_) return;
  threads_[id] = std::thread([this, id] { run(id); });
}

llvm::Expected<Tree> Operations::find(const std::string& id) const {
  if (const std::shared_ptr<const Tree> record = state_.get(operationKey(id))) return *record;
  return fail(404, "OperationNotFound", "The operation '" + id + "' is not found.");
}

llvm::Error Operations::sleep(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopping_; });
  return stopping_ ? llvm::make_error<Stopped>() : llvm::Error::success();
}

llvm::Expected<Tree> Operations::wait(const std::string& id) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    llvm::Expected<Tree> record = find(id);
    if (!record || !isRunning(*record)) return record;
    changed_.wait(lock);
  }
  return llvm::make_error<Stopped>();
}

void Operations::run(const std::string& id) {
  llvm::Expected<Tree> record = find(id);
  if (record) {
    const auto handler = runs_.find(textAt(*record, "kind"));
    GPUSPEC_CHECK(handler != runs_.end(), "every kind of operation has who runs it");
    llvm::Expected<Tree> result = handler->second(*record);
    finish(std::move(*record), std::move(result));
  } else {
    llvm::consumeError(record.takeError());
  }
  const std::lock_guard lock(mutex_);
  done_.push_back(id);
  changed_.notify_all();
}

void Operations::finish(Tree record, llvm::Expected<Tree> result) {
  if (result) {
    record.set("status", "Succeeded");
    if (!result->isNull()) record.set("result", std::move(*result));
  } else {
    llvm::Error error = result.takeError();
    if (error.isA<Stopped>()) {
      llvm::consumeError(std::move(error));
      return;
    }
    Failure failure = failureOf(std::move(error));
    const bool canceled = textAt(failure.error, "code") == "OperationCanceled";
    record.set("status", canceled ? "Canceled" : "Failed");
    record.set("error", std::move(failure.error));
  }
  record.set("endTime", nowText());
  const std::lock_guard lock(mutex_);
  // A disk that is full now leaves it in progress: it goes on after the next start.
  const std::string key = operationKey(textAt(record, "id"));
  llvm::consumeError(state_.put(key, std::move(record)));
}

void Operations::reap() {
  for (const std::string& id : done_) {
    const auto thread = threads_.find(id);
    if (thread == threads_.end()) continue;
    thread->second.join();
    threads_.erase(thread);
  }
  done_.clear();
}

void Operations::forgetOld() {
  const std::string limit = timeText(std::chrono::system_clock::now() - kKept);
  for (const std::shared_ptr<const Tree>& record : state_.list("/arm/operations/")) {
    if (isRunning(*record) || textAt(*record, "endTime") > limit) continue;
    llvm::consumeError(state_.remove(operationKey(textAt(*record, "id"))));
  }
}

void Operations::start() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = false;
  }
  forgetOld();
  for (const std::shared_ptr<const Tree>& record : state_.list("/arm/operations/")) {
    if (isRunning(*record)) go(textAt(*record, "id"));
  }
}

void Operations::stop() {
  std::map<std::string, std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
    changed_.notify_all();
  }
  for (auto& [id, thread] : threads) thread.join();
  const std::lock_guard lock(mutex_);
  done_.clear();
}

}  // namespace gpuspec::deploy::sandbox::arm
