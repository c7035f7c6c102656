#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lang/diag/render_github.h"
#include "lang/diag/render_json.h"
#include "lang/diag/render_sarif.h"
#include "tests/diag/spec_text.h"

namespace gpuspec::diag::test {
namespace {

using Json = nlohmann::ordered_json;

class DocumentsTest : public ::testing::Test {
 protected:
  DocumentsTest() {
    const source::TraceId in_module =
        sources.addFrame({source::FrameKind::Module, main.range("pool"), "east", {}});
    const source::TraceId in_loop =
        sources.addFrame({source::FrameKind::Loop, main.range("mig"), "t = 1", in_module});
    sink.report({main.range("1g.99gb"), in_loop}, kHard, "1g.99gb", "H100 80 GB")
        .mark("no such profile")
        .note(main.at("\"größe\""), "has 8")
        .fact("it has: 1g.10gb")
        .help("take another")
        .fix("`1g.10gb` is near", {{main.range("1g.99gb"), "1g.10gb"}});
    sink.report({}, kLint, "all");
    Allowance allowed;
    allowed.code = 3252;
    allowed.scope = main.range("nodes = 2");
    allowed.at = main.at("pool");
    allowed.reason = "trusted";
    sink.allow(allowed);
    sink.report(main.at("nodes"), kLintError, 2);
    findings = sink.finish(sources);
  }
  static std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [key, value] : object.items()) names.push_back(key);
    return names;
  }

  source::SourceMap sources;
  Source main = add(sources, "team a/main.gpuspec",
                    "pool a {\n  vm = \"größe\"  mig { profile = 1g.99gb }\n  nodes = 2\n}\n");
  Sink sink;
  std::vector<Diagnostic> findings;
};

TEST_F(DocumentsTest, CheckHasThePromisedFields) {
  const Json document = Json::parse(checkJson(sources, findings));
  EXPECT_EQ(document.at("schema"), "gpuspec.check/1");
  EXPECT_EQ(document.at("summary"), Json::parse(R"({"errors":1,"warnings":1,"suppressed":1})"));
  EXPECT_EQ(document.at("findings"), Json::parse(findingsJson(sources, findings)));
  EXPECT_EQ(document.at("summary"), Json::parse(summaryJson(findings)));
  ASSERT_EQ(document.at("findings").size(), 2u);
  ASSERT_EQ(document.at("suppressed").size(), 1u);
  EXPECT_EQ(document.at("suppressed")[0].at("code"), "GS3252");
  EXPECT_EQ(document.at("suppressed")[0].at("reason"), "trusted");
}

TEST_F(DocumentsTest, AFindingHasThePromisedFields) {
  const Json finding = Json::parse(findingsJson(sources, findings)).at(0);
  EXPECT_EQ(finding.at("code"), "GS3004");
  EXPECT_EQ(finding.at("level"), "error");
  EXPECT_EQ(finding.at("message"), "`1g.99gb` is not a MIG profile of the H100 80 GB");
  EXPECT_EQ(finding.at("file"), "team a/main.gpuspec");
  EXPECT_EQ(finding.at("line"), 2);
  EXPECT_EQ(finding.at("column"), 33);  // code points: `ö` and `ß` are one each
  EXPECT_EQ(finding.at("end_line"), 2);
  EXPECT_EQ(finding.at("end_column"), 40);
  EXPECT_EQ(finding.at("notes"), Json::parse(R"([{"message": "has 8", "file": "team a/main.gpuspec",
      "line": 2, "column": 8, "end_line": 2, "end_column": 15}])"));
  EXPECT_EQ(finding.at("help"), Json::parse(R"(["take another"])"));
  EXPECT_EQ(finding.at("fixes"),
            Json::parse(R"([{"message": "`1g.10gb` is near", "certain": true, "edits": [
      {"file": "team a/main.gpuspec", "start": {"line": 2, "column": 33}, "end": {"line": 2, "column": 40},
       "text": "1g.10gb"}]}])"));
  EXPECT_EQ(finding.at("trace").size(), 2u);
  EXPECT_EQ(finding.at("trace")[0].at("kind"), "loop");
  EXPECT_EQ(finding.at("trace")[1].at("binding"), "east");
  EXPECT_EQ(keys(finding),
            (std::vector<std::string>{"code", "level", "message", "file", "line", "column",
                                      "end_line", "end_column", "notes", "help", "fixes", "name",
                                      "mark", "facts", "trace", "repeats"}));
}

TEST_F(DocumentsTest, AProjectWideFindingHasNoPlace) {
  const Json finding = Json::parse(findingsJson(sources, findings)).at(1);
  for (const char* field : {"file", "line", "column", "end_line", "end_column"})
    EXPECT_TRUE(finding.at(field).is_null());
}

TEST_F(DocumentsTest, BytesThatAreNotUtf8AreReplaced) {
  findings[0].message = "a\xff b";
  EXPECT_EQ(Json::parse(findingsJson(sources, findings)).at(0).at("message"), "a\uFFFD b");
  EXPECT_TRUE(Json::accept(renderSarif(sources, findings, {})));
}

TEST_F(DocumentsTest, NoFindings) {
  EXPECT_EQ(findingsJson(sources, {}), "[]");
  EXPECT_EQ(Json::parse(renderSarif(sources, {}, {})).at("runs")[0].at("results"), Json::array());
  EXPECT_EQ(renderGithub(sources, {}), "");
}

TEST_F(DocumentsTest, SarifIsWellFormed) {
  const auto page = [](std::uint16_t code) { return "# " + codeName(code); };
  const Json document = Json::parse(renderSarif(sources, findings, {"1.2.3", page}));
  EXPECT_EQ(document.at("version"), "2.1.0");
  ASSERT_EQ(document.at("runs").size(), 1u);
  const Json& run = document.at("runs")[0];
  EXPECT_EQ(run.at("columnKind"), "unicodeCodePoints");
  const Json& driver = run.at("tool").at("driver");
  EXPECT_EQ(driver.at("name"), "gpuspec");
  EXPECT_EQ(driver.at("version"), "1.2.3");
  ASSERT_EQ(driver.at("rules").size(), 3u);
  EXPECT_FALSE(driver.at("rules")[0].contains("helpUri")) << "it would have to be absolute";
  EXPECT_EQ(driver.at("rules")[0].at("help").at("markdown"), "# GS3004");
  EXPECT_EQ(driver.at("rules")[0].at("shortDescription").at("text"),
            "`…` is not a MIG profile of the …");
  ASSERT_EQ(run.at("results").size(), 3u);
  for (const Json& result : run.at("results")) {
    const Json& rule = driver.at("rules").at(result.at("ruleIndex").get<std::size_t>());
    EXPECT_EQ(rule.at("id"), result.at("ruleId"));
    EXPECT_TRUE(result.at("message").at("text").is_string());
    EXPECT_TRUE(result.at("partialFingerprints").at("gpuspec/v1").is_string());
    EXPECT_TRUE(result.at("suppressions").is_array());
  }
}

TEST_F(DocumentsTest, SarifCarriesPlacesFixesAndSuppressions) {
  const Json document = Json::parse(renderSarif(sources, findings, {}));
  const Json& results = document.at("runs")[0].at("results");
  const Json& error = results[0];
  EXPECT_EQ(error.at("level"), "error");
  const Json place = Json::parse(R"({"artifactLocation": {"uri": "team%20a/main.gpuspec"},
      "region": {"startLine": 2, "startColumn": 33, "endLine": 2, "endColumn": 40}})");
  EXPECT_EQ(error.at("locations")[0].at("physicalLocation"), place);
  EXPECT_EQ(error.at("relatedLocations")[0].at("message").at("text"), "has 8");
  const Json& change = error.at("fixes")[0].at("artifactChanges")[0];
  EXPECT_EQ(change.at("artifactLocation").at("uri"), "team%20a/main.gpuspec");
  EXPECT_EQ(change.at("replacements")[0].at("deletedRegion"), place.at("region"));
  EXPECT_EQ(change.at("replacements")[0].at("insertedContent").at("text"), "1g.10gb");
  EXPECT_EQ(error.at("suppressions"), Json::array());
  const Json& allowed = results[1];
  EXPECT_EQ(allowed.at("ruleId"), "GS3252");
  EXPECT_EQ(allowed.at("suppressions"),
            Json::parse(R"([{"kind": "inSource", "justification": "trusted"}])"));
  EXPECT_EQ(results[2].at("locations"), Json::array());
}

std::vector<std::string> fingerprints(const source::SourceMap& sources,
                                      const std::vector<Diagnostic>& findings) {
  std::vector<std::string> prints;
  const Json document = Json::parse(renderSarif(sources, findings, {}));
  for (const Json& result : document.at("runs")[0].at("results")) {
    prints.push_back(result.at("partialFingerprints").at("gpuspec/v1"));
  }
  return prints;
}

TEST(SarifFingerprint, OutlivesMovedLinesAndOtherNumbers) {
  source::SourceMap before_map;
  source::SourceMap after_map;
  const Source before = add(before_map, "m.gpuspec", "a\nb\n");
  const Source after = add(after_map, "m.gpuspec", "// new\n\na\nb\n");
  const auto run = [](const Source& file, const char* count) {
    Sink sink;
    sink.report(file.at("a"), kHard, count, "b");
    sink.report(file.at("b"), kHard, count, "b");
    return fingerprints(*file.map, sink.finish(*file.map));
  };
  const std::vector<std::string> first = run(before, "12 slices");
  EXPECT_EQ(first, run(after, "7 slices"));
  EXPECT_NE(first, run(after, "7 shares"));
  EXPECT_NE(first[0], first[1]);
}

TEST_F(DocumentsTest, GithubCommands) {
  findings[0].facts = {"100%", "a\nb"};
  EXPECT_EQ(
      renderGithub(sources, findings),
      "::error file=team a/main.gpuspec,line=2,endLine=2,col=33,endColumn=40,title=GS3004::"
      "`1g.99gb` is not a MIG profile of the H100 80 GB%0A100%25%0Aa%0Ab%0Ahelp: take another\n"
      "::warning title=GS3230::pool `all` is idle\n");
}

TEST(GithubCommands, PathsCannotBreakTheCommand) {
  source::SourceMap sources;
  const Source file = add(sources, "a,b:c\n.gpuspec", "x\ny\n");
  Sink sink;
  sink.report({{file.file_id, 0, 3}, {}}, kLint, "x");
  EXPECT_EQ(
      renderGithub(sources, sink.finish(sources)),
      "::warning file=a%2Cb%3Ac%0A.gpuspec,line=1,endLine=2,title=GS3230::pool `x` is idle\n");
}

}  // namespace
}  // namespace gpuspec::diag::test
