#pragma once

// Trees as they read in JSON.

#include <gtest/gtest.h>

#include <string_view>

#include "compiler/ir/json.h"

namespace gpuspec::test {

inline ir::Tree json(std::string_view text) {
  llvm::Expected<ir::Tree> tree = ir::parseJson(text);
  if (tree) return std::move(*tree);
  ADD_FAILURE() << llvm::toString(tree.takeError()) << "\nin " << text;
  return {};
}

}  // namespace gpuspec::test
