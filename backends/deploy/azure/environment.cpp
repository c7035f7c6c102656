#include <algorithm>
#include <cctype>
#include <string_view>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/azure_client.h"

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

// Ids become parts of URLs.
bool isPlainId(const std::string& text) {
  return consistsOf(text, "-._");
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

}  // namespace

llvm::Expected<Environment> environmentFrom(
    const std::function<std::string(const char* name)>& variable) {
  Environment environment;
  std::vector<std::string> absent;
  const auto required = [&](const char* name) {
    std::string value = variable(name);
    if (value.empty()) absent.emplace_back(name);
    return value;
  };
  environment.tenant_id = required("AZURE_TENANT_ID");
  environment.client_id = required("AZURE_CLIENT_ID");
  environment.client_secret = required("AZURE_CLIENT_SECRET");
  environment.subscription_id = variable("AZURE_SUBSCRIPTION_ID");
  if (!absent.empty()) return missing(absent);
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
