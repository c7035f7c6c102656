#include <atomic>
#include <thread>

#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

llvm::Error sideBySide(std::size_t count, const std::function<llvm::Error(std::size_t)>& work) {
  constexpr std::size_t kThreads = 8;
  std::vector<llvm::Error> errors;
  for (std::size_t i = 0; i < count; ++i) errors.push_back(llvm::Error::success());
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  const auto run = [&] {
    for (std::size_t i = next++; i < count && !failed; i = next++) {
      errors[i] = llvm::joinErrors(std::move(errors[i]), work(i));
      if (errors[i]) failed = true;
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(kThreads, count); ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
  llvm::Error first = llvm::Error::success();
  for (llvm::Error& error : errors) {
    if (first) {
      llvm::consumeError(std::move(error));
    } else {
      first = llvm::joinErrors(std::move(first), std::move(error));
    }
  }
  return first;
}

}  // namespace gpuspec::deploy::kube
