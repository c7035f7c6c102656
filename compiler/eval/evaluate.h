#pragma once

// Trees to Program: expands loops, conditions and modules, evaluates every attribute lazily (so
// declarations may stand in any order) and checks each against the schema table. Total: no
// recursion in the language, and Limits bound the rest.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/eval/files.h"
#include "compiler/eval/limits.h"
#include "compiler/eval/program.h"
#include "compiler/schema/table.h"
#include "lang/diag/diagnostic.h"
#include "lang/source/source_map.h"
#include "lang/syntax/tree.h"

namespace gpuspec::eval {

// A parameter given from outside, in the spelling of the language or as plain text: `--param n=3`,
// `--param region=eastus`.
struct GivenParameter {
  std::string name;
  std::string text;
  std::string origin;  // "--param", "params.yaml:3"
  bool raw =
      false;  // from a command line: a parameter of type string takes it as it is, without quotes
  bool is_text = false;  // raw, and from a file that says that it is text: so does one of type any
};

// Questions that only a compiled model can answer, for `expect` in tests. Absent outside of
// `gpuspec test`.
class ModelQueries {
 public:
  virtual ~ModelQueries() = default;
  // False when there is no such function. A failed question returns true and sets `error`.
  virtual bool call(std::string_view function, const std::vector<Value>& args, Value& result,
                    std::string& error) = 0;
};

struct Options {
  std::string environment;  // --env; "" = none
  std::vector<GivenParameter> parameters;
  std::string as_of;  // ISO date; allowances expire by it
  Limits limits;
};

struct TestCase {
  std::string name;
  source::Location at;
  std::vector<GivenParameter> parameters;  // its `params { }`, as text of the language
  std::string environment;                 // its `env = "x"`, "" = none
  std::vector<std::uint16_t> expected_errors;
  std::vector<syntax::NodeId> expectations;  // conditions, in `tree`
  const syntax::Tree* tree = nullptr;
};

class Evaluation {
 public:
  // `entry`: the trees of the entry module. All references must outlive the Evaluation.
  Evaluation(std::vector<const syntax::Tree*> entry, const schema::Table& table,
             source::SourceMap& sources, Files& files, const Options& options, diag::Sink& sink);
  ~Evaluation();
  Program run();
  // Of the entry module; call after run().
  std::vector<TestCase> tests();
  // Evaluates a condition of a test in the entry module; Poison when it was reported.
  Value evaluate(const syntax::Tree& tree, syntax::NodeId expression, ModelQueries& queries);

 private:
  std::unique_ptr<class Evaluator> evaluator_;
  std::vector<const syntax::Tree*> entry_;
};

// The values (`let`, `output`) of one library file by name, for the driver's own look into the
// standard library.
std::map<std::string, Value> libraryValues(const syntax::Tree& tree, const schema::Table& table,
                                           source::SourceMap& sources, Files& files,
                                           diag::Sink& sink);

}  // namespace gpuspec::eval
