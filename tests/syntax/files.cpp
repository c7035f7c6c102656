#include "tests/syntax/files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace gpuspec::test {

std::vector<SpecSource> allSpecFiles() {
  namespace fs = std::filesystem;
  std::vector<SpecSource> sources;
  for (const char* folder : {GPUSPEC_ROOT "/examples", GPUSPEC_ROOT "/stdlib",
                             GPUSPEC_ROOT "/tests", GPUSPEC_SHARED "/design/corpus"}) {
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".gpuspec") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      // `// --- name` begins another file of the case, which may be of another language.
      if (text.str().find("\n// --- ") != std::string::npos) continue;
      sources.push_back({entry.path().lexically_normal().string(), text.str()});
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return sources;
}

}  // namespace gpuspec::test
