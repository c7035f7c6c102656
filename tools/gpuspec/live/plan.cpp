// gpuspec plan: what apply would change, against the live APIs.

#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/next_command.h"
#include "tools/gpuspec/live/planning.h"
#include "tools/gpuspec/live/saved_plan.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Reads what is live and says exactly what `apply` would change, field by field, in which "
    "order, "
    "and what that does to\n"
    "running work. Changes nothing. There is no state file: what belongs to the spec is marked "
    "with "
    "its project and environment.\n\n"
    "Examples:\n"
    "  gpuspec plan --env prod\n"
    "  gpuspec plan --env prod -o prod.plan --detailed-exitcode\n"
    "  gpuspec plan --context lab=lab-admin --only 'team.*'\n"
    "  gpuspec plan examples/two-teams --sandbox --format markdown\n";

class PlanCommand final : public Command {
 public:
  explicit PlanCommand(bool help_wanted)
      : Command("plan", "Show what apply would change", kHelp, help_wanted),
        options_(*this, "human, json or markdown"),
        live_(*this, true),
        out_("o", cl::desc("Save the plan for `gpuspec apply FILE`"), cl::value_desc("file"),
             cl::sub(sub()), cl::cat(category())),
        destroy_("destroy", cl::desc("Plan what `gpuspec destroy` would do"), cl::sub(sub()),
                 cl::cat(category())),
        detailed_(
            "detailed-exitcode",
            cl::desc("Exit with 2 when there are changes, with 4 when apply would refuse them"),
            cl::sub(sub()), cl::cat(category())) {}

  int run(Terminal& terminal) override;

 private:
  ProjectOptions options_;
  LiveOptions live_;
  cl::opt<std::string> out_;
  cl::opt<bool> destroy_;
  cl::opt<bool> detailed_;
};

int PlanCommand::run(Terminal& terminal) {
  if (!options_.valid(terminal, {"human", "json", "markdown"})) return kUsage;
  std::optional<driver::CompileOptions> compile = options_.compileOptions(terminal);
  std::optional<LiveSettings> live = live_.settings(terminal);
  if (!compile || !live) return kUsage;
  live->destroy = destroy_;
  const LoadedVendors vendors = options_.loadVendors(terminal);
  if (!vendors) return vendors.exitCode();
  Session session(projectSettings(options_, std::move(*compile)), *live, *vendors, terminal);
  if (const std::optional<int> stop = session.compile()) return *stop;
  if (const std::optional<int> stop = session.connect()) return *stop;
  int code = kDone;
  std::optional<Planned> planned =
      makePlan(session, destroy_ ? Purpose::Destroy : Purpose::Apply, terminal, code);
  if (!planned) return code;
  showPlan(planned->plan, options_.format, terminal);
  if (!out_.empty()) {
    auto prints = fingerprintsOf(session, *vendors, planned->live);
    llvm::Error error =
        prints ? savePlan(out_, session, planned->plan, *prints) : prints.takeError();
    if (error) {
      terminal.complain(llvm::toString(std::move(error)));
      return kWorldSaysNo;
    }
    if (!options_.quiet)
      terminal.err("Saved to " + out_ + ".   Next: gpuspec apply " + shellWord(out_) + "\n");
  }
  if (!detailed_) return kDone;
  if (!planned->plan.conflicts.empty()) return kRefused;
  return planned->plan.changes.empty() ? kDone : kChanges;
}

}  // namespace

std::unique_ptr<Command> makePlanCommand(bool help_wanted) {
  return std::make_unique<PlanCommand>(help_wanted);
}

}  // namespace gpuspec::cli
