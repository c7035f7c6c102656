// fuzz_replay TARGET PATH...: feeds a target with files, and with the files of folders, without a
// fuzzer. Prints how many there were and how long the slowest one took.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/targets.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> filesOf(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Milliseconds of the processor.
long feed(const gpuspec::fuzz::Target& target, const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);  // the last line names the input that ends the process
  const std::clock_t start = std::clock();
  target.run(bytes);
  return static_cast<long>(std::clock() - start) * 1000 / CLOCKS_PER_SEC;
}

int usage() {
  std::fprintf(stderr, "usage: fuzz_replay TARGET PATH...\ntargets:");
  for (const gpuspec::fuzz::Target& target : gpuspec::fuzz::allTargets())
    std::fprintf(stderr, " %s", target.name);
  std::fprintf(stderr, "\n");
  return 64;
}

}  // namespace

int main(int argc, char** argv) {
  const gpuspec::fuzz::Target* target = argc > 2 ? gpuspec::fuzz::findTarget(argv[1]) : nullptr;
  if (target == nullptr) return usage();
  std::size_t count = 0;
  std::pair<long, std::string> slowest{-1, ""};
  for (int i = 2; i < argc; ++i) {
    for (const fs::path& path : filesOf(argv[i])) {
      slowest = std::max(slowest, {feed(*target, path), path.string()});
      ++count;
    }
  }
  if (count == 0) {
    std::fprintf(stderr, "fuzz_replay: no files\n");
    return 1;
  }
  std::printf("%zu inputs, the slowest took %ld ms: %s\n", count, slowest.first,
              slowest.second.c_str());
  return 0;
}
