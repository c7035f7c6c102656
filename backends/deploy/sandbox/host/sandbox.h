#pragma once

// The whole sandbox in one process: one TLS port on loopback, ARM at its root and each cluster's
// Kubernetes API below /clusters/<key>; one folder with everything it knows. A stand-in, and it
// says so.
//
//   <folder>/access.json   where it listens and the credentials it takes, mode 0600
//   <folder>/kubeconfig    context `sandbox`, and one for each AKS cluster made here, mode 0600
//   <folder>/requests.jsonl  what was asked, where that is noted
//   <folder>/store.db      every object; <folder>/tls/ the CA; <folder>/lock held while it runs

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/cluster/cluster.h"
#include "backends/deploy/sandbox/faults/script.h"

namespace gpuspec::deploy::sandbox {

// The Kubernetes cluster that every sandbox has.
inline constexpr const char* kOwnCluster = "sandbox";

// Whom it lets in. Made once, kept in access.json.
struct Access {
  std::uint16_t port = 0;
  std::string ca_file;
  std::string tenant_id, subscription_id, client_id, client_secret;
  std::string token;  // of its Kubernetes APIs and of /sandbox/*

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port); }
};
// Fails when there has never been a sandbox in `folder`.
[[nodiscard]] llvm::Expected<Access> readAccess(const std::string& folder);
// True while a process serves from `folder`.
bool isRunning(const std::string& folder);
std::string kubeconfigFile(const std::string& folder);

struct SandboxOptions {
  std::string folder;      // absolute; made when it is not there
  std::uint16_t port = 0;  // 0 = the one it had, else any
  std::chrono::milliseconds operation_time{300};
  std::chrono::seconds token_lifetime{3600};
  std::map<std::string, std::int64_t> vcpu_limits{};  // by VM family, in each region
  FaultScript faults{};                               // what goes wrong from the start
  bool logs_requests = false;                         // in <folder>/requests.jsonl
};

class Sandbox {
 public:
  virtual ~Sandbox() = default;
  virtual const Access& access() const = 0;
  // Answers until `stop`, which any thread may call. Fails when it ends by itself.
  [[nodiscard]] virtual llvm::Error run() = 0;
  virtual void stop() = 0;
};

// Takes the folder's lock: a second process gets an error that says so. `facts` outlives it.
[[nodiscard]] llvm::Expected<std::unique_ptr<Sandbox>> openSandbox(const SandboxOptions& options,
                                                                   const NodeFacts& facts);

}  // namespace gpuspec::deploy::sandbox
