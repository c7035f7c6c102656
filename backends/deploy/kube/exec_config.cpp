#include "backends/deploy/kube/exec_config.h"

#include "backends/deploy/kube/base64.h"
#include "backends/deploy/kube/connecting.h"
#include "backends/deploy/kube/tree_text.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::kube {

namespace {

using ir::Tree;

constexpr std::string_view kGroup = "client.authentication.k8s.io/";

llvm::Error badVersion(const std::string& label, const std::string& version) {
  return kubeconfigError(
      label + ": `exec` speaks " + (version.empty() ? "no version at all" : "`" + version + "`") +
          ", and gpuspec " + std::string(kGroup) + "v1 and v1beta1",
      version.ends_with("v1alpha1") ? "Kubernetes gave it up in 1.24: a newer release of the "
                                      "program writes a newer kubeconfig"
                                    : "set its `apiVersion`");
}

// What the program is told of the cluster (its `config` is the kubeconfig's extension of this
// name).
Tree clusterInfo(const Tree& cluster, const std::string& ca_pem) {
  Tree info = Tree::map();
  for (const char* key : {"server", "tls-server-name", "proxy-url"}) {
    if (const std::string text = textAt(cluster, key); !text.empty()) info.set(key, text);
  }
  if (!ca_pem.empty()) info.set("certificate-authority-data", encodeBase64(ca_pem));
  if (flagAt(cluster, "disable-compression")) info.set("disable-compression", true);
  for (const Tree& extension : itemsOf(cluster.find("extensions"))) {
    const Tree* config = extension.find("extension");
    if (config != nullptr && textAt(extension, "name") == std::string(kGroup) + "exec")
      info.set("config", *config);
  }
  return info;
}

llvm::Error takeWords(const Tree& exec, ExecConfig& to) {
  to.words.push_back(textAt(exec, "command"));
  if (to.words[0].empty()) return kubeconfigError(to.label + ": `exec` has no `command`");
  for (const Tree& argument : itemsOf(exec.find("args"))) {
    if (!argument.isString())
      return kubeconfigError(to.label + ": an entry of `args` is no text; put it in quotes");
    to.words.push_back(argument.asString());
  }
  return llvm::Error::success();
}

llvm::Error takeVariables(const Tree& exec, ExecConfig& to) {
  for (const Tree& variable : itemsOf(exec.find("env"))) {
    const std::string name = textAt(variable, "name");
    const Tree* value = variable.find("value");
    const bool is_text = value == nullptr || value->isNull() || value->isString();
    if (name.empty() || name.find('=') != std::string::npos)
      return kubeconfigError(to.label + ": an entry of `env` has no usable name");
    if (!is_text)
      return kubeconfigError(to.label + ": `" + name + "` of `env` is no text; put it in quotes");
    to.variables.push_back(name + "=" + textAt(variable, "value"));
  }
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<ExecConfig> readExec(const std::string& label, const Tree& exec,
                                    const std::string& folder, const Tree& cluster,
                                    const std::string& ca_pem) {
  ExecConfig config;
  config.label = label;
  config.folder = folder;
  config.api_version = textAt(exec, "apiVersion");
  config.install_hint = textAt(exec, "installHint");
  if (config.api_version != std::string(kGroup) + "v1" &&
      config.api_version != std::string(kGroup) + "v1beta1")
    return badVersion(label, config.api_version);
  const std::string mode = textAt(exec, "interactiveMode");
  if (!mode.empty() && mode != "Never" && mode != "IfAvailable" && mode != "Always")
    return kubeconfigError(label + ": `interactiveMode` is neither Never, IfAvailable nor Always");
  config.wants_terminal = mode == "Always";
  if (llvm::Error error = takeWords(exec, config)) return error;
  if (llvm::Error error = takeVariables(exec, config)) return error;
  Tree spec = ir::mapOf("interactive", false);
  if (flagAt(exec, "provideClusterInfo")) spec.set("cluster", clusterInfo(cluster, ca_pem));
  config.info = ir::toJson(ir::mapOf("apiVersion", config.api_version, "kind", "ExecCredential",
                                     "spec", std::move(spec)));
  return config;
}

}  // namespace gpuspec::deploy::kube
