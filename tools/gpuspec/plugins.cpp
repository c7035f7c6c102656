// gpuspec plugins: the vendors that this program knows.

#include <algorithm>

#include "compiler/ir/json.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Lists the vendor plugins with their stacks, devices and the blocks that they add to the "
    "language,\n"
    "and whether they are those of the project's gpuspec.lock.\n\n"
    "Examples:\n"
    "  gpuspec plugins\n"
    "  gpuspec plugins --plugin ./my-vendor.so --format json\n";

class PluginsCommand final : public Command {
 public:
  explicit PluginsCommand(bool help_wanted)
      : Command("plugins", "List the vendor plugins", kHelp, help_wanted),
        format_("format", cl::desc("human or json"), cl::value_desc("format"), cl::init("human"),
                cl::sub(sub()), cl::cat(category())),
        plugins_(*this) {}

  int run(Terminal& terminal) override {
    if (format_ != "human" && format_ != "json") {
      terminal.complain("there is no format `" + format_ + "` here; it has: human, json");
      return kUsage;
    }
    ProjectLock project({});
    if (!project.good()) return project.show("human", terminal);
    host::LoadOptions options;
    options.digests = true;
    const std::optional<host::LoadedPlugins> loaded =
        plugins_.loadFiles(std::move(options), project.sink());
    if (!loaded) return project.show("human", terminal);
    if (format_ == "json") {
      printJson(*loaded, project.lock(), terminal);
    } else {
      for (const host::PluginFile& file : loaded->files)
        print(*loaded->vendors.find(file.name), lockText(file, project.lock()), terminal);
      printMissing(*loaded, project.lock(), terminal);
    }
    return kDone;
  }

 private:
  static std::vector<std::string> blocksOf(const ir::Vendor& vendor) {
    std::vector<std::string> blocks;
    for (const ir::SchemaRow& row : vendor.schemaRows()) {
      if (row.form != "attribute" && std::count(row.path.begin(), row.path.end(), '.') == 1)
        blocks.push_back(row.path);
    }
    return blocks;
  }

  // How a plugin stands to the project's lock file, for programs.
  static const char* lockState(const host::PluginFile& file, const host::Lock* lock) {
    if (lock == nullptr) return "none";
    const host::LockedPlugin* locked = lock->find(file.name);
    if (locked == nullptr) return "absent";
    const bool same = locked->version == file.version && locked->sha256 == file.sha256;
    return same ? "same" : "differs";
  }

  // And for people; "" where no lock file is.
  static std::string lockText(const host::PluginFile& file, const host::Lock* lock) {
    const std::string_view state = lockState(file, lock);
    if (state == "none") return "";
    if (state == "absent") return "not in gpuspec.lock";
    if (state == "same") return "as in gpuspec.lock";
    return "differs from gpuspec.lock, which has " + lock->find(file.name)->version;
  }

  static void printMissing(const host::LoadedPlugins& loaded, const host::Lock* lock,
                           Terminal& terminal) {
    if (lock == nullptr) return;
    for (const host::LockedPlugin& plugin : lock->plugins) {
      if (loaded.vendors.find(plugin.name) == nullptr)
        terminal.out(plugin.name + " " + plugin.version + "\n  in gpuspec.lock, not loaded\n");
    }
  }

  static void printJson(const host::LoadedPlugins& loaded, const host::Lock* lock,
                        Terminal& terminal) {
    ir::Tree list = ir::Tree::list();
    for (const host::PluginFile& file : loaded.files) {
      ir::Tree tree = treeOf(*loaded.vendors.find(file.name));
      tree.set("sha256", file.sha256).set("lock", lockState(file, lock));
      list.push(std::move(tree));
    }
    terminal.out(
        ir::toJson(
            ir::Tree::map().set("schema", "gpuspec.plugins/1").set("plugins", std::move(list))) +
        "\n");
  }

  static ir::Tree treeOf(const ir::Vendor& vendor) {
    ir::Tree models = ir::Tree::list();
    for (const ir::DeviceModel& model : vendor.models()) {
      models.push(ir::Tree::map()
                      .set("key", vendor.name() + "." + model.key)
                      .set("title", model.title)
                      .set("memory_gib", model.memory_gib)
                      .set("profiles", ir::Tree::strings(model.profiles)));
    }
    return ir::Tree::map()
        .set("name", vendor.name())
        .set("version", vendor.version())
        .set("stacks", ir::Tree::strings(vendor.stacks()))
        .set("blocks", ir::Tree::strings(blocksOf(vendor)))
        .set("devices", std::move(models));
  }

  static void printList(const char* title, const std::vector<std::string>& items,
                        Terminal& terminal) {
    std::string line = std::string("  ") + title;
    line.resize(11, ' ');
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (line.size() + items[i].size() > 98) {
        terminal.out(line + "\n");
        line = std::string(11, ' ');
      }
      line += items[i] + (i + 1 < items.size() ? "  " : "");
    }
    terminal.out(line + "\n");
  }

  static void print(const ir::Vendor& vendor, const std::string& lock, Terminal& terminal) {
    terminal.out(vendor.name() + " " + vendor.version() + "\n");
    printList("stacks", vendor.stacks(), terminal);
    printList("blocks", blocksOf(vendor), terminal);
    std::vector<std::string> devices;
    for (const ir::DeviceModel& model : vendor.models()) devices.push_back(model.key);
    printList("devices", devices, terminal);
    if (!lock.empty()) printList("lock", {lock}, terminal);
  }

  cl::opt<std::string> format_;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> makePluginsCommand(bool help_wanted) {
  return std::make_unique<PluginsCommand>(help_wanted);
}

}  // namespace gpuspec::cli
