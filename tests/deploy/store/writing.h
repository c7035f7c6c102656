#pragma once

// Writes into a store that are to succeed.

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "backends/deploy/sandbox/store/store.h"
#include "tests/deploy/server/temp_folder.h"

namespace gpuspec::deploy::sandbox {

inline Store::MakeValue value(const std::string& text) {
  return [text](std::int64_t) { return Tree(text); };
}

inline std::int64_t put(Store& store, const std::string& key, const std::string& text,
                        std::int64_t expected = Store::kAny) {
  llvm::Expected<Entry> entry = store.put(key, value(text), expected);
  EXPECT_TRUE(static_cast<bool>(entry)) << llvm::toString(entry.takeError());
  return entry ? entry->modified : 0;
}

}  // namespace gpuspec::deploy::sandbox
