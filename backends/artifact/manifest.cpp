#include "backends/artifact/manifest.h"

#include <algorithm>
#include <unordered_map>

#include "backends/artifact/digest.h"
#include "backends/artifact/scalar.h"
#include "compiler/ir/json.h"

namespace gpuspec::artifact {

namespace {

constexpr std::string_view kSchema = "gpuspec.manifest/1";

// Numbers places and traces in the order in which the files mention them, each once.
class OriginTables {
 public:
  OriginTables(const source::SourceMap& sources, Manifest& manifest)
      : sources_(sources), manifest_(manifest) {
    for (std::uint32_t i = 0; i < sources.fileCount(); ++i) {
      manifest.sources.push_back(sources.file(source::FileId{i}).path());
    }
    std::sort(manifest.sources.begin(), manifest.sources.end());
    const auto last = std::unique(manifest.sources.begin(), manifest.sources.end());
    manifest.sources.erase(last, manifest.sources.end());
  }

  std::string encode(const std::vector<LineOrigin>& origins) {
    text_.clear();
    std::uint32_t line = 0;
    std::int64_t trace = kNoTrace;
    for (const LineOrigin& origin : origins) {
      if (!text_.empty()) text_ += ';';
      appendInteger(text_, origin.line - line);
      line = origin.line;
      if (!origin.at.valid()) {
        text_ += " -";
        continue;
      }
      text_ += ' ';
      appendInteger(text_, static_cast<std::int64_t>(siteIndex(origin.at.range)));
      const std::int64_t now = traceIndex(origin.at.trace_id);
      if (now == trace) continue;
      text_ += ' ';
      appendTrace(text_, now);
      trace = now;
    }
    return text_;
  }

 private:
  std::string place(const source::Range& range) const {
    const source::Position at = sources_.begin(range);
    const std::string& path = sources_.file(range.file_id).path();
    const auto found = std::lower_bound(manifest_.sources.begin(), manifest_.sources.end(), path);
    return std::to_string(found - manifest_.sources.begin()) + ' ' + std::to_string(at.line) + ' ' +
           std::to_string(at.column);
  }

  std::size_t siteIndex(const source::Range& range) {
    const std::uint64_t key = std::uint64_t{range.file_id.index} << 32 | range.begin;
    const auto [entry, is_new] = sites_.try_emplace(key, manifest_.sites.size());
    if (is_new) manifest_.sites.push_back(place(range));
    return entry->second;
  }

  std::int64_t traceIndex(source::TraceId trace_id) {
    if (!trace_id.valid()) return kNoTrace;
    const auto known = traces_.find(trace_id.index);
    return known != traces_.end() ? known->second : addTrace(trace_id);
  }

  static void appendTrace(std::string& text, std::int64_t index) {
    if (index == kNoTrace)
      text += '-';
    else
      appendInteger(text, index);
  }

  // Two frames that say the same are one.
  std::int64_t addTrace(source::TraceId trace_id) {
    const source::Frame& frame = sources_.frame(trace_id);
    std::string text = frame.kind == source::FrameKind::Loop ? "loop " : "module ";
    text += frame.range.valid() ? place(frame.range) : "- 0 0";
    text += ' ';
    appendTrace(text, traceIndex(frame.parent_id));
    text += ' ' + frame.binding;
    const auto [entry, is_new] =
        trace_texts_.try_emplace(text, static_cast<std::int64_t>(manifest_.traces.size()));
    if (is_new) manifest_.traces.push_back(std::move(text));
    traces_.emplace(trace_id.index, entry->second);
    return entry->second;
  }

  static constexpr std::int64_t kNoTrace = -1;

  const source::SourceMap& sources_;
  Manifest& manifest_;
  std::unordered_map<std::uint64_t, std::size_t> sites_;
  std::unordered_map<std::uint32_t, std::int64_t> traces_;
  std::unordered_map<std::string, std::int64_t> trace_texts_;
  std::string text_;  // of one file's runs; its memory serves the next file
};

llvm::Error broken(const std::string& what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s", what.c_str());
}

std::string textAt(const ir::Tree& tree, std::string_view key) {
  const ir::Tree* found = tree.find(key);
  return found != nullptr && found->isString() ? found->asString() : std::string();
}

const ir::Tree::List& listAt(const ir::Tree& tree, std::string_view key) {
  static const ir::Tree::List none;
  const ir::Tree* found = tree.find(key);
  return found != nullptr && found->isList() ? found->asList() : none;
}

std::vector<std::string> textsAt(const ir::Tree& tree, std::string_view key) {
  std::vector<std::string> texts;
  for (const ir::Tree& item : listAt(tree, key))
    texts.push_back(item.isString() ? item.asString() : "");
  return texts;
}

bool isDigest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

llvm::Error checkSchema(const ir::Tree& tree) {
  const std::string schema = textAt(tree, "schema");
  if (schema == kSchema) return llvm::Error::success();
  if (schema.starts_with("gpuspec.manifest/"))
    return broken("it was written by a newer gpuspec (" + schema + ")");
  return broken("it is not a manifest of gpuspec");
}

llvm::Expected<std::vector<ManifestFile>> parseFiles(const ir::Tree& tree) {
  const ir::Tree* list = tree.find("files");
  if (list == nullptr || !list->isList()) return broken("it has no list of files");
  std::vector<ManifestFile> files;
  for (const ir::Tree& item : list->asList()) {
    ManifestFile file{textAt(item, "path"), textAt(item, "sha256"), 0, textAt(item, "origins")};
    const ir::Tree* size = item.find("size");
    if (!isOutputPath(file.path))
      return broken("`" + file.path + "` is not a path below the folder");
    if (!isDigest(file.sha256) || size == nullptr || !size->isInt()) {
      return broken("its entry for `" + file.path + "` is incomplete");
    }
    file.size = size->asInt();
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

}  // namespace

const ManifestFile* Manifest::find(std::string_view path) const {
  const auto found =
      std::lower_bound(files.begin(), files.end(), path,
                       [](const ManifestFile& file, std::string_view p) { return file.path < p; });
  return found != files.end() && found->path == path ? &*found : nullptr;
}

bool isOutputPath(std::string_view path) {
  if (path == kManifestName || path.find('\0') != std::string_view::npos) return false;
  for (bool first = true, more = true; more; first = false) {
    const std::string_view part = path.substr(0, path.find('/'));
    more = part.size() < path.size();
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    if (part.empty() || part == "." || part == "..") return false;
    if (first && part == kStagingName) return false;
  }
  return true;
}

std::vector<ManifestFile> withoutOrigins(const Set& set) {
  std::vector<ManifestFile> files;
  for (const File& file : set)
    files.push_back({file.path, file.digest.empty() ? sha256(file.bytes) : file.digest,
                     static_cast<std::int64_t>(file.bytes.size()), ""});
  return files;
}

Manifest makeManifest(const Set& set, const ManifestInfo& info, const source::SourceMap& sources) {
  Manifest manifest;
  manifest.info = info;
  std::sort(manifest.info.plugins.begin(), manifest.info.plugins.end());
  OriginTables tables(sources, manifest);
  manifest.files = withoutOrigins(set);
  for (std::size_t i = 0; i < set.size(); ++i)
    manifest.files[i].origins = tables.encode(set[i].origins);
  return manifest;
}

std::string manifestText(const Manifest& manifest) {
  ir::Tree plugins = ir::Tree::list();
  for (const PluginVersion& plugin : manifest.info.plugins) {
    plugins.push(ir::Tree::Map{{"name", plugin.name}, {"version", plugin.version}});
  }
  ir::Tree files = ir::Tree::list();
  for (const ManifestFile& file : manifest.files) {
    files.push(ir::Tree::Map{{"path", file.path},
                             {"sha256", file.sha256},
                             {"size", file.size},
                             {"origins", file.origins}});
  }
  const ir::Tree tree(ir::Tree::Map{{"schema", kSchema},
                                    {"gpuspec", manifest.info.gpuspec_version},
                                    {"plugins", std::move(plugins)},
                                    {"files", std::move(files)},
                                    {"sources", ir::Tree::strings(manifest.sources)},
                                    {"sites", ir::Tree::strings(manifest.sites)},
                                    {"traces", ir::Tree::strings(manifest.traces)}});
  return jsonFile(std::string(kManifestName), tree).bytes;
}

llvm::Expected<Manifest> parseManifest(std::string_view text) {
  llvm::Expected<ir::Tree> tree = ir::parseJson(text);
  if (!tree) return tree.takeError();
  if (llvm::Error error = checkSchema(*tree)) return error;
  llvm::Expected<std::vector<ManifestFile>> files = parseFiles(*tree);
  if (!files) return files.takeError();
  Manifest manifest;
  manifest.info.gpuspec_version = textAt(*tree, "gpuspec");
  for (const ir::Tree& plugin : listAt(*tree, "plugins")) {
    manifest.info.plugins.push_back({textAt(plugin, "name"), textAt(plugin, "version")});
  }
  manifest.files = std::move(*files);
  manifest.sources = textsAt(*tree, "sources");
  manifest.sites = textsAt(*tree, "sites");
  manifest.traces = textsAt(*tree, "traces");
  return manifest;
}

}  // namespace gpuspec::artifact
