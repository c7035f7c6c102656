#pragma once

// A plugin's file as it was when its digest was made. A file that changed since shows, so that what
// was hashed is what was loaded.

#include <cstdint>
#include <string>

#include <llvm/Support/Error.h>

namespace gpuspec::host {

struct FileStamp {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t changed_s = 0, changed_ns = 0, modified_s = 0, modified_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct PluginBytes {
  std::string sha256;
  FileStamp stamp;
};

llvm::Expected<PluginBytes> pluginBytes(const std::string& path);
// Whether `path` still is the file, and the bytes, that the stamp was taken of.
bool isUnchanged(const std::string& path, const FileStamp& stamp);

}  // namespace gpuspec::host
