#pragma once

// A whole compile inside the test: named files in, findings, the last phase's text and the emitted
// files out. Nothing is read from disk but the standard library; both vendors are linked into the
// test.

#include <memory>
#include <string>
#include <vector>

#include "backends/artifact/artifact.h"
#include "compiler/driver/compilation.h"

namespace gpuspec::test {

struct NamedFile {
  std::string name;  // below the project root: "main.gpuspec", "parts/teams.gpuspec"
  std::string text;
};

struct CompileRequest {
  std::vector<NamedFile> files;
  std::string entry;  // a file or folder below the root; "" = the root itself
  std::string environment;
  std::vector<eval::GivenParameter> parameters;
  driver::Phase until = driver::Phase::Place;
  eval::Limits limits;
  std::string as_of = driver::kCatalogueDate;
};

struct Finding {
  std::string code;   // "GS3004"
  std::string level;  // "error", "warning", "note"; "allowed" when `@allow` silences it
  std::string message;
  std::string file;  // "" = about the project as a whole
  source::Position begin, end;
  std::vector<std::string> notes, help;
  std::uint32_t repeats = 0;

  // "GS3004 at main.gpuspec:3:8: message"
  std::string str() const;
};

struct Outcome {
  bool good = false;        // no errors, up to the phase asked for
  std::string world_error;  // why the files could not even be read; "" = they could
  std::vector<Finding> findings;
  std::string dump;      // what the last phase that ran has made
  artifact::Set files;   // sorted by path; empty unless everything ran and went well
  std::string rendered;  // the findings as a terminal shows them

  // The bytes of one emitted file; fails the test when there is no such file.
  const std::string& file(const std::string& path) const;
  bool hasFile(const std::string& path) const;
  // Files whose path ends so, in order.
  std::vector<const artifact::File*> filesNamed(const std::string& ending) const;
  // "GS3004 GS3101", sorted; suppressed ones do not count.
  std::string codes() const;
  // All findings, a line each; for messages of failed tests.
  std::string list() const;
};

Outcome compileInMemory(const CompileRequest& request);
// What it finds, and nothing is printed or emitted: for tests that compile thousands of times.
std::vector<Finding> findingsOf(const CompileRequest& request);
// One file, all phases.
Outcome compileText(const std::string& text);

// The same over a file system of the caller's; `path` as on the command line.
Outcome compileOn(const driver::FileSystem& files, const std::string& path,
                  driver::CompileOptions options);

// nvidia and fake, linked statically.
const ir::VendorSet& testVendors();

// Name and bytes of every emitted file, in order: what two equal compiles must share.
std::string allBytes(const Outcome& outcome);

}  // namespace gpuspec::test
