// The harness itself: an example that is not found is not tested.

#include <gtest/gtest.h>

#include "tests/docs/programs.h"

namespace gpuspec::docs {
namespace {

const char* kPage =
    "# Title\n"
    "```gpuspec fails --env=prod --param=n=3\n"
    "let a = 1\n"
    "```\n"
    "text\n"
    "```sh\n"
    "gpuspec check\n"
    "```\n"
    "```gpuspec\n"
    "import \"./b.gpuspec\"\n"
    "// --- file: b.gpuspec\n"
    "let b = 2\n"
    "```\n";

TEST(Fences, AreFoundWithTheirOptions) {
  const std::vector<Fence> fences = fencesOf("page.md", kPage);
  ASSERT_EQ(fences.size(), 3u);
  EXPECT_TRUE(fences[0].isProgram());
  EXPECT_TRUE(fences[0].has("fails"));
  EXPECT_EQ(fences[0].options("env"), std::vector<std::string>{"prod"});
  EXPECT_EQ(fences[0].options("param"), std::vector<std::string>{"n=3"});
  EXPECT_EQ(fences[0].text, "let a = 1\n");
  EXPECT_EQ(fences[0].where(), "page.md:2");
  EXPECT_FALSE(fences[1].isProgram());
  EXPECT_FALSE(fences[2].has("fails"));
}

TEST(Fences, HoldSeveralFiles) {
  const std::map<std::string, std::string> files = filesOf(fencesOf("page.md", kPage)[2]);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files.at("main.gpuspec"), "import \"./b.gpuspec\"\n");
  EXPECT_EQ(files.at("b.gpuspec"), "let b = 2\n");
}

TEST(Programs, WrongOnesAreSeen) {
  const Fence wrong{"page.md", 1, {"gpuspec"}, "let a = 1 / 0\noutput b = a\n"};
  EXPECT_EQ(errorsOf(compile(wrong)), std::set<std::string>{"GS2018"});
  const Fence unparsable{"page.md", 1, {"gpuspec", "fragment"}, "let a = \n"};
  EXPECT_FALSE(errorsOf(compile(unparsable)).empty());
}

TEST(Programs, ReachTheLastPhase) {
  const Fence fence{"page.md",
                    1,
                    {"gpuspec"},
                    "cluster a { platform = kubernetes }\n"
                    "team t { clusters = [cluster.a] }\n"};
  EXPECT_FALSE(errorsOf(compile(fence)).empty())
      << "a cluster that cannot be reached is an error of a late phase";
}

}  // namespace
}  // namespace gpuspec::docs
