#include "tools/gpuspec/live/sandbox_folder.h"

#include <filesystem>
#include <thread>

#include "backends/deploy/http/curl.h"
#include "compiler/driver/compilation.h"
#include "compiler/ir/json.h"

namespace gpuspec::cli {

namespace fs = std::filesystem;
namespace sandbox = deploy::sandbox;

std::string sandboxFolder(const std::string& given) {
  if (!given.empty()) return fs::absolute(given).lexically_normal().string();
  const driver::RealFileSystem files;
  return (fs::absolute(driver::findRoot(files, ".")) / ".gpuspec" / "sandbox")
      .lexically_normal()
      .string();
}

std::vector<EnvironmentVariable> sandboxEnvironment(const sandbox::Access& access,
                                                    const std::string& folder) {
  return {{"KUBECONFIG", sandbox::kubeconfigFile(folder)},
          {"GPUSPEC_ARM_ENDPOINT", access.url()},
          {"AZURE_AUTHORITY_HOST", access.url()},
          {"AZURE_TENANT_ID", access.tenant_id},
          {"AZURE_SUBSCRIPTION_ID", access.subscription_id},
          {"AZURE_CLIENT_ID", access.client_id},
          {"AZURE_CLIENT_SECRET", access.client_secret},
          {"SSL_CERT_FILE", access.ca_file},
          {"REQUESTS_CA_BUNDLE", access.ca_file},
          {"NODE_EXTRA_CA_CERTS", access.ca_file}};
}

llvm::Expected<ir::Tree> askSandbox(const sandbox::Access& access, const std::string& method,
                                    const std::string& what, std::chrono::milliseconds timeout,
                                    const std::string& body) {
  deploy::http::CurlOptions options;
  options.tls.ca_file = access.ca_file;
  llvm::Expected<std::unique_ptr<deploy::http::Transport>> transport =
      deploy::http::makeCurlTransport(options);
  if (!transport) return transport.takeError();
  deploy::http::Request request;
  request.method = method;
  request.url = access.url() + "/sandbox/" + what;
  request.timeout = timeout;
  request.headers = {{"Authorization", "Bearer " + access.token}};
  request.body = body;
  llvm::Expected<deploy::http::Response> response = (*transport)->send(request);
  if (!response) return response.takeError();
  if (response->status == 200) return ir::parseJson(response->body);
  return llvm::createStringError(std::errc::protocol_error, "the sandbox answered %d to `%s`",
                                 response->status, what.c_str());
}

llvm::Expected<std::optional<sandbox::Access>> settledSandbox(const std::string& folder) {
  constexpr std::chrono::seconds kPatience{20};
  constexpr std::chrono::milliseconds kStep{20};
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (sandbox::isRunning(folder)) {
    if (llvm::Expected<sandbox::Access> access = sandbox::readAccess(folder)) {
      llvm::Expected<ir::Tree> status =
          askSandbox(*access, "GET", "status", std::chrono::seconds(2));
      if (status) return std::move(*access);
      llvm::consumeError(status.takeError());
    } else {
      llvm::consumeError(access.takeError());
    }
    if (std::chrono::steady_clock::now() > end)
      return llvm::createStringError(
          std::errc::timed_out, "a process holds `%s` and does not answer; end it and try again",
          folder.c_str());
    std::this_thread::sleep_for(kStep);
  }
  return std::nullopt;
}

}  // namespace gpuspec::cli
