#pragma once

// One corpus file: whole specs with what is expected of them written below the lines it is about.
//
//   pool train { cluster = c  mig { profile = 1g.99gb } }
//   //                                        ^^^^^^^ expect-error: GS3202 `1g.99gb` is not a MIG
//   profile
//   // and-help: `1g.10gb`
//
// The carets stand below the exact range; `^^>` is a range that goes on in the next line, `|` an
// empty one at its column. Without carets the finding is about the project as a whole. The text is
// a part of the message; `and-help`, `and-note` want a part of that finding's help or notes. In
// YAML the comment begins with `#`. An annotation is about the last line above it that is none.
//
// `// with: --env prod --param n=3 --until eval` stands above everything; the folder says how far a
// file is compiled.
// `// --- file: teams.gpuspec` begins another file; what stands before the first one is
// main.gpuspec.

#include <string>
#include <vector>

#include "tests/support/compile_in_memory.h"

namespace gpuspec::corpus {

enum class Extent : std::uint8_t { Project, Empty, InLine, PastLine };

struct Expectation {
  std::string level, code, text;
  std::string file;
  Extent extent = Extent::Project;
  std::uint32_t line = 0, begin = 0, end = 0;  // columns, end exclusive
  std::vector<std::string> helps, notes;

  std::string str() const;
};

struct Case {
  std::string name;  // file name without ending: "fail_unknown_kind"
  test::CompileRequest request;
  std::vector<Expectation> expectations;
  std::vector<std::string> problems;  // what is wrong with the corpus file itself

  bool mustFail() const { return name.starts_with("fail_"); }
};

// `folder`: name of the folder that the file lies in, such as "parse".
Case readCase(const std::string& name, const std::string& folder, const std::string& text);

// What does not hold, a sentence each: unexpected findings, missing ones, a file that errs without
// `fail_`.
std::vector<std::string> differences(const Case& expected, const test::Outcome& found);

// The endings of golden files: ".txt", ".arm.json", ".k8s.yaml", ".values.yaml".
const std::vector<std::string>& goldenEndings();
// What a golden file with this ending holds.
std::string printed(const test::Outcome& outcome, const std::string& ending);

enum class GoldenResult : std::uint8_t { Same, Different, Rewritten };
GoldenResult checkGolden(const std::string& path, const std::string& found, bool update);

}  // namespace gpuspec::corpus
