#include "plugins/nvidia/geometry.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

namespace gpuspec::nvidia {

namespace {

// Placements: NVIDIA MIG user guide (editions for drivers 570 to 610) and printed `nvidia-smi mig
// -lgipp`.
Family makeSlices7() {
  const std::vector<int> any = {0, 1, 2, 3, 4, 5, 6};
  return {"slices7",
          7,
          8,
          "memory slice",
          {{"1g", 19, 1, any, 1, 7},
           {"1g+me", 20, 1, any, 1, 1, true},
           {"1g2m", 15, 1, {0, 2, 4, 6}, 2, 4},
           {"2g", 14, 2, {0, 2, 4}, 2, 3},
           {"3g", 9, 3, {0, 4}, 4, 2},
           {"4g", 5, 4, {0}, 4, 1},
           {"7g", 0, 7, {0}, 8, 1}}};
}

Family makeSlices4() {
  return {"slices4",
          4,
          4,
          "memory slice",
          {{"1g", 14, 1, {0, 1, 2, 3}, 1, 4},
           {"1g+me", 21, 1, {0, 1, 2, 3}, 1, 1, true},
           {"2g", 5, 2, {0, 2}, 2, 2},
           {"2g+me", 6, 2, {0, 2}, 2, 1, true},
           {"4g", 0, 4, {0}, 4, 1}}};
}

// Twelve units of 8 GB; media engines are a second dimension. Profile ids 64 to 67 are paired with
// their suffixes in the order they are listed, which was not seen spelled out.
Family makeUnits12() {
  const std::vector<int> quarters = {0, 3, 6, 9}, halves = {0, 6};
  return {"units12",
          4,
          12,
          "memory unit",
          {{"1g", 14, 1, quarters, 3, 4, false, {1, 1, 1, 0}},
           {"1g+me", 21, 1, quarters, 3, 1, false, {1, 1, 1, 1}},
           {"1g+gfx", 47, 1, quarters, 3, 4, false, {1, 1, 1, 0}},
           {"1g+me.all", 65, 1, quarters, 3, 1, false, {4, 4, 4, 1}},
           {"1g-me", 67, 1, quarters, 3, 4, false, {0, 0, 0, 0}},
           {"2g", 5, 2, halves, 6, 2, false, {2, 2, 2, 0}},
           {"2g+gfx", 35, 2, halves, 6, 2, false, {2, 2, 2, 0}},
           {"2g+me.all", 64, 2, halves, 6, 1, false, {4, 4, 4, 1}},
           {"2g-me", 66, 2, halves, 6, 2, false, {0, 0, 0, 0}},
           {"4g", 0, 4, {0}, 12, 1, false, {4, 4, 4, 1}},
           {"4g+gfx", 32, 4, {0}, 12, 1, false, {4, 4, 4, 1}}},
          {4, 4, 4, 1},
          true};
}

int sumOver(const Family& family, const Counts& counts,
            const std::function<int(const Profile&)>& weight) {
  int sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) sum += counts[i] * weight(family.profiles[i]);
  return sum;
}

int unitsOf(const Family& family, const Counts& counts) {
  return sumOver(family, counts, [](const Profile& profile) { return profile.size; });
}

struct EngineKind {
  const char* name;
  int Engines::* member;
};
constexpr std::array<EngineKind, 4> kEngineKinds = {{{"NVDEC engines", &Engines::nvdec},
                                                     {"NVENC engines", &Engines::nvenc},
                                                     {"JPEG engines", &Engines::jpeg},
                                                     {"OFA engines", &Engines::ofa}}};

// nullptr: the media engines suffice.
const EngineKind* scarceEngine(const Family& family, const Counts& counts, int& needed) {
  if (!family.counts_engines) return nullptr;
  for (const EngineKind& kind : kEngineKinds) {
    needed = sumOver(family, counts,
                     [&](const Profile& profile) { return profile.engines.*kind.member; });
    if (needed > family.engine_totals.*kind.member) return &kind;
  }
  return nullptr;
}

int mediaGroupSize(const Family& family, const Counts& counts) {
  return sumOver(family, counts,
                 [](const Profile& profile) { return profile.media_group ? 1 : 0; });
}

// Places the instances of `order` one after the other; equal ones in the order of their starts.
bool place(const Family& family, const std::vector<std::size_t>& order, const Counts& counts,
           std::size_t step, int left, std::size_t from_start, std::uint32_t taken) {
  while (left == 0) {
    if (++step >= order.size()) return true;
    left = counts[order[step]];
    from_start = 0;
  }
  const Profile& profile = family.profiles[order[step]];
  for (std::size_t i = from_start; i < profile.starts.size(); ++i) {
    const std::uint32_t wanted = ((1u << profile.size) - 1u) << profile.starts[i];
    if ((taken & wanted) == 0 &&
        place(family, order, counts, step, left - 1, i + 1, taken | wanted))
      return true;
  }
  return false;
}

bool hasPlacement(const Family& family, const Counts& counts) {
  std::vector<std::size_t> order(family.profiles.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return family.profiles[a].size > family.profiles[b].size;
  });
  return place(family, order, counts, 0, counts[order[0]], 0, 0);
}

bool isPlain(const Profile& profile) {
  return std::strchr(profile.key, '+') == nullptr && std::strchr(profile.key, '-') == nullptr;
}

std::string counted(int count, const std::string& name) {
  return std::to_string(count) + " x " + name;
}

}  // namespace

const Family& slices7() {
  static const Family family = makeSlices7();
  return family;
}

const Family& slices4() {
  static const Family family = makeSlices4();
  return family;
}

const Family& units12() {
  static const Family family = makeUnits12();
  return family;
}

int computeSlices(const Family& family, const Counts& counts) {
  return sumOver(family, counts, [](const Profile& profile) { return profile.compute; });
}

bool fits(const Family& family, const Counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > family.profiles[i].max) return false;
  }
  int needed = 0;
  if (mediaGroupSize(family, counts) > 1 || scarceEngine(family, counts, needed) != nullptr)
    return false;
  if (unitsOf(family, counts) > family.units || computeSlices(family, counts) > family.compute)
    return false;
  return hasPlacement(family, counts);
}

std::string whyNot(const Family& family, const Counts& counts,
                   const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const int max = family.profiles[i].max;
    if (counts[i] <= max) continue;
    return counted(counts[i], names[i]) + ", and no more than " + std::to_string(max) +
           (max == 1 ? " fits" : " fit");
  }
  if (mediaGroupSize(family, counts) > 1) {
    return std::to_string(mediaGroupSize(family, counts)) +
           " slices with `+me`, and there is one set of media engines";
  }
  const int units = unitsOf(family, counts);
  if (units > family.units) {
    return "its slices take " + std::to_string(units) + " " + family.unit + "s, and there are " +
           std::to_string(family.units);
  }
  const int compute = computeSlices(family, counts);
  if (compute > family.compute) {
    return "its slices take " + std::to_string(compute) + " compute slices, and there are " +
           std::to_string(family.compute);
  }
  int needed = 0;
  if (const EngineKind* kind = scarceEngine(family, counts, needed)) {
    return "its slices take " + std::to_string(needed) + " " + kind->name + ", and there are " +
           std::to_string(family.engine_totals.*kind->member);
  }
  // Counted over all sets of the families above: whenever no placement exists, one of the sums says
  // so already.
  return "there is no arrangement with a place for each slice";
}

int roomFor(const Family& family, const Counts& counts) {
  int best = -1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!isPlain(family.profiles[i])) continue;
    Counts more = counts;
    ++more[i];
    if (!fits(family, more)) continue;
    const Profile& profile = family.profiles[i];
    const auto rank = [](const Profile& p) { return p.size * 16 + p.compute; };
    if (best < 0 || rank(profile) > rank(family.profiles[static_cast<std::size_t>(best)]))
      best = static_cast<int>(i);
  }
  return best;
}

Counts nearestFit(const Family& family, const Counts& counts) {
  Counts best(counts.size(), 0);
  Counts candidate(counts.size(), 0);
  // At most 2^7 subsets: counts above a profile's maximum are of no use.
  const std::function<void(std::size_t)> choose = [&](std::size_t i) {
    if (i == counts.size()) {
      if (unitsOf(family, candidate) > unitsOf(family, best) && fits(family, candidate))
        best = candidate;
      return;
    }
    for (int n = std::min(counts[i], family.profiles[i].max); n >= 0; --n) {
      candidate[i] = n;
      choose(i + 1);
    }
  };
  choose(0);
  for (int more = roomFor(family, best); more >= 0; more = roomFor(family, best))
    ++best[static_cast<std::size_t>(more)];
  return best;
}

}  // namespace gpuspec::nvidia
