#include "tests/fuzz/documents.h"

namespace gpuspec::fuzz {

std::vector<Document> documentsOf(std::string_view input) {
  static constexpr std::string_view kHead = "// --- file: ";
  std::vector<Document> documents(1);
  while (!input.empty()) {
    const std::size_t line_end = input.find('\n');
    const std::string_view line = input.substr(0, line_end);
    input.remove_prefix(line_end == std::string_view::npos ? input.size() : line_end + 1);
    if (line.substr(0, kHead.size()) == kHead) {
      documents.push_back({std::string(line.substr(kHead.size())), ""});
    } else {
      documents.back().text += line;
      if (line_end != std::string_view::npos) documents.back().text += '\n';
    }
  }
  return documents;
}

std::string textOf(const std::vector<Document>& documents, std::string_view name,
                   std::string_view otherwise) {
  for (const Document& document : documents) {
    if (document.name == name) return document.text;
  }
  return std::string(otherwise);
}

}  // namespace gpuspec::fuzz
