#pragma once

#include <string>

#include "compiler/schema/table.h"

namespace gpuspec::reference {

// The page of one kind of declaration: its attributes, and a section for each block inside.
std::string kindPage(const schema::Table& table, const schema::Row& kind);

// Text in a cell of a Markdown table.
std::string cell(std::string_view text);

}  // namespace gpuspec::reference
