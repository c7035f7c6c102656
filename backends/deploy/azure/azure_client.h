#pragma once

// ARM: tokens, reading clusters and pools, deployments, deletes, long-running operations.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/deploy/apply/client.h"
#include "backends/deploy/apply/executor.h"
#include "backends/deploy/model/ownership.h"

namespace gpuspec::deploy::azure {

using model::Tree;

// Where a token comes from.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // A bearer token for the resource ("https://management.azure.com/.default"); `renew` after a 401.
  [[nodiscard]] virtual llvm::Expected<std::string> token(const std::string& scope, bool renew) = 0;
  // Who signed in and how, for people and errors: "the secret of client 6f2e, tenant t".
  virtual std::string name() const { return ""; }
};

struct Environment {
  std::string arm_endpoint = "https://management.azure.com";  // GPUSPEC_ARM_ENDPOINT
  std::string authority_host = "https://login.microsoftonline.com";
  std::string tenant_id, client_id, client_secret, subscription_id;
  std::string federated_token_file;                // AZURE_FEDERATED_TOKEN_FILE
  std::string identity_endpoint, identity_header;  // IDENTITY_ENDPOINT, IDENTITY_HEADER
  std::string metadata_host;                       // AZURE_POD_IDENTITY_AUTHORITY_HOST
  bool other_identity_host = false;                // Azure Arc, Service Fabric
  enum class Way { Environment, WorkloadIdentity, ManagedIdentity, AzureCli };
  // In the order in which they are tried; AZURE_TOKEN_CREDENTIALS chooses.
  std::vector<Way> ways = {Way::Environment, Way::WorkloadIdentity, Way::ManagedIdentity,
                           Way::AzureCli};
};
// From the variables that Azure's own SDKs read. Half of a credential is an error that says what is
// missing, and no reason to sign in as somebody else. Never a value.
[[nodiscard]] llvm::Expected<Environment> environmentFrom(
    const std::function<std::string(const char* name)>& variable);
// The first way to sign in that is open here. The transport and the clock outlive the source.
std::unique_ptr<TokenSource> makeCredential(const Environment& environment,
                                            http::Transport& transport);
std::unique_ptr<TokenSource> makeCredential(const Environment& environment,
                                            http::Transport& transport, apply::Clock& clock);
std::unique_ptr<TokenSource> makeClientSecret(const Environment& environment,
                                              http::Transport& transport, apply::Clock& clock);

// That a run works on a cluster which has no API yet, or soon none any more; see claim.h. Held for
// as long as it lives: a thread renews it; given back by the destructor.
class Claim {
 public:
  virtual ~Claim() = default;
  virtual bool lost() const = 0;  // could not be renewed in time, or somebody else has it: stop
};
struct ClaimOptions {
  std::string holder;                                   // "alice@host, pid 4711"
  std::chrono::milliseconds duration{30'000}, wait{0};  // wait: --lock-timeout
};

class AzureClient : public apply::ResourceClient {
 public:
  // One GET of each cluster, one LIST of its pools, one tag query for each subscription.
  [[nodiscard]] virtual llvm::Error read(const model::DesiredSet& desired,
                                         model::LiveSet& live) = 0;
  // The kubeconfig of an AKS cluster, as listClusterUserCredential hands it out.
  [[nodiscard]] virtual llvm::Expected<std::string> kubeconfig(const model::Target& target) = 0;
  // `cluster`: the change of a cluster that is not there. Makes its resource group where there is
  // none. Kind::Busy when another run has it; code MovedOn when the cluster came since the plan.
  [[nodiscard]] virtual llvm::Expected<std::unique_ptr<Claim>> claim(
      const plan::Change& cluster, const ClaimOptions& options,
      const http::CancelToken& cancel) = 0;
  // "alice@host, pid 4711, since 2026-11-21T06:00:00Z"; "" = nobody.
  [[nodiscard]] virtual llvm::Expected<std::string> claimedBy(const model::Target& target) = 0;
  // Kind::Busy when another run still has it after `wait`.
  [[nodiscard]] virtual llvm::Error awaitNoClaim(const model::Target& target,
                                                 std::chrono::milliseconds wait,
                                                 const http::CancelToken& cancel) = 0;
  virtual std::int64_t requestCount() const = 0;
};

// The references outlive the client. `subscription` is used where a target names none.
std::unique_ptr<AzureClient> makeAzureClient(const Environment& environment,
                                             http::Transport& transport, TokenSource& tokens);
std::unique_ptr<AzureClient> makeAzureClient(const Environment& environment,
                                             http::Transport& transport, TokenSource& tokens,
                                             apply::Clock& clock);

}  // namespace gpuspec::deploy::azure
