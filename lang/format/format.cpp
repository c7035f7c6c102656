#include "lang/format/format.h"

#include "lang/format/printer.h"

namespace gpuspec::format {

std::string format(const syntax::Tree& tree, const source::File& file) {
  Lines lines;
  Printer(tree, file.text(), lines).printFile();
  return lines.str();
}

bool isFormatted(const syntax::Tree& tree, const source::File& file) {
  return format(tree, file) == file.text();
}

}  // namespace gpuspec::format
