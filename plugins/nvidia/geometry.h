#pragma once

// Which sets of GPU instances one GPU can hold. An instance is a profile at a start position;
// instances must not overlap, and on some families share a few media engines. Answers are exact:
// placements are searched, not estimated.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace gpuspec::nvidia {

struct Engines {
  int nvdec = 0, nvenc = 0, jpeg = 0, ofa = 0;
};

struct Profile {
  const char* key;           // "1g", "1g+me", "1g2m" (one compute slice with the memory of two)
  int id;                    // NVML's number
  int compute;               // compute slices
  std::vector<int> starts;   // in placement units
  int size;                  // in placement units
  int max;                   // on one GPU
  bool media_group = false;  // at most one of these in total
  Engines engines{};
};

struct Family {
  const char* name;
  int compute;       // slices of a GPU
  int units;         // placement units of a GPU
  const char* unit;  // what a unit is called
  std::vector<Profile> profiles;
  Engines engine_totals{};
  bool counts_engines = false;
};

// The multiset of instances of one GPU: how many of each of the family's profiles.
using Counts = std::vector<int>;

const Family& slices7();
const Family& slices4();
const Family& units12();

bool fits(const Family& family, const Counts& counts);
// One reason why it does not, in words; only for counts that do not fit. `names` are the model's,
// by profile.
std::string whyNot(const Family& family, const Counts& counts,
                   const std::vector<std::string>& names);
// A geometry that fits: as much of `counts` as possible (by size), then filled up with the largest
// plain profiles.
Counts nearestFit(const Family& family, const Counts& counts);
// The largest plain profile that still fits beside `counts`; -1 when there is none.
int roomFor(const Family& family, const Counts& counts);
int computeSlices(const Family& family, const Counts& counts);

}  // namespace gpuspec::nvidia
