#include "backends/deploy/plan/pattern.h"

#include <gtest/gtest.h>

namespace gpuspec::deploy::plan {
namespace {

TEST(Pattern, MatchesTheWholeText) {
  struct Case {
    const char *pattern, *text;
    bool matches;
  };
  static constexpr Case kCases[] = {
      {"team.ml", "team.ml", true},
      {"team.ml", "team.mlx", false},
      {"team.ml", "xteam.ml", false},
      {"team.*", "team.ml", true},
      {"team.*", "team.", true},
      {"team.*", "team", false},
      {"*.ml", "team.ml", true},
      {"*ml*", "team.ml.x", true},
      {"t?am.ml", "team.ml", true},
      {"t?am.ml", "tam.ml", false},
      {"*", "", true},
      {"?", "", false},
      {"", "", true},
      {"", "a", false},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXcYb", false},
      {"**a", "bba", true},
      {"a*", "a*", true},
      {"*.pool.?100", "eastus.pool.h100", true},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(matches(c.pattern, c.text), c.matches) << c.pattern << " " << c.text;
}

// Backtracking over every star would take longer than anybody waits.
TEST(Pattern, ManyStarsTakeNoLonger) {
  std::string pattern, text(2'000, 'a');
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", text));
  EXPECT_TRUE(matches(pattern, text));
}

TEST(Pattern, NoPatternSelectsEverything) {
  EXPECT_TRUE(isSelected({}, "team.ml"));
  EXPECT_TRUE(isSelected({"pool.*", "team.*"}, "team.ml"));
  EXPECT_FALSE(isSelected({"pool.*"}, "team.ml"));
}

}  // namespace
}  // namespace gpuspec::deploy::plan
