#pragma once

// Named bytes that a backend made, with the place in the spec behind each line. Nothing here
// touches the disk but output_tree.h.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compiler/ir/tree.h"
#include "lang/source/source_map.h"

namespace gpuspec::artifact {

// From `line` (1-based) on, up to the next entry, the text comes from `at`.
struct LineOrigin {
  std::uint32_t line = 0;
  source::Location at;
};

struct File {
  std::string path;  // below the output folder, `/` separated: "shared/arm/azuredeploy.json"
  std::string bytes;
  std::vector<LineOrigin> origins;  // by line, strictly increasing
  std::string digest{};             // SHA-256 of `bytes` in hexadecimal; "" = not taken yet
};

// Sorted by path; paths are unique.
using Set = std::vector<File>;

// Two spaces, keys in the tree's order, a final line feed. Comments of the tree are left out.
File jsonFile(std::string path, const ir::Tree& tree);

// One YAML document for each tree, separated by `---`; readable as meant by YAML 1.1 and YAML 1.2
// readers. `header` is written as comment lines at the top ("" = none); Tree::comment above its
// node.
File yamlFile(std::string path, const std::string& header, const std::vector<ir::Tree>& documents);

class YamlOutput;

// The same one document after the other, and one file after the other: memory is taken once.
class YamlFileWriter {
 public:
  YamlFileWriter();
  ~YamlFileWriter();
  void begin(const std::string& header);
  void add(const ir::Tree& document);
  File take(std::string path);

 private:
  std::unique_ptr<YamlOutput> output_;
};

}  // namespace gpuspec::artifact
