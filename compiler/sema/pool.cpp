#include <algorithm>

#include "compiler/sema/analysis.h"
#include "compiler/sema/convert.h"
#include "compiler/sema/settings.h"

namespace gpuspec::sema {

namespace {

using eval::ValueKind;

void readVmSize(Analysis& analysis, const eval::Block& block, ir::Pool& pool) {
  const eval::Value* value = block.value("vm");
  if (!value) {
    if (mayBeBroken(block, "vm")) return;
    auto report = analysis.sink.report(block.at, diag::PoolWithoutVm, block.label);
    report.help("name an Azure VM size: `vm = \"Standard_NC24ads_A100_v4\"`");
    return;
  }
  if (const ir::VmSize* size = analysis.context.vm_size(value->asText())) {
    pool.size = *size;
    pool.vm.value = size->name;
    return;
  }
  auto report = analysis.sink.report(value->at(), diag::VmSizeUnknown, value->asText());
  report.mark("no such size");
  const auto near = diag::nearest(value->asText(), analysis.context.vm_size_names());
  if (near.empty()) {
    report.help("the sizes that are known stand in the standard library, std/azure/vm_sizes");
  } else if (isPlainAt(*value)) {
    report.fix("did you mean `" + near[0] + "`?", {replaceText(*value, near[0])}, false);
  } else {
    report.help("did you mean `" + near[0] + "`?");
  }
}

// The models whose key is `text` or begins with it: `h100` stands for `h100-80gb`, when that is the
// only one.
std::vector<std::string> modelsNamed(const ir::Vendor& vendor, const std::string& text) {
  std::vector<std::string> keys;
  for (const ir::DeviceModel& model : vendor.models()) {
    if (model.key == text) return {text};
    if (model.key.starts_with(text + "-")) keys.push_back(model.key);
  }
  return keys;
}

std::vector<std::string> vendorNames(const Analysis& analysis) {
  std::vector<std::string> names;
  for (const auto& vendor : analysis.context.vendors.all()) names.push_back(vendor->name());
  return names;
}

std::vector<std::string> modelKeys(const ir::Vendor& vendor) {
  std::vector<std::string> keys;
  for (const ir::DeviceModel& model : vendor.models()) keys.push_back(model.key);
  return keys;
}

void reportDevice(Analysis& analysis, const eval::Value& value, const std::string& part,
                  const std::vector<std::string>& known, const std::string& before) {
  auto report = analysis.sink.report(value.at(), diag::PoolDeviceUnknown, value.asText());
  report.fact("known: " + (known.empty() ? "none" : quoted(known)));
  const auto near = diag::nearest(part, known);
  if (!near.empty()) report.help("did you mean `" + before + near[0] + "`?");
}

void readDevice(Analysis& analysis, const eval::Value& value, ir::Pool& pool) {
  pool.device.at = value.at();
  const std::string text = value.asText();
  const std::size_t dot = text.find('.');
  const std::string vendor_name = text.substr(0, dot);
  const ir::Vendor* vendor = analysis.context.vendors.find(vendor_name);
  if (!vendor) return reportDevice(analysis, value, vendor_name, vendorNames(analysis), "");
  const std::string model = dot == std::string::npos ? "" : text.substr(dot + 1);
  const std::vector<std::string> keys = modelsNamed(*vendor, model);
  if (keys.empty())
    return reportDevice(analysis, value, model, modelKeys(*vendor), vendor_name + ".");
  if (keys.size() > 1) {
    auto report = analysis.sink.report(value.at(), diag::PoolDeviceAmbiguous, text,
                                       vendor_name + "." + keys[0]);
    report.fact("it may be: " + quoted(keys));
    if (isPlainAt(value)) {
      report.fix("write the model in full", {replaceText(value, vendor_name + "." + keys[0])},
                 false);
    }
  }
  pool.device = {vendor_name + "." + keys[0], value.at()};
}

void readPlainNodes(Analysis& analysis, const eval::Block& block, ir::Pool& pool) {
  if (const eval::Attribute* vm = block.find("vm")) {
    analysis.sink.report(vm->name_at, diag::VmOnPlainKubernetes, block.label)
        .help("say what the nodes have: `device = vendor.model  count = 8`");
  }
  if (const eval::Value* device = block.value("device")) {
    readDevice(analysis, *device, pool);
    pool.device_count = intOf(block, "count");
    if (!block.find("count") && !mayBeBroken(block, "count")) {
      analysis.sink.report(device->at(), diag::DeviceCountMissing, block.label)
          .help("write `count = 8`, the GPUs of one node");
    }
  }
  for (const auto& [key, label] : labelsOf(block, "selector")) pool.selector[key] = label;
  if (!block.child("selector") && !block.broken) {
    analysis.sink.report(block.at, diag::SelectorMissing, block.label)
        .help("name labels that exactly these nodes carry: `selector { gpu = \"h100\" }`");
  }
}

// A pool written for nodes that exist is one finding, whatever else such a pool says.
bool reportOwnNodes(Analysis& analysis, const eval::Block& block) {
  source::Location at;
  std::string name;
  std::vector<std::string> others;
  const auto take = [&](const char* found_name, const source::Location& found_at) {
    if (!name.empty()) return others.emplace_back(found_name), void();
    name = found_name;
    at = found_at;
  };
  for (const char* attribute : {"device", "count"}) {
    if (const eval::Attribute* found = block.find(attribute)) take(attribute, found->name_at);
  }
  if (const eval::Block* selector = block.child("selector")) take("selector", selector->kind_at);
  if (name.empty()) return false;
  auto report = analysis.sink.report(at, diag::DeviceOnAks, name, block.label);
  if (!others.empty())
    report.fact("so " + std::string(others.size() > 1 ? "are " : "is ") + quoted(others));
  report
      .help(
          "on AKS the VM size says which GPUs a node has, `vm = \"...\"`, and AKS labels the nodes")
      .help("a cluster of nodes that exist says `platform = kubernetes`");
  return true;
}

void readAzureNodes(Analysis& analysis, const eval::Block& block, ir::Pool& pool) {
  const bool own = reportOwnNodes(analysis, block);
  if (!own || block.find("vm")) readVmSize(analysis, block, pool);
}

ir::NodeCount readNodes(Analysis& analysis, const eval::Block& block) {
  ir::NodeCount nodes{1, 1, false, false, block.at};
  const eval::Value* value = block.value("nodes");
  if (!value) return nodes;
  nodes.at = value->at();
  if (value->is(ValueKind::Int)) {
    nodes.min = nodes.max = value->asInt();
    return nodes;
  }
  nodes.fit = value->is(ValueKind::Fit);
  nodes.autoscaled = !nodes.fit;
  nodes.min = value->asRange().first;
  nodes.max = value->asRange().last;
  if (nodes.fit) {
    reportLater(
        analysis, value->at(), "fit(...)",
        "write a count, `nodes = " + std::to_string(nodes.max) + "`, or a range, which autoscales");
  }
  return nodes;
}

// ARM wants -1 or a positive price with at most five decimals.
std::string readMaxPrice(Analysis& analysis, const eval::Block& spot) {
  const eval::Value* value = spot.value("max_price");
  if (!value || !value->is(ValueKind::Money)) return "-1";
  const eval::MoneyValue money = value->asMoney();
  std::string fault;
  if (money.period != eval::Period::None && money.period != eval::Period::Hour)
    fault = "is not a price an hour";
  if (money.micros <= 0) fault = "is not above zero";
  if (money.micros % 10 != 0) fault = "has more than five decimals";
  if (!fault.empty()) {
    analysis.sink.report(value->at(), diag::SpotPriceImpossible, value->str(), fault)
        .help("write a price an hour, `$1.20`, or `on_demand`: never evicted because of the price");
  }
  return moneyText(money.micros);
}

std::optional<ir::Spot> readSpot(Analysis& analysis, const eval::Block& block) {
  const eval::Block* written = block.child("spot");
  if (!written) return std::nullopt;
  const bool deallocates = textOf(*written, "eviction", "delete") == "deallocate";
  return ir::Spot{readMaxPrice(analysis, *written), deallocates ? "Deallocate" : "Delete",
                  written->at};
}

struct TaintText {
  std::string key, value, effect, fault;
  bool has_value = false;
};

TaintText splitTaint(const std::string& text) {
  TaintText taint;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) {
    taint.fault = "no `:Effect` at its end";
    return taint;
  }
  taint.effect = text.substr(colon + 1);
  const std::string pair = text.substr(0, colon);
  const std::size_t equals = pair.find('=');
  taint.has_value = equals != std::string::npos;
  taint.key = pair.substr(0, equals);
  if (taint.has_value) taint.value = pair.substr(equals + 1);
  if (taint.key.empty())
    taint.fault = "nothing before `" + std::string(taint.has_value ? "=" : ":") + "`";
  return taint;
}

std::optional<ir::TaintEffect> effectNamed(const std::string& name) {
  if (name == "NoSchedule") return ir::TaintEffect::NoSchedule;
  if (name == "PreferNoSchedule") return ir::TaintEffect::PreferNoSchedule;
  if (name == "NoExecute") return ir::TaintEffect::NoExecute;
  return std::nullopt;
}

std::optional<ir::Taint> readTaint(Analysis& analysis, const eval::Value& value, bool on_aks) {
  const std::string& text = value.asText();
  TaintText taint = splitTaint(text);
  const auto effect = effectNamed(taint.effect);
  std::vector<std::string> near;
  if (taint.fault.empty() && !effect) {
    taint.fault = "`" + taint.effect + "` is no effect";
    near = diag::nearest(taint.effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"}, 1);
  }
  // Kubernetes takes a taint without a value, Azure's API refuses one without `=`.
  const bool value_missing = taint.fault.empty() && on_aks && !taint.has_value;
  if (value_missing) taint.fault = "no `=value` after its key";
  if (taint.fault.empty()) return ir::Taint{taint.key, taint.value, *effect, value.at()};
  auto report = analysis.sink.report(value.at(), diag::TaintMalformed, text, taint.fault);
  report.help("a taint is `key=value:Effect` with NoSchedule, PreferNoSchedule or NoExecute");
  std::string mended;
  if (!near.empty()) mended = text.substr(0, text.rfind(':') + 1) + near[0];
  if (value_missing) mended = taint.key + "=present:" + taint.effect;
  if (!mended.empty() && isPlainAt(value)) {
    report.fix("write `" + mended + "`", {replaceText(value, mended)}, false);
  }
  return std::nullopt;
}

void readTaints(Analysis& analysis, const eval::Block& block, bool on_aks, ir::Pool& pool) {
  pool.taints_at = block.at;
  const eval::Value* written = block.value("taints");
  if (!written) return;
  pool.taints_at = written->at();
  pool.taints.emplace();
  for (const eval::Value* item : itemsOf(written)) {
    if (auto taint = readTaint(analysis, *item, on_aks)) pool.taints->push_back(std::move(*taint));
  }
}

// On nodes that exist nobody sets Azure's properties; these two still say what the nodes are.
bool describesNodes(std::string_view path) {
  return path == "pool.os" || path == "pool.max_pods";
}

void checkAzureOnly(Analysis& analysis, const eval::Block& block, const ir::Cluster& cluster) {
  const std::string& name = cluster.address.name;
  for (const auto& [attribute, row] : plainAttributes(analysis, block, "pool")) {
    if (!describesNodes(row->path))
      reportAzureOnly(analysis, attribute->name_at, attribute->name, name);
  }
  if (const eval::Attribute* zones = block.find("zones")) {
    reportAzureOnly(analysis, zones->name_at, "zones", name);
  }
  for (const char* map : {"spot", "arm"}) {
    if (const eval::Block* child = block.child(map))
      reportAzureOnly(analysis, child->kind_at, map, name);
  }
}

// The cluster's values for all of its pools stand where the pool says nothing itself.
void addClusterSettings(const std::vector<ir::Setting>& inherited, ir::Pool& pool) {
  for (const ir::Setting& setting : inherited) {
    const bool own =
        std::any_of(pool.settings.begin(), pool.settings.end(),
                    [&](const ir::Setting& other) { return other.path == setting.path; });
    if (!own) pool.settings.push_back(setting);
  }
  std::sort(pool.settings.begin(), pool.settings.end(),
            [](const ir::Setting& a, const ir::Setting& b) { return a.path < b.path; });
}

void readSettings(Analysis& analysis, const eval::Block& block, ir::Pool& pool) {
  pool.settings = settingsFrom(analysis, block, "pool", schema::Scheme::Arm);
  const eval::Block& cluster = analysis.program[block.value("cluster")->asRef()];
  addClusterSettings(settingsFrom(analysis, cluster, "cluster", schema::Scheme::Pools), pool);
}

void readPlain(Analysis& analysis, const eval::Block& block, ir::Pool& pool) {
  pool.nodes = readNodes(analysis, block);
  const ir::Placed<std::string> mode = placedText(block, "mode", "user");
  pool.mode = {*mode == "system" ? ir::Mode::System : ir::Mode::User, mode.at};
  pool.os = placedText(block, "os", "ubuntu");
  pool.zones = placedTexts(block, "zones");
  pool.spot = readSpot(analysis, block);
  pool.driver = placedText(block, "driver", "auto");
  pool.labels = placedLabels(block, "labels");
  if (const auto pods = maybeInt(block, "max_pods"))
    pool.max_pods = {*pods, block.value("max_pods")->at()};
  for (const eval::Value* team : itemsOf(block.value("only_for")))
    pool.only_for.push_back(analysis.teamOf(*team));
  pool.only_for_at = block.find("only_for") ? block.find("only_for")->name_at : block.at;
  pool.infiniband = boolOf(block, "infiniband");
  if (const eval::Block* arm = block.child("arm")) pool.arm = toTree(analysis, *arm, Units::Base);
  pool.lifecycle = lifecycleFrom(analysis, block);
}

}  // namespace

bool nodesAreKnown(const Analysis& analysis, const ir::Pool& pool) {
  if (!pool.cluster_id) return false;
  if (analysis.spec[pool.cluster_id].platform == ir::Platform::Aks) return pool.size.has_value();
  const bool device_written = pool.device.at != pool.at;
  return !device_written || !pool.device->empty();
}

ir::Pool poolFrom(Analysis& analysis, const eval::Block& block) {
  ir::Pool pool;
  pool.at = block.at;
  pool.address = addressOf(block);
  pool.vm = placedText(block, "vm");
  pool.device = {"", block.at};
  readPlain(analysis, block, pool);
  const eval::Value* cluster_value = block.value("cluster");
  if (!cluster_value) return pool;  // reported: the table says that it is required
  pool.cluster_id = analysis.clusterOf(*cluster_value);
  const ir::Cluster& cluster = analysis.spec[pool.cluster_id];
  const bool on_aks = cluster.platform == ir::Platform::Aks;
  if (!platformIsKnown(analysis.program[cluster_value->asRef()])) return pool;
  readTaints(analysis, block, on_aks, pool);
  if (on_aks) {
    readAzureNodes(analysis, block, pool);
    readSettings(analysis, block, pool);
  } else {
    readPlainNodes(analysis, block, pool);
    checkAzureOnly(analysis, block, cluster);
  }
  pool.vendor_blocks = vendorBlocksFrom(analysis, block, pool);
  return pool;
}

}  // namespace gpuspec::sema
