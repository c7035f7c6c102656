#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "backends/artifact/artifact.h"

namespace gpuspec::artifact {
namespace {

using ir::Tree;

source::Location placed(std::uint32_t begin) {
  return {{source::FileId{0}, begin, begin + 1}, {}};
}

std::string written(const Tree& tree) {
  return jsonFile("x.json", tree).bytes;
}

TEST(Json, IsIndentedByTwo) {
  Tree tree = Tree::map();
  tree.set("name", "a").set("empty", Tree::map()).set("none", Tree::list());
  tree.set("list",
           Tree::list().push(1).push(Tree::map().set("b", nullptr)).push(Tree::list().push(true)));
  EXPECT_EQ(written(tree), R"({
  "name": "a",
  "empty": {},
  "none": [],
  "list": [
    1,
    {
      "b": null
    },
    [
      true
    ]
  ]
}
)");
  EXPECT_EQ(written(Tree::map()), "{}\n");
  EXPECT_EQ(written("x"), "\"x\"\n");
}

TEST(Json, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(written(std::string("\"\\/\b\f\n\r\t\0\x1f\x7f", 11)),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001F\x7F\"\n");
  EXPECT_EQ(written("\u00e9\U0001F600"), "\"\u00e9\U0001F600\"\n");
}

TEST(Json, ReplacesBytesThatAreNoText) {
  EXPECT_EQ(written("a\xFF"
                    "b"),
            "\"a\uFFFDb\"\n");
  EXPECT_EQ(written("\xC3"), "\"\uFFFD\"\n");                      // cut off
  EXPECT_EQ(written("\xC0\xAF"), "\"\uFFFD\uFFFD\"\n");            // overlong
  EXPECT_EQ(written("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"\n");  // half a surrogate pair
}

TEST(Json, DoublesAreShortAndExact) {
  EXPECT_EQ(written(0.1), "0.1\n");
  EXPECT_EQ(written(5.0), "5.0\n");
  EXPECT_EQ(written(-0.0), "-0.0\n");
  EXPECT_EQ(written(1e22), "1e+22\n");
  EXPECT_EQ(written(123456789.5), "123456789.5\n");
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "null\n");
  for (const double value : {0.1234567891, 1.0 / 3, 5e-324, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(nlohmann::json::parse(written(value)).get<double>(), value);
  }
}

TEST(Json, ReadsBackAsWritten) {
  Tree tree = Tree::map();
  tree.set("", "empty key").set("a\"b\n", Tree::strings({"", "\u2028", "\x01"}));
  tree.set("min", std::numeric_limits<std::int64_t>::min())
      .set("max", std::numeric_limits<std::int64_t>::max());
  const auto read = nlohmann::ordered_json::parse(written(tree));
  EXPECT_EQ(read.size(), 4u);
  EXPECT_EQ(read[""], "empty key");
  EXPECT_EQ(read["a\"b\n"], (nlohmann::ordered_json{"", "\u2028", "\x01"}));
  EXPECT_EQ(read["min"].get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read["max"].get<std::int64_t>(), std::numeric_limits<std::int64_t>::max());
}

TEST(Json, EveryLineKnowsItsOrigin) {
  Tree inner = Tree::map();
  inner.set("a", Tree(1).from(placed(2))).set("b", 2);
  Tree tree = Tree::map();
  tree.set("inner", std::move(inner).from(placed(1))).set("c", 3);
  const File file = jsonFile("x.json", std::move(tree).from(placed(0)));
  ASSERT_EQ(file.bytes, "{\n  \"inner\": {\n    \"a\": 1,\n    \"b\": 2\n  },\n  \"c\": 3\n}\n");
  std::vector<std::pair<std::uint32_t, std::uint32_t>> got;
  for (const LineOrigin& origin : file.origins)
    got.emplace_back(origin.line, origin.at.range.begin);
  // `b` has no place of its own and takes that of the map it is in.
  EXPECT_EQ(got, (std::vector<std::pair<std::uint32_t, std::uint32_t>>{
                     {1, 0}, {2, 1}, {3, 2}, {4, 1}, {6, 0}}));
}

}  // namespace
}  // namespace gpuspec::artifact
