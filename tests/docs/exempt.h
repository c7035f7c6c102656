#pragma once

// Codes that no page can fire by a program, why, and the test that fires each.

#include <cstdint>
#include <map>
#include <string>

#include "lang/diag/diagnostic.h"

namespace gpuspec::docs {

struct Exemption {
  const char* reason;
  const char* fired_by;  // a test that names the code
};

// nullptr when the code is to be shown by an example that fails.
inline const Exemption* exemptionOf(std::uint16_t code) {
  static constexpr Exemption kPlugin = {"needs a plugin that is broken",
                                        "tests/plugins/host_test.cpp"};
  static constexpr Exemption kOutput = {"about the output folder",
                                        "tests/artifact/obstacles_test.cpp"};
  static constexpr Exemption kLive = {"about services", "tests/live/findings_test.cpp"};
  static const std::map<std::uint16_t, Exemption> kSingle = {
      {1012, {"needs a file of more than 32 MiB", "tests/syntax/errors_test.cpp"}},
      {1013, {"a page is UTF-8 itself", "tests/hostile/files_test.cpp"}},
      {1014, {"a page holds no NUL byte", "tests/syntax/errors_test.cpp"}},
      {1024, {"needs more syntax errors than a page can hold", "tests/syntax/recovery_test.cpp"}},
      {2046, {"reported by `gpuspec test` alone", "tests/cli/cases/test.case"}},
      {3035, {"needs a vendor of the VM table without a plugin", "tests/passes/pool_rules.cpp"}},
      {3201, {"needs a plugin that declares no finding of its own", "tests/plugins/host_test.cpp"}},
      {3248,
       {"needs a VM table that is newer than the plugin", "tests/plugins/nvidia_rules_test.cpp"}},
      {5015, {"about the lock file", "tests/cli/cases/lock-broken.case"}},
      {5016, {"about the lock file", "tests/cli/cases/lock-broken.case"}},
      {5017, {"about the lock file", "tests/cli/cases/lock-broken.case"}},
      {5018, {"about the lock file", "tests/cli/cases/lock.case"}},
      {5019, {"about the lock file", "tests/cli/cases/lock.case"}},
      {5020, {"needs a plugin that is broken", "tests/plugins/lock_test.cpp"}},
      {6008, {"about the output folder", "tests/cli/cases/compile-stale.case"}},
      {6066, {"about services", "tests/live/sandbox_test.py"}},
      {6070, {"about services", "tests/live/faults_test.py"}},
      {8093, {"needs more findings than a page can hold", "tests/hostile/limits_test.cpp"}},
  };
  if (const auto found = kSingle.find(code); found != kSingle.end()) return &found->second;
  if (code >= 5000 && code < 6000) return &kPlugin;
  if (code >= 6000 && code < 6050) return &kOutput;
  if (code >= 6050 && code < 7000) return &kLive;
  return nullptr;
}

}  // namespace gpuspec::docs
