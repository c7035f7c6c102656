#pragma once

// One input that holds several files, as the corpus writes them: `// --- file: NAME` begins the
// next one.

#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::fuzz {

struct Document {
  std::string name;  // of what stands before the first line of that kind: ""
  std::string text;
};

std::vector<Document> documentsOf(std::string_view input);
// The text of the first of that name, or `otherwise`.
std::string textOf(const std::vector<Document>& documents, std::string_view name,
                   std::string_view otherwise);

}  // namespace gpuspec::fuzz
