#pragma once

// What the command line looks like, read from the registered commands: for completions and for the
// manual page.

#include <string>
#include <vector>

namespace gpuspec::cli {

struct OptionShape {
  std::string name, help;
  std::string value;  // "file", "name=value"; "" = takes none
};

struct CommandShape {
  std::string name;
  std::string summary;                  // the first line of its description
  std::string text;                     // the rest, as far as the command was made with its help
  std::vector<OptionShape> options;     // sorted by name
  std::vector<std::string> positional;  // "path", "[code]"
};

// Of all commands that exist now, sorted by name.
std::vector<CommandShape> commandShapes();

}  // namespace gpuspec::cli
