// gpuspec apply and gpuspec destroy: carry out what plan shows, and nothing else.

#include <algorithm>

#include "tools/gpuspec/live/applying.h"
#include "tools/gpuspec/live/commands.h"
#include "tools/gpuspec/live/findings.h"
#include "tools/gpuspec/live/next_command.h"
#include "tools/gpuspec/live/saved_plan.h"
#include "tools/gpuspec/live/settled.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
namespace plan = deploy::plan;

constexpr const char* kApplyHelp =
    "Plans, asks, and makes what is live what the spec says. PATH is a spec, or a plan that "
    "`gpuspec plan -o FILE` saved: that one is\n"
    "carried out without asking, and refused where the live side moved since (exit code 4). Ctrl-C "
    "once finishes what is in flight, twice stops.\n"
    "A run that was cut off, however hard, is continued by running it again.\n\n"
    "Examples:\n"
    "  gpuspec apply --env prod\n"
    "  gpuspec apply prod.plan\n"
    "  gpuspec apply --yes --format jsonl --lock-timeout 10m\n"
    "  gpuspec apply examples/two-teams --sandbox --skip-helm --yes\n";

constexpr const char* kDestroyHelp =
    "Removes everything that carries the marks of the spec's project and environment, in the "
    "reverse "
    "order of making. What somebody\n"
    "else made stays; a namespace that holds such things is not deleted. `prevent_destroy` is "
    "honoured.\n\n"
    "Examples:\n"
    "  gpuspec destroy --env dev\n"
    "  gpuspec destroy --env dev --only 'team.*' --yes\n";

// Ways out that are commands, as they have to be typed here.
std::vector<plan::Conflict> runnable(std::vector<plan::Conflict> conflicts,
                                     const Session& session) {
  for (plan::Conflict& conflict : conflicts) {
    for (const char* option : {"--adopt", "--allow-replace"}) {
      const std::string verb = "apply " + std::string(option), command = "gpuspec " + verb;
      if (const std::size_t at = conflict.way_out.find(command); at != std::string::npos)
        conflict.way_out.replace(at, command.size(), "`" + commandFor(verb, session) + "`");
    }
  }
  return conflicts;
}

// What the two commands do alike.
class ChangingCommand : public Command {
 public:
  ChangingCommand(const char* name, const char* summary, const char* help, bool help_wanted)
      : Command(name, summary, help, help_wanted),
        options_(*this, "human, json or jsonl (one event a line)"),
        live_(*this, true),
        yes_("yes", cl::desc("Do not ask"), cl::sub(sub()), cl::cat(category())) {}

  int run(Terminal& terminal) override {
    if (!options_.valid(terminal, {"human", "json", "jsonl"})) return kUsage;
    std::optional<driver::CompileOptions> compile = options_.compileOptions(terminal);
    const std::optional<LiveSettings> live = live_.settings(terminal);
    if (!compile || !live) return kUsage;
    if (isSavedPlan(options_.path) && !destroys())
      return runSaved(projectSettings(options_, std::move(*compile)), *live, terminal);
    const LoadedVendors vendors = options_.loadVendors(terminal);
    if (!vendors) return vendors.exitCode();
    Session session(projectSettings(options_, std::move(*compile)), *live, *vendors, terminal);
    return runFresh(session, terminal);
  }

 protected:
  virtual bool destroys() const = 0;

 private:
  // Locks first: what is planned then stays true until it is done.
  int runFresh(Session& session, Terminal& terminal) {
    if (const std::optional<int> stop = session.compile()) return *stop;
    if (const std::optional<int> stop = session.connect()) return *stop;
    Locks locks(session);
    if (!locks.takeAll(terminal)) return locks.code();
    int code = kDone;
    std::optional<Planned> planned =
        makePlan(session, destroys() ? Purpose::Destroy : Purpose::Apply, terminal, code);
    if (!planned) return code;
    if (options_.format == "human" && !options_.quiet) showPlan(planned->plan, "human", terminal);
    if (!planned->plan.conflicts.empty())
      return reportConflicts(runnable(std::move(planned->plan.conflicts), session),
                             session.compilation().sources(), terminal);
    return finish(session, *planned, locks, yes_, terminal);
  }

  int finish(Session& session, const Planned& planned, Locks& locks, bool sure,
             Terminal& terminal) {
    const bool is_destroy = destroys() || session.live().destroy;
    if (!planned.plan.changes.empty() && !sure) {
      const std::string word = is_destroy ? planned.plan.project : "yes";
      const char* question = is_destroy ? "\nAll of this goes." : "\nThis changes what is live.";
      if (!confirmed(question, word, terminal)) return kRefused;
    }
    return carryOut(session, planned.plan, locks,
                    {options_.format, is_destroy ? "" : commandFor("verify", session),
                     options_.quiet, is_destroy},
                    terminal);
  }

  bool isGiven(std::string_view option) {
    const cl::Option* known = sub().OptionsMap.lookup({option.data(), option.size()});
    return known != nullptr && known->getNumOccurrences() > 0;
  }

  // What decided the plan is settled. False: said which option would change it.
  bool leavesSettled(const LoadedPlan& loaded, const ProjectSettings& project,
                     const LiveSettings& live, Terminal& terminal) {
    bool leaves = true;
    for (const SettledOption& option : settledOptions()) {
      if (option.form == SettledOption::Form::Argument || !isGiven(option.name)) continue;
      const std::string why = whySettled(option, option.values(project, live),
                                         option.values(loaded.project, loaded.live));
      if (why.empty()) continue;
      leaves = false;
      terminal.complain("the plan `" + options_.path + "` was " + why +
                        "; leave the option out, or make the plan again with it");
    }
    return leaves;
  }

  // What may be chosen anew; secret parameters are in no plan and given again.
  void addFree(const ProjectSettings& project, const LiveSettings& live, LoadedPlan& to) const {
    for (const eval::GivenParameter& given : project.compile.parameters) {
      std::vector<eval::GivenParameter>& known = to.project.compile.parameters;
      if (std::none_of(known.begin(), known.end(),
                       [&](const auto& one) { return one.name == given.name; }))
        known.push_back(given);
    }
    to.project.format = project.format;
    to.project.quiet = project.quiet;
    to.project.deny_warnings = project.deny_warnings;
    to.live.parallel = live.parallel;
    to.live.timeout = live.timeout;
    to.live.lock_timeout = live.lock_timeout;
  }

  int runSaved(const ProjectSettings& project, const LiveSettings& live, Terminal& terminal) {
    llvm::Expected<LoadedPlan> loaded = loadPlan(options_.path);
    if (!loaded) return reportNoPlan(options_.path, loaded.takeError(), terminal);
    if (!leavesSettled(*loaded, project, live, terminal)) return kUsage;
    if (!loaded->specIsHere()) {
      terminal.complain("the plan `" + std::string(options_.path) + "` was made from the spec `" +
                        loaded->project.path +
                        "`, which is not seen from this folder; apply it where it was made, or in "
                        "another checkout at the same place");
      return kWorldSaysNo;
    }
    const LoadedVendors vendors =
        options_.plugins.load({loaded->project.path, loaded->project.compile.root}, terminal);
    if (!vendors) return vendors.exitCode();
    addFree(project, live, *loaded);
    return carryOutSaved(*loaded, *vendors, terminal);
  }

  int carryOutSaved(const LoadedPlan& loaded, const ir::VendorSet& vendors, Terminal& terminal) {
    Session session(loaded.project, loaded.live, vendors, terminal);
    if (const std::optional<int> stop = session.compile()) return *stop;
    if (const std::optional<int> stop = session.connect()) return *stop;
    Locks locks(session);
    if (!locks.takeAll(terminal)) return locks.code();
    int code = kDone;
    std::optional<Planned> planned =
        makePlan(session, loaded.live.destroy ? Purpose::Destroy : Purpose::Apply, terminal, code);
    if (!planned) return code;
    code = compareSaved(session, vendors, loaded.saved, *planned, terminal);
    if (code != kDone) return code;
    return finish(session, *planned, locks, true, terminal);
  }

  // Sentences; a cluster that one of the two does not know is no other one.
  static std::vector<std::string> otherClusters(const plan::Fingerprints& saved,
                                                const plan::Fingerprints& now) {
    std::vector<std::string> moved;
    for (const auto& [cluster, uid] : now.clusters) {
      for (const auto& [name, then] : saved.clusters) {
        if (name == cluster && uid != then)
          moved.push_back("cluster " + cluster + " is not the one that the plan was made for");
      }
    }
    return moved;
  }

  int compareSaved(Session& session, const ir::VendorSet& vendors, const plan::SavedPlan& saved,
                   const Planned& planned, Terminal& terminal) {
    llvm::Expected<plan::Fingerprints> prints = fingerprintsOf(session, vendors, planned.live);
    if (!prints) {
      terminal.complain(llvm::toString(prints.takeError()));
      return kWorldSaysNo;
    }
    const plan::Fingerprints& now = *prints;
    std::vector<std::string> moved = otherClusters(saved.fingerprints, now);
    if (now.spec != saved.fingerprints.spec)
      moved.push_back(
          "the spec or a parameter is not what it was (secret parameters have to be given again)");
    if (now.plugins != saved.fingerprints.plugins)
      moved.push_back("other plugins, or other versions of them");
    if (now.tool_version != saved.fingerprints.tool_version)
      moved.push_back("made by gpuspec " + saved.fingerprints.tool_version);
    for (std::string& text : plan::whatMoved(saved, planned.plan)) moved.push_back(std::move(text));
    if (moved.empty()) return kDone;
    return reportOutOfDate(options_.path, moved, terminal);
  }

 protected:
  ProjectOptions options_;

 private:
  LiveOptions live_;
  cl::opt<bool> yes_;
};

class ApplyCommand final : public ChangingCommand {
 public:
  explicit ApplyCommand(bool help_wanted)
      : ChangingCommand("apply", "Make what is live what the spec says", kApplyHelp, help_wanted) {}

 protected:
  bool destroys() const override { return false; }
};

class DestroyCommand final : public ChangingCommand {
 public:
  explicit DestroyCommand(bool help_wanted)
      : ChangingCommand("destroy", "Remove everything that the spec's project owns", kDestroyHelp,
                        help_wanted) {}

 protected:
  bool destroys() const override { return true; }
};

}  // namespace

std::unique_ptr<Command> makeApplyCommand(bool help_wanted) {
  return std::make_unique<ApplyCommand>(help_wanted);
}

std::unique_ptr<Command> makeDestroyCommand(bool help_wanted) {
  return std::make_unique<DestroyCommand>(help_wanted);
}

}  // namespace gpuspec::cli
