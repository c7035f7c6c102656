#include <algorithm>
#include <set>

#include "plugins/nvidia/documents.h"
#include "plugins/nvidia/node_stack.h"

namespace gpuspec::nvidia {

namespace {

using Devices = std::map<std::string, std::int64_t>;

// As the driver names the board, with dashes; only boards whose name does not depend on more.
const char* productOf(const NodeQuestion& question) {
  const std::string key = question.model == nullptr ? "" : question.model->key;
  if (key == "t4") return "Tesla-T4";
  if (key == "a10-24gb") return "NVIDIA-A10";
  if (key == "a100-40gb") return "NVIDIA-A100-SXM4-40GB";
  if (key == "a100-80gb")
    return question.gpus == 8 ? "NVIDIA-A100-SXM4-80GB" : "NVIDIA-A100-80GB-PCIe";
  if (key == "h100-80gb") return "NVIDIA-H100-80GB-HBM3";
  if (key == "h100-94gb") return "NVIDIA-H100-NVL";
  if (key == "h200-141gb") return "NVIDIA-H200";
  return nullptr;
}

bool isCut(const std::vector<Counts>& layout) {
  return std::any_of(layout.begin(), layout.end(),
                     [](const Counts& counts) { return !counts.empty(); });
}

// `single` wants every GPU of the node cut the same way into one kind of slice, or none at all.
bool suitsSingle(const std::vector<Counts>& layout) {
  std::set<Counts> kinds(layout.begin(), layout.end());
  if (kinds.size() != 1) return layout.empty();
  const Counts& counts = *kinds.begin();
  const auto used =
      std::count_if(counts.begin(), counts.end(), [](int count) { return count > 0; });
  return counts.empty() || used == 1;
}

Devices devicesOf(const NodeQuestion& question, const NodeStack& stack) {
  if (question.windows()) return {{kWindowsGpu, question.gpus}};
  // A MIG manager that failed leaves the GPUs as they were: whole.
  const std::vector<Counts> layout =
      stack.cut.value_or(std::vector<Counts>(static_cast<std::size_t>(question.gpus)));
  // Without a strategy the plugin counts GPUs and does not look whether they are cut.
  if (stack.strategy == "none") return {{kGpu, question.gpus}};
  if (stack.strategy == "single" && !suitsSingle(layout)) return {};
  Devices devices;
  for (const Counts& counts : layout) {
    if (counts.empty()) ++devices[kGpu];
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      devices[stack.strategy == "mixed" ? migResource(question.model->names[i]) : kGpu] +=
          counts[i];
    }
  }
  return devices;
}

std::int64_t replicasOf(const NodeStack& stack, const std::string& resource) {
  const auto found = stack.replicas.find(resource);
  if (found != stack.replicas.end()) return std::max<std::int64_t>(1, found->second);
  const auto every = stack.replicas.find("*");
  return every == stack.replicas.end() ? 1 : std::max<std::int64_t>(1, every->second);
}

class Labels {
 public:
  Labels(const NodeQuestion& question, const NodeStack& stack, const Devices& devices)
      : question_(question), stack_(stack), devices_(devices) {}

  Json all() {
    if (question_.windows()) return std::move(labels_);
    const bool managed_cut =
        stack_.mig_manager && !question_.label("nvidia.com/mig.config").empty();
    if (managed_cut) set("nvidia.com/mig.config.state", stack_.cut ? "success" : "failed");
    if (stack_.discovery && !stack_.driver_version.empty()) discover();
    return std::move(labels_);
  }

 private:
  void set(const std::string& key, const std::string& value) { labels_[key] = {{"value", value}}; }

  void discover() {
    set("nvidia.com/gpu.present", "true");
    set("nvidia.com/cuda.driver-version.full", stack_.driver_version);
    set("nvidia.com/cuda.driver-version.major",
        stack_.driver_version.substr(0, stack_.driver_version.find('.')));
    const bool can_cut = question_.model != nullptr && question_.model->family != nullptr;
    set("nvidia.com/mig.capable", can_cut ? "true" : "false");
    if (can_cut) set("nvidia.com/mig.strategy", stack_.strategy);
    set("nvidia.com/gpu.sharing-strategy", stack_.sharing);
    const bool cut = stack_.cut && isCut(*stack_.cut);
    const bool single = cut && stack_.strategy == "single";
    const auto count = devices_.find(kGpu);
    const std::int64_t gpus = count == devices_.end() ? 0 : count->second;
    set("nvidia.com/gpu.count", std::to_string(single ? gpus : question_.gpus));
    if (gpus > 0) set("nvidia.com/gpu.replicas", std::to_string(replicasOf(stack_, kGpu)));
    setProduct(single);
    if (cut && stack_.strategy == "mixed") countSlices();
  }

  void setProduct(bool single) {
    const char* product = productOf(question_);
    if (product == nullptr) return;
    std::string name = product;
    if (single) {
      const Counts& counts = stack_.cut->front();
      const auto slice =
          std::find_if(counts.begin(), counts.end(), [](int each) { return each > 0; });
      if (slice == counts.end()) return;
      name += "-MIG-" + question_.model->names[static_cast<std::size_t>(slice - counts.begin())];
      std::replace(name.begin(), name.end(), '+', '.');
    }
    if (replicasOf(stack_, kGpu) > 1) name += "-SHARED";
    set("nvidia.com/gpu.product", name);
  }

  void countSlices() {
    for (const auto& [resource, count] : devices_) {
      if (resource != kGpu) set(resource + ".count", std::to_string(count));
    }
  }

  const NodeQuestion& question_;
  const NodeStack& stack_;
  const Devices& devices_;
  Json labels_ = Json::object();
};

}  // namespace

Json nodeReport(const Json& request) {
  NodeQuestion question;
  question.model = findModel(request.at("device").get<std::string>());
  question.gpus = request.at("gpus").get<std::int64_t>();
  question.fractional = request.at("fractional").get<bool>();
  question.driver_family = request.at("driver").get<std::string>();
  question.properties = request.at("properties");
  question.releases = request.at("releases");
  const NodeStack stack = nodeStack(question);
  // Without a driver a device plugin finds nothing.
  const bool works = stack.plugin && !stack.driver_version.empty();
  const Devices devices = works ? devicesOf(question, stack) : Devices();
  Json allocatable = Json::object();
  for (const auto& [resource, count] : devices) {
    allocatable[resource] = {{"amount", count * replicasOf(stack, resource)}};
  }
  return {{"schema", "gpuspec.observe-reply/1"},
          {"allocatable", std::move(allocatable)},
          {"node_labels", Labels(question, stack, devices).all()},
          {"driver_version", stack.driver_version}};
}

}  // namespace gpuspec::nvidia
