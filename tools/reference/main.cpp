// gpuspec-reference FOLDER: writes the reference of the language as Markdown files. Run by
// maintainers; it is not installed.

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <llvm/Support/Error.h>

#include "compiler/driver/compilation.h"
#include "plugins/amd/api.h"
#include "plugins/host/host.h"
#include "plugins/nvidia/api.h"
#include "tools/reference/reference.h"

int main(int argc, char** argv) {
  using namespace gpuspec;
  if (argc != 2) {
    std::fputs("usage: gpuspec-reference FOLDER\n", stderr);
    return 2;
  }
  ir::VendorSet vendors;
  vendors.add(llvm::cantFail(host::makeVendor(nvidia::vendorApi(), "nvidia")));
  vendors.add(llvm::cantFail(host::makeVendor(amd::vendorApi(), "amd")));
  const schema::Table table = llvm::cantFail(driver::schemaTable(vendors));
  for (const auto& [name, text] : reference::pages(table)) {
    std::ofstream file(std::filesystem::path(argv[1]) / name, std::ios::binary);
    if (file << text) continue;
    std::fprintf(stderr, "cannot write %s\n", name.c_str());
    return 3;
  }
  return 0;
}
