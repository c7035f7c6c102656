#include "tools/gpuspec/live/next_command.h"

#include <algorithm>
#include <string_view>

#include <llvm/Support/Base64.h>

#include "backends/deploy/plan/diff.h"
#include "backends/deploy/text/secret_names.h"
#include "tools/gpuspec/live/settled.h"

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
          name != nullptr && name->isString() && deploy::text::isSecretVariable(name->asString());
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

// "name=value"
std::string shownParameter(const std::string& given, const Session& session,
                           const SecretTexts& secrets) {
  const std::size_t equals = given.find('=');
  const std::string name = given.substr(0, equals);
  const bool is_secret =
      session.compilation().isSecret(name) || secrets.hold(given.substr(equals + 1));
  return is_secret ? name + "=..." : given;
}

std::string wordsFor(const SettledOption& option, const std::string& value) {
  const std::string name = " --" + std::string(option.name);
  switch (option.form) {
    case SettledOption::Form::Argument:
      return value == "." ? "" : " " + shellWord(value);
    case SettledOption::Form::Value:
      return name + " " + shellWord(value);
    case SettledOption::Form::Flag:
      return name;
  }
  return "";
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
  const SecretTexts secrets(session.desired());
  const ProjectSettings plain;
  std::string line = "gpuspec " + verb;
  for (const SettledOption& option : settledOptions()) {
    const SettledOption::Values values = option.values(session.project(), session.live());
    if (!option.is_repeated || values == option.values(plain, {})) continue;
    for (const std::string& value : values)
      line +=
          wordsFor(option, option.name == kParameterOption ? shownParameter(value, session, secrets)
                                                           : value);
  }
  return line;
}

}  // namespace gpuspec::cli
