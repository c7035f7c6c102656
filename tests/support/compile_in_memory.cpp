#include "tests/support/compile_in_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "lang/diag/render_human.h"
#include "plugins/amd/api.h"
#include "plugins/fake/api.h"
#include "plugins/host/host.h"
#include "plugins/nvidia/api.h"
#include "tools/gpuspec/dump.h"
#include "tools/gpuspec/emit.h"

namespace gpuspec::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* kProject = "/project";
constexpr const char* kLibrary = "/library";

std::string readFile(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

const std::map<std::string, std::string>& libraryFiles() {
  static const std::map<std::string, std::string> files = [] {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(GPUSPEC_STDLIB)) {
      if (entry.path().extension() != ".gpuspec") continue;
      const std::string name = fs::relative(entry.path(), GPUSPEC_STDLIB).generic_string();
      out[std::string(kLibrary) + "/" + name] = readFile(entry.path());
    }
    return out;
  }();
  return files;
}

Finding findingOf(const diag::Diagnostic& found, const source::SourceMap& sources) {
  Finding out;
  out.code = diag::codeName(found.info->code);
  out.level = found.suppressed ? "allowed" : std::string(diag::levelName(found.level));
  out.message = found.message;
  out.repeats = found.repeats;
  for (const diag::Label& note : found.notes) out.notes.push_back(note.text);
  out.help = found.help;
  if (!found.at.valid()) return out;
  out.file = sources.file(found.at.range.file_id).path();
  out.begin = sources.begin(found.at.range);
  out.end = sources.end(found.at.range);
  return out;
}

}  // namespace

std::string Finding::str() const {
  const std::string place = file.empty() ? ""
                                         : " at " + file + ":" + std::to_string(begin.line) + ":" +
                                               std::to_string(begin.column);
  return level + " " + code + place + ": " + message;
}

const std::string& Outcome::file(const std::string& path) const {
  static const std::string none;
  for (const artifact::File& file : files) {
    if (file.path == path) return file.bytes;
  }
  ADD_FAILURE() << "no file `" << path << "` was made";
  return none;
}

bool Outcome::hasFile(const std::string& path) const {
  return std::any_of(files.begin(), files.end(),
                     [&](const artifact::File& file) { return file.path == path; });
}

std::vector<const artifact::File*> Outcome::filesNamed(const std::string& ending) const {
  std::vector<const artifact::File*> out;
  for (const artifact::File& file : files) {
    if (file.path.ends_with(ending)) out.push_back(&file);
  }
  return out;
}

std::string Outcome::codes() const {
  std::multiset<std::string> all;
  for (const Finding& finding : findings) {
    if (finding.level != "allowed") all.insert(finding.code);
  }
  std::string out;
  for (const std::string& code : all) out += (out.empty() ? "" : " ") + code;
  return out;
}

std::string Outcome::list() const {
  std::string out = world_error.empty() ? "" : world_error + "\n";
  for (const Finding& finding : findings) out += finding.str() + "\n";
  return out;
}

const ir::VendorSet& testVendors() {
  static const ir::VendorSet vendors = [] {
    ir::VendorSet out;
    out.add(llvm::cantFail(host::makeVendor(nvidia::vendorApi(), "nvidia")));
    out.add(llvm::cantFail(host::makeVendor(amd::vendorApi(), "amd")));
    out.add(llvm::cantFail(host::makeVendor(fake::vendorApi(), "fake")));
    return out;
  }();
  return vendors;
}

Outcome compileOn(const driver::FileSystem& files, const std::string& path,
                  driver::CompileOptions options) {
  Outcome out;
  driver::Compilation compilation(files, testVendors(), std::move(options));
  if (llvm::Error error = compilation.load(path)) {
    out.world_error = llvm::toString(std::move(error));
    return out;
  }
  out.good = compilation.run();
  out.dump = cli::dumpText(compilation);
  if (out.good && compilation.placement() != nullptr) {
    out.files =
        cli::emitAll(*compilation.placement(), compilation.sources(), compilation.sink()).files;
    out.good = compilation.sink().ok();
    if (!out.good) out.files.clear();
  }
  const std::vector<diag::Diagnostic> findings = compilation.findings();
  for (const diag::Diagnostic& found : findings)
    out.findings.push_back(findingOf(found, compilation.sources()));
  out.rendered = diag::renderHuman(compilation.sources(), findings, {});
  return out;
}

namespace {

driver::MemoryFileSystem filesOf(const CompileRequest& request) {
  driver::MemoryFileSystem files;
  files.files = libraryFiles();
  for (const NamedFile& file : request.files)
    files.files[driver::joined(kProject, file.name)] = file.text;
  return files;
}

driver::CompileOptions optionsOf(const CompileRequest& request) {
  driver::CompileOptions options;
  options.environment = request.environment;
  options.parameters = request.parameters;
  options.as_of = request.as_of;
  options.root = kProject;
  options.stdlib = kLibrary;
  options.limits = request.limits;
  options.until = request.until;
  return options;
}

std::string entryOf(const CompileRequest& request) {
  return request.entry.empty() ? kProject : driver::joined(kProject, request.entry);
}

}  // namespace

Outcome compileInMemory(const CompileRequest& request) {
  return compileOn(filesOf(request), entryOf(request), optionsOf(request));
}

std::vector<Finding> findingsOf(const CompileRequest& request) {
  const driver::MemoryFileSystem files = filesOf(request);
  driver::Compilation compilation(files, testVendors(), optionsOf(request));
  if (llvm::Error error = compilation.load(entryOf(request))) {
    ADD_FAILURE() << llvm::toString(std::move(error));
    return {};
  }
  compilation.run();
  std::vector<Finding> out;
  for (const diag::Diagnostic& found : compilation.findings())
    out.push_back(findingOf(found, compilation.sources()));
  return out;
}

Outcome compileText(const std::string& text) {
  CompileRequest request;
  request.files = {{"main.gpuspec", text}};
  return compileInMemory(request);
}

std::string allBytes(const Outcome& outcome) {
  std::string out;
  for (const artifact::File& file : outcome.files) out += "=== " + file.path + "\n" + file.bytes;
  return out;
}

}  // namespace gpuspec::test
