#pragma once

// The schema table: every block kind and attribute of the language, declared once as data. The
// checker, the generated reference, completion and `gpuspec schema` read it; plugins add rows.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/schema/type.h"

namespace gpuspec::schema {

enum class Form : std::uint8_t {
  Declaration,    // a top-level block kind: path "pool"
  Block,          // a block inside: "cluster.network"; may be written once
  LabelledBlock,  // any number, each with a label: "job.volume"
  Attribute,      // name = value
  Labelled,       // group "x" = edit
  Call,           // gpu(pool.x) = 8; `args` holds the types of the arguments
  FreeMap,  // a block whose attributes have names of the user's: labels { tier = "x" }; `type` is
            // each value's
  Phrase,   // allow ..., scale_on ...; documented here, parsed by the grammar
};

enum class Status : std::uint8_t {
  Compiled,  // reaches an output
  Later,     // legal, but its output is not made yet: an error that says so (GS2008)
};

// Rows point at static text, or at text that the Table keeps for a plugin.
struct Row {
  const char* path;
  Form form;
  const char* type;      // see parseType; of the value
  const char* fallback;  // default as written in the language, "" = none
  const char* doc;       // one line for reference, hover and completion
  const char* target;    // where it goes: "arm:properties.x", "Namespace labels", ...
  bool required = false;
  const char* args = "";  // Call: "ref(pool), profile"
  Status status = Status::Compiled;
  const char* since = "0.1";
  const char* vendor = "";  // the plugin that added it
  bool label = true;        // Declaration: takes a label
};

class Table {
 public:
  // The core's own rows.
  Table();
  // Adds a plugin's rows; false and a reason when a path exists already, its parent does not, or a
  // type cannot be read.
  struct PluginRow {
    std::string path, form, type, fallback, doc, target, since, args;
  };
  bool extend(const std::string& vendor, const std::vector<PluginRow>& rows, std::string& error);

  const Row* find(std::string_view path) const;
  // The rows directly below: "pool" gives "pool.vm", "pool.mig" ... in table order, then plugins'.
  std::vector<const Row*> children(std::string_view path) const;
  std::vector<const Row*> all() const;
  bool isKind(std::string_view name) const;  // a Declaration's path
  // Cached; of Row::type and of Row::args.
  TypePtr typeOf(const Row& row) const;
  const std::vector<TypePtr>& argsOf(const Row& row) const;

 private:
  struct Storage;
  std::shared_ptr<Storage> storage_;
};

}  // namespace gpuspec::schema
