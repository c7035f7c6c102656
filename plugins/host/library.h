#pragma once

#include <memory>
#include <string>

#include <llvm/Support/Error.h>

#include "plugins/abi/gpuspec_plugin.h"

namespace gpuspec::host {

// One open shared library; closed with the last owner, who must be the last to use its functions.
class Library {
 public:
  static llvm::Expected<std::shared_ptr<Library>> open(const std::string& path);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // What the exported function hands out; fails when there is no such function or it gives nothing.
  llvm::Expected<const gs_vendor_v1*> vendor() const;

 private:
  Library(std::string path, void* handle);
  std::string path_;
  void* handle_;
};

// The vendor's functions as this host knows them, after version and size are checked. Fields that
// an older plugin does not have are zero.
llvm::Expected<gs_vendor_v1> checkedApi(const gs_vendor_v1& api, const std::string& label);

}  // namespace gpuspec::host
