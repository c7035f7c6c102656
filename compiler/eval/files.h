#pragma once

// How the evaluator reaches other files. The driver implements it over the real file system, tests
// over a map.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diag/diagnostic.h"
#include "lang/source/source_map.h"
#include "lang/syntax/tree.h"

namespace gpuspec::eval {

class Files {
 public:
  virtual ~Files() = default;
  // The tree of `path` as written in the file `from`: "./x.gpuspec", "../x.gpuspec" or "std/name".
  // Parsed once however often it is asked for. nullptr: reported at `at`.
  virtual const syntax::Tree* tree(std::string_view path, source::FileId from,
                                   const source::Location& at, diag::Sink& sink) = 0;
  // The bytes of a file below the project root, for file(); nullopt: reported.
  virtual std::optional<std::string> text(std::string_view path, source::FileId from,
                                          const source::Location& at, diag::Sink& sink) = 0;
  // The tree of `let value = <text>`, for parameters given from outside. Syntax errors go to
  // `sink`.
  virtual const syntax::Tree* snippet(const std::string& name, const std::string& text,
                                      diag::Sink& sink) = 0;
};

}  // namespace gpuspec::eval
