#pragma once

#include <string>
#include <string_view>

#include "tools/gpuspec/terminal.h"

namespace gpuspec::cli {

// What a link in a project leads to may belong to somebody else. True when that is so, and says so.
bool refusedOutside(const std::string& path, const std::string& root, Terminal& terminal);

// Replaces the content of a file of the project at once: a reader sees the old text or the new one,
// also when the process is killed. Keeps the file's mode; of a link, writes to what it leads to,
// which is refused outside of `root` and where nothing is there. The exit code; says what is wrong.
int replaceFile(const std::string& named, std::string_view text, const std::string& root,
                Terminal& terminal);

}  // namespace gpuspec::cli
