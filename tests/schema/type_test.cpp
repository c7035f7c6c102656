#include "compiler/schema/type.h"

#include <gtest/gtest.h>

namespace gpuspec::schema {
namespace {

// Spelling in the table -> spelling in messages.
struct RoundTrip {
  const char* written;
  const char* shown;
};

class Types : public testing::TestWithParam<RoundTrip> {};

TEST_P(Types, ReadsAndShows) {
  EXPECT_EQ(parseType(GetParam().written)->str(), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    All, Types,
    testing::Values(RoundTrip{"bool", "bool"}, RoundTrip{"any", "any"}, RoundTrip{"fit", "fit"},
                    RoundTrip{"name", "name"}, RoundTrip{"enum(a, b_c)", "enum(a, b_c)"},
                    RoundTrip{"ref(pool)", "pool"}, RoundTrip{"list(ref(pool))", "list(pool)"},
                    RoundTrip{"map(any)", "map(any)"}, RoundTrip{"int(1..20)", "int(1..20)"},
                    RoundTrip{"int(-1..)", "int(-1..)"}, RoundTrip{"string(..63)", "string(..63)"},
                    RoundTrip{"size(1GiB..2048GiB)", "size(1GiB..2TiB)"},
                    RoundTrip{"size(1MB..)", "size(1MB..)"},
                    RoundTrip{"duration(1m..24h)", "duration(1m..1d)"},
                    RoundTrip{"duration(0s..90s)", "duration(0s..90s)"},
                    RoundTrip{"cpu(500mcpu..8cpu)", "cpu(500mcpu..8cpu)"},
                    RoundTrip{"percent(0%..100%)", "percent(0%..100%)"},
                    RoundTrip{"int|range|fit", "int | range | fit"},
                    RoundTrip{"list(counted | profile)", "list(counted | profile)"},
                    RoundTrip{"object(name: string, gpus?: int(1..8))",
                              "object(name: string, gpus?: int(1..8))"}));

class BadTypes : public testing::TestWithParam<const char*> {};

TEST_P(BadTypes, AreRefusedWithAReason) {
  std::string error;
  EXPECT_EQ(parseType(GetParam(), error), nullptr);
  EXPECT_FALSE(error.empty());
}

INSTANTIATE_TEST_SUITE_P(All, BadTypes,
                         testing::Values("", "integer", "int(", "int(5..1)", "int(1)", "bool(1..2)",
                                         "enum", "enum()", "list", "list(int", "ref(a, b)",
                                         "int | ", "size(1..2)", "duration(1GiB..)", "object(name)",
                                         "object(: int)", "int x", "int(1..2))"));

TEST(Type, BoundsAreInBaseUnits) {
  EXPECT_EQ(parseType("duration(1m..)")->min, 60'000);
  EXPECT_EQ(parseType("size(..2KiB)")->max, 2048);
  EXPECT_EQ(parseType("cpu(1cpu..)")->min, 1000);
  EXPECT_EQ(parseType("percent(..100%)")->max, 10'000);
  EXPECT_EQ(parseType("int")->min, std::nullopt);
}

TEST(Type, UnionsFindTheirAlternatives) {
  const TypePtr type = parseType("int(1..4) | range");
  EXPECT_TRUE(type->accepts(TypeKind::Range));
  EXPECT_FALSE(type->accepts(TypeKind::Fit));
  EXPECT_EQ(type->alternative(TypeKind::Int)->max, 4);
  EXPECT_EQ(type->alternative(TypeKind::String), nullptr);
  EXPECT_TRUE(parseType("bool")->accepts(TypeKind::Bool));
}

}  // namespace
}  // namespace gpuspec::schema
