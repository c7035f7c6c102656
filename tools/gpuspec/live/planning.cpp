#include "tools/gpuspec/live/planning.h"

#include "backends/deploy/plan/render.h"
#include "compiler/ir/json.h"
#include "tools/gpuspec/live/findings.h"

namespace gpuspec::cli {

namespace model = deploy::model;
namespace plan = deploy::plan;

std::optional<Planned> makePlan(Session& session, bool destroy, Terminal& terminal) {
  llvm::Expected<model::LiveSet> live = session.read();
  if (!live) {
    reportFailure(live.takeError(), terminal);
    return std::nullopt;
  }
  const LiveSettings& settings = session.live();
  plan::PlanOptions options;
  options.adopt = settings.adopt;
  options.allow_replace = settings.allow_replace;
  options.destroy = destroy;
  options.only = settings.only;
  Planned planned{plan::makePlan(session.desired(), *live, options), std::move(*live)};
  planned.plan.subscription = session.subscription();
  if (settings.skip_helm) planned.plan.left_out.push_back("Helm releases (--skip-helm)");
  return planned;
}

void showPlan(const plan::Plan& plan, const std::string& format, Terminal& terminal) {
  if (format == "json" || format == "jsonl") {
    terminal.out(ir::toJson(plan::renderJson(plan)) + "\n");
  } else if (format == "markdown") {
    terminal.out(plan::renderMarkdown(plan));
  } else {
    terminal.out(
        plan::renderHuman(plan, {terminal.colorOut(), terminal.unicode(), terminal.width()}));
  }
  terminal.flush();
}

}  // namespace gpuspec::cli
