#include <algorithm>
#include <vector>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/sign_in.h"

// Which way to sign in: in the order of DefaultAzureCredential of Azure's SDKs, or the one that
// AZURE_TOKEN_CREDENTIALS names.

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using Way = Environment::Way;

class Closed : public SignIn {
 public:
  explicit Closed(std::string why) : why_(std::move(why)) {}
  llvm::Expected<Token> fetch(const std::string&) override { return unavailable(why_); }
  std::string name() const override { return ""; }

 private:
  const std::string why_;
};

class Chain : public SignIn {
 public:
  Chain(const Environment& environment, http::Transport& transport, apply::Clock& clock) {
    for (const Way way : environment.ways) {
      switch (way) {
        case Way::Environment:
          add("environment", environment.client_secret.empty()
                                 ? closed("AZURE_CLIENT_SECRET is not set")
                                 : makeSecretSignIn(environment, transport, clock));
          break;
        case Way::WorkloadIdentity:
          add("workload identity", environment.federated_token_file.empty()
                                       ? closed("AZURE_FEDERATED_TOKEN_FILE is not set")
                                       : makeFederatedSignIn(environment, transport, clock));
          break;
        case Way::ManagedIdentity:
          add("managed identity",
              makeManagedIdentity(environment, transport, clock, environment.ways.size() == 1));
          break;
        case Way::AzureCli:
          add("Azure CLI", makeAzureCli(environment, clock));
          break;
      }
    }
  }

  std::string name() const override { return chosen_ != nullptr ? chosen_->name() : ""; }

  // The first that is open stays: a run does not become somebody else on its way.
  llvm::Expected<Token> fetch(const std::string& scope) override {
    if (chosen_ != nullptr) return chosen_->fetch(scope);
    std::string said;
    for (const auto& [title, way] : ways_) {
      llvm::Expected<Token> token = way->fetch(scope);
      if (token) {
        chosen_ = way.get();
        return token;
      }
      llvm::Error error = token.takeError();
      if (!isUnavailable(error)) {
        chosen_ = way.get();
        return error;
      }
      said += (said.empty() ? "" : "; ") + title + ": " + asApiError(std::move(error)).message;
    }
    return apiError(Kind::Invalid, 0, "", "no credentials for Azure (" + said + ")",
                    "sign in with `az login`, set the variables that Azure's own tools read "
                    "(docs/credentials.md), or use a sandbox: eval \"$(gpuspec sandbox env)\"");
  }

 private:
  static std::unique_ptr<SignIn> closed(const std::string& why) {
    return std::make_unique<Closed>(why);
  }
  void add(std::string title, std::unique_ptr<SignIn> way) {
    ways_.emplace_back(std::move(title), std::move(way));
  }

  std::vector<std::pair<std::string, std::unique_ptr<SignIn>>> ways_;
  SignIn* chosen_ = nullptr;
};

}  // namespace

std::unique_ptr<SignIn> makeChain(const Environment& environment, http::Transport& transport,
                                  apply::Clock& clock) {
  return std::make_unique<Chain>(environment, transport, clock);
}

}  // namespace gpuspec::deploy::azure
