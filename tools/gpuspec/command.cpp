#include "tools/gpuspec/command.h"

namespace gpuspec::cli {

namespace cl = llvm::cl;

Command::Command(const char* name, const char* summary, const char* help, bool help_wanted)
    : description_(help_wanted ? std::string(summary) + "\n\n" + help : summary),
      sub_(name, description_),
      category_("Options", ""),
      color_("color", cl::desc("Colours: auto, always or never"), cl::value_desc("when"),
             cl::init("auto"), cl::sub(sub_), cl::cat(category_)) {}

Commands makeCommands(llvm::ArrayRef<CommandEntry> entries, const std::string& help_for) {
  Commands commands;
  for (const CommandEntry& entry : entries)
    commands.push_back(entry.make(help_for == kHelpOfAll || help_for == entry.name));
  return commands;
}

Commands makeOfflineCommands(const std::string& help_for) {
  static constexpr CommandEntry kEntries[] = {
      {"check", makeCheckCommand}, {"compile", makeCompileCommand}, {"fmt", makeFmtCommand},
      {"test", makeTestCommand},   {"explain", makeExplainCommand}, {"blame", makeBlameCommand},
      {"graph", makeGraphCommand}, {"schema", makeSchemaCommand},   {"plugins", makePluginsCommand},
      {"lock", makeLockCommand},
  };
  return makeCommands(kEntries, help_for);
}

}  // namespace gpuspec::cli
