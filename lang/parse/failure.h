#pragma once

// Where and how the generated parser got stuck.

#include <cstddef>
#include <vector>

#include <antlr4-runtime.h>

namespace gpuspec::parse {

struct Failure {
  std::size_t token = 0;              // number of the token that does not fit
  std::size_t item_start = 0;         // first token of the innermost item
  std::size_t unit_start = 0;         // first token of the top-level item
  std::vector<std::size_t> rules;     // innermost first: GpuspecParser::Rule...
  std::vector<std::size_t> starts;    // first token of each of them
  std::vector<std::size_t> expected;  // token kinds
};

// Gives up at the first wrong token and remembers it.
class FailureStrategy final : public antlr4::DefaultErrorStrategy {
 public:
  Failure failure;

  void recover(antlr4::Parser* parser, std::exception_ptr) override { stop(parser); }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    stop(parser);
    return nullptr;
  }
  void sync(antlr4::Parser*) override {}
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override {}

 private:
  [[noreturn]] void stop(antlr4::Parser* parser);
};

}  // namespace gpuspec::parse
