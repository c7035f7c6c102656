#include <algorithm>

#include "compiler/schema/target.h"
#include "compiler/sema/analysis.h"

namespace gpuspec::sema {

namespace {

// What can be written in `ignore`: attributes and blocks that are properties in Azure.
std::vector<std::string> ignorable(const schema::Table& table, const std::string& kind) {
  std::vector<std::string> names;
  for (const schema::Row* row : table.children(kind)) {
    std::string name(std::string_view(row->path).substr(kind.size() + 1));
    if (!schema::armPathsOf(table, kind, name).empty()) names.push_back(std::move(name));
  }
  return names;
}

void reportNotIgnorable(Analysis& analysis, const std::string& kind, const eval::Value& value) {
  const schema::Table& table = analysis.context.table;
  const std::string name = value.asText();
  if (table.find(kind + "." + name) != nullptr) {
    analysis.sink.report(value.at(), diag::UnknownAttribute, kind + " in Azure", name)
        .help("take it out of `ignore`: what is no property there cannot drift");
    return;
  }
  auto report = analysis.sink.report(value.at(), diag::UnknownAttribute, kind, name);
  const std::vector<std::string> near = diag::nearest(name, ignorable(table, kind));
  if (near.empty()) {
    report.help("`gpuspec schema " + kind + "` lists what it has");
  } else if (isPlainAt(value)) {
    report.fix("did you mean `" + near[0] + "`?", {replaceText(value, near[0])});
  } else {
    report.help("did you mean `" + near[0] + "`?");
  }
}

}  // namespace

ir::Lifecycle lifecycleFrom(Analysis& analysis, const eval::Block& block) {
  ir::Lifecycle lifecycle;
  const eval::Block* written = block.child("lifecycle");
  lifecycle.at = written ? written->at : block.at;
  if (!written) return lifecycle;
  lifecycle.prevent_destroy = boolOf(*written, "prevent_destroy");
  lifecycle.replace = textOf(*written, "replace");
  lifecycle.drain_timeout_s = maybeSeconds(*written, "drain_timeout").value_or(0);
  for (const eval::Value* name : itemsOf(written->value("ignore"))) {
    lifecycle.ignore.push_back(name->asText());
    if (schema::armPathsOf(analysis.context.table, block.kind, name->asText()).empty())
      reportNotIgnorable(analysis, block.kind, *name);
  }
  std::sort(lifecycle.ignore.begin(), lifecycle.ignore.end());
  return lifecycle;
}

}  // namespace gpuspec::sema
