#pragma once

// `gpuspec-manifest.json`: which files of an output folder are gpuspec's, their hashes, and where
// each of their lines comes from. A fleet makes a million lines from a few hundred places, so
// places and traces are tables, and the runs of lines of a file are one string.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/artifact/artifact.h"

namespace gpuspec::artifact {

inline constexpr std::string_view kManifestName = "gpuspec-manifest.json";
inline constexpr std::string_view kStagingName = ".gpuspec-staging";

struct PluginVersion {
  std::string name, version;
  friend auto operator<=>(const PluginVersion&, const PluginVersion&) = default;
};

struct ManifestInfo {
  std::string gpuspec_version;
  std::vector<PluginVersion> plugins;
};

struct ManifestFile {
  std::string path, sha256;
  std::int64_t size = 0;
  // "3 0 2;1 1;4 -": runs that begin 3, 4 and 8 lines in. Each is the number of lines since the
  // last run began, the site (`-`: from nowhere) and the trace (`-`: none); a trace left out is
  // that of the run before.
  std::string origins;
};

struct Manifest {
  ManifestInfo info;
  std::vector<std::string> sources;  // paths, sorted
  std::vector<std::string> sites;    // "source line column"
  std::vector<std::string>
      traces;  // "loop|module source line column parent binding"; parent `-`: outermost
  std::vector<ManifestFile> files;  // sorted by path

  const ManifestFile* find(std::string_view path) const;
};

// What is enough to compare folders by.
std::vector<ManifestFile> withoutOrigins(const Set& set);
Manifest makeManifest(const Set& set, const ManifestInfo& info, const source::SourceMap& sources);
std::string manifestText(const Manifest& manifest);
// Says what is wrong with the text: no JSON, another schema, a path that leads out of the folder
// ...
llvm::Expected<Manifest> parseManifest(std::string_view text);

// Whether the path stays below the output folder and is not one of the names that gpuspec keeps for
// itself.
bool isOutputPath(std::string_view path);

struct BlameFrame {
  source::FrameKind kind = source::FrameKind::Loop;
  std::string binding;
  std::string file;
  source::Position at;
};

struct BlameAnswer {
  std::string file;
  source::Position at;
  std::vector<BlameFrame> frames;  // innermost first
};

// Where line `line` (1-based) of the file at `path` below the output folder comes from; nothing
// when the manifest does not know.
std::optional<BlameAnswer> blame(const Manifest& manifest, std::string_view path,
                                 std::uint32_t line);

}  // namespace gpuspec::artifact
