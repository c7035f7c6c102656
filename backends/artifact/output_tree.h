#pragma once

// Writes a Set into a folder so that the folder is the old tree or the new one, never a mixture
// that nobody can sort out. The new files are staged in a hidden folder inside, renamed into place,
// and the manifest follows last. A staged manifest marks a stage that is complete: the next run
// finishes what was interrupted before it begins its own work. Only files that the manifest lists,
// and that still have the content it lists, are replaced or removed.

#include <cstddef>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/artifact/artifact.h"
#include "backends/artifact/disk.h"
#include "backends/artifact/manifest.h"
#include "backends/artifact/write_error.h"

namespace gpuspec::artifact {

struct WriteOptions {
  bool force =
      false;  // overwrite generated files that were edited since; files of others stay untouched
  bool durable = true;  // what is staged is flushed to the disk before anything is renamed
};

// Paths below the folder, sorted.
struct WriteReport {
  std::vector<std::string> written;
  std::vector<std::string> removed;
  std::vector<std::string> kept;  // no longer produced, but edited
  std::size_t unchanged = 0;
  bool repaired = false;  // an interrupted run was finished first
};

// `folder` and its parents are made where missing. Fails with a WriteError; before the first rename
// that leaves the folder as it was, after it the next run repairs.
[[nodiscard]] llvm::Expected<WriteReport> writeTree(const std::string& folder, const Set& set,
                                                    const ManifestInfo& info,
                                                    const source::SourceMap& sources,
                                                    const WriteOptions& options = {},
                                                    Disk& disk = realDisk());

// A warning for every file that was kept.
void reportKept(const WriteReport& report, const std::string& folder, diag::Sink& sink);

// The manifest in `folder`. Fails with a WriteError, also when there is none.
[[nodiscard]] llvm::Expected<Manifest> readManifest(const std::string& folder,
                                                    Disk& disk = realDisk());

}  // namespace gpuspec::artifact
