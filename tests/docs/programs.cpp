#include "tests/docs/programs.h"

#include <filesystem>

#include "compiler/driver/compilation.h"
#include "lang/diag/render_human.h"
#include "lang/parse/parser.h"
#include "plugins/host/host.h"
#include "plugins/nvidia/api.h"
#include "tools/gpuspec/emit.h"

namespace gpuspec::docs {

namespace {

const ir::VendorSet& vendors() {
  static const ir::VendorSet set = [] {
    ir::VendorSet made;
    made.add(llvm::cantFail(host::makeVendor(nvidia::vendorApi(), "nvidia")));
    return made;
  }();
  return set;
}

// The standard library of the source tree, at /std.
const driver::MemoryFileSystem& library() {
  static const driver::MemoryFileSystem files = [] {
    driver::MemoryFileSystem read;
    const std::filesystem::path folder = std::string(GPUSPEC_ROOT) + "/stdlib";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".gpuspec") continue;
      read.files["/std/" + std::filesystem::relative(entry.path(), folder).string()] =
          readText(entry.path().string());
    }
    return read;
  }();
  return files;
}

driver::CompileOptions optionsOf(const Fence& fence) {
  driver::CompileOptions options;
  options.stdlib = "/std";
  for (const std::string& name : fence.options("env")) options.environment = name;
  for (const std::string& date : fence.options("as-of")) options.as_of = date;
  for (const std::string& file : fence.options("params"))
    options.parameters_file = "/project/" + file;
  for (const std::string& given : fence.options("param")) {
    const std::size_t equals = given.find('=');
    options.parameters.push_back(
        {given.substr(0, equals), given.substr(equals + 1), "--param", true});
  }
  return options;
}

Outcome outcomeOf(const source::SourceMap& sources, std::vector<diag::Diagnostic> findings) {
  Outcome outcome;
  outcome.rendered = diag::renderHuman(sources, findings, {false, true, 120});
  outcome.findings = std::move(findings);
  return outcome;
}

}  // namespace

std::set<std::uint16_t> Outcome::codes() const {
  std::set<std::uint16_t> codes;
  for (const diag::Diagnostic& finding : findings) codes.insert(finding.info->code);
  return codes;
}

std::set<std::uint16_t> Outcome::errors() const {
  std::set<std::uint16_t> codes;
  for (const diag::Diagnostic& finding : findings) {
    if (finding.level == diag::Level::Error && !finding.suppressed)
      codes.insert(finding.info->code);
  }
  return codes;
}

Outcome compile(const Fence& fence) {
  driver::MemoryFileSystem files = library();
  for (const auto& [name, text] : filesOf(fence)) files.files["/project/" + name] = text;
  driver::Compilation compilation(files, vendors(), optionsOf(fence));
  if (llvm::Error error = compilation.load("/project"))
    return {{}, fence.where() + ": " + llvm::toString(std::move(error))};
  if (compilation.run())
    cli::emitAll(*compilation.placement(), compilation.sources(), compilation.sink());
  std::vector<diag::Diagnostic> findings = compilation.findings();
  return outcomeOf(compilation.sources(), std::move(findings));
}

Outcome parse(const Fence& fence) {
  source::SourceMap sources;
  diag::Sink sink;
  for (const auto& [name, text] : filesOf(fence))
    parse::parse(sources, sources.add(name, text), sink);
  return outcomeOf(sources, sink.finish(sources));
}

}  // namespace gpuspec::docs
