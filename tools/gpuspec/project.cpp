#include "tools/gpuspec/project.h"

#include <algorithm>
#include <iostream>
#include <iterator>

#include "lang/diag/render_github.h"
#include "lang/diag/render_human.h"
#include "lang/diag/render_json.h"
#include "lang/diag/render_sarif.h"
#include "tools/gpuspec/locations.h"
#include "tools/gpuspec/pages.h"
#include "tools/gpuspec/version.h"

namespace gpuspec::cli {

namespace cl = llvm::cl;

PluginOptions::PluginOptions(Command& command)
    : plugins_("plugin", cl::desc("Load this vendor plugin too"), cl::value_desc("file"),
               cl::sub(command.sub()), cl::cat(command.category())),
      folders_("plugin-path",
               cl::desc("Load the plugins of this folder instead of the installed ones"),
               cl::value_desc("folder"), cl::sub(command.sub()), cl::cat(command.category())) {}

std::optional<host::LoadedPlugins> PluginOptions::loadFiles(host::LoadOptions options,
                                                            diag::Sink& sink) const {
  std::vector<std::string> paths(folders_.begin(), folders_.end());
  if (paths.empty()) paths.push_back(locations().plugins);
  paths.insert(paths.end(), plugins_.begin(), plugins_.end());
  options.installed = locations().plugins;
  return host::loadPlugins(paths, options, sink);
}

LoadedVendors PluginOptions::load(const ProjectPlace& place, Terminal& terminal) const {
  ProjectLock project(place);
  if (!project.good()) return project.show(place.format, terminal);
  host::LoadOptions options;
  options.lock = project.lock();
  std::optional<host::LoadedPlugins> loaded = loadFiles(std::move(options), project.sink());
  if (loaded) return std::move(loaded->vendors);
  return project.show(place.format, terminal);
}

ProjectOptions::ProjectOptions(Command& command, const char* formats)
    : path(cl::Positional, cl::desc("[file or folder; - for standard input]"), cl::init("."),
           cl::sub(command.sub()), cl::cat(command.category())),
      environment("env", cl::desc("Environment whose parameter values are taken"),
                  cl::value_desc("name"), cl::sub(command.sub()), cl::cat(command.category())),
      parameters("param", cl::desc("Value of a parameter (repeatable)"),
                 cl::value_desc("name=value"), cl::sub(command.sub()), cl::cat(command.category())),
      parameters_file("params", cl::desc("YAML or JSON file with parameter values"),
                      cl::value_desc("file"), cl::sub(command.sub()), cl::cat(command.category())),
      as_of("as-of",
            cl::desc(
                "Check facts that change with time as of this date (default: the catalogue's own)"),
            cl::value_desc("date"), cl::init(driver::kCatalogueDate), cl::sub(command.sub()),
            cl::cat(command.category())),
      root("root", cl::desc("Project root; no file outside of it is read"),
           cl::value_desc("folder"), cl::sub(command.sub()), cl::cat(command.category())),
      format("format", cl::desc(formats), cl::value_desc("format"), cl::init("human"),
             cl::sub(command.sub()), cl::cat(command.category())),
      deny_warnings("deny-warnings", cl::desc("Exit with 1 on warnings too"),
                    cl::sub(command.sub()), cl::cat(command.category())),
      quiet("quiet", cl::desc("Print findings only"), cl::sub(command.sub()),
            cl::cat(command.category())),
      plugins(command) {}

bool ProjectOptions::valid(Terminal& terminal, const std::vector<std::string>& formats) const {
  if (std::find(formats.begin(), formats.end(), format.getValue()) == formats.end()) {
    std::string known;
    for (const std::string& name : formats) known += (known.empty() ? "" : ", ") + name;
    terminal.complain("there is no format `" + format + "` here; it has: " + known);
    return false;
  }
  const std::string& date = as_of;
  const bool shaped = diag::isDate(date);
  if (!shaped) terminal.complain("`" + date + "` is not a date such as 2027-01-31");
  return shaped;
}

std::optional<driver::CompileOptions> ProjectOptions::compileOptions(Terminal& terminal) const {
  driver::CompileOptions options;
  options.environment = environment;
  options.parameters_file = parameters_file;
  options.as_of = as_of;
  options.root = root;
  options.stdlib = locations().stdlib;
  for (const std::string& given : parameters) {
    const std::size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0) {
      terminal.complain("`--param " + given + "`: write `--param name=value`");
      return std::nullopt;
    }
    options.parameters.push_back(
        {given.substr(0, equals), given.substr(equals + 1), "--param", true});
  }
  return options;
}

std::optional<int> loadProject(driver::Compilation& compilation, const std::string& path,
                               Terminal& terminal) {
  if (path == "-") {
    const std::string text{std::istreambuf_iterator<char>(std::cin),
                           std::istreambuf_iterator<char>()};
    compilation.loadText("<stdin>", text);
    return std::nullopt;
  }
  if (llvm::Error error = compilation.load(path)) {
    terminal.complain(llvm::toString(std::move(error)));
    return kWorldSaysNo;
  }
  return std::nullopt;
}

void showFindings(const source::SourceMap& sources, const std::vector<diag::Diagnostic>& findings,
                  const std::string& format, Terminal& terminal) {
  if (format == "json") {
    terminal.out(diag::checkJson(sources, findings));
  } else if (format == "sarif") {
    const auto page = [](std::uint16_t code) -> std::string {
      llvm::Expected<std::string> text = explanationPage(code);
      if (text) return *text;
      llvm::consumeError(text.takeError());  // a report without the page is still one
      return "";
    };
    terminal.out(diag::renderSarif(sources, findings, {kVersion, page}));
  } else if (format == "github") {
    terminal.err(diag::renderGithub(sources, findings));
  } else {
    terminal.err(diag::renderHuman(sources, findings,
                                   {terminal.color(), terminal.unicode(), terminal.width()}));
    if (terminal.keeps()) terminal.keepFindings(diag::findingsJson(sources, findings));
  }
}

Count countOf(const std::vector<diag::Diagnostic>& findings) {
  Count count;
  for (const diag::Diagnostic& finding : findings) {
    if (finding.suppressed) {
      ++count.suppressed;
    } else if (finding.level == diag::Level::Error) {
      ++count.errors;
    } else if (finding.level == diag::Level::Warning) {
      ++count.warnings;
    }
  }
  return count;
}

std::string summaryText(const Count& count) {
  const auto plural = [](std::size_t n, const char* noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
  };
  std::string text = plural(count.errors, "error") + ", " + plural(count.warnings, "warning");
  if (count.suppressed > 0) text += ", " + std::to_string(count.suppressed) + " allowed";
  return text;
}

}  // namespace gpuspec::cli
