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

// Of a field that is one text, or a flag; `Field` says which.
template <auto Field>
constexpr SettledOption text(std::string_view name, Form form = Form::Value) {
  return {
      name, form, true,
      [](const Project& project, const Live& live) { return valueOf(Field(project, live)); },
      [](const std::string& value, Project& project, Live& live) { Field(project, live) = value; }};
}

template <auto Field>
constexpr SettledOption flag(std::string_view name, bool is_repeated) {
  return {name, Form::Flag, is_repeated,
          [](const Project&, const Live& live) { return flagOf(Field(live)); },
          [](const std::string&, Project&, Live& live) { Field(live) = true; }};
}

constexpr SettledOption kOptions[] = {
    text<[](auto& p, auto&) -> auto& { return p.path; }>("path", Form::Argument),
    text<[](auto& p, auto&) -> auto& { return p.compile.environment; }>("env"),
    text<[](auto& p, auto&) -> auto& { return p.compile.parameters_file; }>("params"),
    {kParameterOption, Form::Value, true, parametersOf, takeParameter},
    text<[](auto& p, auto&) -> auto& { return p.compile.as_of; }>("as-of"),
    text<[](auto& p, auto&) -> auto& { return p.compile.root; }>("root"),
    text<[](auto&, auto& l) -> auto& { return l.kubeconfig; }>("kubeconfig"),
    {"context", Form::Value, true, contextsOf, takeContext},
    {"only", Form::Value, true, [](const Project&, const Live& l) { return l.only; },
     [](const std::string& value, Project&, Live& l) { l.only.push_back(value); }},
    flag<[](auto& l) -> auto& { return l.sandbox; }>("sandbox", true),
    text<[](auto&, auto& l) -> auto& { return l.sandbox_dir; }>("dir"),
    flag<[](auto& l) -> auto& { return l.skip_helm; }>("skip-helm", true),
    flag<[](auto& l) -> auto& { return l.adopt; }>("adopt", false),
    flag<[](auto& l) -> auto& { return l.allow_replace; }>("allow-replace", false),
    flag<[](auto& l) -> auto& { return l.destroy; }>("destroy", false),
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
