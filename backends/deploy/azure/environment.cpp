#include <algorithm>
#include <cctype>
#include <string_view>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/azure_client.h"
#include "backends/deploy/azure/paths.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = apply::ApiError::Kind;

constexpr const char* kSandboxHint =
    "set the variables that Azure's own tools read, or use a sandbox: eval \"$(gpuspec sandbox "
    "env)\"";

// "login.microsoftonline.us/" is as good as "https://login.microsoftonline.us".
std::string asUrl(std::string text, const std::string& otherwise) {
  while (!text.empty() && text.back() == '/') text.pop_back();
  if (text.empty()) return otherwise;
  return text.find("://") == std::string::npos ? "https://" + text : text;
}

bool consistsOf(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](unsigned char c) {
    return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Ids become parts of URLs, and arguments of `az`.
bool isPlainId(const std::string& text) {
  return consistsOf(text, "-._") && !text.starts_with('-');
}

// Credentials go there: over TLS, and to a host that is spelled out. The value is not repeated, for
// it may hold a password.
llvm::Error checkHost(const char* name, std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (url.starts_with(kScheme) && url.size() > kScheme.size() &&
      consistsOf(url.substr(kScheme.size()), "-._:[]"))
    return llvm::Error::success();
  return apiError(Kind::Invalid, 0, "",
                  std::string(name) + " is not an https URL of a host and nothing more",
                  "write it as https://HOST or https://HOST:PORT");
}

llvm::Error missing(const std::vector<std::string>& names) {
  std::string text = "no credentials for Azure: ";
  for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return apiError(Kind::Unauthorized, 0, "",
                  text + (names.size() == 1 ? " is" : " are") + " not set", kSandboxHint);
}

using Way = Environment::Way;
using Variable = std::function<std::string(const char* name)>;

bool isTried(Way way, const Environment& environment) {
  return std::ranges::find(environment.ways, way) != environment.ways.end();
}

llvm::Error takeWays(const Variable& variable, Environment& to) {
  struct Choice {
    std::string_view name;
    std::vector<Way> ways;
  };
  const Choice choices[] = {
      {"prod", {Way::Environment, Way::WorkloadIdentity, Way::ManagedIdentity}},
      {"dev", {Way::AzureCli}},
      {"environmentcredential", {Way::Environment}},
      {"workloadidentitycredential", {Way::WorkloadIdentity}},
      {"managedidentitycredential", {Way::ManagedIdentity}},
      {"azureclicredential", {Way::AzureCli}},
  };
  const std::string chosen = lowerCase(variable("AZURE_TOKEN_CREDENTIALS"));
  if (chosen.empty()) return llvm::Error::success();
  for (const Choice& choice : choices) {
    if (choice.name != chosen) continue;
    to.ways = choice.ways;
    return llvm::Error::success();
  }
  return apiError(Kind::Invalid, 0, "",
                  "AZURE_TOKEN_CREDENTIALS names no way to sign in that gpuspec has",
                  "set it to dev, prod, EnvironmentCredential, WorkloadIdentityCredential, "
                  "ManagedIdentityCredential or AzureCliCredential");
}

// Whoever set a part of a credential means it.
llvm::Error checkWhole(const Variable& variable, const Environment& environment) {
  const bool only_one = environment.ways.size() == 1;
  const bool secret =
      isTried(Way::Environment, environment) && (only_one || !environment.client_secret.empty());
  const bool file = isTried(Way::WorkloadIdentity, environment) &&
                    (only_one || !environment.federated_token_file.empty());
  if (isTried(Way::Environment, environment) && environment.client_secret.empty() &&
      !variable("AZURE_CLIENT_CERTIFICATE_PATH").empty())
    return apiError(Kind::Invalid, 0, "",
                    "AZURE_CLIENT_CERTIFICATE_PATH: gpuspec does not sign in with a certificate",
                    "use workload-identity federation, a client secret, a managed identity or `az "
                    "login --service-principal --certificate`");
  std::vector<std::string> absent;
  const auto need = [&](const char* name, const std::string& value) {
    if (value.empty()) absent.emplace_back(name);
  };
  if (secret || file) need("AZURE_TENANT_ID", environment.tenant_id);
  if (secret || file) need("AZURE_CLIENT_ID", environment.client_id);
  if (secret) need("AZURE_CLIENT_SECRET", environment.client_secret);
  if (file && !secret) need("AZURE_FEDERATED_TOKEN_FILE", environment.federated_token_file);
  return absent.empty() ? llvm::Error::success() : missing(absent);
}

llvm::Error takeIdentityHost(const Variable& variable, Environment& to) {
  to.identity_endpoint = variable("IDENTITY_ENDPOINT");
  to.identity_header = variable("IDENTITY_HEADER");
  to.metadata_host = variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
  while (to.metadata_host.ends_with('/')) to.metadata_host.pop_back();
  to.other_identity_host =
      !to.identity_endpoint.empty() &&
      (to.identity_header.empty() || !variable("IDENTITY_SERVER_THUMBPRINT").empty());
  for (const char* name : {"IDENTITY_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"}) {
    if (variable(name).find_first_of("@?#") != std::string::npos)
      return apiError(Kind::Invalid, 0, "", std::string(name) + " is no plain URL",
                      "the platform that gpuspec runs on sets it");
  }
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<Environment> environmentFrom(
    const std::function<std::string(const char* name)>& variable) {
  Environment environment;
  environment.tenant_id = variable("AZURE_TENANT_ID");
  environment.client_id = variable("AZURE_CLIENT_ID");
  environment.client_secret = variable("AZURE_CLIENT_SECRET");
  environment.subscription_id = variable("AZURE_SUBSCRIPTION_ID");
  environment.federated_token_file = variable("AZURE_FEDERATED_TOKEN_FILE");
  if (llvm::Error error = takeWays(variable, environment)) return error;
  if (llvm::Error error = checkWhole(variable, environment)) return error;
  if (llvm::Error error = takeIdentityHost(variable, environment)) return error;
  environment.authority_host = asUrl(variable("AZURE_AUTHORITY_HOST"), environment.authority_host);
  environment.arm_endpoint = asUrl(variable("GPUSPEC_ARM_ENDPOINT"), environment.arm_endpoint);
  if (llvm::Error error = checkHost("AZURE_AUTHORITY_HOST", environment.authority_host))
    return error;
  if (llvm::Error error = checkHost("GPUSPEC_ARM_ENDPOINT", environment.arm_endpoint)) return error;
  if (!isPlainId(environment.tenant_id))
    return apiError(Kind::Unauthorized, 0, "", "AZURE_TENANT_ID is neither an id nor a domain",
                    "az account show prints it as tenantId");
  if (!isPlainId(environment.subscription_id))
    return apiError(Kind::Unauthorized, 0, "", "AZURE_SUBSCRIPTION_ID is no subscription id",
                    "az account show prints it as id");
  return environment;
}

}  // namespace gpuspec::deploy::azure
