#pragma once

// One compilation from files to Placement: runs the phases in order and keeps what each made. Used
// by the command line and by tests; prints nothing.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/driver/file_system.h"
#include "compiler/eval/evaluate.h"
#include "compiler/ir/placement.h"
#include "compiler/ir/vendor.h"
#include "lang/diag/diagnostic.h"
#include "lang/source/source_map.h"

namespace gpuspec::driver {

// The date that the catalogue's facts were last gone through; what `--as-of` means when it is not
// given.
inline constexpr const char* kCatalogueDate = "2026-11-01";

enum class Phase : std::uint8_t { Parse, Evaluate, Analyze, Place };

struct CompileOptions {
  std::string environment;
  std::vector<eval::GivenParameter> parameters;
  std::string parameters_file;  // --params, "" = none
  std::string as_of = kCatalogueDate;
  std::string root;    // --root, "" = found
  std::string stdlib;  // folder of the standard library
  eval::Limits limits;
  Phase until = Phase::Place;
};

class Compilation {
 public:
  Compilation(const FileSystem& files, const ir::VendorSet& vendors, CompileOptions options);
  ~Compilation();

  // PATH as on the command line: a file, or a folder with main.gpuspec or *.gpuspec files. Fails
  // when the world says no.
  llvm::Error load(const std::string& path);
  // One file from standard input.
  void loadText(const std::string& name, const std::string& text);
  // The phases up to options.until. False when errors were found.
  bool run();

  // All findings so far, in order; call once, after run().
  std::vector<diag::Diagnostic> findings();

  const source::SourceMap& sources() const;
  diag::Sink& sink();
  const std::vector<const syntax::Tree*>& entryTrees() const;
  std::vector<const syntax::Tree*> projectTrees()
      const;  // every file of the project that was read, no library
  const eval::Program* program() const;
  const ir::Spec* spec() const;            // from Phase::Analyze on
  const ir::Placement* placement() const;  // after Phase::Place
  const std::string& root() const;
  // Whether any file of the project calls a parameter of this name `secret`.
  bool isSecret(std::string_view parameter) const;
  // A size of the standard library's table, whatever the spec says; nullptr: not in it.
  const ir::VmSize* vmSize(std::string_view name);
  std::vector<std::string> vmSizeNames();
  std::vector<eval::TestCase> tests();
  eval::Value evaluate(const syntax::Tree& tree, syntax::NodeId expression,
                       eval::ModelQueries& queries);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

inline constexpr const char* kLockFile = "gpuspec.lock";

// The project root for an entry: the nearest folder upwards that holds gpuspec.lock, else the
// entry's own folder.
std::string findRoot(const FileSystem& files, const std::string& entry);

// The core's schema table with every vendor's rows. Fails when a vendor's rows do not fit.
llvm::Expected<schema::Table> schemaTable(const ir::VendorSet& vendors);

}  // namespace gpuspec::driver
