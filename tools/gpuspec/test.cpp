// gpuspec test: the `test` blocks of a spec, each a compilation of its own.

#include <algorithm>
#include <set>

#include "compiler/ir/json.h"
#include "lang/diag/catalogue.h"
#include "tools/gpuspec/emit.h"
#include "tools/gpuspec/project.h"
#include "tools/gpuspec/test_queries.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Runs the `test` blocks of PATH: each compiles the spec with its parameters and holds what "
    "comes out against its\n"
    "expectations: on the model, on the outputs (yaml(...), arm(...)), and on errors by code.\n\n"
    "Examples:\n"
    "  gpuspec test\n"
    "  gpuspec test examples/two-teams --filter isolation\n";

struct Outcome {
  std::string name;
  bool passed = true;
};

class TestCommand final : public Command {
 public:
  explicit TestCommand(bool help_wanted)
      : Command("test", "Run the tests of a spec", kHelp, help_wanted),
        options_(*this, "Result as human or json"),
        filter_("filter", cl::desc("Only tests whose name contains this"), cl::value_desc("text"),
                cl::sub(sub()), cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  bool runOne(const eval::TestCase& listed, const ir::VendorSet& vendors,
              const driver::CompileOptions& base, Terminal& terminal) const;
  static void compareErrors(const eval::TestCase& test,
                            const std::vector<diag::Diagnostic>& findings, diag::Sink& sink);
  static void expectAll(driver::Compilation& compilation, const eval::TestCase& test,
                        const Output& output, diag::Sink& sink);
  int report(const std::vector<Outcome>& outcomes, Terminal& terminal) const;

  ProjectOptions options_;
  cl::opt<std::string> filter_;
};

void TestCommand::compareErrors(const eval::TestCase& test,
                                const std::vector<diag::Diagnostic>& findings, diag::Sink& sink) {
  std::set<std::uint16_t> found;
  for (const diag::Diagnostic& finding : findings) {
    const bool counts = finding.level == diag::Level::Error && !finding.suppressed;
    const bool expected = std::count(test.expected_errors.begin(), test.expected_errors.end(),
                                     finding.info->code) > 0;
    if (expected) found.insert(finding.info->code);
    if (counts && !expected) {
      sink.report(test.at, diag::TestFailed, test.name,
                  "the spec has the error " + diag::codeName(finding.info->code) + ": " +
                      finding.message)
          .note(finding.at, "here");
    }
  }
  for (const std::uint16_t code : test.expected_errors) {
    if (!found.contains(code))
      sink.report(test.at, diag::TestFailed, test.name,
                  diag::codeName(code) + " was expected and not found");
  }
}

void TestCommand::expectAll(driver::Compilation& compilation, const eval::TestCase& test,
                            const Output& output, diag::Sink& sink) {
  TestQueries queries(compilation, output);
  for (const syntax::NodeId expectation : test.expectations) {
    const source::Location at{test.tree->range(expectation), {}};
    const eval::Value holds = compilation.evaluate(*test.tree, expectation, queries);
    if (holds.isPoison()) {
      sink.report(at, diag::TestFailed, test.name,
                  std::string("the expectation could not be evaluated"));
    } else if (!holds.is(eval::ValueKind::Bool)) {
      sink.report(at, diag::TestFailed, test.name,
                  "the expectation is " + holds.str(80) + ", not true or false");
    } else if (!holds.asBool()) {
      auto report = sink.report(at, diag::TestFailed, test.name, std::string("this does not hold"));
      if ((*test.tree)[expectation].kind != syntax::NodeKind::Binary) continue;
      for (unsigned side = 0; side < 2; ++side) {
        const syntax::NodeId operand = test.tree->child(expectation, side);
        if ((*test.tree)[operand].kind == syntax::NodeKind::Literal) continue;
        const eval::Value value = compilation.evaluate(*test.tree, operand, queries);
        if (!value.isPoison()) report.note({test.tree->range(operand), {}}, value.str(120));
      }
    }
  }
}

bool TestCommand::runOne(const eval::TestCase& listed, const ir::VendorSet& vendors,
                         const driver::CompileOptions& base, Terminal& terminal) const {
  driver::CompileOptions options = base;
  if (!listed.environment.empty()) options.environment = listed.environment;
  options.parameters.insert(options.parameters.end(), listed.parameters.begin(),
                            listed.parameters.end());
  const driver::RealFileSystem files;
  driver::Compilation compilation(files, vendors, options);
  if (loadProject(compilation, options_.path, terminal)) return false;
  const bool good = compilation.run();
  Output output;
  if (good) output = emitAll(*compilation.placement(), compilation.sources(), compilation.sink());
  const std::vector<eval::TestCase> tests = compilation.tests();
  const auto same = std::find_if(tests.begin(), tests.end(), [&](const eval::TestCase& test) {
    return test.name == listed.name;
  });
  if (same == tests.end()) return false;
  const std::vector<diag::Diagnostic> of_spec = compilation.findings();
  diag::Sink& sink = compilation.sink();
  compareErrors(*same, of_spec, sink);
  if (good && compilation.placement() != nullptr) {
    expectAll(compilation, *same, output, sink);
  }
  const std::vector<diag::Diagnostic> failures = compilation.findings();
  std::vector<diag::Diagnostic> shown;
  for (const diag::Diagnostic& finding : failures) {
    if (finding.level == diag::Level::Error &&
        (finding.info == &diag::TestFailedInfo ||
         std::find_if(of_spec.begin(), of_spec.end(), [&](const auto& other) {
           return other.info == finding.info && other.at == finding.at;
         }) == of_spec.end()))
      shown.push_back(finding);
  }
  showFindings(compilation.sources(), shown,
               options_.format == "json" ? "human" : options_.format.getValue(), terminal);
  return shown.empty();
}

int TestCommand::report(const std::vector<Outcome>& outcomes, Terminal& terminal) const {
  const auto failed = static_cast<std::size_t>(std::count_if(
      outcomes.begin(), outcomes.end(), [](const Outcome& outcome) { return !outcome.passed; }));
  if (options_.format == "json") {
    ir::Tree list = ir::Tree::list();
    for (const Outcome& outcome : outcomes)
      list.push(ir::Tree::map().set("name", outcome.name).set("passed", outcome.passed));
    const ir::Tree summary = ir::Tree::map()
                                 .set("passed", static_cast<std::int64_t>(outcomes.size() - failed))
                                 .set("failed", static_cast<std::int64_t>(failed));
    terminal.out(ir::toJson(ir::Tree::map()
                                .set("schema", "gpuspec.test/1")
                                .set("tests", std::move(list))
                                .set("summary", summary)) +
                 "\n");
  } else {
    for (const Outcome& outcome : outcomes)
      terminal.out(std::string(outcome.passed ? "passed  " : "FAILED  ") + outcome.name + "\n");
    if (outcomes.empty() && !filter_.empty()) {
      terminal.out("no test has `" + filter_ + "` in its name\n");
      return kSpecWrong;
    }
    terminal.out(outcomes.empty()
                     ? "no tests: a spec's own tests are `test \"name\" { ... }` blocks\n"
                     : std::to_string(outcomes.size() - failed) + " of " +
                           std::to_string(outcomes.size()) + " tests passed\n");
  }
  return failed == 0 ? kDone : kSpecWrong;
}

int TestCommand::run(Terminal& terminal) {
  if (!options_.valid(terminal, {"human", "json"})) return kUsage;
  const std::optional<driver::CompileOptions> compile_options = options_.compileOptions(terminal);
  if (!compile_options) return kUsage;
  const LoadedVendors vendors = options_.loadVendors(terminal);
  if (!vendors) return vendors.exitCode();
  const driver::RealFileSystem files;
  driver::Compilation listing(files, *vendors, *compile_options);
  if (const std::optional<int> stop = loadProject(listing, options_.path, terminal)) return *stop;
  listing.run();
  const std::vector<eval::TestCase> tests = listing.tests();
  const std::vector<diag::Diagnostic> findings = listing.findings();
  // Without tests the spec's own errors are the answer; with tests each one looks at its own
  // compilation.
  const bool tests_broken =
      std::any_of(findings.begin(), findings.end(), [](const diag::Diagnostic& finding) {
        return finding.info->code < 2000 && finding.level == diag::Level::Error;
      });
  if (tests.empty() || tests_broken) {
    showFindings(listing.sources(), findings, "human", terminal);
    if (countOf(findings).errors > 0) return kSpecWrong;
  }
  std::vector<Outcome> outcomes;
  for (const eval::TestCase& test : tests) {
    if (!filter_.empty() && test.name.find(filter_) == std::string::npos) continue;
    outcomes.push_back({test.name, runOne(test, *vendors, *compile_options, terminal)});
  }
  return report(outcomes, terminal);
}

}  // namespace

std::unique_ptr<Command> makeTestCommand(bool help_wanted) {
  return std::make_unique<TestCommand>(help_wanted);
}

}  // namespace gpuspec::cli
