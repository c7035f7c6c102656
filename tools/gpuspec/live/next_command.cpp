#include "tools/gpuspec/live/next_command.h"

#include <algorithm>
#include <string_view>

#include <llvm/Support/Base64.h>

#include "backends/deploy/plan/diff.h"

namespace gpuspec::cli {

namespace {

namespace model = deploy::model;
namespace plan = deploy::plan;

// A text inside a resource that nobody may read in a plan either.
class SecretTexts {
 public:
  explicit SecretTexts(const model::DesiredSet& desired) {
    for (const model::Desired& each : desired.resources) collect(each.key, each.body, "", false);
  }
  bool hold(const std::string& text) const {
    return !text.empty() && std::any_of(texts_.begin(), texts_.end(), [&](const std::string& one) {
      return one.find(text) != std::string::npos || one == llvm::encodeBase64(text);
    });
  }

 private:
  void collect(const model::ResourceKey& key, const ir::Tree& value, const std::string& path,
               bool secret) {
    if (value.isString() && (secret || plan::isSensitive(key, path)))
      texts_.push_back(value.asString());
    if (value.isMap()) {
      const ir::Tree* name = value.find("name");
      const bool variable =
          name != nullptr && name->isString() && plan::isSecretVariable(name->asString());
      for (const auto& [word, below] : value.asMap())
        collect(key, below, path.empty() ? word : path + "." + word,
                secret || (variable && word == "value"));
    }
    if (value.isList()) {
      for (const ir::Tree& item : value.asList()) collect(key, item, path, secret);
    }
  }

  std::vector<std::string> texts_;
};

class Line {
 public:
  explicit Line(const std::string& verb) : text_("gpuspec " + verb) {}

  void word(const std::string& word) { text_ += " " + shellWord(word); }
  void option(const char* name, const std::string& value) {
    if (!value.empty()) text_ += " --" + std::string(name) + " " + shellWord(value);
  }
  void flag(const char* name, bool given) {
    if (given) text_ += " --" + std::string(name);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void addProject(const Session& session, Line& line) {
  const ProjectSettings& project = session.project();
  const driver::CompileOptions& compile = project.compile;
  if (!project.path.empty() && project.path != ".") line.word(project.path);
  line.option("env", compile.environment);
  line.option("params", compile.parameters_file);
  const SecretTexts secrets(session.desired());
  for (const eval::GivenParameter& given : compile.parameters) {
    const bool secret = session.compilation().isSecret(given.name) || secrets.hold(given.text);
    line.option("param", given.name + "=" + (secret ? "..." : given.text));
  }
  if (compile.as_of != driver::CompileOptions().as_of) line.option("as-of", compile.as_of);
  line.option("root", compile.root);
}

void addTarget(const LiveSettings& live, Line& line) {
  line.option("kubeconfig", live.kubeconfig);
  for (const auto& [cluster, context] : live.contexts)
    line.option("context", cluster.empty() ? context : cluster + "=" + context);
  for (const std::string& only : live.only) line.option("only", only);
  line.flag("sandbox", live.sandbox);
  line.option("dir", live.sandbox_dir);
  line.flag("skip-helm", live.skip_helm);
}

}  // namespace

std::string shellWord(const std::string& text) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=,@%+";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string commandFor(const std::string& verb, const Session& session) {
  Line line(verb);
  addProject(session, line);
  addTarget(session.live(), line);
  return line.take();
}

}  // namespace gpuspec::cli
