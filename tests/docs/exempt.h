#pragma once

// Codes that no example can fire, and why.

#include <cstdint>
#include <map>
#include <string>

#include "lang/diag/diagnostic.h"

namespace gpuspec::docs {

// Empty when the code is to be shown by an example that fails.
inline std::string reasonWithoutExample(std::uint16_t code) {
  if (code >= 5000 && code < 6000)
    return "needs a plugin that is broken; tests/plugins has one of each kind";
  if (code >= 6000 && code < 7000)
    return "about files and services outside of the spec; tests/artifact and tests/deploy fire "
           "them";
  static const std::map<std::uint16_t, std::string> kReasons = {
      {1012, "needs a file of more than 32 MiB; tests/hostile makes one"},
      {1013, "a page is UTF-8 itself; tests/hostile has the bytes"},
      {1014, "a page holds no NUL byte; tests/hostile has one"},
      {1024, "needs more syntax errors than a page can hold; tests/hostile has them"},
      {2046, "reported by `gpuspec test` alone; tests/cli runs it"},
      {3035, "needs a vendor of the VM table without a plugin; tests/passes has one"},
      {3248, "needs a VM table that is newer than the plugin; tests/plugins has one"},
      {8093, "needs more findings than a page can hold; tests/diag has them"},
  };
  const auto found = kReasons.find(code);
  return found != kReasons.end() ? found->second : std::string();
}

}  // namespace gpuspec::docs
