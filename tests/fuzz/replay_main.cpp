// fuzz_replay TARGET PATH...: feeds a target with files, and with the files of folders, without a
// fuzzer. Prints how many there were and how long the slowest one took.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/targets.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::vector<fs::path> filesOf(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::chrono::milliseconds feed(const gpuspec::fuzz::Target& target, const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);  // the last line names the input that ends the process
  const Clock::time_point start = Clock::now();
  target.run(bytes);
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
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
  std::pair<std::chrono::milliseconds, std::string> slowest{-1, ""};
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
  std::printf("%zu inputs, the slowest took %lld ms: %s\n", count,
              static_cast<long long>(slowest.first.count()), slowest.second.c_str());
  return 0;
}
