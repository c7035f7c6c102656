#include "tools/gpuspec/locations.h"

#include <filesystem>

namespace gpuspec::cli {

namespace {

namespace fs = std::filesystem;

fs::path prefix() {
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (error) return "/usr";
  const fs::path folder = executable.parent_path();
  return folder.filename() == "bin" ? folder.parent_path() : folder.parent_path().parent_path();
}

}  // namespace

Locations locations() {
  const fs::path base = prefix();
  const fs::path lib = base / "lib/gpuspec", share = base / "share/gpuspec";
  return {(lib / "plugins").string(), (share / "stdlib").string(),
          (share / "docs/diagnostics").string(), (lib / "gpuspec-live").string()};
}

}  // namespace gpuspec::cli
