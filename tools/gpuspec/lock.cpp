// gpuspec lock: writes down which plugins a project is compiled with.

#include "tools/gpuspec/project.h"
#include "tools/gpuspec/write_file.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
using host::LockedPlugin;

constexpr const char* kHelp =
    "Writes name, version and SHA-256 of the plugins into gpuspec.lock in the project root. From "
    "then on every command\n"
    "refuses a plugin that differs. Run again, it adds plugins that are new; --update takes over "
    "the ones that changed,\n"
    "and drops those that are not loaded. Commit the file.\n\n"
    "Examples:\n"
    "  gpuspec lock\n"
    "  gpuspec lock --plugin ./acme.so\n"
    "  gpuspec lock --update\n";

std::vector<LockedPlugin> lockedFrom(const std::vector<host::PluginFile>& files) {
  std::vector<LockedPlugin> locked;
  for (const host::PluginFile& file : files)
    locked.push_back({file.name, file.version, file.sha256});
  return locked;
}

// One line for each difference; "" where there is none.
std::string changesBetween(const host::Lock& before, const host::Lock& after) {
  std::string text;
  for (const LockedPlugin& now : after.plugins) {
    const LockedPlugin* was = before.find(now.name);
    if (was == nullptr)
      text += "  added    " + now.name + " " + now.version + "\n";
    else if (was->version != now.version)
      text += "  changed  " + now.name + " " + was->version + " to " + now.version + "\n";
    else if (was->sha256 != now.sha256)
      text += "  changed  " + now.name + " " + now.version + ", other bytes\n";
  }
  for (const LockedPlugin& was : before.plugins) {
    if (after.find(was.name) == nullptr)
      text += "  dropped  " + was.name + " " + was.version + "\n";
  }
  return text;
}

class LockCommand final : public Command {
 public:
  explicit LockCommand(bool help_wanted)
      : Command("lock", "Lock a project to its plugins", kHelp, help_wanted),
        path_(cl::Positional, cl::desc("[file or folder]"), cl::init("."), cl::sub(sub()),
              cl::cat(category())),
        root_("root", cl::desc("Project root, where gpuspec.lock lies"), cl::value_desc("folder"),
              cl::sub(sub()), cl::cat(category())),
        update_("update", cl::desc("Take over plugins that differ, drop those not loaded"),
                cl::sub(sub()), cl::cat(category())),
        quiet_("quiet", cl::desc("Print findings only"), cl::sub(sub()), cl::cat(category())),
        plugins_(*this) {}

  int run(Terminal& terminal) override {
    if (driver::RealFileSystem().kind(path_) == driver::FileKind::Missing) {
      terminal.complain("cannot read `" + path_ + "`: no such file or folder");
      return kWorldSaysNo;
    }
    const ProjectPlace place{path_, root_, "human"};
    ProjectLock project(place);
    if (!project.good() && !update_) return project.show(place.format, terminal);
    host::LoadOptions options;
    options.digests = options.additions = true;
    if (!update_) options.lock = project.lock();
    if (update_) project.forget();
    const auto loaded = plugins_.loadFiles(options, project.sink());
    if (!loaded) return project.show(place.format, terminal);
    return write(project, lockedFrom(loaded->files), terminal);
  }

 private:
  int write(const ProjectLock& project, std::vector<LockedPlugin> loaded,
            Terminal& terminal) const {
    const host::Lock before = project.lock() != nullptr ? *project.lock() : host::Lock();
    host::Lock after;
    after.plugins = std::move(loaded);
    for (const LockedPlugin& plugin : before.plugins) {
      if (!update_ && after.find(plugin.name) == nullptr) after.plugins.push_back(plugin);
    }
    const std::string text = host::lockText(after.plugins);
    if (text != project.text()) {
      const int code =
          replaceFile(project.path(), text, driver::folderOf(project.path()), terminal);
      if (code != kDone) return code;
    }
    if (quiet_) return kDone;
    const std::string changes = changesBetween(before, after);
    terminal.out(project.path() + (changes.empty() ? ": up to date\n" : "\n" + changes));
    return kDone;
  }

  cl::opt<std::string> path_;
  cl::opt<std::string> root_;
  cl::opt<bool> update_;
  cl::opt<bool> quiet_;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> makeLockCommand(bool help_wanted) {
  return std::make_unique<LockCommand>(help_wanted);
}

}  // namespace gpuspec::cli
