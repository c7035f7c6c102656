// What stops plan and apply comes out under the code that its page explains.

#include <gtest/gtest.h>

#include "backends/deploy/apply/client.h"
#include "backends/deploy/http/transport.h"
#include "tools/gpuspec/live/findings.h"

namespace gpuspec::cli {
namespace {

using deploy::apply::ApiError;
using deploy::http::TransportError;
using deploy::plan::Conflict;

// What `report(terminal)` writes, and the exit code it gives.
template <class Report>
std::pair<std::string, int> shown(Report report) {
  Terminal terminal("never");
  testing::internal::CaptureStderr();
  const int code = report(terminal);
  return {testing::internal::GetCapturedStderr(), code};
}

void expectFinding(const std::pair<std::string, int>& shown, const std::string& code, int exit) {
  EXPECT_TRUE(shown.first.starts_with("error[" + code + "]: ")) << shown.first;
  EXPECT_NE(shown.first.find("gpuspec explain " + code), std::string::npos) << shown.first;
  EXPECT_EQ(shown.second, exit) << code;
}

llvm::Error noReason() {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "no such file");
}

void expectOfApi(ApiError::Kind kind, const std::string& code, int exit) {
  const auto out = shown([&](Terminal& terminal) {
    return reportFailure(llvm::make_error<ApiError>(kind, 400, "Odd", "it said so"), terminal);
  });
  expectFinding(out, code, exit);
  EXPECT_NE(out.first.find("Odd: it said so"), std::string::npos) << out.first;
}

TEST(LiveFindings, OfApis) {
  expectOfApi(ApiError::Kind::Unreachable, "GS6062", kWorldSaysNo);
  expectOfApi(ApiError::Kind::Unauthorized, "GS6063", kWorldSaysNo);
  expectOfApi(ApiError::Kind::Forbidden, "GS6064", kWorldSaysNo);
  expectOfApi(ApiError::Kind::Quota, "GS6065", kWorldSaysNo);
  expectOfApi(ApiError::Kind::Busy, "GS6057", kRefused);
}

TEST(LiveFindings, OfTheWayThere) {
  expectFinding(shown([](Terminal& terminal) {
                  return reportFailure(llvm::make_error<TransportError>(
                                           TransportError::Kind::Connect, false, "refused"),
                                       terminal);
                }),
                "GS6062", kWorldSaysNo);
  expectFinding(shown([](Terminal& terminal) { return reportFailure(noReason(), terminal); }),
                "GS6060", kWorldSaysNo);
  expectFinding(shown([](Terminal& terminal) { return reportNoAccess(noReason(), terminal); }),
                "GS6060", kWorldSaysNo);
}

TEST(LiveFindings, OfWhatIsMissing) {
  expectFinding(shown(reportNoProject), "GS6059", kSpecWrong);
  deploy::model::Target target;
  target.name = "shared";
  target.resource_group = "rg";
  expectFinding(shown([&](Terminal& terminal) { return reportMissing({target}, true, terminal); }),
                "GS6067", kWorldSaysNo);
  expectFinding(shown(reportNobodyToAsk), "GS6058", kRefused);
  expectFinding(shown([](Terminal& terminal) { return reportNoSandbox("box", terminal); }),
                "GS6061", kWorldSaysNo);
  expectFinding(
      shown([](Terminal& terminal) { return reportNoPlan("p.plan", noReason(), terminal); }),
      "GS6056", kWorldSaysNo);
  expectFinding(
      shown([](Terminal& terminal) { return reportOutOfDate("p.plan", {"a pool"}, terminal); }),
      "GS6055", kRefused);
}

void expectOfConflict(Conflict::Kind kind, const std::string& code) {
  source::SourceMap sources;
  sources.add("main.gpuspec", "\n  pool p { nodes = 1 }\n");
  Conflict conflict;
  conflict.kind = kind;
  conflict.file = "main.gpuspec";
  conflict.line = 2;
  conflict.text = "is in the way";
  conflict.way_out = "step aside";
  const auto out =
      shown([&](Terminal& terminal) { return reportConflicts({conflict}, sources, terminal); });
  expectFinding(out, code, kRefused);
  for (const char* part :
       {"main.gpuspec:2:3", "is in the way", "step aside", "1 conflict to settle"})
    EXPECT_NE(out.first.find(part), std::string::npos) << part << "\n" << out.first;
}

TEST(LiveFindings, OfConflicts) {
  expectOfConflict(Conflict::Kind::Foreign, "GS6050");
  expectOfConflict(Conflict::Kind::NeedsReplace, "GS6051");
  expectOfConflict(Conflict::Kind::PreventDestroy, "GS6052");
  expectOfConflict(Conflict::Kind::NamespaceShared, "GS6053");
  expectOfConflict(Conflict::Kind::NotReachable, "GS6054");
}

}  // namespace
}  // namespace gpuspec::cli
