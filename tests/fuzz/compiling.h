#pragma once

// A project in memory, compiled as far as it goes, and what must hold of the result whatever the
// project was.

#include <string>
#include <vector>

#include "compiler/driver/compilation.h"
#include "tests/fuzz/documents.h"

namespace gpuspec::fuzz {

// The standard library, and the documents below the project's root; one without a name is
// main.gpuspec. A first line `// with: --env E --param a=b` gives options.
class Project {
 public:
  explicit Project(const std::vector<Document>& documents);
  // Whether all of it went well.
  bool compile(const ir::VendorSet& vendors) const;

 private:
  void readOptions(const std::string& text);

  driver::MemoryFileSystem files_;
  driver::CompileOptions options_;
};

}  // namespace gpuspec::fuzz
