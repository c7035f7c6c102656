// Text that some reader of the output could take for something else, in every place where a spec
// can put text of its own.

#include <gtest/gtest.h>

#include "tests/support/output.h"

namespace gpuspec::test {
namespace {

const char* const kCluster = R"(
project "p"
cluster c { platform = aks  existing = true  resource_group = "rg"  location = "eastus" }
)";

TEST(HostileText, NumbersStayNumbers) {
  const Outcome outcome =
      compileText(std::string(kCluster) +
                  "release r { cluster = c  chart = \"oci://x/y\"  values { a = "
                  "9223372036854775807  b = 1.5  c = true  "
                  "d = -1  e = [1, \"1\"]  f = null  g = {}  h = []  i = 0.1 } }\n");
  ASSERT_TRUE(outcome.good) << outcome.list();
  const ir::Tree data = values(outcome, "c", "r");
  EXPECT_EQ(at(data, {"a"}), ir::Tree(std::int64_t{9223372036854775807}));
  EXPECT_EQ(at(data, {"b"}), ir::Tree(1.5));
  EXPECT_EQ(at(data, {"c"}), ir::Tree(true));
  EXPECT_EQ(at(data, {"d"}), ir::Tree(-1));
  EXPECT_EQ(text(data, {"e"}), R"([1,"1"])");
  EXPECT_EQ(at(data, {"i"}), ir::Tree(0.1));
}

// ARM reads `[...]` as an expression unless the bracket is doubled.
TEST(HostileText, ArmTakesNoTextForAnExpression) {
  const std::string spec = R"(
project "p"
cluster c {
  platform = aks  resource_group = "rg"  location = "[resourceGroup().location]"  dns_prefix = "[x]"
  tags { a = "[parameters('x')]"  b = "[[x]"  d = "[open"  e = "plain" }
}
pool s { cluster = c  mode = system  vm = "Standard_D4s_v5"  nodes = 3  subnet = "[variables('subnet')]" }
)";
  const Outcome outcome = compileText(spec);
  if (!outcome.good) {
    // Refusing such text is as good as quoting it.
    EXPECT_FALSE(outcome.findings.empty());
    return;
  }
  const Json cluster = armResources(outcome, "c", "managedClusters").at(0);
  EXPECT_EQ(cluster.at("tags").at("a"), "[[parameters('x')]");
  EXPECT_EQ(cluster.at("tags").at("b"), "[[[x]");
  EXPECT_EQ(cluster.at("tags").at("d"), "[open");
  EXPECT_EQ(cluster.at("tags").at("e"), "plain");
  EXPECT_EQ(cluster.at("location"), "[[resourceGroup().location]");
  EXPECT_EQ(cluster.at("properties").at("agentPoolProfiles").at(0).at("vnetSubnetID"),
            "[[variables('subnet')]");
}

TEST(HostileText, AQuoteInANameStaysInside) {
  const Outcome outcome = compileText(R"(
project "p"
cluster c { platform = aks  name = "it's"  resource_group = "rg"  location = "eastus" }
pool s { cluster = c  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }
)");
  EXPECT_FALSE(outcome.good) << "Azure takes no such name";
}

// Whatever is written where a name is wanted: a finding, never a file with that name.
TEST(HostileText, NamesThatNoSystemTakes) {
  const std::vector<std::string> names = {"a/b",
                                          "../x",
                                          "..",
                                          ".",
                                          "a b",
                                          "A",
                                          "ä",
                                          "a\nb",
                                          "a\"b",
                                          "a'b",
                                          "-a",
                                          "a-",
                                          "a_b",
                                          "a.b",
                                          "CON",
                                          "\x1B[31m",
                                          "${x}",
                                          "[x]",
                                          std::string(64, 'a'),
                                          std::string(10000, 'a'),
                                          "con",
                                          "*"};
  for (const std::string& name : names) {
    for (const char* kind : {"cluster", "team", "pool", "job", "release"}) {
      std::string spec = kCluster;
      const std::string label = std::string(kind) + " " + quoted(name);
      const std::string word = kind;
      if (word == "cluster") spec += label + " { platform = kubernetes  context = \"k\" }\n";
      if (word == "team") spec += label + " { clusters = [c] }\n";
      if (word == "pool") spec += label + " { cluster = c  vm = \"Standard_D4s_v5\" }\n";
      if (word == "job") spec += label + " { cluster = c  image = \"i:1\" }\n";
      if (word == "release") spec += label + " { cluster = c  chart = \"oci://x/y\" }\n";
      const Outcome outcome = compileText(spec);
      for (const artifact::File& file : outcome.files) {
        EXPECT_EQ(file.path.find(".."), std::string::npos) << label;
        EXPECT_EQ(file.path.find('\n'), std::string::npos) << label;
        EXPECT_EQ(file.path.find_first_of("\"'*\x1B ${}"), std::string::npos) << label;
        EXPECT_LT(file.path.size(), 300u) << label;
      }
      const bool plain = name == "CON" || name == "con" || name == "a.b" || name == "a_b" ||
                         name == "A" ||
                         // A cluster that exists already lends its name to a folder only.
                         (word == "cluster" && (name == "a-" || name.size() == 64));
      EXPECT_TRUE(plain || !outcome.good) << label.substr(0, 80) << " is taken for a name";
    }
  }
}

TEST(HostileText, EscapesDoNotReachTheTerminal) {
  const Outcome outcome = compileText(
      "pool \"\x1B[31mred\" { }\nlet \"a\x07\" = 1\n// \x1B]0;title\x07\nx \x1B[2J { }\n");
  EXPECT_FALSE(outcome.good);
  EXPECT_EQ(outcome.rendered.find('\x1B'), std::string::npos);
  EXPECT_EQ(outcome.rendered.find('\x07'), std::string::npos);
}

TEST(HostileText, NumbersPastTheirBounds) {
  const auto codes = [](const std::string& pool) {
    return compileText(std::string(kCluster) + "pool p { cluster = c  vm = \"Standard_D4s_v5\"  " +
                       pool + " }\n")
        .codes();
  };
  EXPECT_EQ(codes("nodes = 99999999999999999999"), "GS2040");
  EXPECT_EQ(codes("nodes = 9223372036854775807"), "GS3030 GS4008");
  EXPECT_EQ(codes("nodes = 0..9223372036854775807"), "GS3030 GS4008");
  EXPECT_EQ(codes("nodes = -9223372036854775807"), "GS2014");
  EXPECT_EQ(codes("zones = [9223372036854775807]"), "GS2014");
  EXPECT_EQ(codes("disk { size = 8000000TiB }"), "GS2014");
  EXPECT_EQ(codes("upgrade { drain_timeout = 9000000000d }"), "GS2014");
}

TEST(HostileText, HugeAmountsDoNotWrapAround) {
  const std::string head = R"(
project "p"
cluster c { platform = kubernetes  context = "k" }
accelerator fake { cluster = c }
pool g { cluster = c  device = fake.f1  count = 64  nodes = 9223372036854775807  selector { a = "b" } }
)";
  const Outcome outcome = compileText(head + R"(
team a { clusters = [c]  quota { gpu(pool.g) = 9223372036854775807 } }
team b { clusters = [c]  quota { gpu(pool.g) = 9223372036854775807 } }
job j { team = team.a  pool = pool.g  image = "i:1"  gpus = 64  nodes = 9223372036854775807 }
)");
  for (const Finding& finding : outcome.findings)
    EXPECT_EQ(finding.message.find(" -"), std::string::npos) << finding.str();
  EXPECT_EQ((outcome.dump + allBytes(outcome)).find("\"-"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::test
