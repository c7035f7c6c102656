#include "lang/source/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace gpuspec {

void faultOfOurs(std::string_view condition, std::string_view message, const char* file, int line) {
  const std::string_view path(file);
  const std::size_t slash = path.find_last_of('/');
  const std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
  std::fprintf(stderr,
               "gpuspec: a fault of gpuspec itself: %.*s (%.*s at %s:%d)\n"
               "Please report it with the command line, `gpuspec --version` and, if you can, the "
               ".gpuspec file.\n",
               static_cast<int>(message.size()), message.data(), static_cast<int>(condition.size()),
               condition.data(), name.c_str(), line);
  std::fflush(stderr);
  std::_Exit(70);
}

}  // namespace gpuspec
