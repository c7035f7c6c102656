#pragma once

// Tests that need a program which may be absent. GPUSPEC_NEEDS("helm") at the top of a test skips
// it by that name; scripts/test counts and names what was skipped.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>

namespace gpuspec::test {

inline bool onPath(const std::string& tool) {
  if (tool.find('/') != std::string::npos) return access(tool.c_str(), X_OK) == 0;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + tool).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace gpuspec::test

#define GPUSPEC_NEEDS(tool) \
  if (!::gpuspec::test::onPath(tool)) GTEST_SKIP() << "skipped: needs " << (tool)
