#include "tools/gpuspec/live/findings.h"

#include "backends/deploy/apply/client.h"
#include "lang/diag/catalogue.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace apply = deploy::apply;
namespace plan = deploy::plan;
using apply::ApiError;
using plan::Conflict;

constexpr std::size_t kMostNamed = 20;

// Findings that are about no place of the spec, or about one of `sources`.
class Reporting {
 public:
  explicit Reporting(Terminal& terminal, const source::SourceMap& sources = source::SourceMap())
      : terminal_(terminal), sources_(sources) {}
  ~Reporting() { showFindings(sources_, sink_.finish(sources_), "human", terminal_); }
  Reporting(const Reporting&) = delete;

  diag::Sink& sink() { return sink_; }

 private:
  Terminal& terminal_;
  const source::SourceMap& sources_;
  diag::Sink sink_;
};

diag::Report reportApi(const ApiError& error, const std::string& text, diag::Sink& sink) {
  switch (error.kind) {
    case ApiError::Kind::Unreachable:
      return sink.report({}, diag::ApiUnreachable, text);
    case ApiError::Kind::Unauthorized:
      return sink.report({}, diag::CredentialsRefused, text);
    case ApiError::Kind::Forbidden:
      return sink.report({}, diag::NotPermitted, text);
    case ApiError::Kind::Busy:
      return sink.report({}, diag::LockHeld, text);
    case ApiError::Kind::NotFound:
    case ApiError::Kind::Conflict:
    case ApiError::Kind::Invalid:
    case ApiError::Kind::Throttled:
    case ApiError::Kind::Gone:
    case ApiError::Kind::Quota:
    case ApiError::Kind::Server:
    case ApiError::Kind::Cancelled:
    case ApiError::Kind::Immutable:
      return sink.report({}, diag::ApiSaidNo, text);
  }
  return sink.report({}, diag::ApiSaidNo, text);
}

std::string textOf(const ApiError& error) {
  return (error.code.empty() ? "" : error.code + ": ") + error.message;
}

// False: it is about the way to the API, and no request was sent.
bool wasAsked(const ApiError& error) {
  return error.kind != ApiError::Kind::Invalid || error.status != 0;
}

diag::Report reportConflict(const Conflict& conflict, const source::Location& at,
                            diag::Sink& sink) {
  const std::string name = plan::titleOf(conflict.key);
  switch (conflict.kind) {
    case Conflict::Kind::Foreign:
      return sink.report(at, diag::ObjectOfOthers, name, conflict.text);
    case Conflict::Kind::NeedsReplace:
      return sink.report(at, diag::ReplacementNeeded, name, conflict.text);
    case Conflict::Kind::PreventDestroy:
      return sink.report(at, diag::DestroyPrevented, name, conflict.text);
    case Conflict::Kind::NamespaceShared:
      return sink.report(at, diag::NamespaceOfOthers, name, conflict.text);
    case Conflict::Kind::ClusterShared:
      return sink.report(at, diag::ClusterOfOthers, name, conflict.text);
    case Conflict::Kind::NotReachable:
      break;
  }
  return sink.report(at, diag::ClusterNotReachable, name, conflict.text);
}

// The text of the line where the declaration begins.
source::Location placeOf(const Conflict& conflict, const source::SourceMap& sources) {
  for (std::uint32_t i = 0; i < sources.fileCount(); ++i) {
    const source::FileId id{i};
    const source::File& file = sources.file(id);
    if (conflict.line == 0 || file.path() != conflict.file) continue;
    const std::string_view text = file.line(conflict.line);
    const std::size_t indent = std::min(text.find_first_not_of(" \t"), text.size());
    const std::size_t end = text.find_last_not_of(" \t{") + 1;
    const std::uint32_t start = file.lineStart(conflict.line);
    return {{id, start + static_cast<std::uint32_t>(indent),
             start + static_cast<std::uint32_t>(std::max(indent, end))},
            {}};
  }
  return {};
}

std::string moreText(std::size_t count) {
  return "and " + std::to_string(count) + " more";
}

}  // namespace

int reportFailure(llvm::Error error, Terminal& terminal) {
  int code = kWorldSaysNo;
  Reporting reporting(terminal);
  llvm::handleAllErrors(
      std::move(error),
      [&](const ApiError& api) {
        diag::Report report = wasAsked(api)
                                  ? reportApi(api, textOf(api), reporting.sink())
                                  : reporting.sink().report({}, diag::NoAccess, textOf(api));
        if (!api.way_out.empty()) report.help(api.way_out);
        if (api.kind == ApiError::Kind::Busy || api.code == "MovedOn") code = kRefused;
      },
      [&](const deploy::http::TransportError& dropped) {
        reporting.sink().report({}, diag::ApiUnreachable, dropped.message());
      },
      [&](const llvm::ErrorInfoBase& other) {
        reporting.sink().report({}, diag::NoAccess, other.message());
      });
  return code;
}

int reportNoAccess(llvm::Error error, Terminal& terminal) {
  Reporting reporting(terminal);
  llvm::handleAllErrors(
      std::move(error),
      [&](const ApiError& api) {
        diag::Report report = reporting.sink().report({}, diag::NoAccess, textOf(api));
        if (!api.way_out.empty()) report.help(api.way_out);
      },
      [&](const llvm::ErrorInfoBase& other) {
        reporting.sink().report({}, diag::NoAccess, other.message());
      });
  return kWorldSaysNo;
}

int reportNoProject(Terminal& terminal) {
  Reporting(terminal)
      .sink()
      .report({}, diag::ProjectUnnamed)
      .help("write `project \"name\"` at the top");
  return kSpecWrong;
}

int reportMissing(const std::vector<deploy::model::Target>& clusters, bool sandbox,
                  Terminal& terminal) {
  Reporting reporting(terminal);
  for (const deploy::model::Target& cluster : clusters) {
    diag::Report report = reporting.sink().report({}, diag::ClusterMissing, cluster.name,
                                                  cluster.resource_group, cluster.cluster);
    if (sandbox) report.help("`gpuspec sandbox seed` makes what `existing = true` names");
    report.help(
        "see that `name`, `resource_group` and the subscription are right; without `existing = "
        "true`, apply makes the cluster; `--only` leaves it out");
  }
  return kWorldSaysNo;
}

int reportNoSandbox(const std::string& folder, Terminal& terminal) {
  Reporting(terminal)
      .sink()
      .report({}, diag::SandboxNotRunning, folder)
      .help("`gpuspec sandbox start` starts one; `--dir FOLDER` names another");
  return kWorldSaysNo;
}

int reportNobodyToAsk(Terminal& terminal) {
  Reporting(terminal)
      .sink()
      .report({}, diag::NobodyToAsk)
      .help("`--yes` goes on without asking; so does `gpuspec apply` of a saved plan");
  return kRefused;
}

int reportNoPlan(const std::string& file, llvm::Error error, Terminal& terminal) {
  Reporting(terminal)
      .sink()
      .report({}, diag::PlanUnreadable, file, llvm::toString(std::move(error)))
      .help("`gpuspec plan -o FILE` makes one");
  return kWorldSaysNo;
}

int reportOutOfDate(const std::string& file, const std::vector<std::string>& moved,
                    Terminal& terminal) {
  Reporting reporting(terminal);
  diag::Report report = reporting.sink().report({}, diag::PlanOutOfDate, file);
  for (std::size_t i = 0; i < std::min(moved.size(), kMostNamed); ++i) report.fact(moved[i]);
  if (moved.size() > kMostNamed) report.fact(moreText(moved.size() - kMostNamed));
  report.help("plan again");
  return kRefused;
}

int reportConflicts(const std::vector<Conflict>& conflicts, const source::SourceMap& sources,
                    Terminal& terminal) {
  {
    Reporting reporting(terminal, sources);
    for (std::size_t i = 0; i < std::min(conflicts.size(), kMostNamed); ++i) {
      const Conflict& conflict = conflicts[i];
      diag::Report report = reportConflict(conflict, placeOf(conflict, sources), reporting.sink());
      for (const std::string& detail : conflict.details) report.fact(detail);
      report.help(conflict.way_out);
    }
  }
  if (conflicts.size() > kMostNamed) terminal.err(moreText(conflicts.size() - kMostNamed) + "\n");
  terminal.err("\nRefused: " + std::to_string(conflicts.size()) +
               (conflicts.size() == 1 ? " conflict" : " conflicts") +
               " to settle first. Nothing was changed.\n");
  return kRefused;
}

}  // namespace gpuspec::cli
