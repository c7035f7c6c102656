#include "backends/deploy/kube/kubeconfig_file.h"

#include "backends/deploy/kube/tree_text.h"
#include "compiler/data/yaml_reader.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::kube {

namespace {

using ir::Tree;

llvm::Error noKubeconfig(const std::string& label, const std::string& why) {
  return llvm::createStringError(std::errc::invalid_argument, "%s is no kubeconfig: %s",
                                 label.c_str(), why.c_str());
}

llvm::Expected<Tree> readTree(const std::string& text, const std::string& label) {
  llvm::Expected<Tree> json = ir::parseJson(text);
  if (json) return json;
  llvm::consumeError(json.takeError());
  source::SourceMap sources;
  diag::Sink sink;
  const auto documents = data::readYaml(sources, sources.add(label, text), sink);
  // A parser's message quotes what it read, and that may be a token.
  if (!documents || documents->size() > 1)
    return noKubeconfig(label, "it is neither YAML nor JSON");
  return documents->empty() ? Tree::map() : documents->front();
}

void addList(const Tree& config, const char* list, const char* item, const Named& from,
             std::map<std::string, Named>& to) {
  for (const Tree& entry : itemsOf(config.find(list))) {
    const Tree* body = entry.find(item);
    to.try_emplace(textAt(entry, "name"),
                   Named{body != nullptr ? *body : Tree::map(), from.folder, from.file});
  }
}

}  // namespace

llvm::Error addKubeconfig(const std::string& text, const std::string& folder,
                          const std::string& label, Kubeconfig& to) {
  llvm::Expected<Tree> config = readTree(text, label);
  if (!config) return config.takeError();
  if (!config->isMap()) return noKubeconfig(label, "it is no map");
  if (const std::string kind = textAt(*config, "kind"); !kind.empty() && kind != "Config")
    return noKubeconfig(label, "its kind is `" + kind + "`");
  if (to.current_context.empty()) to.current_context = textAt(*config, "current-context");
  const Named from{Tree(), folder, label};
  addList(*config, "clusters", "cluster", from, to.clusters);
  addList(*config, "contexts", "context", from, to.contexts);
  addList(*config, "users", "user", from, to.users);
  to.files.push_back(label);
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::kube
