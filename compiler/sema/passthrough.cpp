#include <algorithm>
#include <iterator>

#include "compiler/sema/analysis.h"
#include "compiler/sema/convert.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::sema {

namespace {

constexpr const char* kWholeCharts[] = {"oci://", "./", "../", "/"};

ir::ClusterId clusterIn(const Analysis& analysis, const eval::Block& block) {
  const eval::Value* cluster = block.value("cluster");
  return cluster ? analysis.clusterOf(*cluster) : ir::ClusterId::none();
}

void checkObject(Analysis& analysis, const eval::Block& block, const ir::Tree& object) {
  for (const char* field : {"apiVersion", "kind"}) {
    const ir::Tree* value = object.find(field);
    if (value && value->isString()) continue;
    const source::Location& at = object.location().valid() ? object.location() : block.at;
    analysis.sink.report(at, diag::ManifestObjectLacks, block.label, field)
        .help("a Kubernetes object has `apiVersion`, `kind` and `metadata`");
  }
}

std::vector<ir::Tree> readObjects(Analysis& analysis, const eval::Block& block) {
  const eval::Value* object = block.value("object");
  const eval::Value* file = block.value("file");
  if (object && file) {
    analysis.sink.report(file->at(), diag::ManifestSources, block.label, "both `object` and `file`")
        .note(object->at(), "the other one");
    return {};
  }
  if (object) return {toTree(analysis, *object, Units::Kubernetes)};
  if (file) {
    if (analysis.context.read_objects) return analysis.context.read_objects(*file, analysis.sink);
    reportLater(analysis, file->at(), "manifest.file",
                "write the object itself: `object = { ... }`");
  } else if (!mayBeBroken(block, "object") && !block.poisoned("file")) {
    analysis.sink.report(block.at, diag::ManifestSources, block.label,
                         "neither `object` nor `file`");
  }
  return {};
}

// "eastus.pool.h100", seen from the module that `block` stands in.
ir::Address addressIn(const eval::Block& block, std::string_view name) {
  std::string rest = textOf(block, name);
  const auto takeLast = [&rest] {
    const std::size_t dot = rest.rfind('.');
    std::string last = dot == std::string::npos ? rest : rest.substr(dot + 1);
    rest.erase(dot == std::string::npos ? 0 : dot);
    return last;
  };
  ir::Address address;
  address.name = takeLast();
  address.kind = takeLast();
  const bool both = !block.module.empty() && !rest.empty();
  address.module = block.module + (both ? "." : "") + rest;
  return address;
}

}  // namespace

std::vector<ir::Manifest> manifestsFrom(Analysis& analysis, const eval::Block& block) {
  std::vector<ir::Manifest> manifests;
  for (ir::Tree& object : readObjects(analysis, block)) {
    checkObject(analysis, block, object);
    manifests.push_back(
        {block.at, addressOf(block), clusterIn(analysis, block), std::move(object)});
  }
  return manifests;
}

ir::Release releaseFrom(Analysis& analysis, const eval::Block& block) {
  ir::Release release;
  release.at = block.at;
  release.address = addressOf(block);
  release.cluster_id = clusterIn(analysis, block);
  release.chart = textOf(block, "chart");
  release.repository = textOf(block, "repository");
  release.version = textOf(block, "version");
  release.release_namespace = textOf(block, "namespace", block.label);
  if (const eval::Block* values = block.child("values")) {
    release.values = toTree(analysis, *values, Units::Kubernetes);
  }
  const eval::Value* repository = block.value("repository");
  // An address that holds both, or a folder or archive beside the spec.
  const bool says_it_all =
      std::any_of(std::begin(kWholeCharts), std::end(kWholeCharts),
                  [&](const char* begin) { return release.chart.starts_with(begin); });
  if (!repository && !says_it_all && block.value("chart") && !mayBeBroken(block, "repository")) {
    analysis.sink.report(block.value("chart")->at(), diag::ReleaseWithoutRepository, release.chart)
        .help(
            "write `repository = \"https://...\"`, name the chart by an `oci://` address, or write "
            "a folder "
            "as `./folder`");
  }
  return release;
}

void addOutputs(Analysis& analysis) {
  for (const eval::NamedValue& output : analysis.program.outputs) {
    if (output.value.isPoison()) continue;
    analysis.spec.outputs.push_back(
        {output.name, toTree(analysis, output.value, Units::Kubernetes), output.at});
  }
}

namespace {

bool isDeclared(const eval::Program& program, const ir::Address& address) {
  for (const eval::Block& block : program.blocks) {
    if (block.kind == address.kind && block.label == address.name && block.module == address.module)
      return true;
  }
  return false;
}

}  // namespace

void addMoves(Analysis& analysis) {
  const eval::Program& program = analysis.program;
  for (eval::BlockId id : program.ofKind("moved")) {
    const eval::Block& block = program[id];
    const ir::Address from = addressIn(block, "from"), to = addressIn(block, "to");
    if (block.value("from") == nullptr || block.value("to") == nullptr) continue;
    if (isDeclared(program, from)) {
      analysis.sink.report(block.value("from")->at(), diag::StillDeclared, from.str())
          .help("`moved` tells where something went that is no longer written under its old name");
    }
    if (!isDeclared(program, to)) {
      analysis.sink.report(block.value("to")->at(), diag::MovedToNothing, to.str());
    }
    analysis.spec.moved.push_back({from, to, block.at});
  }
  for (eval::BlockId id : program.ofKind("removed")) {
    const eval::Block& block = program[id];
    if (block.value("what") == nullptr) continue;
    const ir::Address what = addressIn(block, "what");
    if (isDeclared(program, what)) {
      analysis.sink.report(block.value("what")->at(), diag::StillDeclared, what.str())
          .help("take the declaration out, or this `removed` block");
    }
    analysis.spec.removed.push_back({what, boolOf(block, "destroy"), block.at});
  }
}

}  // namespace gpuspec::sema
