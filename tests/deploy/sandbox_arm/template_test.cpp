#include "backends/deploy/sandbox/arm/template.h"

#include <gtest/gtest.h>

#include "backends/deploy/sandbox/arm/error.h"
#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_arm/arm_fixture.h"

namespace gpuspec::deploy::sandbox::arm {
namespace {

Scope scope() {
  Scope made;
  made.subscription_id = "S";
  made.tenant_id = "T";
  made.deployment = "d1";
  made.group =
      ir::mapOf("id", "/subscriptions/S/resourceGroups/rg", "name", "rg", "location", "eastus");
  made.parameter = [](const std::string& name) -> llvm::Expected<Tree> {
    return Tree("of " + name);
  };
  made.variable = made.parameter;
  return made;
}

std::string valueOf(std::string_view text) {
  llvm::Expected<Tree> value = evaluate(text, scope());
  if (value) return ir::toJson(*value);
  return treeAt(failureOf(value.takeError()).error, "message")->asString();
}

TEST(Expressions, AreEvaluated) {
  EXPECT_EQ(
      valueOf("[resourceId('Microsoft.ContainerService/managedClusters', 'c1')]"),
      R"("/subscriptions/S/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1")");
  EXPECT_EQ(valueOf("[resourceId('other', 'A.B/c/d', 'x', 'y')]"),
            R"("/subscriptions/S/resourceGroups/other/providers/A.B/c/x/d/y")");
  EXPECT_EQ(valueOf("[concat('it''s ', parameters('p'), '/', 7)]"), R"("it's of p/7")");
  EXPECT_EQ(valueOf("[base64('Sliced: ask ml')]"), R"("U2xpY2VkOiBhc2sgbWw=")");
  EXPECT_EQ(valueOf("[resourceGroup().location]"), R"("eastus")");
  EXPECT_EQ(valueOf("[ subscription()['subscriptionId'] ]"), R"("S")");
  EXPECT_EQ(valueOf("[format('{0}-{{{1}}}', 'a', 2)]"), R"("a-{2}")");
  EXPECT_EQ(valueOf("[if(equals(length(createArray(1, 2)), 2), 'two', 'other')]"), R"("two")");
  EXPECT_EQ(valueOf("[createArray('a', 'b')[1]]"), R"("b")");
  EXPECT_EQ(valueOf("[and(true(), not(false()))]"), "true");
  EXPECT_EQ(valueOf("[coalesce(null(), 'x')]"), R"("x")");
  EXPECT_EQ(valueOf("[replace(toUpper('abc'), 'B', '-')]"), R"("A-C")");
}

TEST(Expressions, SayWhatIsWrong) {
  EXPECT_NE(valueOf("[uniqueString('a')]").find("'uniqueString' is not known"), std::string::npos);
  EXPECT_NE(valueOf("[reference('x').y]").find("'reference' is not known"), std::string::npos);
  EXPECT_NE(valueOf("[concat('a'").find("at position"), std::string::npos);
  EXPECT_NE(valueOf("[concat('a)]").find("text without its end"), std::string::npos);
  EXPECT_NE(valueOf("[concat('a') 'b']").find("what follows"), std::string::npos);
  EXPECT_NE(valueOf("[resourceId('A/b', 'x', 'y')]").find("'A/b' needs 1"), std::string::npos);
  EXPECT_NE(valueOf("[resourceGroup().colour]").find("colour"), std::string::npos);
  EXPECT_NE(valueOf("[createArray()[0]]").find("outside"), std::string::npos);
  EXPECT_NE(valueOf("[" + std::string(5000, '(') + "]").find("expected"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "not(";
  EXPECT_NE(valueOf("[" + deep + "]").find("too deeply"), std::string::npos);
}

TEST(Expressions, DoubledBracketsAreText) {
  const Tree tree =
      json(R"({"a": "[[not an expression]", "b": ["[toLower('X')]", "plain", "[open", 1]})");
  EXPECT_EQ(ir::toJson(llvm::cantFail(evaluateAll(tree, scope()))),
            R"({"a":"[not an expression]","b":["x","plain","[open",1]})");
}

class TemplateText {
 public:
  explicit TemplateText(std::string_view resources, std::string_view rest = "")
      : text_(json(std::string(R"({"$schema": "s", "contentVersion": "1.0.0.0", "resources": )") +
                   std::string(resources) + std::string(rest) + "}")) {}
  llvm::Expected<Template> read(const Tree& parameters = Tree::map()) const {
    return readTemplate(text_, parameters, scope());
  }
  std::string error(const Tree& parameters = Tree::map()) const {
    llvm::Expected<Template> made = read(parameters);
    if (made) return "";
    const Failure failure = failureOf(made.takeError());
    EXPECT_EQ(treeAt(failure.error, "code")->asString(), "InvalidTemplate");
    return treeAt(failure.error, "message")->asString();
  }

 private:
  Tree text_;
};

constexpr std::string_view kPair = R"([
  {"type": "A.B/c", "apiVersion": "1", "name": "[parameters('name')]", "location": "[variables('place')]",
   "resources": [{"type": "d", "apiVersion": "1", "name": "y", "dependsOn": ["x"]}]}])";
constexpr std::string_view kNames =
    R"(, "parameters": {"name": {"type": "string"}, "hidden": {"type": "secureString", "defaultValue": "h"}},
  "variables": {"place": "[concat('in ', variables('town'))]", "town": "Oslo"},
  "outputs": {"where": {"type": "string", "value": "[variables('place')]"}})";

TEST(Templates, AreReadWithTheirNamesAndOrder) {
  llvm::Expected<Template> made =
      TemplateText(kPair, kNames).read(json(R"({"name": {"value": "x"}})"));
  if (!made) {
    const Failure failure = failureOf(made.takeError());
    FAIL() << ir::toJson(failure.error);
  }
  ASSERT_EQ(made->resources.size(), 2u);
  EXPECT_EQ(made->resources[0].id, "/subscriptions/S/resourceGroups/rg/providers/A.B/c/x");
  EXPECT_EQ(treeAt(made->resources[0].body, "location")->asString(), "in Oslo");
  EXPECT_EQ(made->resources[1].id, "/subscriptions/S/resourceGroups/rg/providers/A.B/c/x/d/y");
  EXPECT_EQ(made->resources[1].needs, std::vector<std::size_t>{0});
  EXPECT_EQ(ir::toJson(made->parameters),
            R"({"name":{"type":"string","value":"x"},"hidden":{"type":"secureString"}})");
  EXPECT_EQ(ir::toJson(made->outputs), R"({"where":{"type":"string","value":"in Oslo"}})");
}

TEST(Templates, SayWhatIsWrong) {
  EXPECT_NE(TemplateText(kPair, kNames).error().find("'name' is not provided"), std::string::npos);
  EXPECT_NE(TemplateText(kPair, kNames)
                .error(json(R"({"name": {"value": 1}})"))
                .find("not of type 'string'"),
            std::string::npos);
  EXPECT_NE(TemplateText(kPair, kNames).error(json(R"({"other": {"value": 1}})")).find("'other'"),
            std::string::npos);
  EXPECT_NE(TemplateText("[]", R"(, "resource": 1)").error().find("'resource'"), std::string::npos);
  EXPECT_NE(TemplateText(R"([{"type": "A.B/c/d", "apiVersion": "1", "name": "x"}])")
                .error()
                .find("incorrect segment lengths"),
            std::string::npos);
  EXPECT_NE(
      TemplateText(R"([{"type": "A.B/c", "apiVersion": "1", "name": "x", "dependsOn": ["z"]}])")
          .error()
          .find("'z' is not defined"),
      std::string::npos);
  EXPECT_NE(TemplateText(R"([{"type": "A.B/c", "apiVersion": "1", "name": "x", "dependsOn": ["y"]},
                             {"type": "A.B/c", "apiVersion": "1", "name": "y", "dependsOn": ["x"]}])")
                .error()
                .find("Circular"),
            std::string::npos);
  EXPECT_NE(
      TemplateText(
          R"([{"type": "A.B/c", "apiVersion": "1", "name": "x"}, {"type": "a.b/C", "apiVersion": "1", "name": "X"}])")
          .error()
          .find("multiple times"),
      std::string::npos);
  EXPECT_NE(TemplateText(R"([{"type": "A.B/c", "apiVersion": "1", "name": "x", "copy": {}}])")
                .error()
                .find("'copy'"),
            std::string::npos);
  EXPECT_NE(
      TemplateText(
          "[]",
          R"(, "variables": {"a": "[variables('a')]"}, "outputs": {"o": {"type": "string", "value": "[variables('a')]"}})")
          .error()
          .find("made from itself"),
      std::string::npos);
}

TEST(Templates, ConditionsLeaveResourcesOut) {
  llvm::Expected<Template> made =
      TemplateText(
          R"([{"type": "A.B/c", "apiVersion": "1", "name": "x", "condition": "[equals(1, 2)]"}])")
          .read();
  ASSERT_TRUE(static_cast<bool>(made));
  EXPECT_TRUE(made->resources.empty());
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox::arm
