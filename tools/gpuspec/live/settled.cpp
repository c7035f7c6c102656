#include "tools/gpuspec/live/settled.h"

#include <algorithm>

namespace gpuspec::cli {

namespace {

using Project = ProjectSettings;
using Live = LiveSettings;
using Values = SettledOption::Values;
using Form = SettledOption::Form;

Values valueOf(const std::string& text) {
  return text.empty() ? Values() : Values{text};
}

Values flagOf(bool given) {
  return given ? Values{"true"} : Values();
}

Values parametersOf(const Project& project, const Live&) {
  Values values;
  for (const eval::GivenParameter& given : project.compile.parameters)
    values.push_back(given.name + "=" + given.text);
  return values;
}

void takeParameter(const std::string& value, Project& project, Live&) {
  const std::size_t equals = value.find('=');
  if (equals == std::string::npos) return;
  project.compile.parameters.push_back(
      {value.substr(0, equals), value.substr(equals + 1), "--param", true});
}

Values contextsOf(const Project&, const Live& live) {
  Values values;
  for (const auto& [cluster, context] : live.contexts)
    values.push_back(cluster.empty() ? context : cluster + "=" + context);
  return values;
}

void takeContext(const std::string& value, Project&, Live& live) {
  const std::size_t equals = value.find('=');
  const bool is_named = equals != std::string::npos;
  live.contexts[is_named ? value.substr(0, equals) : ""] =
      is_named ? value.substr(equals + 1) : value;
}

constexpr SettledOption kOptions[] = {
    {"path", Form::Argument, true, [](const Project& p, const Live&) { return valueOf(p.path); },
     [](const std::string& value, Project& p, Live&) { p.path = value; }},
    {"env", Form::Value, true,
     [](const Project& p, const Live&) { return valueOf(p.compile.environment); },
     [](const std::string& value, Project& p, Live&) { p.compile.environment = value; }},
    {"params", Form::Value, true,
     [](const Project& p, const Live&) { return valueOf(p.compile.parameters_file); },
     [](const std::string& value, Project& p, Live&) { p.compile.parameters_file = value; }},
    {kParameterOption, Form::Value, true, parametersOf, takeParameter},
    {"as-of", Form::Value, true,
     [](const Project& p, const Live&) { return valueOf(p.compile.as_of); },
     [](const std::string& value, Project& p, Live&) { p.compile.as_of = value; }},
    {"root", Form::Value, true,
     [](const Project& p, const Live&) { return valueOf(p.compile.root); },
     [](const std::string& value, Project& p, Live&) { p.compile.root = value; }},
    {"kubeconfig", Form::Value, true,
     [](const Project&, const Live& l) { return valueOf(l.kubeconfig); },
     [](const std::string& value, Project&, Live& l) { l.kubeconfig = value; }},
    {"context", Form::Value, true, contextsOf, takeContext},
    {"only", Form::Value, true, [](const Project&, const Live& l) { return l.only; },
     [](const std::string& value, Project&, Live& l) { l.only.push_back(value); }},
    {"sandbox", Form::Flag, true, [](const Project&, const Live& l) { return flagOf(l.sandbox); },
     [](const std::string&, Project&, Live& l) { l.sandbox = true; }},
    {"dir", Form::Value, true, [](const Project&, const Live& l) { return valueOf(l.sandbox_dir); },
     [](const std::string& value, Project&, Live& l) { l.sandbox_dir = value; }},
    {"skip-helm", Form::Flag, true,
     [](const Project&, const Live& l) { return flagOf(l.skip_helm); },
     [](const std::string&, Project&, Live& l) { l.skip_helm = true; }},
    {"adopt", Form::Flag, false, [](const Project&, const Live& l) { return flagOf(l.adopt); },
     [](const std::string&, Project&, Live& l) { l.adopt = true; }},
    {"allow-replace", Form::Flag, false,
     [](const Project&, const Live& l) { return flagOf(l.allow_replace); },
     [](const std::string&, Project&, Live& l) { l.allow_replace = true; }},
    {"destroy", Form::Flag, false, [](const Project&, const Live& l) { return flagOf(l.destroy); },
     [](const std::string&, Project&, Live& l) { l.destroy = true; }},
};

std::string shown(const SettledOption& option, const Values& values) {
  const std::string name = "--" + std::string(option.name);
  if (option.form == Form::Flag) return "`" + name + (values.empty() ? "=false`" : "`");
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : " ") + name + " " + value;
  return "`" + text + "`";
}

std::string nameIn(const std::string& parameter) {
  return parameter.substr(0, parameter.find('='));
}

// Values of parameters may be secret: only the name is said.
std::string whyParametersSettled(const Values& given, const Values& saved) {
  for (const std::string& one : given) {
    const bool known = std::any_of(saved.begin(), saved.end(), [&](const std::string& other) {
      return nameIn(other) == nameIn(one);
    });
    const bool same = std::find(saved.begin(), saved.end(), one) != saved.end();
    if (known && !same)
      return "made with another value for `--param " + nameIn(one) +
             "`, which the one given now cannot change";
  }
  return "";
}

}  // namespace

std::span<const SettledOption> settledOptions() {
  return kOptions;
}

std::string whySettled(const SettledOption& option, const Values& given, const Values& saved) {
  if (option.name == kParameterOption) return whyParametersSettled(given, saved);
  if (given == saved) return "";
  const std::string name = "`--" + std::string(option.name) + "`";
  return "made " + (saved.empty() ? "without " + name : "with " + shown(option, saved)) +
         ", which " + shown(option, given) + " cannot change";
}

}  // namespace gpuspec::cli
