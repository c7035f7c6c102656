#pragma once

// Waiting for what the server finishes by itself; internal to the library.

#include <functional>

#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

// Pauses that grow, until time is over or somebody cancels.
class Poll {
 public:
  Poll(const Patience& patience, std::chrono::milliseconds total, const http::CancelToken& cancel);
  // Sleeps; false: it is not worth another look.
  bool next();

 private:
  const Patience& patience_;
  const http::CancelToken& cancel_;
  std::chrono::steady_clock::time_point until_;
  std::chrono::milliseconds pause_;
};

// Until `ask` says true; else Cancelled, or `late` as a Timeout.
[[nodiscard]] llvm::Error waitUntil(const Writer& writer,
                                    const std::function<llvm::Expected<bool>()>& ask,
                                    const std::string& late);

// The object; nullopt when there is none.
[[nodiscard]] llvm::Expected<std::optional<Tree>> look(const Writer& writer,
                                                       const ApiResource& resource,
                                                       const std::string& object_namespace,
                                                       const std::string& name);

// Until the object of this uid ("" = any) is gone.
[[nodiscard]] llvm::Error awaitGone(const Writer& writer, const ApiResource& resource,
                                    const std::string& object_namespace, const std::string& name,
                                    const std::string& uid);
// A CustomResourceDefinition, until its kinds are served.
[[nodiscard]] llvm::Error awaitEstablished(const Writer& writer, const ApiResource& resource,
                                           const std::string& name);
// A namespace on its way out, until it is gone or another one has come.
[[nodiscard]] llvm::Error awaitNamespace(const Writer& writer, const std::string& name);

}  // namespace gpuspec::deploy::kube
