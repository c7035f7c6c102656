#include "tools/gpuspec/live/local_charts.h"

#include "compiler/data/yaml_reader.h"
#include "lang/diag/diagnostic.h"
#include "lang/source/source_map.h"

namespace gpuspec::cli {

namespace {

namespace model = deploy::model;
using ir::Tree;

constexpr std::uint64_t kMostBytes = 1u << 20;

std::string textAt(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

// Helm itself says what is wrong with one that cannot be read.
Tree chartFile(const driver::FileSystem& files, const std::string& path) {
  llvm::Expected<std::string> text = files.read(path, kMostBytes);
  if (!text) {
    llvm::consumeError(text.takeError());
    return Tree::map();
  }
  source::SourceMap sources;
  diag::Sink sink;
  const auto documents = data::readYaml(sources, sources.add(path, std::move(*text)), sink);
  return documents && !documents->empty() && documents->front().isMap() ? documents->front()
                                                                        : Tree::map();
}

}  // namespace

void findLocalCharts(const std::string& root, const driver::FileSystem& files,
                     model::DesiredSet& desired) {
  for (model::Desired& release : desired.resources) {
    if (release.key.system != model::System::Helm) continue;
    const std::string chart = textAt(release.body, "chart");
    if (!chart.starts_with("./") && !chart.starts_with("../") && !chart.starts_with('/')) continue;
    const std::string base = driver::folderOf(driver::joined(root, release.file));
    const std::string path =
        driver::normalized(chart.starts_with('/') ? chart : driver::joined(base, chart));
    release.body.set("folder", path);
    if (files.kind(path) != driver::FileKind::Folder) continue;
    const Tree declared = chartFile(files, driver::joined(path, "Chart.yaml"));
    for (const auto& [key, name] : {std::pair("chart_name", "name"), {"version", "version"}})
      release.body.set(key, textAt(declared, name));
  }
}

}  // namespace gpuspec::cli
