#pragma once

// ARM: tokens, reading clusters and pools, deployments, deletes, long-running operations.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/deploy/apply/client.h"
#include "backends/deploy/apply/executor.h"
#include "backends/deploy/model/ownership.h"

namespace gpuspec::deploy::azure {

using model::Tree;

// Where a token comes from; later issues add federation, managed identity and the az CLI.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // A bearer token for the resource ("https://management.azure.com/.default"); `renew` after a 401.
  [[nodiscard]] virtual llvm::Expected<std::string> token(const std::string& scope, bool renew) = 0;
};

struct Environment {
  std::string arm_endpoint = "https://management.azure.com";  // GPUSPEC_ARM_ENDPOINT
  std::string authority_host = "https://login.microsoftonline.com";
  std::string tenant_id, client_id, client_secret, subscription_id;
};
// From the variables that Azure's own SDKs read; says which one is missing, never a value.
[[nodiscard]] llvm::Expected<Environment> environmentFrom(
    const std::function<std::string(const char* name)>& variable);
// The transport and the clock outlive the source.
std::unique_ptr<TokenSource> makeClientSecret(const Environment& environment,
                                              http::Transport& transport);
std::unique_ptr<TokenSource> makeClientSecret(const Environment& environment,
                                              http::Transport& transport, apply::Clock& clock);

class AzureClient : public apply::ResourceClient {
 public:
  // One GET of each cluster, one LIST of its pools, one tag query for each subscription.
  [[nodiscard]] virtual llvm::Error read(const model::DesiredSet& desired,
                                         model::LiveSet& live) = 0;
  // The kubeconfig of an AKS cluster, as listClusterUserCredential hands it out.
  [[nodiscard]] virtual llvm::Expected<std::string> kubeconfig(const model::Target& target) = 0;
  virtual std::int64_t requestCount() const = 0;
};

// The references outlive the client. `subscription` is used where a target names none.
std::unique_ptr<AzureClient> makeAzureClient(const Environment& environment,
                                             http::Transport& transport, TokenSource& tokens);
std::unique_ptr<AzureClient> makeAzureClient(const Environment& environment,
                                             http::Transport& transport, TokenSource& tokens,
                                             apply::Clock& clock);

}  // namespace gpuspec::deploy::azure
