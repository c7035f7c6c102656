// The tree of each construct, written on one line: kind(children), names and literals as they are,
// text in quotes.

#include <gtest/gtest.h>

#include "tests/syntax/parsed.h"

namespace gpuspec::test {
namespace {

std::string shape(const syntax::Tree& tree, syntax::NodeId id) {
  const syntax::Node node = tree[id];
  std::string out;
  switch (node.kind) {
    case syntax::NodeKind::Name:
    case syntax::NodeKind::Literal:
      return std::string(tree.text(id));
    case syntax::NodeKind::StringPart:
      for (char c : tree.text(id)) out += c == '\n' ? "\\n" : std::string(1, c);
      return "'" + out + "'";
    case syntax::NodeKind::Unary:
    case syntax::NodeKind::Binary:
      out = syntax::operatorText(static_cast<syntax::Operator>(node.op));
      break;
    default:
      out = syntax::kindName(node.kind);
  }
  std::string children;
  for (syntax::NodeId child : tree.children(id))
    children += (children.empty() ? "" : " ") + shape(tree, child);
  return out + "(" + children + ")";
}

struct TreeCase {
  const char *name, *text, *tree;
};

void PrintTo(const TreeCase& tree_case, std::ostream* out) {
  *out << tree_case.name;
}

class Trees : public ::testing::TestWithParam<TreeCase> {};

TEST_P(Trees, AreAsWritten) {
  const Parsed parsed(GetParam().text);
  EXPECT_EQ(parsed.list(), "");
  EXPECT_EQ(shape(parsed.tree, parsed.tree.root()), GetParam().tree);
}

const TreeCase kCases[] = {
    {"Project", R"(project "ml"
)",
     R"(File(Project(String('ml'))))"},
    {"Imports", R"(import "./a.gpuspec"
import "std/prices" as prices
)",
     R"(File(Import(String('./a.gpuspec')) Import(String('std/prices') prices)))"},
    {"Parameters", R"(param a: string
param n: int(1..20) = 2 "how many"
param key: string secret
param o: object({ name: string, gpus?: int })
)",
     R"(File(Param(a string) Param(n Call(int Arguments(..(1 20))) 2 String('how many')) Param(key string) Param(o Call(object Arguments(Map(FieldType(name string) FieldType(gpus int)))))))"},
    {"LetAndOutput", R"(let x = 1
output "y" = x
)",
     R"(File(Let(x 1) Output("y" x)))"},
    {"Module", R"(module east from "./r.gpuspec" { location = "x" }
)",
     R"(File(Module(east String('./r.gpuspec') Body(Attribute(location String('x'))))))"},
    {"Assertion", R"(assert a == b, "differs"
)",
     R"(File(Assert(==(a b) String('differs'))))"},
    {"Blocks", R"(pool a { cluster = ml }
team "t" { }
policy { }
)",
     R"(File(Block(pool a Body(Attribute(cluster ml))) Block(team String('t') Body()) Block(policy Body())))"},
    {"AttributesOfThreeKinds",
     R"(x { a = 1 group "g" = edit user u = view gpu(pool.h100) = 8 gpus(0..3) = [] }
)",
     R"(File(Block(x Body(Attribute(a 1) Labelled(group "g" edit) Labelled(user u view) CallAttribute(gpu Arguments(Member(pool h100)) 8) CallAttribute(gpus Arguments(..(0 3)) List())))))"},
    {"NestedBlocksOnOneLine", R"(pool a { mig { strategy = single  profile = 1g.5gb } nodes = 1 }
)",
     R"(File(Block(pool a Body(Block(mig Body(Attribute(strategy single) Attribute(profile 1g.5gb))) Attribute(nodes 1)))))"},
    {"Loops", R"(for t in teams { }
for k, v in { a = 1 } { team "${k}" { } }
)",
     R"(File(For(t teams Body()) For(k v Map(MapEntry(a 1)) Body(Block(team String('' k '') Body())))))"},
    {"Choices", R"(if a { } else if b { } else { x { } }
)",
     R"(File(If(a Body() If(b Body() Body(Block(x Body()))))))"},
    {"Rules",
     R"(n { allow egress to dns allow ingress from namespace "m" port 9400 allow egress to team.b allow egress to team["b"].c allow egress to pods { a = "b" } allow egress to cidr "10.0.0.0/8" except ["10.1.0.0/16"] port [443] }
)",
     R"(File(Block(n Body(Allow(egress Target(dns)) Allow(ingress Target(namespace String('m')) 9400) Allow(egress Target(team Arguments(b))) Allow(egress Target(team Arguments(String('b') c))) Allow(egress Target(pods Map(MapEntry(a String('b'))))) Allow(egress Target(cidr String('10.0.0.0/8')) List(String('10.1.0.0/16')) List(443))))))"},
    {"ScaleOnAndExpect", R"(s { scale_on gpu_utilization > 70% }
test "t" { expect error(GS2041) }
)",
     R"(File(Block(s Body(ScaleOn(>(gpu_utilization 70%)))) Block(test String('t') Body(Expect(Call(error Arguments(GS2041)))))))"},
    {"Annotation", R"(@allow(GS3101, "why", until = "2027-01-31")
let x = 1
)",
     R"(File(Annotation(allow Arguments(GS3101 String('why') NamedArgument(until String('2027-01-31')))) Let(x 1)))"},
    {"KeywordsAsAttributes", R"(x { port = 1 from = a.b for = 2 let = 3 in = 4 }
)",
     R"(File(Block(x Body(Attribute(port 1) Attribute(from Member(a b)) Attribute(for 2) Attribute(let 3) Attribute(in 4)))))"},
    {"KeywordsAsNames", R"(pool port { }
let a = from + port.as.except.if
)",
     R"(File(Block(pool port Body()) Let(a +(from Member(Member(Member(port as) except) if)))))"},
    {"Precedence", R"(let x = a || b && c == d .. e + f * -g
)",
     R"(File(Let(x ||(a &&(b ==(c ..(d +(e *(f -(g))))))))))"},
    {"LeftToRight", R"(let x = a - b - c / d / e
)",
     R"(File(Let(x -(-(a b) /(/(c d) e)))))"},
    {"Signs", R"(let x = -a.b[0] + !f(1) - -1
)",
     R"(File(Let(x -(+(-(Index(Member(a b) 0)) !(Call(f Arguments(1)))) -(1)))))"},
    {"Conditional", R"(let x = a ? b : c ? d : e
)",
     R"(File(Let(x Conditional(a b Conditional(c d e)))))"},
    {"Suffixes", R"(let x = a.b["c"](1, n = 2, ...d).e."f g"
)",
     R"(File(Let(x Member(Member(Call(Index(Member(a b) String('c')) Arguments(1 NamedArgument(n 2) Spread(d))) e) "f g"))))"},
    {"Lists", R"(let x = []
let y = [1, [2], ...z,]
)",
     R"(File(Let(x List()) Let(y List(1 List(2) Spread(z)))))"},
    {"Maps", R"(let x = {}
let y = { a = 1, "b c" = 2, "k${i}" = 3, ...z, t: int, u?: string }
)",
     R"(File(Let(x Map()) Let(y Map(MapEntry(a 1) MapEntry("b c" 2) MapEntry(String('k' i '') 3) Spread(z) FieldType(t int) FieldType(u string)))))"},
    {"ListComprehension", R"(let x = [for t in teams : t.name if t.gpus > 0]
let y = [for k, v in m : v]
)",
     R"(File(Let(x ListFor(t teams Member(t name) >(Member(t gpus) 0))) Let(y ListFor(k v m v))))"},
    {"MapComprehension", R"(let x = {for k, v in m : k => v if v}
)",
     R"(File(Let(x MapFor(k v m k v v))))"},
    {"Strings", R"(let a = "plain"
let b = 'raw ${x}'
let c = """
  text
  """
)",
     R"(File(Let(a String('plain')) Let(b String('raw ${x}')) Let(c String('\n  text\n  '))))"},
    {"Interpolation", R"(let a = "${x}"
let b = "a${x + 1}b${"c${y}"}"
)",
     R"(File(Let(a String('' x '')) Let(b String('a' +(x 1) 'b' String('c' y '') ''))))"},
    {"Literals",
     R"(let x = [1, 1.5, 80GiB, 4cpu, 90s, $5 per month, 33%, 1g.10gb, 7 x 1g.10gb, true, false, null]
)",
     R"(File(Let(x List(1 1.5 80GiB 4cpu 90s $5 per month 33% 1g.10gb 7 x 1g.10gb true false null))))"},
    {"Comments", R"(// a
let x /* b */ = // c
  1 // d

)",
     R"(File(Let(x 1)))"},
    {"AttributeValueEndsWithItsLine", R"(x {
  a = b
  c { }
  d = e f = g
}
)",
     R"(File(Block(x Body(Attribute(a b) Block(c Body()) Attribute(d e) Attribute(f g)))))"},
};

INSTANTIATE_TEST_SUITE_P(Syntax, Trees, ::testing::ValuesIn(kCases),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

TEST(TreeFlags, TellOptionalParts) {
  const Parsed parsed(
      "param a: int = 1 \"d\"\nparam b: int secret\npool x { }\nfor k, v in m { }\n");
  const auto& tree = parsed.tree;
  EXPECT_EQ(tree[tree.child(tree.root(), 0)].flags, syntax::kHasDefault | syntax::kHasDoc);
  EXPECT_EQ(tree[tree.child(tree.root(), 1)].flags, syntax::kSecret);
  EXPECT_EQ(tree[tree.child(tree.root(), 2)].flags, syntax::kHasLabel);
  EXPECT_EQ(tree[tree.child(tree.root(), 3)].flags, syntax::kHasSecond);
}

TEST(TreeFlags, LiteralsAndStringsTellTheirKind) {
  const Parsed parsed("let a = 5GiB\nlet b = 'x'\nlet c = \"\"\"x\"\"\"\n");
  const auto& tree = parsed.tree;
  const auto value = [&](unsigned n) { return tree[tree.child(tree.child(tree.root(), n), 1)].op; };
  EXPECT_EQ(value(0), static_cast<int>(syntax::LiteralKind::Size));
  EXPECT_EQ(value(1), static_cast<int>(syntax::StringKind::Raw));
  EXPECT_EQ(value(2), static_cast<int>(syntax::StringKind::Block));
}

TEST(DumpText, OneNodeALine) {
  EXPECT_EQ(Parsed("let x = a + 1\n").dump(),
            "File\n  Let\n    Name x\n    Binary +\n      Name a\n      Literal 1\n");
}

}  // namespace
}  // namespace gpuspec::test
