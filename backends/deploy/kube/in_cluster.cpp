#include "backends/deploy/kube/in_cluster.h"

#include <cstdlib>
#include <filesystem>

#include "backends/deploy/kube/connecting.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::kube {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string serverOf(const std::string& host, const std::string& port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return "https://" + (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

}  // namespace

bool isInCluster(const InCluster& pod) {
  std::error_code ignored;
  return !variable("KUBERNETES_SERVICE_HOST").empty() &&
         !variable("KUBERNETES_SERVICE_PORT").empty() &&
         std::filesystem::exists(pod.folder + "/token", ignored);
}

llvm::Expected<Connection> inClusterConnection(const InCluster& pod) {
  Connection connection;
  connection.server =
      serverOf(variable("KUBERNETES_SERVICE_HOST"), variable("KUBERNETES_SERVICE_PORT"));
  llvm::Expected<std::string> authority = readWhole(pod.folder + "/ca.crt");
  if (!authority) return authority.takeError();
  connection.tls.ca_pem = std::move(*authority);
  connection.identity = "the service account of this pod (" + pod.folder + ")";
  connection.token = tokenFrom(pod.folder + "/token", "the service account of this pod");
  connection.renewing_user = ir::mapOf("tokenFile", pod.folder + "/token");
  return connection;
}

}  // namespace gpuspec::deploy::kube
