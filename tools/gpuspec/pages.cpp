#include "tools/gpuspec/pages.h"

#include "compiler/driver/file_system.h"
#include "lang/diag/diagnostic.h"
#include "tools/gpuspec/locations.h"

namespace gpuspec::cli {

namespace {
constexpr std::uint64_t kMaxPageBytes = 1u << 20;
}

llvm::Expected<std::string> explanationPage(std::uint16_t code) {
  const std::string path = driver::joined(locations().diagnostics, diag::codeName(code) + ".md");
  return driver::RealFileSystem().read(path, kMaxPageBytes);
}

}  // namespace gpuspec::cli
