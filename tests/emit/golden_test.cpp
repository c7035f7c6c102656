#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "scenarios.h"

namespace gpuspec::testing {
namespace {

namespace fs = std::filesystem;

std::string readText(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::set<std::string> filesBelow(const fs::path& folder) {
  std::set<std::string> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), folder).generic_string());
  }
  return files;
}

void rewrite(const fs::path& folder, const Output& output) {
  fs::remove_all(folder);
  for (const auto& [path, file] : output.files) {
    fs::create_directories((folder / path).parent_path());
    std::ofstream(folder / path, std::ios::binary) << file.bytes;
  }
}

void checkGolden(World world) {
  const Output output = emitAll(world);
  EXPECT_TRUE(output.findings.empty()) << output.findings[0].message;
  const fs::path folder = fs::path(GOLDEN_FOLDER) / world.spec.clusters[0].address.shortName();
  if (std::getenv("GPUSPEC_UPDATE_GOLDENS")) {
    rewrite(folder, output);
    GTEST_SKIP() << "rewrote " << folder;
  }
  std::set<std::string> made;
  for (const auto& [path, file] : output.files) {
    made.insert(path);
    EXPECT_EQ(readText(folder / path), file.bytes) << path;
  }
  EXPECT_EQ(filesBelow(folder), made);
}

TEST(Golden, NewClusterSharedByTwoTeams) {
  checkGolden(sharedCluster());
}
TEST(Golden, ExistingCluster) {
  checkGolden(existingCluster());
}
TEST(Golden, PlainKubernetes) {
  checkGolden(plainCluster());
}

}  // namespace
}  // namespace gpuspec::testing
