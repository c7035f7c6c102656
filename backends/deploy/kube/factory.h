#pragma once

#include <chrono>
#include <memory>

#include "backends/deploy/http/retry.h"
#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

// How long is waited for what; tests wait less.
struct Patience {
  std::chrono::milliseconds first_poll{100}, longest_poll{2'000};
  // What is on its way out (finalizers, namespaces), and definitions until they are established.
  std::chrono::milliseconds settled{600'000};
  // A kind whose definition came a moment ago, a quota that is not counted yet.
  std::chrono::milliseconds served{20'000};
  http::RetryPolicy retry;
};

// A client over any transport; `connection.tls` is the transport's business.
std::unique_ptr<KubeClient> makeKubeClientOver(Connection connection,
                                               std::unique_ptr<http::Transport> transport,
                                               Patience patience = {});

}  // namespace gpuspec::deploy::kube
