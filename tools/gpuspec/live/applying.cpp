#include "tools/gpuspec/live/applying.h"

#include <algorithm>
#include <array>
#include <iostream>

#include <unistd.h>

#include "backends/deploy/apply/views.h"
#include "compiler/ir/json.h"
#include "tools/gpuspec/live/clients.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/guarded_view.h"
#include "tools/gpuspec/live/interrupt.h"

namespace gpuspec::cli {

namespace {

namespace apply = deploy::apply;
namespace plan = deploy::plan;

std::unique_ptr<apply::View> viewOf(const plan::Plan& plan, const RunOptions& options,
                                    Terminal& terminal) {
  if (options.format == "jsonl") {
    return apply::makeJsonlView([&terminal](std::string_view text) {
      terminal.out(text);
      terminal.flush();
    });
  }
  const apply::Write write = [&terminal](std::string_view text) { terminal.err(text); };
  if (options.quiet) return apply::makePlainView({}, [](std::string_view) {});
  if (::isatty(STDERR_FILENO) != 0 && options.format == "human")
    return apply::makeTerminalView(plan, {terminal.color(), terminal.unicode(), terminal.width()},
                                   write);
  return apply::makePlainView(plan, write);
}

// What was refused because of other owners, or because it is not what the plan saw any more.
bool isRefusal(const apply::Outcome& outcome) {
  static constexpr std::array<std::string_view, 4> kCodes = {"NamespaceShared", "MovedOn",
                                                             "Replaced", "FieldManagerConflict"};
  return std::find(kCodes.begin(), kCodes.end(), outcome.code) != kCodes.end();
}

int exitCodeOf(const apply::Result& result) {
  bool failed = false, refused = false;
  for (const apply::Outcome& outcome : result.outcomes) {
    if (outcome.state != apply::State::Failed) continue;
    (isRefusal(outcome) ? refused : failed) = true;
  }
  return failed ? kWorldSaysNo : refused ? kRefused : kDone;
}

}  // namespace

int carryOut(Session& session, const plan::Plan& plan, Locks& locks, const RunOptions& options,
             Terminal& terminal) {
  Interrupts interrupts;
  Clients clients(session, plan, locks, [&interrupts] { interrupts.endSoon(); });
  llvm::Error refused = locks.claimAll(plan);
  if (!refused) refused = clients.begin();
  if (refused) return reportFailure(std::move(refused), terminal);
  apply::ExecuteOptions execute;
  execute.parallel = session.live().parallel;
  execute.client_for = [&](const plan::Change& change) { return clients.of(change); };
  execute.drain = &interrupts.drain();
  execute.stop = &interrupts.stop();
  apply::Result result;
  std::string ended;
  {
    GuardedView view(viewOf(plan, options, terminal),
                     {session.live().timeout, [&locks] { return locks.anyLost(); },
                      [&interrupts] { interrupts.end(); }});
    result = apply::execute(plan, execute, view, apply::systemClock());
    ended = view.why();
  }
  clients.finish(result, options.destroys);
  if (options.format == "jsonl") {
    terminal.out(apply::summaryEvent(plan, result));
  } else if (options.format == "json") {
    terminal.out(ir::toJson(apply::summaryTree(plan, result)) + "\n");
  } else {
    terminal.err("\n" + apply::summaryText(plan, result, options.next));
  }
  if (clients.refusal())
    return reportFailure(llvm::make_error<apply::ApiError>(*clients.refusal()), terminal);
  if (!ended.empty()) {
    terminal.complain("stopped: " + ended);
    return kWorldSaysNo;
  }
  const bool stopped = result.interrupted || result.count(apply::State::Interrupted) > 0;
  if (stopped) return kInterrupted;
  return exitCodeOf(result);
}

bool confirmed(const std::string& question, const std::string& word, Terminal& terminal) {
  if (::isatty(STDIN_FILENO) == 0) {
    reportNobodyToAsk(terminal);
    return false;
  }
  terminal.err(question + " Type `" + word + "` to go on: ");
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == word) return true;
  terminal.err("Not confirmed: nothing was changed.\n");
  return false;
}

}  // namespace gpuspec::cli
