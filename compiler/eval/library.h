#pragma once

// A large table of the standard library: a `let` that is a map with its keys written down. What is
// not asked for is not evaluated.

#include <memory>
#include <string>
#include <vector>

#include "compiler/eval/evaluate.h"

namespace gpuspec::eval {

class LibraryTable {
 public:
  // All references must outlive the table. Without entries when the file has no such `let`.
  LibraryTable(const syntax::Tree& tree, const std::string& name, const schema::Table& table,
               source::SourceMap& sources, Files& files);
  ~LibraryTable();
  LibraryTable(const LibraryTable&) = delete;
  LibraryTable& operator=(const LibraryTable&) = delete;

  const std::vector<std::string>& keys() const { return keys_; }
  // Of the key at `index`. Poison when the library is wrong there.
  Value at(std::size_t index);

 private:
  const syntax::Tree& tree_;
  Options options_;
  diag::Sink sink_;
  std::unique_ptr<class Evaluator> evaluator_;
  const struct Scope* scope_ = nullptr;
  std::vector<std::string> keys_;
  std::vector<syntax::NodeId> values_;
};

}  // namespace gpuspec::eval
