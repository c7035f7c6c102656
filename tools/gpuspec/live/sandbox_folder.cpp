#include "tools/gpuspec/live/sandbox_folder.h"

#include <filesystem>

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
                                    const std::string& what) {
  deploy::http::CurlOptions options;
  options.tls.ca_file = access.ca_file;
  llvm::Expected<std::unique_ptr<deploy::http::Transport>> transport =
      deploy::http::makeCurlTransport(options);
  if (!transport) return transport.takeError();
  deploy::http::Request request;
  request.method = method;
  request.url = access.url() + "/sandbox/" + what;
  request.headers = {{"Authorization", "Bearer " + access.token}};
  llvm::Expected<deploy::http::Response> response = (*transport)->send(request);
  if (!response) return response.takeError();
  if (response->status == 200) return ir::parseJson(response->body);
  return llvm::createStringError(std::errc::protocol_error, "the sandbox answered %d to `%s`",
                                 response->status, what.c_str());
}

llvm::Expected<sandbox::Access> runningSandbox(const std::string& folder) {
  if (sandbox::isRunning(folder)) return sandbox::readAccess(folder);
  return llvm::createStringError(
      std::errc::not_connected, "no sandbox is running in `%s`; `gpuspec sandbox start` starts one",
      folder.c_str());
}

}  // namespace gpuspec::cli
