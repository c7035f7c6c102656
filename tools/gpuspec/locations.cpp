#include "tools/gpuspec/locations.h"

#include <filesystem>

namespace gpuspec::cli {

Locations locations() {
  std::error_code error;
  const std::filesystem::path executable = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path prefix =
      error ? std::filesystem::path("/usr") : executable.parent_path().parent_path();
  return {(prefix / "lib/gpuspec/plugins").string(), (prefix / "share/gpuspec/stdlib").string(),
          (prefix / "share/gpuspec/docs/diagnostics").string()};
}

}  // namespace gpuspec::cli
