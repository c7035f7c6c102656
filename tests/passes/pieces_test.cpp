#include <gtest/gtest.h>

#include "compiler/passes/cidr.h"
#include "compiler/passes/facts.h"
#include "compiler/passes/names.h"
#include "compiler/passes/quantity.h"
#include "compiler/passes/versions.h"

namespace gpuspec::passes {

namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

TEST(Quantity, IsCanonical) {
  EXPECT_EQ(cpuQuantity(88'000), "88");
  EXPECT_EQ(cpuQuantity(500), "500m");
  EXPECT_EQ(cpuQuantity(1500), "1500m");
  EXPECT_EQ(cpuQuantity(0), "0");
  EXPECT_EQ(byteQuantity(1600 * kGiB), "1600Gi");
  EXPECT_EQ(byteQuantity(1024 * kGiB), "1Ti");
  EXPECT_EQ(byteQuantity(512'000'000), "512M");
  EXPECT_EQ(byteQuantity(1024), "1Ki");
  EXPECT_EQ(byteQuantity(1000), "1k");
  EXPECT_EQ(byteQuantity(1001), "1001");
  EXPECT_EQ(byteQuantity(0), "0");
}

Cidr cidr(const std::string& text) {
  std::string fault;
  const auto parsed = parseCidr(text, fault);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << fault;
  return parsed.value_or(Cidr{});
}

TEST(Cidr, ContainsWhatLiesInside) {
  EXPECT_TRUE(cidr("10.0.0.0/8").contains(cidr("10.1.2.3/32")));
  EXPECT_TRUE(cidr("0.0.0.0/0").contains(cidr("10.0.0.0/8")));
  EXPECT_FALSE(cidr("10.1.0.0/16").contains(cidr("10.0.0.0/8")));
  EXPECT_TRUE(cidr("10.1.0.0/16").overlaps(cidr("10.0.0.0/8")));
  EXPECT_FALSE(cidr("10.128.0.0/9").overlaps(cidr("10.0.0.0/9")));
  EXPECT_TRUE(cidr("10.1.2.3/16").contains(cidr("10.1.255.0/24")));  // host bits do not count
  EXPECT_TRUE(cidr("fd00::/8").contains(cidr("fd12:3456::/32")));
  EXPECT_FALSE(cidr("::/0").contains(cidr("10.0.0.0/8")));
}

TEST(Cidr, RefusesWhatIsNone) {
  for (const char* text :
       {"", "/", "10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/9",
        "10.0.0.0/ 8", "fd00::/129", "example.com/8", "010.0.0.0/8", "10.0.0.0/0008"}) {
    std::string fault;
    EXPECT_FALSE(parseCidr(text, fault).has_value()) << text;
    EXPECT_FALSE(fault.empty()) << text;
  }
}

TEST(Version, HasTwoOrThreeNumbers) {
  EXPECT_TRUE(parseVersion("1.36").has_value());
  EXPECT_EQ(parseVersion("1.36.4")->patch, 4);
  for (const char* text :
       {"", "1", "1.", ".36", "v1.36", "1.36.1.2", "1.x", "1.36-alpha", " 1.36", "1.-3"}) {
    EXPECT_FALSE(parseVersion(text).has_value()) << text;
  }
}

TEST(Version, WithoutAPatchIsAnyPatch) {
  EXPECT_FALSE(newerThan(*parseVersion("1.36.4"), *parseVersion("1.36")));
  EXPECT_TRUE(newerThan(*parseVersion("1.36.4"), *parseVersion("1.36.3")));
  EXPECT_TRUE(newerThan(*parseVersion("1.37"), *parseVersion("1.36.9")));
}

TEST(Facts, CountMonths) {
  EXPECT_EQ(lastDay("2026"), "2026-12-31");
  EXPECT_EQ(lastDay("2028-02"), "2028-02-29");
  EXPECT_EQ(lastDay("2026-02"), "2026-02-28");
  EXPECT_EQ(lastDay("2026-09-30"), "2026-09-30");
  EXPECT_EQ(monthsBetween("2026-11-01", "2026-11-30"), 0);
  EXPECT_EQ(monthsBetween("2026-11-01", "2027-03-31"), 4);
  EXPECT_EQ(monthsBetween("2026-11-15", "2027-11-14"), 11);
  EXPECT_LT(monthsBetween("2026-11-01", "2025-09-30"), 0);
}

TEST(Facts, AreInOrder) {
  const auto known = kubernetesSupport();
  for (std::size_t i = 1; i < known.size(); ++i) {
    EXPECT_EQ(known[i].minor, known[i - 1].minor + 1);
    EXPECT_LT(known[i - 1].ends, known[i].ends);
  }
}

TEST(Names, OfPoolsCanBeMended) {
  EXPECT_EQ(poolNameFrom("aksMigNode", false), "aksmignode");
  EXPECT_EQ(poolNameFrom("gpu-pool_1", true), "gpupoo");
  EXPECT_EQ(poolNameFrom("1-2", false), "");
  EXPECT_EQ(poolNameFault("a", false), "");
  EXPECT_NE(poolNameFault("", false), "");
  EXPECT_NE(poolNameFault("1gpu", false), "");
  EXPECT_NE(poolNameFault("gpü", false), "");
}

TEST(Names, FollowKubernetes) {
  EXPECT_EQ(dnsLabelFault("7b-chat"), "");
  for (const char* name : {"", "-a", "a-", "A", "a_b", "a.b", "a b"})
    EXPECT_NE(dnsLabelFault(name), "") << name;
  EXPECT_NE(serviceNameFault("7b-chat"), "");
  EXPECT_EQ(portNameFault("port-8000"), "");
  for (const char* name : {"8000", "a--b", "averyverylongname"})
    EXPECT_NE(portNameFault(name), "") << name;
  EXPECT_EQ(labelKeyFault("example.com/Tier_1.a"), "");
  for (const char* key : {"", "/a", "a/", "a/b/c", "Ex.com/a", "_a"})
    EXPECT_NE(labelKeyFault(key), "") << key;
  EXPECT_EQ(labelValueFault(""), "");
  EXPECT_NE(labelValueFault(std::string(64, 'a')), "");
  EXPECT_TRUE(isGuid("6F2e0a1c-9d3b-4f57-8a61-0c2d4e8b7f10"));
  EXPECT_FALSE(isGuid("6f2e0a1c9d3b4f578a610c2d4e8b7f10"));
}

}  // namespace

}  // namespace gpuspec::passes
