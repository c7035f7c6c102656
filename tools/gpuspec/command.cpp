#include "tools/gpuspec/command.h"

namespace gpuspec::cli {

namespace cl = llvm::cl;

Command::Command(const char* name, const char* summary, const char* help, bool help_wanted)
    : description_(help_wanted ? std::string(summary) + "\n\n" + help : summary),
      sub_(name, description_),
      category_("Options", ""),
      color_("color", cl::desc("Colours: auto, always or never"), cl::value_desc("when"),
             cl::init("auto"), cl::sub(sub_), cl::cat(category_)) {}

Commands makeOfflineCommands(const std::string& help_for) {
  Commands commands;
  commands.push_back(makeCheckCommand(help_for == "check"));
  commands.push_back(makeCompileCommand(help_for == "compile"));
  commands.push_back(makeFmtCommand(help_for == "fmt"));
  commands.push_back(makeTestCommand(help_for == "test"));
  commands.push_back(makeExplainCommand(help_for == "explain"));
  commands.push_back(makeBlameCommand(help_for == "blame"));
  commands.push_back(makeSchemaCommand(help_for == "schema"));
  commands.push_back(makePluginsCommand(help_for == "plugins"));
  return commands;
}

}  // namespace gpuspec::cli
