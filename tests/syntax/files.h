#pragma once

#include <string>
#include <vector>

namespace gpuspec::test {

struct SpecSource {
  std::string path;
  std::string text;
};

// Every .gpuspec file of this project and of the design's corpus, where that is there.
std::vector<SpecSource> allSpecFiles();

}  // namespace gpuspec::test
