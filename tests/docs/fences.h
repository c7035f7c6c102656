#pragma once

// Markdown pages as far as the tests need them: their fenced examples.
//
// The info string says what to do with an example: `gpuspec` compiles, `gpuspec fails` does not,
// `gpuspec fragment` is only parsed. Options follow as on the command line: `gpuspec fails
// --env=prod --param=n=3`. An example of several files has a line `// --- file: teams.gpuspec`
// before each; without one it is main.gpuspec.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::docs {

struct Fence {
  std::string page;  // "docs/language.md"
  unsigned line = 0;
  std::vector<std::string> info;  // words
  std::string text;

  bool isProgram() const { return !info.empty() && info[0] == "gpuspec"; }
  bool has(std::string_view word) const;
  // The values of `--name=value`, in order.
  std::vector<std::string> options(std::string_view name) const;
  std::string where() const { return page + ":" + std::to_string(line); }
};

std::vector<Fence> fencesOf(const std::string& page, const std::string& markdown);
// File name to text.
std::map<std::string, std::string> filesOf(const Fence& fence);

std::string readText(const std::string& path);
// Paths below the repository's root, sorted: pages("docs/diagnostics").
std::vector<std::string> pages(const std::string& folder);
// A page by its path below the repository's root.
std::vector<Fence> fencesOf(const std::string& page);

}  // namespace gpuspec::docs
