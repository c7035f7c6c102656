#include "lang/source/check.h"

#include <cstdio>
#include <cstdlib>

namespace gpuspec {

void faultOfOurs(std::string_view condition, std::string_view message, const char* file, int line) {
  std::fprintf(stderr,
               "gpuspec: a fault of gpuspec itself: %.*s (%.*s at %s:%d)\n"
               "Please report it with the command line, `gpuspec --version` and, if you can, the "
               ".gpuspec file.\n",
               static_cast<int>(message.size()), message.data(), static_cast<int>(condition.size()),
               condition.data(), file, line);
  std::fflush(stderr);
  std::_Exit(70);
}

}  // namespace gpuspec
