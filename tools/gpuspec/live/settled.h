#pragma once

// The options that decide what a plan holds. They are saved with it, nothing can change them when
// it is applied, and the commands that are proposed next repeat them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/gpuspec/live/session.h"

namespace gpuspec::cli {

struct SettledOption {
  enum class Form : std::uint8_t { Argument, Value, Flag };
  using Values = std::vector<std::string>;

  std::string_view name;  // as on the command line; "path" is the first argument
  Form form;
  bool is_repeated;  // by the next command, whatever its verb is
  // As they would be typed, "true" for a flag; none = it was not given.
  Values (*values)(const ProjectSettings& project, const LiveSettings& live);
  void (*take)(const std::string& value, ProjectSettings& project, LiveSettings& live);
};
std::span<const SettledOption> settledOptions();

inline constexpr std::string_view kParameterOption = "param";  // its values may be secret

// Why `given` cannot stand beside what the plan was made with; "" where it says the same, or adds
// a parameter, as a secret one is in no plan.
std::string whySettled(const SettledOption& option, const SettledOption::Values& given,
                       const SettledOption::Values& saved);

}  // namespace gpuspec::cli
