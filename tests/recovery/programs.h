#pragma once

// Every program of the project: its corpus, its examples, and the programs that the language was
// designed with where they are at hand. And what a slip of the hand makes of one.

#include <string>
#include <vector>

#include "tests/support/compile_in_memory.h"

namespace gpuspec::recovery {

struct Program {
  std::string name;  // "corpus/eval/loops", "examples/fleet"
  test::CompileRequest request;
};

const std::vector<Program>& programs();

// The program with one place changed.
struct Slip {
  std::string where;  // "main.gpuspec:12 `  nodes = 2`"
  test::CompileRequest request;
};

// One for each line that holds more than a comment.
std::vector<Slip> withoutEachLine(const Program& program);
std::vector<Slip> withEachLineTwice(const Program& program);
// One for each word, number or sign.
std::vector<Slip> withoutEachToken(const Program& program);

}  // namespace gpuspec::recovery
