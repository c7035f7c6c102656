#pragma once

// Long-running operations: polled as their headers say, until they are over. ARM's rules:
// learn.microsoft.com, "Track asynchronous Azure operations".

#include <string>

#include "backends/deploy/azure/session.h"

namespace gpuspec::deploy::azure {

struct Waiting {
  std::string verb;  // for progress: "Creating"
  std::string what;  // for errors: "create pool h100"
  // The resource whose provisioningState tells where no header does.
  std::string path, version;
  bool deleting = false;  // 404 of the resource is success
  const apply::Progress& progress;
  const http::CancelToken& cancel;
  const Tree* sent = nullptr;  // the request's body: no error may repeat its secrets
};

// Until the operation that `started` began is over; at once when it began none.
[[nodiscard]] llvm::Error awaitOperation(Session& session, const ArmReply& started,
                                         const Waiting& waiting);
// Until the resource's state is final, whoever works on it.
[[nodiscard]] llvm::Error awaitResource(Session& session, const Waiting& waiting);

// "" when there is none.
std::string provisioningState(const Tree& resource);
bool isFinal(std::string_view state);

// "12 s", "4 min 12 s".
std::string elapsedText(std::chrono::milliseconds time);

}  // namespace gpuspec::deploy::azure
