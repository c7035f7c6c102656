// In the place of lang/source/check.cpp: a broken promise is a crash that a fuzzer sees, and not an
// exit code.

#include <cstdio>
#include <cstdlib>

#include "lang/source/check.h"

namespace gpuspec {

void faultOfOurs(std::string_view condition, std::string_view message, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: %.*s: not %.*s\n", file, line, static_cast<int>(message.size()),
               message.data(), static_cast<int>(condition.size()), condition.data());
  std::abort();
}

}  // namespace gpuspec
