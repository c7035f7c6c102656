// gpuspec completion SHELL: what a shell needs to complete the command line.

#include <algorithm>

#include "lang/diag/diagnostic.h"
#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/shapes.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Prints a completion script: commands, options, codes of findings, files.\n\n"
    "Examples:\n"
    "  source <(gpuspec completion bash)\n"
    "  gpuspec completion zsh > \"${fpath[1]}/_gpuspec\"\n"
    "  gpuspec completion fish > ~/.config/fish/completions/gpuspec.fish\n";

const std::vector<std::string> kColors = {"always", "auto", "never"};
const std::vector<std::string> kActions = {"env",   "faults", "reset", "seed",
                                           "start", "status", "stop"};
const std::vector<std::string> kShells = {"bash", "fish", "zsh"};

// Words for the first argument of a command; empty: files.
std::vector<std::string> wordsFor(const std::string& command) {
  if (command == "sandbox") return kActions;
  if (command == "completion") return kShells;
  std::vector<std::string> words;
  if (command == "explain") {
    for (const diag::CodeInfo* info : diag::allCodes()) words.push_back(diag::codeName(info->code));
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// 'it'\''s'
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string names(const std::vector<CommandShape>& shapes) {
  std::vector<std::string> all;
  for (const CommandShape& shape : shapes) all.push_back(shape.name);
  return joined(all);
}

std::string optionNames(const CommandShape& shape) {
  std::vector<std::string> all;
  for (const OptionShape& option : shape.options)
    all.push_back((option.name.size() == 1 ? "-" : "--") + option.name);
  return joined(all);
}

// Options whose value is no file.
bool takesWord(const OptionShape& option) {
  return !option.value.empty() && option.value.find("file") == std::string::npos &&
         option.value.find("folder") == std::string::npos;
}

std::string wordOptions(const std::vector<CommandShape>& shapes) {
  std::vector<std::string> found;
  for (const CommandShape& shape : shapes) {
    for (const OptionShape& option : shape.options) {
      if (takesWord(option) && option.name != "color") found.push_back("--" + option.name);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::string out;
  for (const std::string& name : found) out += (out.empty() ? "" : " | ") + name;
  return out;
}

std::string bash(const std::vector<CommandShape>& shapes) {
  std::string out =
      "# bash completion for gpuspec\n"
      "_gpuspec() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options='' "
      "words=''\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '" +
      names(shapes) +
      " --help --version' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case $previous in\n"
      "    --color) COMPREPLY=($(compgen -W '" +
      joined(kColors) + "' -- \"$current\")); return ;;\n    " + wordOptions(shapes) +
      ") return ;;\n"
      "  esac\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const CommandShape& shape : shapes) {
    out += "    " + shape.name + ") options='" + optionNames(shape) + " --help'";
    if (const std::vector<std::string> words = wordsFor(shape.name); !words.empty())
      out += " words='" + joined(words) + "'";
    out += " ;;\n";
  }
  return out +
         "  esac\n"
         "  case $current in\n"
         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$current\")) ;;\n"
         "    *) if [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "       else COMPREPLY=($(compgen -f -- \"$current\")); fi ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _gpuspec gpuspec\n";
}

// What zsh's _arguments takes a bracket or a colon for.
std::string zshText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zshOption(const OptionShape& option) {
  std::string out =
      (option.name.size() == 1 ? "-" : "--") + option.name + "[" + zshText(option.help) + "]";
  if (option.value.empty()) return quoted(out);
  out += ":" + zshText(option.value) + ":";
  if (option.name == "color") return quoted(out + "(" + joined(kColors) + ")");
  return quoted(out + (takesWord(option) ? "" : "_files"));
}

std::string zsh(const std::vector<CommandShape>& shapes) {
  std::string out =
      "#compdef gpuspec\n"
      "_gpuspec() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const CommandShape& shape : shapes)
    out += "    " + quoted(shape.name + ":" + zshText(shape.summary)) + "\n";
  out +=
      "  )\n"
      "  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  local command=$words[2]\n"
      "  shift words; (( CURRENT-- ))\n"
      "  case $command in\n";
  for (const CommandShape& shape : shapes) {
    const std::vector<std::string> words = wordsFor(shape.name);
    out += "    " + shape.name + ") _arguments";
    for (const OptionShape& option : shape.options) out += " \\\n      " + zshOption(option);
    out += " \\\n      " +
           quoted("*:argument:" + (words.empty() ? "_files" : "(" + joined(words) + ")")) + " ;;\n";
  }
  return out + "  esac\n}\n_gpuspec \"$@\"\n";
}

std::string fish(const std::vector<CommandShape>& shapes) {
  std::string out = "# fish completion for gpuspec\n";
  for (const CommandShape& shape : shapes) {
    out += "complete -c gpuspec -n __fish_use_subcommand -f -a " + shape.name + " -d " +
           quoted(shape.summary) + "\n";
  }
  for (const CommandShape& shape : shapes) {
    const std::string when =
        "complete -c gpuspec -n '__fish_seen_subcommand_from " + shape.name + "' ";
    for (const OptionShape& option : shape.options) {
      out += when + (option.name.size() == 1 ? "-s " : "-l ") + option.name;
      if (option.name == "color") {
        out += " -x -a " + quoted(joined(kColors));
      } else if (!option.value.empty()) {
        out += takesWord(option) ? " -x" : " -r";
      }
      out += " -d " + quoted(option.help) + "\n";
    }
    if (const std::vector<std::string> words = wordsFor(shape.name); !words.empty())
      out += when + "-f -a " + quoted(joined(words)) + "\n";
  }
  return out;
}

class CompletionCommand final : public Command {
 public:
  explicit CompletionCommand(bool help_wanted)
      : Command("completion", "Print a completion script for a shell", kHelp, help_wanted),
        shell_(cl::Positional, cl::desc("bash|zsh|fish"), cl::Required, cl::sub(sub()),
               cl::cat(category())) {}

  int run(Terminal& terminal) override {
    const std::vector<CommandShape> shapes = commandShapes();
    if (shell_ == "bash") {
      terminal.out(bash(shapes));
    } else if (shell_ == "zsh") {
      terminal.out(zsh(shapes));
    } else if (shell_ == "fish") {
      terminal.out(fish(shapes));
    } else {
      terminal.complain("there is no completion for `" + shell_ + "`; it has: bash, zsh, fish");
      return kUsage;
    }
    return kDone;
  }

 private:
  cl::opt<std::string> shell_;
};

}  // namespace

std::unique_ptr<Command> makeCompletionCommand(bool help_wanted) {
  return std::make_unique<CompletionCommand>(help_wanted);
}

}  // namespace gpuspec::cli
