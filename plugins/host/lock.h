#pragma once

// gpuspec.lock: name, version and SHA-256 of the plugins that a project is compiled with. One line
// for each plugin, so that a change is one line of a diff:
//
//   format 1
//   plugin amd 0.1.0 sha256:9f86d081...

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::host {

inline constexpr std::uint64_t kLockLimit = std::uint64_t{1} << 20;  // bytes

struct LockedPlugin {
  std::string name, version, sha256;
  source::Location at{};  // from the name to the digest
};

// The bytes that a plugin was loaded from.
struct PluginFile {
  std::string path, name, version, sha256;
};

struct Lock {
  source::Location at;  // the line with the format
  std::vector<LockedPlugin> plugins;

  const LockedPlugin* find(std::string_view name) const;
  const LockedPlugin* findDigest(std::string_view sha256) const;
};

// A file without a line but comments marks a project's root and locks nothing: an empty `lock`.
struct LockFile {
  std::optional<Lock> lock;
  bool good = true;  // false: reported
};
LockFile readLock(const source::SourceMap& sources, source::FileId file_id, diag::Sink& sink);
// In the order of the names.
std::string lockText(std::vector<LockedPlugin> plugins);

// Before a plugin is run all that is known of it are its file and its bytes. False: reported.
// `additions`: a plugin that the lock does not name is no fault.
bool admits(const Lock& lock, const PluginFile& file, bool additions, diag::Sink& sink);
// Then its name and version. False: reported.
bool confirms(const Lock& lock, const PluginFile& file, bool additions, diag::Sink& sink);

}  // namespace gpuspec::host
