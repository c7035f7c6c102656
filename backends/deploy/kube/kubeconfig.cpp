#include "backends/deploy/kube/kubeconfig.h"

#include <cstdlib>
#include <filesystem>

#include "backends/deploy/kube/base64.h"
#include "backends/deploy/kube/connecting.h"
#include "backends/deploy/kube/in_cluster.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::kube {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> filesOf(const std::string& explicit_file) {
  if (!explicit_file.empty()) return {explicit_file};
  std::vector<std::string> files;
  if (const char* variable = std::getenv("KUBECONFIG"); variable != nullptr && *variable != '\0') {
    const std::string list = variable;
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(':', begin), list.size());
      if (end > begin) files.push_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
    return files;
  }
  if (const char* home = std::getenv("HOME"); home != nullptr)
    files.push_back(std::string(home) + "/.kube/config");
  return files;
}

llvm::Error nothingFound(const std::vector<std::string>& files, const std::string& context,
                         const InCluster& pod) {
  std::string looked;
  for (const std::string& file : files) looked += (looked.empty() ? "`" : ", `") + file + "`";
  const std::string text = "there is no kubeconfig" + (looked.empty() ? "" : " at " + looked);
  if (isInCluster(pod))
    return kubeconfigError(text + " for the context `" + context + "`",
                           "`--context in-cluster` uses the service account of this pod");
  if (context == kInClusterContext)
    return kubeconfigError(text + ", and this is no pod with a service account",
                           "a pod has one unless `automountServiceAccountToken` is false; "
                           "elsewhere give --kubeconfig");
  return kubeconfigError(text, "give --kubeconfig FILE, set KUBECONFIG, or use --sandbox");
}

}  // namespace

llvm::Expected<Connection> connectionFrom(const std::string& text, const std::string& folder,
                                          const std::string& context) {
  Kubeconfig config;
  if (llvm::Error error = addKubeconfig(text, folder, "the kubeconfig handed out", config))
    return error;
  return connect(config, context);
}

llvm::Expected<Connection> loadConnection(const std::string& explicit_file,
                                          const std::string& context, const InCluster& pod) {
  Kubeconfig config;
  const std::vector<std::string> files = filesOf(explicit_file);
  for (const std::string& file : files) {
    // Files of a list may be missing, as with kubectl; one that was asked for may not.
    std::error_code ignored;
    if (explicit_file.empty() && !fs::exists(file, ignored)) continue;
    llvm::Expected<std::string> text = readWhole(file);
    if (!text) return text.takeError();
    const std::string folder = fs::path(file).parent_path().string();
    if (llvm::Error error = addKubeconfig(*text, folder, "`" + file + "`", config)) return error;
  }
  const bool meant = config.files.empty()
                         ? context.empty() || context == kInClusterContext
                         : context == kInClusterContext && !config.contexts.contains(context);
  if (meant && explicit_file.empty() && isInCluster(pod)) return inClusterConnection(pod);
  if (config.files.empty()) return nothingFound(files, context, pod);
  return connect(config, context);
}

namespace {

// The token of now, where nothing renews it.
llvm::Expected<Tree> userFor(const Connection& connection) {
  if (connection.renewing_user.isMap()) return connection.renewing_user;
  llvm::Expected<std::string> token = connection.token(false);
  if (!token) return token.takeError();
  return token->empty() ? Tree::map() : ir::mapOf("token", *token);
}

}  // namespace

llvm::Expected<std::string> kubeconfigText(const Connection& connection) {
  llvm::Expected<Tree> signed_in = userFor(connection);
  if (!signed_in) return signed_in.takeError();
  const http::TlsOptions& tls = connection.tls;
  Tree cluster = ir::mapOf("server", connection.server);
  Tree user = std::move(*signed_in);
  const auto add = [](Tree& to, const char* key, const std::string& value) {
    if (!value.empty()) to.set(key, value);
  };
  add(cluster, "certificate-authority", tls.ca_file);
  add(cluster, "certificate-authority-data", encodeBase64(tls.ca_pem));
  add(cluster, "tls-server-name", tls.server_name);
  add(cluster, "proxy-url", connection.proxy);
  if (!connection.extensions.isNull()) cluster.set("extensions", connection.extensions);
  add(user, "client-certificate", tls.client_certificate_file);
  add(user, "client-certificate-data", encodeBase64(tls.client_certificate_pem));
  add(user, "client-key", tls.client_key_file);
  add(user, "client-key-data", encodeBase64(tls.client_key_pem));
  constexpr const char* kName = "gpuspec";
  return ir::toJson(ir::mapOf(
      "apiVersion", "v1", "kind", "Config", "current-context", kName, "clusters",
      ir::listOf(ir::mapOf("name", kName, "cluster", std::move(cluster))), "users",
      ir::listOf(ir::mapOf("name", kName, "user", std::move(user))), "contexts",
      ir::listOf(ir::mapOf("name", kName, "context", ir::mapOf("cluster", kName, "user", kName)))));
}

}  // namespace gpuspec::deploy::kube
