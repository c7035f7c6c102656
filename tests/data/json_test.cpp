#include "compiler/ir/json.h"

#include <gtest/gtest.h>

namespace gpuspec::ir {

namespace {

std::string again(std::string_view text) {
  llvm::Expected<Tree> tree = parseJson(text);
  return tree ? toJson(*tree) : "failed: " + llvm::toString(tree.takeError());
}

TEST(JsonTest, KeepsOrderNumbersAndText) {
  for (const char* text : {R"({"b":[1,-2,true,false,null],"a":{"x":{},"y":[]},"":""})", "[]", "{}",
                           "\"x\"", "-7", "1.5", "1e+300", R"([[[{"a":[{"b":1}]}]]])",
                           "9223372036854775807", "\"gr\xC3\xBC\xC3\x9F\""})
    EXPECT_EQ(again(text), text);
}

TEST(JsonTest, EscapesWhatHasTo) {
  EXPECT_EQ(again(R"(["\u0001\b\f\n\r\t\"\\\/","\u007f\u00e9"])"),
            "[\"\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\",\"\x7F\xC3\xA9\"]");
  EXPECT_EQ(toJson(Tree("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(toJson(Tree::map().set("k\"", "v")), R"({"k\"":"v"})");
}

TEST(JsonTest, LargeIntegersBecomeDoubles) {
  EXPECT_TRUE(parseJson("9223372036854775808")->isDouble());
  EXPECT_EQ(again("2.0"), "2.0");
}

TEST(JsonTest, OfKeysThatComeTwiceTheLastValueStandsAtTheFirstPlace) {
  EXPECT_EQ(again(R"({"a":1,"b":2,"a":{"c":3}})"), R"({"a":{"c":3},"b":2})");
  std::string many = "{\"k0\":0", expected = "{\"k0\":\"last\"";
  for (int i = 1; i < 100; ++i) {
    const std::string entry = ",\"k" + std::to_string(i) + "\":" + std::to_string(i);
    many += entry;
    expected += entry;
  }
  EXPECT_EQ(again(many + ",\"k0\":\"last\"}"), expected + "}");
}

TEST(JsonTest, SaysWhereItIsWrong) {
  EXPECT_EQ(again("{\"a\":\n1,}"),
            "failed: parse error at line 2, column 3: syntax error while parsing object key - "
            "unexpected '}'; expected string literal");
  for (const char* text : {"", "{", "[1", "{} {}", "1e999", "\"\xFF\"", "nul"})
    EXPECT_EQ(again(text).substr(0, 8), "failed: ") << text;
  EXPECT_EQ(again(std::string(3000, '[')), "failed: it nests deeper than 2000 lists and objects");
}

TEST(JsonTest, GivesTheItemsOfALongListOneByOne) {
  std::vector<std::string> taken;
  const auto take = [&](Tree item) { taken.push_back(toJson(item)); };
  llvm::Expected<Tree> rest = parseJsonList(
      R"({"kind":"List","items":[{"items":[1,2]},3,[4]],"metadata":{"items":[5]},"more":[{"items":[6]}]})",
      "items", take);
  ASSERT_TRUE(static_cast<bool>(rest));
  EXPECT_EQ(taken, (std::vector<std::string>{R"({"items":[1,2]})", "3", "[4]"}));
  EXPECT_EQ(toJson(*rest),
            R"({"kind":"List","items":[],"metadata":{"items":[5]},"more":[{"items":[6]}]})");
}

TEST(JsonTest, AListThatIsCutOffIsAnErrorAfterItsItems) {
  std::size_t taken = 0;
  llvm::Expected<Tree> rest = parseJsonList(R"({"items":[1,2,)", "items", [&](Tree) { ++taken; });
  EXPECT_FALSE(static_cast<bool>(rest));
  llvm::consumeError(rest.takeError());
  EXPECT_EQ(taken, 2U);
}

}  // namespace

}  // namespace gpuspec::ir
