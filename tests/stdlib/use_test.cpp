// The standard library as a spec uses it: imported, or asked by the compiler for a VM size.

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "compiler/driver/compilation.h"

namespace gpuspec {
namespace {

// The example that the comment at the top of a library file shows, without its `//`.
std::string exampleOf(const std::string& name) {
  std::ifstream in(std::string(GPUSPEC_STDLIB) + "/" + name);
  std::string example;
  for (std::string line; std::getline(in, line) && line.rfind("//", 0) == 0;) {
    const bool code = line.rfind("//   ", 0) == 0;
    if (code) example += line.substr(2) + "\n";
  }
  return example;
}

class Use : public testing::Test {
 protected:
  driver::Compilation& compile(const std::string& text) {
    driver::CompileOptions options;
    options.stdlib = GPUSPEC_STDLIB;
    options.until = driver::Phase::Analyze;
    compilation_ = std::make_unique<driver::Compilation>(files_, vendors_, options);
    compilation_->loadText("main.gpuspec", text);
    compilation_->run();
    return *compilation_;
  }

  std::string messages() {
    std::string all;
    for (const diag::Diagnostic& finding : compilation_->findings()) all += finding.message + "\n";
    return all;
  }

  const std::string cluster_ =
      "cluster shared { platform = aks  resource_group = \"rg\"  location = \"eastus\" }\n"
      "pool system { cluster = shared  mode = system  vm = \"standard_d4S_v5\"  nodes = 3 }\n";

 private:
  driver::RealFileSystem files_;
  ir::VendorSet vendors_;
  std::unique_ptr<driver::Compilation> compilation_;
};

TEST_F(Use, SizesAreFoundInAnyCase) {
  const ir::Spec* spec = compile(cluster_).spec();
  ASSERT_NE(spec, nullptr) << messages();
  ASSERT_EQ(spec->pools.size(), 1u);
  const ir::Pool& pool = spec->pools[0];
  EXPECT_EQ(pool.vm.value, "Standard_D4s_v5");
  ASSERT_TRUE(pool.size.has_value());
  EXPECT_EQ(pool.size->vcpus, 4);
  EXPECT_EQ(pool.size->memory_gib, 16);
}

TEST_F(Use, TheExampleOfTheIsolationPresetsCompiles) {
  const std::string example = exampleOf("isolation.gpuspec");
  ASSERT_NE(example.find("team vision"), std::string::npos);
  const ir::Spec* spec = compile(cluster_ + example).spec();
  ASSERT_NE(spec, nullptr) << messages();
  ASSERT_EQ(spec->teams.size(), 1u);
  EXPECT_EQ(messages(), "");
}

TEST_F(Use, PricesMultiplyAndCompare) {
  compile(
      "import \"std/azure/prices\" as prices\n"
      "import \"std/azure/regions\" as regions\n" +
      cluster_ +
      "let eight = prices.prices[\"Standard_NC4as_T4_v3\"].eastus * 8\n"
      "assert eight == $4.208 per hour, \"wrong\"\n"
      "assert contains(regions.names, \"eastus\"), \"no such region\"\n");
  EXPECT_EQ(messages(), "");
}

}  // namespace
}  // namespace gpuspec
