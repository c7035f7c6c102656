// The rules of format.h, one test each: what goes in, what comes out, and that it then stays.

#include "lang/format/format.h"

#include <gtest/gtest.h>

#include "tests/syntax/parsed.h"

namespace gpuspec::format {
namespace {

std::string formatted(const std::string& text) {
  const test::Parsed parsed(text);
  return format(parsed.tree, parsed.file());
}

void expectFormat(const std::string& before, const std::string& after) {
  EXPECT_EQ(formatted(before), after);
  EXPECT_EQ(formatted(after), after) << "not stable";
}

void expectUnchanged(const std::string& text) {
  expectFormat(text, text);
}

TEST(FormatBlanks, IndentationLineEndsAndBlankLines) {
  expectFormat("\n\npool a {\r\n\n\n      vm = \"x\"   \r\n\n\n\n\tnodes=3\n\n}\n\n\n\nlet x = 1",
               "pool a {\n  vm = \"x\"\n\n  nodes = 3\n}\n\nlet x = 1\n");
}

TEST(FormatBlanks, NothingStaysNothing) {
  expectFormat("", "");
  expectFormat("\n \n", "");
  expectFormat("// only", "// only\n");
}

TEST(FormatBlanks, OneTopLevelItemALine) {
  expectFormat("let a = 1  let b = 2", "let a = 1\nlet b = 2\n");
}

TEST(FormatBlocks, OneLineStaysWhileItFits) {
  expectFormat("pool one {cluster = ml   vm = \"a\" nodes=1}",
               "pool one { cluster = ml  vm = \"a\"  nodes = 1 }\n");
  expectFormat("pool a {}\npolicy {\n}\n", "pool a {}\npolicy {}\n");
  expectUnchanged("for i in range(0, 3) { gpu(pool[\"a${i}\"]) = 1 }\n");
}

TEST(FormatBlocks, OneLineThatIsTooLongOpens) {
  const std::string image(90, 'i');
  expectFormat("job a { cluster = ml  image = \"" + image + "\"  gpus = 1 }",
               "job a {\n  cluster = ml\n  image   = \"" + image + "\"\n  gpus    = 1\n}\n");
}

TEST(FormatBlocks, SharedLinesStayShared) {
  expectUnchanged("cluster c {\n  platform = aks  location = \"eu\"\n  version = \"1.36\"\n}\n");
  expectFormat("env prod { a = 1\n  b = 2  c = 3 }", "env prod {\n  a = 1\n  b = 2  c = 3\n}\n");
}

TEST(FormatBlocks, SharedLinesThatAreTooLongAreSplit) {
  const std::string text(60, 'x');
  expectFormat("a {\n  b = \"" + text + "\"  c = \"" + text + "\"\n}",
               "a {\n  b = \"" + text + "\"\n  c = \"" + text + "\"\n}\n");
}

TEST(FormatBlocks, BranchesOpenTogether) {
  expectUnchanged("if a { x = 1 } else if b { x = 2 } else { x = 3 }\n");
  expectFormat("if a { x = 1 }\nelse {\n x = 2 }", "if a {\n  x = 1\n} else {\n  x = 2\n}\n");
}

TEST(FormatBlocks, PhrasesAndItems) {
  expectFormat("n{allow   egress\nto cidr \"a\" except[\"b\"]port[1,2]}",
               "n { allow egress to cidr \"a\" except [\"b\"] port [1, 2] }\n");
  expectFormat("n { allow egress to team . b }", "n { allow egress to team.b }\n");
  expectFormat("s { scale_on   x>1 }", "s { scale_on x > 1 }\n");
  expectFormat("param   x :int( 1 .. 3 )=2   \"doc\"", "param x: int(1..3) = 2 \"doc\"\n");
  expectFormat("param k:string   secret", "param k: string secret\n");
  expectFormat("import\"a\"as b", "import \"a\" as b\n");
  expectFormat("module a from\"b\"{x=1}", "module a from \"b\" { x = 1 }\n");
  expectFormat("assert a,\"b\"", "assert a, \"b\"\n");
  expectFormat("@allow( GS3101 ,\"why\" )\nlet x = 1", "@allow(GS3101, \"why\")\nlet x = 1\n");
  expectFormat("m { group   \"g\"=edit }", "m { group \"g\" = edit }\n");
  expectFormat("for  k , v  in  m { }", "for k, v in m {}\n");
}

TEST(FormatLists, ShortOnesStandOnOneLine) {
  expectFormat("let x = [ 1,2 ,3, ]", "let x = [1, 2, 3]\n");
  expectFormat("let x = {a=1,b=2,}", "let x = { a = 1, b = 2 }\n");
  expectFormat("let x = [ ]\nlet y = { }\nlet z = f( )", "let x = []\nlet y = {}\nlet z = f()\n");
  expectFormat("let x = {for k,v in m:k=>v if v}", "let x = {for k, v in m : k => v if v}\n");
  expectFormat("let x = [ for t in a:t.b ]", "let x = [for t in a : t.b]\n");
  expectFormat("param o: object({name:string,gpus ?:int})",
               "param o: object({ name: string, gpus?: int })\n");
}

TEST(FormatLists, TheAuthorsBreaksStay) {
  expectFormat("let x = [1, 2,\n  3]", "let x = [\n  1, 2,\n  3,\n]\n");
  expectFormat("let x = {\n a=1\n , bc=2 }", "let x = {\n  a  = 1,\n  bc = 2,\n}\n");
  expectFormat("let x = f(a,\nb)", "let x = f(\n  a,\n  b,\n)\n");
  expectFormat("let x = [{\n a = 1 }]", "let x = [{\n  a = 1,\n}]\n");
  expectFormat("let x = [for t in a :\n t.b if c]",
               "let x = [\n  for t in a :\n      t.b\n  if c\n]\n");
}

TEST(FormatLists, LongListsOfPlainValuesAreFilled) {
  std::string items, name(20, 'n');
  for (int i = 0; i < 8; ++i) items += (i > 0 ? ", \"" : "\"") + name + "\"";
  const std::string five = "\"" + name + "\", \"" + name + "\", \"" + name + "\", \"" + name + "\"";
  expectFormat("let x = [" + items + "]", "let x = [\n  " + five + ",\n  " + five + ",\n]\n");
}

TEST(FormatLists, LongListsOfOthersGetALineEach) {
  const std::string text(60, 'x');
  expectFormat("let x = [{ a = \"" + text + "\" }, { a = \"" + text + "\" }]",
               "let x = [\n  { a = \"" + text + "\" },\n  { a = \"" + text + "\" },\n]\n");
}

TEST(FormatAlignment, EqualsSignsOfNeighbours) {
  expectFormat(
      "a {\n x = 1\n long = 2\n nested { y = 1 }\n gpu(pool.a) = 3\n group \"g\" = edit\n}",
      "a {\n  x           = 1\n  long        = 2\n  nested      { y = 1 }\n  gpu(pool.a) = 3\n  "
      "group \"g\"   = edit\n}\n");
}

TEST(FormatAlignment, StopsAtBlankLinesCommentsAndOpenItems) {
  expectFormat(
      "a {\n x = 1\n\n long = 2\n // c\n longer = 3\n b {\n  z = 1\n }\n y = 4\n}",
      "a {\n  x = 1\n\n  long = 2\n  // c\n  longer = 3\n  b {\n    z = 1\n  }\n  y = 4\n}\n");
}

TEST(FormatAlignment, BlocksOfOneKind) {
  expectFormat("pool one { a = 1 }\npool other { b = 1 }\nteam x { a = 1 }",
               "pool one   { a = 1 }\npool other { b = 1 }\nteam x { a = 1 }\n");
}

TEST(FormatAlignment, SameItemsMakeATable) {
  expectFormat(
      "pool a { vm = \"long\"  nodes = 1  mig { s = single  p = 1g.5gb } }\npool bc { vm = \"x\"  "
      "nodes = 10  mig { s = mixed  p = 1g.5gb } }",
      "pool a  { vm = \"long\"  nodes = 1   mig { s = single  p = 1g.5gb } }\n"
      "pool bc { vm = \"x\"     nodes = 10  mig { s = mixed   p = 1g.5gb } }\n");
}

TEST(FormatAlignment, NothingPassesTheWidthByIt) {
  const std::string text(100, 'x');
  expectUnchanged("a {\n  x = \"" + text + "\"\n  a_very_long_name = 1\n}\n");
}

TEST(FormatAlignment, CountsCharactersNotBytes) {
  expectFormat("x {\n \"ä\" = 1\n b = 2\n}", "x {\n  \"ä\" = 1\n  b   = 2\n}\n");
}

TEST(FormatComments, TrailingOnesOfNeighboursAreAligned) {
  expectFormat("a {\n x = 1 // one\n y = 1000    // two\n z = 3\n w = 4 // four\n}",
               "a {\n  x = 1     // one\n  y = 1000  // two\n  z = 3\n  w = 4  // four\n}\n");
}

TEST(FormatComments, StayWhereTheyAre) {
  expectUnchanged("// head\n\n/// doc\nlet x = 1  // t\n\n// between\n\nlet y = 2\n// foot\n");
  expectFormat("pool a { // opener\n /* above */\n x = 1 /* after */\n // last\n}",
               "pool a {  // opener\n  /* above */\n  x = 1  /* after */\n  // last\n}\n");
  expectFormat("let x = [ 1 /* a */ , /* b */ 2 ]", "let x = [1 /* a */, /* b */ 2]\n");
  expectFormat("let x = [\n1, // one\n// two\n2 // no comma\n]",
               "let x = [\n  1,  // one\n  // two\n  2,  // no comma\n]\n");
  expectFormat("let /* a */ x /* b */ = /* c */ 1", "let /* a */ x /* b */ = /* c */ 1\n");
  expectFormat("let x = // why\n 1", "let x =  // why\n    1\n");
  expectFormat("a { /* empty */ }", "a { /* empty */ }\n");
  expectFormat("a {\n // empty\n}", "a {\n  // empty\n}\n");
}

TEST(FormatComments, BlocksOfSeveralLinesKeepTheirText) {
  expectFormat("  /* one\n     two */\nlet x = 1", "/* one\n     two */\nlet x = 1\n");
}

TEST(FormatExpressions, Operators) {
  expectFormat("let x=a+b*-c -d", "let x = a + b * -c - d\n");
  expectFormat("let x = 1 .. 3\nlet y = 1..n+1", "let x = 1..3\nlet y = 1 .. n + 1\n");
  expectFormat("let x = a?b:c", "let x = a ? b : c\n");
  expectFormat("let x = ( a . b [ 0 ] ( 1 ) )", "let x = (a.b[0](1))\n");
  expectFormat("let x = f(...a , n=1)", "let x = f(...a, n = 1)\n");
}

TEST(FormatExpressions, TheAuthorsBreaksAtOperatorsStay) {
  expectFormat("assert a &&\nb\n || c, \"m\"", "assert a &&\n    b\n    || c, \"m\"\n");
  expectFormat("assert a,\n\"m\"", "assert a,\n    \"m\"\n");
  expectFormat("let x = a\n ? b\n : c", "let x = a\n    ? b\n    : c\n");
}

TEST(FormatLiterals, AreLeftAsTheyAre) {
  expectUnchanged(
      "let x = [1_000, 80GiB, $40_000 per month, 7 x 1g.10gb, 1g.10gb+me, 33%, 1.50]\n");
  expectUnchanged("let a = 'raw  ${x}'\nlet b = \"${ x }  ${y+1}\"\n");
  expectUnchanged("let t = \"\"\"\n      one\n        two ${x}\n  \"\"\"\n");
  expectFormat("  a {\nt=\"\"\"\n  one\n\"\"\" }", "a {\n  t = \"\"\"\n  one\n\"\"\"\n}\n");
}

TEST(FormatBroken, ItemsWithErrorsStayAsTheyAre) {
  expectFormat("let  a=1\npool x {\n     nodes   3\n  y=1 }\nlet  b=2",
               "let a = 1\npool x {\n     nodes   3\n  y=1 }\nlet b = 2\n");
  expectFormat("  nodes   =   3\nlet  b=2", "  nodes   =   3\nlet b = 2\n");
  expectFormat("let  a=[1 2]\nlet  b=2", "let  a=[1 2]\nlet b = 2\n");
  expectFormat("let  a=[1, , 2]\nlet  b=2", "let  a=[1, , 2]\nlet b = 2\n");
  expectFormat("let  a=1;\nlet  b=2", "let  a=1;\nlet b = 2\n");
  expectFormat("let  a=f\n  (1)\nlet  b=2", "let  a=f\n  (1)\nlet b = 2\n");
  expectFormat("let  a='open\nlet  b=2", "let  a='open\nlet b = 2\n");
  expectFormat("let  b=2\nlet  a=\"\"\"open\n  x  ", "let b = 2\nlet  a=\"\"\"open\n  x  ");
}

TEST(FormatBroken, UnreadableFilesStayAsTheyAre) {
  const std::string bytes = "let  x =\xFF 1\n";
  EXPECT_EQ(formatted(bytes), bytes);
}

TEST(IsFormatted, TellsWhetherFormattingChangesAnything) {
  const test::Parsed good("let x = 1\n"), bad("let x =  1\n");
  EXPECT_TRUE(isFormatted(good.tree, good.file()));
  EXPECT_FALSE(isFormatted(bad.tree, bad.file()));
}

}  // namespace
}  // namespace gpuspec::format
