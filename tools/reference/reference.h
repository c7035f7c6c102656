#pragma once

// The reference of the language as Markdown, from the tables that the compiler itself reads: blocks
// and attributes (plugins' included), functions, findings. docs/reference holds what it makes.

#include <map>
#include <string>

#include "compiler/schema/table.h"

namespace gpuspec::reference {

// File name, below docs/reference, to text.
std::map<std::string, std::string> pages(const schema::Table& table);

}  // namespace gpuspec::reference
