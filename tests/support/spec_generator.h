#pragma once

// Random valid specs from a seed, the same on every platform: clusters, pools of fitting VM sizes,
// MIG, teams with quotas and network rules, workloads, loops, lets, parameters and modules in files
// of their own. They compile without errors (warnings are normal); for laws such as "compiled
// twice, the same bytes".

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gpuspec::test {

// splitmix64: the distributions of <random> differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  // first..last, both possible.
  int number(int first, int last);
  bool oneIn(int n) { return number(1, n) == 1; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(number(0, static_cast<int>(from.size()) - 1))];
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[next() % i]);
  }

 private:
  std::uint64_t state_;
};

struct SpecItem {
  std::string head;  // "pool a", or a whole attribute
  bool has_body = false;
  std::vector<SpecItem> body;
};

struct SpecFile {
  std::string name;  // "main.gpuspec"
  std::vector<SpecItem> declarations;
};

struct GeneratedSpec {
  std::vector<SpecFile> files;  // main.gpuspec first
};

struct SpecLayout {
  std::uint64_t shuffle_seed =
      0;  // order of the top-level declarations of each file; 0 = as generated
  std::uint64_t mess_seed =
      0;  // blanks, line breaks and comments wherever they may stand; 0 = none
};

GeneratedSpec generateSpec(std::uint64_t seed);

// Name and text of each file.
using SpecTexts = std::vector<std::pair<std::string, std::string>>;
SpecTexts printSpec(const GeneratedSpec& spec, const SpecLayout& layout = {});

}  // namespace gpuspec::test
