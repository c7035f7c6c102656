#include "tools/gpuspec/live/node_facts.h"

#include <mutex>
#include <set>

#include "backends/deploy/sandbox/arm/vm_size.h"
#include "compiler/driver/compilation.h"
#include "tools/gpuspec/locations.h"

namespace gpuspec::cli {

namespace {

namespace sandbox = deploy::sandbox;
using ir::Tree;

constexpr std::int64_t kPodsOfANode = 250;  // AKS with overlay networking
constexpr std::int64_t kEvictionMiB = 100;  // kubelet's memory.available on AKS, 1.29 and later
constexpr std::int64_t kReservedMiBOfAPod = 20;   // AKS reserves 20 MiB for each pod and 50 MiB,
constexpr std::int64_t kReservedMiBOfANode = 50;  // or a quarter of the memory when that is less

// AKS: cores reserved for the system, by cores of the node (Microsoft Learn, "Node reservations").
std::int64_t reservedMilliCpu(std::int64_t cores) {
  struct Step {
    std::int64_t cores, milli;
  };
  static constexpr Step kSteps[] = {{1, 60}, {2, 100}, {4, 140}, {8, 180}, {16, 260}, {32, 420}};
  std::int64_t milli = 740;  // 64 cores and more
  for (auto step = std::rbegin(kSteps); step != std::rend(kSteps); ++step) {
    if (cores <= step->cores) milli = step->milli;
  }
  return milli;
}

std::string textAt(const Tree& tree, std::string_view key, const std::string& otherwise) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : otherwise;
}

class CatalogueFacts final : public sandbox::NodeFacts {
 public:
  explicit CatalogueFacts(const ir::VendorSet& vendors)
      : vendors_(vendors), compilation_(files_, vendors, options()) {
    compilation_.loadText("<sandbox>", "");
  }

  sandbox::NodeCapacity capacityOf(const sandbox::NodePool& pool) const override {
    const std::lock_guard lock(mutex_);
    sandbox::NodeCapacity out;
    const ir::VmSize* size = compilation_.vmSize(textAt(pool.properties, "vmSize", ""));
    const std::int64_t cores = size != nullptr ? size->vcpus : 4;
    const std::int64_t memory_mib = (size != nullptr ? size->memory_gib : 16) * 1024;
    const Tree* max_pods = pool.properties.find("maxPods");
    const std::int64_t pods =
        max_pods != nullptr && max_pods->isInt() ? max_pods->asInt() : kPodsOfANode;
    setPlain(cores, memory_mib, pods, out);
    out.labels["kubernetes.io/arch"] =
        size != nullptr && !size->arch.empty() ? size->arch : "amd64";
    if (size != nullptr && !size->vendor.empty()) addGpus(*size, pool, out);
    return out;
  }

 private:
  static driver::CompileOptions options() {
    driver::CompileOptions options;
    options.stdlib = locations().stdlib;
    return options;
  }

  static void setPlain(std::int64_t cores, std::int64_t memory_mib, std::int64_t pods,
                       sandbox::NodeCapacity& out) {
    const std::int64_t reserved_mib =
        std::min(pods * kReservedMiBOfAPod + kReservedMiBOfANode, memory_mib / 4) + kEvictionMiB;
    out.capacity = {{"cpu", std::to_string(cores)},
                    {"memory", std::to_string(memory_mib) + "Mi"},
                    {"pods", std::to_string(pods)},
                    {"ephemeral-storage", "128Gi"}};
    out.allocatable = {{"cpu", std::to_string(cores * 1000 - reservedMilliCpu(cores)) + "m"},
                       {"memory", std::to_string(memory_mib - reserved_mib) + "Mi"},
                       {"pods", std::to_string(pods)},
                       {"ephemeral-storage", "119Gi"}};
  }

  // What the vendor's stack would report on such a node.
  void addGpus(const ir::VmSize& size, const sandbox::NodePool& pool,
               sandbox::NodeCapacity& out) const {
    const ir::Vendor* vendor = vendors_.find(size.vendor);
    if (vendor == nullptr) return;
    llvm::Expected<ir::NodeReport> seen =
        vendor->observe({size.model, size.gpus, size.fractional, size.driver, pool.properties, {}});
    if (!seen) {
      // A vendor that does not tell leaves the node without its devices.
      llvm::consumeError(seen.takeError());
      return;
    }
    for (const auto& [resource, amount] : seen->allocatable) {
      out.capacity[resource] = std::to_string(amount);
      out.allocatable[resource] = std::to_string(amount);
    }
    for (const auto& [key, value] : seen->labels) out.labels[key] = value;
    out.driver_version = seen->driver_version;
    out.driver_mark = vendor->smokeTest().driver_mark;
  }

  const ir::VendorSet& vendors_;
  driver::RealFileSystem files_;
  mutable std::mutex mutex_;
  mutable driver::Compilation compilation_;
};

}  // namespace

std::vector<std::string> vmFamilies(const ir::VendorSet& vendors) {
  const driver::RealFileSystem files;
  driver::CompileOptions options;
  options.stdlib = locations().stdlib;
  driver::Compilation compilation(files, vendors, options);
  compilation.loadText("<sandbox>", "");
  std::set<std::string> families;
  for (const std::string& size : compilation.vmSizeNames())
    families.insert(sandbox::arm::readVmSize(size).family);
  return {families.begin(), families.end()};
}

std::unique_ptr<sandbox::NodeFacts> makeNodeFacts(const ir::VendorSet& vendors) {
  return std::make_unique<CatalogueFacts>(vendors);
}

}  // namespace gpuspec::cli
