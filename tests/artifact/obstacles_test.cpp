// Each reason why an output folder is not written is a finding of its own, with a way out.

#include <gtest/gtest.h>

#include "backends/artifact/write_error.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::artifact {
namespace {

std::vector<diag::Diagnostic> findingsOf(llvm::Error error, bool& refused) {
  diag::Sink sink;
  refused = reportWriteError(std::move(error), sink);
  return sink.finish(source::SourceMap());
}

void expectRefusal(Reason reason, const std::string& code) {
  bool refused = false;
  const auto findings = findingsOf(refusal(reason, "out/x", "line 1"), refused);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(diag::codeName(findings[0].info->code), code);
  EXPECT_NE(findings[0].message.find("out/x"), std::string::npos);
  EXPECT_FALSE(findings[0].help.empty()) << code;
  EXPECT_TRUE(refused) << code;
}

TEST(Obstacles, AreFindings) {
  expectRefusal(Reason::Edited, "GS6001");
  expectRefusal(Reason::Foreign, "GS6002");
  expectRefusal(Reason::Link, "GS6003");
  expectRefusal(Reason::Locked, "GS6004");
  expectRefusal(Reason::BadManifest, "GS6005");
  expectRefusal(Reason::BadStaging, "GS6006");
}

TEST(Obstacles, OfTheSystemAreNoRefusal) {
  bool refused = true;
  const auto findings = findingsOf(
      systemError("write", "out/x", std::make_error_code(std::errc::no_space_on_device)), refused);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(diag::codeName(findings[0].info->code), "GS6007");
  EXPECT_FALSE(refused);
}

}  // namespace
}  // namespace gpuspec::artifact
