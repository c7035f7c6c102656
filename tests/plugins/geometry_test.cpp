#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "plugins/nvidia/models.h"

namespace gpuspec::nvidia {
namespace {

// Everything below is counted over all multisets, against figures that were published or counted by
// another program.
std::vector<Counts> geometries(const Family& family, const std::set<std::string>& without = {}) {
  std::vector<Counts> found;
  Counts counts(family.profiles.size(), 0);
  const std::function<void(std::size_t)> go = [&](std::size_t i) {
    if (i == counts.size()) {
      if (computeSlices(family, counts) > 0 && fits(family, counts)) found.push_back(counts);
      return;
    }
    const int most = without.count(family.profiles[i].key) != 0 ? 0 : family.profiles[i].max;
    for (int n = 0; n <= most; ++n) {
      counts[i] = n;
      go(i + 1);
    }
    counts[i] = 0;
  };
  go(0);
  return found;
}

std::size_t maximal(const Family& family, const std::vector<Counts>& all,
                    const std::set<std::string>& without = {}) {
  std::size_t number = 0;
  for (const Counts& counts : all) {
    bool full = true;
    for (std::size_t i = 0; i < counts.size() && full; ++i) {
      if (without.count(family.profiles[i].key) != 0) continue;
      Counts more = counts;
      ++more[i];
      full = !fits(family, more);
    }
    number += full ? 1 : 0;
  }
  return number;
}

// Sets of instances at their places to which nothing can be added.
std::size_t maximalLayouts(const Family& family, const std::set<std::string>& without) {
  struct Instance {
    std::uint32_t units;
    int compute;
  };
  std::vector<Instance> instances;
  for (const Profile& profile : family.profiles) {
    if (without.count(profile.key) != 0) continue;
    for (const int start : profile.starts)
      instances.push_back({((1u << profile.size) - 1u) << start, profile.compute});
  }
  std::size_t number = 0;
  const std::function<void(std::size_t, std::uint32_t, int)> go =
      [&](std::size_t i, std::uint32_t taken, int compute) {
        if (i == instances.size()) {
          for (const Instance& more : instances) {
            if ((taken & more.units) == 0 && compute + more.compute <= family.compute) return;
          }
          ++number;
          return;
        }
        go(i + 1, taken, compute);
        if ((taken & instances[i].units) == 0 && compute + instances[i].compute <= family.compute) {
          go(i + 1, taken | instances[i].units, compute + instances[i].compute);
        }
      };
  go(0, 0, 0);
  return number;
}

TEST(Geometry, SevenSlicesWithFiveClassicProfiles) {
  const std::set<std::string> without = {"1g+me", "1g2m"};
  const auto all = geometries(slices7(), without);
  EXPECT_EQ(all.size(), 37u);
  EXPECT_EQ(maximal(slices7(), all, without), 12u);
  EXPECT_EQ(maximalLayouts(slices7(), without), 19u);
}

TEST(Geometry, SevenSlicesWithDoubleMemory) {
  const std::set<std::string> without = {"1g+me"};
  const auto all = geometries(slices7(), without);
  EXPECT_EQ(all.size(), 77u);
  EXPECT_EQ(maximal(slices7(), all, without), 28u);
  EXPECT_EQ(maximalLayouts(slices7(), without), 78u);
}

TEST(Geometry, SevenSlicesWithMediaEngines) {
  EXPECT_EQ(geometries(slices7()).size(), 127u);
}

TEST(Geometry, FourSlicesHaveFourMaximalOnes) {
  const std::set<std::string> without = {"1g+me", "2g+me"};
  const auto all = geometries(slices4(), without);
  EXPECT_EQ(maximal(slices4(), all, without), 4u);
}

TEST(Geometry, TwelveUnits) {
  const auto all = geometries(units12());
  EXPECT_EQ(all.size(), 114u);
  EXPECT_EQ(maximal(units12(), all), 64u);
}

Counts layout(const Model& model, const std::vector<std::pair<int, const char*>>& slices) {
  Counts counts(model.names.size(), 0);
  for (const auto& [number, name] : slices) {
    const int profile = profileOf(model, name);
    EXPECT_GE(profile, 0) << name;
    counts[static_cast<std::size_t>(profile)] += number;
  }
  return counts;
}

TEST(Geometry, ImpossibleLayoutsHaveAReason) {
  const Model& h100 = *findModel("h100-80gb");
  const auto why = [&](const std::vector<std::pair<int, const char*>>& slices) {
    const Counts counts = layout(h100, slices);
    EXPECT_FALSE(fits(*h100.family, counts));
    return whyNot(*h100.family, counts, h100.names);
  };
  EXPECT_EQ(why({{2, "4g.40gb"}}), "2 x 4g.40gb, and no more than 1 fits");
  EXPECT_EQ(why({{2, "3g.40gb"}, {1, "1g.10gb"}}),
            "its slices take 9 memory slices, and there are 8");
  EXPECT_EQ(why({{1, "4g.40gb"}, {2, "2g.20gb"}}),
            "its slices take 8 compute slices, and there are 7");
  EXPECT_EQ(why({{2, "1g.10gb+me"}}), "2 x 1g.10gb+me, and no more than 1 fits");
  EXPECT_EQ(why({{3, "2g.20gb"}, {1, "3g.40gb"}}),
            "its slices take 10 memory slices, and there are 8");
  EXPECT_EQ(why({{1, "4g.40gb"}, {1, "2g.20gb"}, {2, "1g.10gb"}}),
            "its slices take 8 compute slices, and there are 7");
  EXPECT_EQ(why({{8, "1g.10gb"}}), "8 x 1g.10gb, and no more than 7 fit");
  const Model& a30 = *findModel("a30-24gb");
  const Counts two_me = layout(a30, {{1, "1g.6gb+me"}, {1, "2g.12gb+me"}});
  EXPECT_EQ(whyNot(*a30.family, two_me, a30.names),
            "2 slices with `+me`, and there is one set of media engines");
}

TEST(Geometry, EveryRefusalHasANumber) {
  for (const Family* family : {&slices7(), &slices4(), &units12()}) {
    std::vector<std::string> names;
    for (const Profile& profile : family->profiles) names.push_back(profile.key);
    Counts counts(names.size(), 0);
    std::size_t refused = 0;
    const std::function<void(std::size_t)> go = [&](std::size_t i) {
      if (i == counts.size()) {
        if (fits(*family, counts)) return;
        ++refused;
        EXPECT_EQ(whyNot(*family, counts, names).find("no arrangement"), std::string::npos);
        return;
      }
      for (counts[i] = 0; counts[i] <= family->profiles[i].max; ++counts[i]) go(i + 1);
      counts[i] = 0;
    };
    go(0);
    EXPECT_GT(refused, 10u) << family->name;
  }
}

TEST(Geometry, EnginesLimitTheTwelveUnitFamily) {
  const Model& rtx = *findModel("rtx-pro-6000-96gb");
  const Counts counts = layout(rtx, {{1, "1g.24gb+me.all"}, {1, "1g.24gb"}});
  EXPECT_EQ(whyNot(*rtx.family, counts, rtx.names),
            "its slices take 5 NVDEC engines, and there are 4");
  EXPECT_TRUE(fits(*rtx.family, layout(rtx, {{1, "1g.24gb+me.all"}, {3, "1g.24gb-me"}})));
}

TEST(Geometry, NearestFitKeepsWhatItCanAndFillsTheGpu) {
  const Model& h100 = *findModel("h100-80gb");
  const auto nearest = [&](const std::vector<std::pair<int, const char*>>& slices) {
    const Counts near = nearestFit(*h100.family, layout(h100, slices));
    EXPECT_TRUE(fits(*h100.family, near));
    EXPECT_EQ(roomFor(*h100.family, near), -1);
    return layoutText(h100, near);
  };
  EXPECT_EQ(nearest({{2, "4g.40gb"}}), "4g.40gb, 3g.40gb");
  EXPECT_EQ(nearest({{2, "3g.40gb"}, {1, "1g.10gb"}}), "2 x 3g.40gb");
  EXPECT_EQ(nearest({{1, "3g.40gb"}}), "4g.40gb, 3g.40gb");
}

TEST(Models, EveryNameIsThereOnceAndFits) {
  std::set<std::string> keys;
  for (const Model& model : models()) {
    EXPECT_TRUE(keys.insert(model.key).second) << model.key;
    if (model.family == nullptr) {
      EXPECT_TRUE(model.names.empty());
      continue;
    }
    ASSERT_EQ(model.names.size(), model.family->profiles.size()) << model.key;
    for (std::size_t i = 0; i < model.names.size(); ++i) {
      EXPECT_EQ(profileOf(model, model.names[i]), static_cast<int>(i)) << model.key;
      Counts counts(model.names.size(), 0);
      counts[i] = model.family->profiles[i].max;
      EXPECT_TRUE(fits(*model.family, counts)) << model.names[i];
      ++counts[i];
      EXPECT_FALSE(fits(*model.family, counts)) << model.names[i];
    }
  }
}

TEST(Models, NamesAreTranslatedWhereThatIsCertain) {
  EXPECT_EQ(translated(*findModel("h100-80gb"), "1g.5gb"), "1g.10gb");
  EXPECT_EQ(translated(*findModel("h100-94gb"), "7g.80gb"), "7g.94gb");
  // A 1g.10gb is a plain slice on an 80 GB board and one with double memory on a 40 GB board.
  EXPECT_EQ(translated(*findModel("h200-141gb"), "1g.10gb"), "");
  EXPECT_EQ(translated(*findModel("h100-80gb"), "1g.99gb"), "");
}

TEST(Models, ResourceNames) {
  EXPECT_EQ(migResource("1g.5gb"), "nvidia.com/mig-1g.5gb");
  EXPECT_EQ(migResource("1g.10gb+me"), "nvidia.com/mig-1g.10gb.me");
  EXPECT_EQ(migResource("1g.24gb+me.all"), "nvidia.com/mig-1g.24gb.me.all");
  EXPECT_EQ(migResource("1g.24gb-me"), "nvidia.com/mig-1g.24gb-me");
}

}  // namespace
}  // namespace gpuspec::nvidia
