// gpuspec plugins: the vendors that this program knows.

#include <algorithm>

#include "compiler/ir/json.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

constexpr const char* kHelp =
    "Lists the vendor plugins with their stacks, devices and the blocks that they add to the "
    "language.\n\n"
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
    const std::optional<ir::VendorSet> vendors = plugins_.load(terminal);
    if (!vendors) return kWorldSaysNo;
    if (format_ == "json") {
      ir::Tree list = ir::Tree::list();
      for (const auto& vendor : vendors->all()) list.push(treeOf(*vendor));
      terminal.out(
          ir::toJson(
              ir::Tree::map().set("schema", "gpuspec.plugins/1").set("plugins", std::move(list))) +
          "\n");
    } else {
      for (const auto& vendor : vendors->all()) print(*vendor, terminal);
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

  static void print(const ir::Vendor& vendor, Terminal& terminal) {
    terminal.out(vendor.name() + " " + vendor.version() + "\n");
    printList("stacks", vendor.stacks(), terminal);
    printList("blocks", blocksOf(vendor), terminal);
    std::vector<std::string> devices;
    for (const ir::DeviceModel& model : vendor.models()) devices.push_back(model.key);
    printList("devices", devices, terminal);
  }

  cl::opt<std::string> format_;
  PluginOptions plugins_;
};

}  // namespace

std::unique_ptr<Command> makePluginsCommand(bool help_wanted) {
  return std::make_unique<PluginsCommand>(help_wanted);
}

}  // namespace gpuspec::cli
