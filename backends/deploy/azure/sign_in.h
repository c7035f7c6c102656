#pragma once

// The ways to sign in to Azure, and the tokens that they give; internal to the library.

#include <chrono>
#include <memory>
#include <string>

#include "backends/deploy/azure/azure_client.h"
#include "backends/deploy/http/retry.h"

namespace gpuspec::deploy::azure {

struct Token {
  std::string text;
  std::chrono::milliseconds renew_at{0}, ends_at{0};  // by apply::Clock
};
// Renewed five minutes before it ends, or in the last quarter of a short life.
Token tokenFor(std::string text, std::chrono::seconds life, apply::Clock& clock);
// A number, or a text that is one, as some endpoints write it; -1 = neither.
std::int64_t numberAt(const Tree& answer, std::string_view key);

class SignIn {
 public:
  virtual ~SignIn() = default;
  // An error that isUnavailable says true of: this way is not open here, and another may be.
  [[nodiscard]] virtual llvm::Expected<Token> fetch(const std::string& scope) = 0;
  // Who signs in and how, for people: "the secret of client 6f2e, tenant t". No secret.
  virtual std::string name() const = 0;
};

[[nodiscard]] llvm::Error unavailable(const std::string& why);
bool isUnavailable(const llvm::Error& error);

// Sleeps as apply's clock does.
http::RetryTools retryTools(apply::Clock& clock);

// The references outlive what is made.
std::unique_ptr<SignIn> makeSecretSignIn(const Environment& environment, http::Transport& transport,
                                         apply::Clock& clock);
// Workload-identity federation: the token of another authority, read from its file each time.
std::unique_ptr<SignIn> makeFederatedSignIn(const Environment& environment,
                                            http::Transport& transport, apply::Clock& clock);
// `only_way`: the machine's metadata is waited for; otherwise a second has to do.
std::unique_ptr<SignIn> makeManagedIdentity(const Environment& environment,
                                            http::Transport& transport, apply::Clock& clock,
                                            bool only_way);
std::unique_ptr<SignIn> makeAzureCli(const Environment& environment, apply::Clock& clock);
// The first of the environment's ways that is open here.
std::unique_ptr<SignIn> makeChain(const Environment& environment, http::Transport& transport,
                                  apply::Clock& clock);

// Keeps tokens until shortly before they end. Thread-safe; one fetch at a time.
std::unique_ptr<TokenSource> keepTokens(std::unique_ptr<SignIn> sign_in, apply::Clock& clock);

}  // namespace gpuspec::deploy::azure
