// Each syntax error where it belongs: the code, its exact place, and its words.

#include <gtest/gtest.h>

#include "tests/syntax/parsed.h"

namespace gpuspec::test {
namespace {

struct ErrorCase {
  const char* name;
  const char* marked;
  std::vector<std::string> expected;  // "GS1001 message", one for each mark, in order
};

void PrintTo(const ErrorCase& error_case, std::ostream* out) {
  *out << error_case.name;
}

class Errors : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(Errors, AreFoundInPlace) {
  const Marked marked(GetParam().marked);
  const Parsed parsed(marked.text);
  ASSERT_EQ(marked.begins.size(), GetParam().expected.size());
  ASSERT_EQ(parsed.findings.size(), GetParam().expected.size()) << parsed.list();
  for (std::size_t i = 0; i < parsed.findings.size(); ++i) {
    const diag::Diagnostic& finding = parsed.findings[i];
    EXPECT_EQ(diag::codeName(finding.info->code) + " " + finding.message, GetParam().expected[i]);
    EXPECT_EQ(finding.at.range.begin, marked.begins[i]) << parsed.list();
    EXPECT_EQ(finding.at.range.end, marked.ends[i]) << parsed.list();
  }
}

const ErrorCase kCases[] = {
    {"UnexpectedInList", "let x = [1 «2»]\n", {"GS1001 expected `,` or `]`, found `2`"}},
    {"UnexpectedInMap", "let x = { a = 1 «b» = 2 }\n", {"GS1001 expected `,` or `}`, found `b`"}},
    {"LoopWithoutIn", "for t «on» teams { }\n", {"GS1001 expected `in`, found `on`"}},
    {"KeywordAsLabel",
     "pool «if» { vm = \"x\" }\n",
     {"GS1001 expected `=`, a name or `{`, found `if`"}},
    {"RuleWithoutTarget",
     "team a {\n  allow egress dns«»\n}\n",
     {"GS1001 expected a name, found `}`"}},
    {"ExpressionEnds",
     "let x = 3 +«»\nlet y = 4\n",
     {"GS1001 expected a value, found the next declaration"}},
    {"FileEnds", "assert true«»\n", {"GS1001 expected `,`, found the end of the file"}},
    {"ParameterWithoutType",
     "param «nodes» = 3\nlet x = nodes\n",
     {"GS1001 expected `:` and a type, found `=`"}},
    {"MissingBrace",
     "pool gpu«» cluster = ml }\nlet y = 1\n",
     {"GS1001 expected `{`, found `cluster`"}},
    {"MissingBraceOfSeveralLines",
     "pool gpu«»\n  nodes = 3\n}\n",
     {"GS1001 expected `{`, found `nodes`"}},
    {"ColonBeforeBrace", "pool a«:» { nodes = 3 }\n", {"GS1001 expected `{`, found `:`"}},
    {"ModuleWithoutFrom",
     "module east «\"./r.gpuspec\"» { }\n",
     {"GS1001 expected `from`, found a string"}},
    {"ListBeginsWithComma", "let x = [«,» 1]\n", {"GS1001 expected a value, found `,`"}},
    {"TwoLabels",
     "pool \"a\" «\"b\"» { nodes = 1 }\n",
     {"GS1001 expected `{` or `=`, found a string"}},
    {"DotAtLineEnd",
     "let x = a.«»\nlet y = 1\n",
     {"GS1001 expected a name or a string, found the next declaration"}},
    {"InsideInterpolation", "let x = \"${a + «}\"»\n", {"GS1001 expected a value, found `}`"}},
    {"Json",
     "«{» \"a\": 1 }\n",
     {"GS1001 expected a declaration such as `pool name { ... }`, found `{`"}},

    {"OpenString",
     "pool a {\n  vm = «\"Standard»\n  nodes = 1\n}\n",
     {"GS1002 this string is never closed"}},
    {"OpenRawString", "let x = «'abc»\nlet y = 1\n", {"GS1002 this string is never closed"}},
    {"OpenStringBeforeCrlf",
     "let x = «\"abc»\r\nlet y = 1\r\n",
     {"GS1002 this string is never closed"}},
    {"OpenRawStringBeforeCrlf",
     "let x = «'abc»\r\nlet y = 1\r\n",
     {"GS1002 this string is never closed"}},
    {"OpenTextBlock", "let x = «\"\"\"\nabc\n»", {"GS1002 this string is never closed"}},
    {"OpenComment", "let x = 1\n«/*» open\nlet y = 2\n", {"GS1003 this comment is never closed"}},
    {"HashComment",
     "«#» a comment of { another language\nlet x = 1\n",
     {"GS1004 `#` has no meaning here"}},
    {"SingleAmpersand", "let x = a «&» b\n", {"GS1004 `&` has no meaning here"}},
    {"SinglePipe", "let x = a «|» b\n", {"GS1004 `|` has no meaning here"}},
    {"Tilde", "let x = «~»1\n", {"GS1004 `~` has no meaning here"}},
    {"NonAsciiCharacter", "let x = 1 «·»\n", {"GS1004 `·` has no meaning here"}},
    {"ControlCharacter", "let x = «\x01»1\n", {"GS1004 a control character has no meaning here"}},
    {"NumberWithUnknownUnit",
     "let x = «3nodes»\n",
     {"GS1005 `3nodes` is neither a number nor a quantity"}},
    {"NumberEndsInDot", "let x = «1.»\n", {"GS1005 `1.` is neither a number nor a quantity"}},
    {"HexNumber", "let x = «0x10»\n", {"GS1005 `0x10` is neither a number nor a quantity"}},

    {"OpenBlock",
     "pool a «{»\n  nodes = 1\n\npool b {\n  nodes = 2\n}\n",
     {"GS1006 this `{` is never closed"}},
    {"OpenBlockInside",
     "pool a {\n  labels «{»\n    a = \"1\"\n  nodes = 1\n}\n",
     {"GS1006 this `{` is never closed"}},
    {"OpenList",
     "pool a {\n  zones = «[»1, 2\n  nodes = 1\n}\n",
     {"GS1006 this `[` is never closed"}},
    {"OpenListAtTheTop", "let zones = «[»1, 2\nlet y = 1\n", {"GS1006 this `[` is never closed"}},
    {"OpenCall", "let x = f«(»1\n", {"GS1006 this `(` is never closed"}},
    {"OpenIndex", "let x = a«[»1\nlet y = 1\n", {"GS1006 this `[` is never closed"}},
    {"StrayBrace", "let x = 1\n«}»\nlet y = 2\n", {"GS1007 this `}` closes nothing"}},
    {"StrayParenthesis", "let x = (1 + 2)«)»\n", {"GS1007 this `)` closes nothing"}},
    {"StrayBraceWithElse",
     "«}» else {\n  a = 1\n}\nlet y = 2\n",
     {"GS1007 this `}` closes nothing"}},

    {"ChainedComparison",
     "let x = 1 < y «<» 3\n",
     {"GS1009 `<` cannot follow `<`: comparisons and ranges don't chain"}},
    {"ChainedRange",
     "let x = 1..2«..»3\n",
     {"GS1009 `..` cannot follow `..`: comparisons and ranges don't chain"}},
    {"BracketAtLineStart",
     "pool a {\n  vm = \"x\"\n  «[»1, 2]\n}\n",
     {"GS1010 `[` at the start of a line continues the expression above it"}},
    {"MinusAtLineStart",
     "let x = 1\n«-» 2\n",
     {"GS1010 `-` at the start of a line continues the expression above it"}},
    {"EmptyListItem", "let x = [1«, ,» 2]\n", {"GS1011 nothing stands between these two commas"}},
    {"UnknownEscape", "let x = \"a«\\q»b\"\n", {"GS1015 `\\q` is not an escape"}},
    {"BadUnicodeEscape", "let x = \"«\\u»{110000}\"\n", {"GS1015 `\\u` is not an escape"}},

    {"NumberWithoutEquals",
     "pool a { «nodes» 3 }\n",
     {"GS1016 `nodes` needs `=` before its value"}},
    {"ListWithoutEquals",
     "pool a {\n  «zones» [1, 2]\n  vm = \"x\"\n}\n",
     {"GS1016 `zones` needs `=` before its value"}},
    {"StringWithoutEquals",
     "pool a {\n  «vm» \"Standard_x\"\n  nodes = 3\n}\n",
     {"GS1016 `vm` needs `=` before its value"}},
    {"NameWithoutEquals",
     "pool a {\n  «mode» system\n  nodes = 3\n}\n",
     {"GS1016 `mode` needs `=` before its value"}},
    {"LetWithoutEquals", "let «y» 4\nlet z = y\n", {"GS1016 `y` needs `=` before its value"}},
    {"AttributeAtTheTop",
     "«nodes = 3»\npool a { vm = \"x\" }\n",
     {"GS1017 `nodes` stands outside of any block"}},
    {"BlockWithoutHead",
     "  «vm = \"x\"»\n  labels { a = \"1\" }\n  nodes = 1\n}\nlet x = 1\n",
     {"GS1017 `vm` stands outside of any block"}},
    {"RuleAtTheTop", "«allow egress to dns»\n", {"GS1017 `allow` stands outside of any block"}},
    {"ParameterInBlock",
     "pool a {\n  «param» x: int = 3\n  nodes = 1\n}\n",
     {"GS1018 `param` can only stand at the top level of a file"}},
    {"ImportInLoop",
     "for t in [1] {\n  «import» \"./x.gpuspec\"\n}\n",
     {"GS1018 `import` can only stand at the top level of a file"}},
    {"CommasBetweenItems",
     "pool a { nodes = 1«,» vm = \"x\", zones = [1, 2] }\n",
     {"GS1019 no comma between the items of a block"}},
    {"ColonInBlock",
     "pool a { nodes«:» 3 }\n",
     {"GS1020 `nodes` is followed by `:`, its value by `=`"}},
    {"ColonAndEquals",
     "pool a { nodes «:»= 3 }\n",
     {"GS1020 `nodes` is followed by `:`, its value by `=`"}},
    {"ColonInMap",
     "let x = { \"a\"«:» 1, b = 2 }\n",
     {"GS1020 `\"a\"` is followed by `:`, its value by `=`"}},
    {"Yaml",
     "kind«:» Pod\nmetadata:\n  name: x\nspec:\n  containers:\n  - name: a\n",
     {"GS1020 `kind` is followed by `:`, its value by `=`"}},
    {"NoValue", "pool a {\n  «nodes =»\n  vm = \"x\"\n}\n", {"GS1021 `nodes` has no value"}},
    {"NoValueAtTheTop", "let «x =»\nlet y = 2\n", {"GS1021 `x` has no value"}},
    {"KeywordAsValue", "let «x =» if a then b else c\nlet y = 1\n", {"GS1021 `x` has no value"}},
    {"LetAlone", "let «x»\nlet y = 2\n", {"GS1021 `x` has no value"}},
    {"Semicolons",
     "let x = 1«;»\nlet y = 2«;»\n",
     {"GS1023 no semicolon is needed", "GS1023 no semicolon is needed"}},
};

INSTANTIATE_TEST_SUITE_P(Syntax, Errors, ::testing::ValuesIn(kCases),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

TEST(UnreadableFiles, NulByte) {
  const Parsed parsed(std::string("let x = 1\0\n", 11));
  EXPECT_EQ(parsed.list(), "1:10-1:11 GS1014 the file holds a NUL byte\n");
  EXPECT_EQ(parsed.dump(), "File\n");
}

TEST(UnreadableFiles, BytesThatAreNotUtf8) {
  for (const char* bad :
       {"\xFF", "\xC3(", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    const Parsed parsed(std::string("// ") + bad + "\nlet x = 1\n");
    ASSERT_EQ(parsed.findings.size(), 1u) << parsed.list();
    EXPECT_EQ(parsed.findings[0].info->code, 1013);
    EXPECT_EQ(parsed.findings[0].at.range.begin, 3u);
  }
}

TEST(UnreadableFiles, TooLarge) {
  const Parsed parsed(std::string((32u << 20) + 1, ' '));
  EXPECT_EQ(parsed.list(),
            "1:1-1:1 GS1012 the file is 32 MiB, more than the 32 MiB that a spec may have\n");
}

TEST(Fixes, MendWhatTheyFix) {
  struct {
    const char *before, *after;
  } const cases[] = {
      {"pool a { nodes 3 }\n", "pool a { nodes = 3 }\n"},
      {"pool a {\n  mode system\n}\n", "pool a {\n  mode = system\n}\n"},
      {"pool a { nodes = 1, vm = \"x\", max_pods = 3 }\n",
       "pool a { nodes = 1 vm = \"x\" max_pods = 3 }\n"},
      {"let x = 1;\n", "let x = 1\n"},
      {"pool a { nodes: 3 }\n", "pool a { nodes = 3 }\n"},
      {"pool a { nodes := 3 }\n", "pool a { nodes = 3 }\n"},
      {"pool a: { nodes = 3 }\n", "pool a { nodes = 3 }\n"},
      {"# note\nlet x = 1\n", "// note\nlet x = 1\n"},
      {"let x = a & b\n", "let x = a && b\n"},
      {"let x = [1, , 2]\n", "let x = [1,  2]\n"},
      {"let x = [, 1]\n", "let x = [ 1]\n"},
      {"let y 4\n", "let y = 4\n"},
  };
  for (const auto& each : cases) {
    const Parsed parsed(each.before);
    ASSERT_EQ(parsed.findings.size(), 1u) << each.before << parsed.list();
    ASSERT_EQ(parsed.findings[0].fixes.size(), 1u) << each.before;
    EXPECT_TRUE(parsed.findings[0].fixes[0].certain);
    std::string text = each.before;
    std::vector<diag::Edit> edits = parsed.findings[0].fixes[0].edits;
    std::sort(edits.begin(), edits.end(),
              [](const auto& a, const auto& b) { return a.range.begin > b.range.begin; });
    for (const diag::Edit& edit : edits)
      text.replace(edit.range.begin, edit.range.end - edit.range.begin, edit.text);
    EXPECT_EQ(text, each.after);
    EXPECT_EQ(Parsed(text).list(), "");
  }
}

}  // namespace
}  // namespace gpuspec::test
