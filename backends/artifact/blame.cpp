#include <algorithm>
#include <charconv>

#include "backends/artifact/manifest.h"

namespace gpuspec::artifact {

namespace {

std::string_view takeUntil(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

// nothing for `-` and for what is no number: a manifest comes from the disk, so nothing in it is
// believed.
std::optional<std::uint32_t> takeNumber(std::string_view& text) {
  const std::string_view word = takeUntil(text, ' ');
  std::uint32_t number = 0;
  const auto result = std::from_chars(word.data(), word.data() + word.size(), number);
  if (result.ec != std::errc() || result.ptr != word.data() + word.size()) return std::nullopt;
  return number;
}

struct Origin {
  std::optional<std::uint32_t> site, trace;
};

// The last run that begins at `line` or above it.
std::optional<Origin> findRun(std::string_view runs, std::uint32_t line) {
  std::optional<Origin> found;
  std::optional<std::uint32_t> trace;
  for (std::uint64_t begin = 0; !runs.empty();) {
    std::string_view run = takeUntil(runs, ';');
    const std::optional<std::uint32_t> lines = takeNumber(run);
    if (!lines) return std::nullopt;
    begin += *lines;
    if (begin > line) break;
    const std::optional<std::uint32_t> site = takeNumber(run);
    if (!run.empty()) trace = takeNumber(run);
    found = Origin{site, trace};
  }
  return found;
}

// "source line column", from the front of `text`.
bool takePlace(const Manifest& manifest, std::string_view& text, std::string& file,
               source::Position& at) {
  const std::optional<std::uint32_t> source = takeNumber(text);
  const std::optional<std::uint32_t> line = takeNumber(text);
  const std::optional<std::uint32_t> column = takeNumber(text);
  if (!source || !line || !column || *source >= manifest.sources.size()) return false;
  file = manifest.sources[*source];
  at = {*line, *column};
  return true;
}

std::vector<BlameFrame> frames(const Manifest& manifest, std::optional<std::uint32_t> trace) {
  std::vector<BlameFrame> chain;
  // A parent is numbered before its children; anything else is damage and could go round for ever.
  for (std::size_t bound = manifest.traces.size(); trace && *trace < bound;) {
    bound = *trace;
    std::string_view text = manifest.traces[*trace];
    BlameFrame frame;
    frame.kind =
        takeUntil(text, ' ') == "loop" ? source::FrameKind::Loop : source::FrameKind::Module;
    takePlace(manifest, text, frame.file, frame.at);
    trace = takeNumber(text);
    frame.binding = std::string(text);
    chain.push_back(std::move(frame));
  }
  return chain;
}

}  // namespace

std::optional<BlameAnswer> blame(const Manifest& manifest, std::string_view path,
                                 std::uint32_t line) {
  const ManifestFile* file = manifest.find(path);
  if (file == nullptr) return std::nullopt;
  const std::optional<Origin> origin = findRun(file->origins, line);
  if (!origin || !origin->site || *origin->site >= manifest.sites.size()) return std::nullopt;
  BlameAnswer answer;
  std::string_view site = manifest.sites[*origin->site];
  if (!takePlace(manifest, site, answer.file, answer.at)) return std::nullopt;
  answer.frames = frames(manifest, origin->trace);
  return answer;
}

}  // namespace gpuspec::artifact
