#include "backends/deploy/sandbox/host/access.h"

#include "backends/deploy/sandbox/host/private_file.h"
#include "backends/deploy/sandbox/server/server.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

namespace {

// Fixed, so that a saved plan still fits after a reset; secrets are random.
constexpr const char* kTenant = "5a4db0c5-0000-4000-8000-000000000001";
constexpr const char* kSubscription = "5a4db0c5-0000-4000-8000-000000000002";
constexpr const char* kClient = "5a4db0c5-0000-4000-8000-000000000003";

std::string accessFile(const std::string& folder) {
  return folder + "/access.json";
}

std::string textAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

}  // namespace

Access newAccess() {
  Access access;
  access.tenant_id = kTenant;
  access.subscription_id = kSubscription;
  access.client_id = kClient;
  access.client_secret = randomToken();
  access.token = randomToken();
  return access;
}

llvm::Error writeAccess(const std::string& folder, const Access& access) {
  const Tree tree = ir::mapOf("schema", "gpuspec.sandbox-access/1",            //
                              "port", static_cast<std::int64_t>(access.port),  //
                              "ca_file", access.ca_file,                       //
                              "tenant_id", access.tenant_id,                   //
                              "subscription_id", access.subscription_id,       //
                              "client_id", access.client_id,                   //
                              "client_secret", access.client_secret,           //
                              "token", access.token);
  return writePrivateFile(accessFile(folder), ir::toJson(tree) + "\n");
}

llvm::Expected<Access> readAccess(const std::string& folder) {
  llvm::Expected<std::string> text = readFile(accessFile(folder));
  if (!text) return text.takeError();
  llvm::Expected<Tree> tree = ir::parseJson(*text);
  Access access;
  if (tree) {
    const Tree* port = tree->find("port");
    access.port = static_cast<std::uint16_t>(port != nullptr && port->isInt() ? port->asInt() : 0);
    access.ca_file = textAt(*tree, "ca_file");
    access.tenant_id = textAt(*tree, "tenant_id");
    access.subscription_id = textAt(*tree, "subscription_id");
    access.client_id = textAt(*tree, "client_id");
    access.client_secret = textAt(*tree, "client_secret");
    access.token = textAt(*tree, "token");
  } else {
    llvm::consumeError(tree.takeError());
  }
  if (!access.token.empty() && !access.client_secret.empty()) return access;
  return llvm::createStringError(std::errc::invalid_argument,
                                 "`%s` is damaged; remove the folder to begin anew",
                                 accessFile(folder).c_str());
}

bool isRunning(const std::string& folder) {
  return FolderLock::isTaken(folder + "/lock");
}

std::string kubeconfigFile(const std::string& folder) {
  return folder + "/kubeconfig";
}

Tree kubeconfigOf(const Access& access, const std::string& ca_base64,
                  const std::vector<std::string>& clusters, const std::string& current) {
  Tree config =
      ir::mapOf("apiVersion", "v1", "kind", "Config", "current-context", current, "clusters",
                Tree::list(), "contexts", Tree::list(), "users", Tree::list());
  for (const std::string& cluster : clusters) {
    config.at("clusters")
        .push(ir::mapOf("name", cluster, "cluster",
                        ir::mapOf("server", access.url() + "/clusters/" + cluster,
                                  "certificate-authority-data", ca_base64)));
    config.at("contexts")
        .push(ir::mapOf("name", cluster, "context",
                        ir::mapOf("cluster", cluster, "user", "sandbox")));
  }
  config.at("users").push(ir::mapOf("name", "sandbox", "user", ir::mapOf("token", access.token)));
  return config;
}

}  // namespace gpuspec::deploy::sandbox
