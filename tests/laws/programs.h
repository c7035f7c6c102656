#pragma once

// The programs that laws are held against: the corpus and examples of this tree, and random ones.

#include <string>
#include <vector>

#include "tests/support/compile_in_memory.h"

namespace gpuspec::test {

struct Program {
  std::string name;
  CompileRequest request;
};

// Programs that compile without errors: tests/corpus/output and examples.
std::vector<Program> goodPrograms();
// Single files of the corpus that parse, right or wrong.
std::vector<Program> corpusPrograms();
Program randomProgram(std::uint64_t seed);

// The same program with each file put through `change`.
template <class Change>
Program changed(Program program, Change change) {
  for (NamedFile& file : program.request.files) {
    if (file.name.ends_with(".gpuspec")) file.text = change(file.text);
  }
  return program;
}

// "GS2001 nothing named `x` is in scope", sorted: what is found, wherever it stands.
std::vector<std::string> whatIsFound(const Outcome& outcome);

}  // namespace gpuspec::test
