#pragma once

// Cluster IPs of Services, out of 10.0.0.0/16, and node ports. Thread-safe.

#include <mutex>
#include <set>
#include <string>

#include "backends/deploy/sandbox/kube/cluster_store.h"

namespace gpuspec::deploy::sandbox::api {

class ServiceAddresses {
 public:
  // What is stored is taken.
  explicit ServiceAddresses(const ClusterStore& cluster);
  // Fills spec.clusterIP(s) and node ports; `live` gives those that stay.
  void fill(Tree& service, const Tree* live);
  void release(const Tree& service);

 private:
  void take(const Tree& service);
  std::string freeAddress();
  std::int64_t freePort();

  std::mutex mutex_;
  std::set<std::string> addresses_;
  std::set<std::int64_t> ports_;
  std::uint32_t next_address_ = 11;
  std::int64_t next_port_ = 30000;
};

}  // namespace gpuspec::deploy::sandbox::api
