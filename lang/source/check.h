#pragma once

#include <string_view>

namespace gpuspec {

// Prints the broken promise and how to report it, then ends the process with exit code 70. A fault
// of ours; never for input. `file` is a name without folders: programs tell nothing of the machine
// that they were built on.
[[noreturn]] void faultOfOurs(std::string_view condition, std::string_view message,
                              const char* file, int line);

}  // namespace gpuspec

#define GPUSPEC_CHECK(condition, message)                                                   \
  do {                                                                                      \
    if (!(condition)) ::gpuspec::faultOfOurs(#condition, message, __FILE_NAME__, __LINE__); \
  } while (false)
