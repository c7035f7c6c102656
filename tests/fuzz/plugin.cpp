// A vendor whose every answer is the input's: `// --- file: describe`, `partition`, `emit`,
// `observe` and `finding`, each with another status behind it if it likes (`partition 1`). What is
// missing is answered well. A project is compiled with that vendor, and its files are written.

#include "lang/source/check.h"
#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/host/host.h"
#include "tests/fuzz/compiling.h"
#include "tests/fuzz/targets.h"

namespace gpuspec::fuzz {

namespace {

constexpr const char* kSpec = R"(
project "p"
cluster lab { platform = kubernetes  context = "lab" }
cluster az  { resource_group = "rg"  location = "eastus"  version = "1.36" }
accelerator nvidia { cluster = lab  stack = s  values = { own = 1 } }
pool bare   { cluster = lab  device = nvidia.m1  count = 2  nodes = 3  selector { rack = "a" }  cut { size = 1g.4gb } }
pool system { cluster = az  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }
pool a100   { cluster = az  vm = "Standard_NC24ads_A100_v4"  nodes = 2 }
team t { clusters = [lab]  quota { gpu(pool.bare) = 2 } }
job whole { pool = pool.bare  image = "i:1"  gpus = 1 }
job part  { pool = pool.bare  image = "i:1"  gpus = 1 x 1g.4gb }
)";

constexpr const char* kDescribe = R"({"schema":"gpuspec.describe/1","name":"nvidia","version":"1",
  "stacks":[{"name":"s","doc":"d"}],
  "models":[{"key":"m1","title":"M1","memory_gib":16,"profiles":[{"name":"1g.4gb"}]},
            {"key":"a100-80gb","title":"A100","memory_gib":80,"profiles":[]}],
  "rows":[{"path":"pool.cut","form":"block","doc":"d","since":"0.1","target":"t"},
          {"path":"pool.cut.size","form":"attribute","type":"profile","doc":"d","since":"0.1","target":"t"}],
  "features":[{"name":"observe"}]})";

constexpr const char* kPartition = R"({"schema":"gpuspec.partition-reply/1","pools":[
  {"device_resource":"x.example/gpu","allocatable":{"x.example/gpu":{"amount":2},"x.example/part":{"amount":4}},
   "slices":[{"profile":"1g.4gb","resource":"x.example/part","per_node":4}],
   "default_taints":[{"key":"x.example/gpu","value":"present","effect":"NoSchedule"}],
   "node_labels":{"x.example/cut":{"value":"a"}},"properties":{"gpuProfile":{"driver":"None"}},
   "property_notes":[{"path":"/gpuProfile","at":1,"text":"n"}],"summary":"2 x M1"}]})";

constexpr const char* kEmit = R"({"schema":"gpuspec.emit-reply/1",
  "manifests":[{"object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","namespace":"n"}}}],
  "metrics":{"gpu_utilization":{"promql":"up"}},
  "releases":[{"name":"r","chart":"c","repository":"https://charts.example","version":"1","namespace":"n",
    "order":1,"values":{"a":[1,"two",null,{"b":0.5}]},"value_notes":[{"path":"/a/1","at":1,"text":"t"}],
    "takes_user_values":true}]})";

constexpr const char* kObserve = R"({"schema":"gpuspec.observe-reply/1",
  "allocatable":{"x.example/gpu":{"amount":2}},"node_labels":{"x.example/l":{"value":"v"}},"driver_version":"1"})";

// The vendor's functions have no state of their own: what they answer with lies here.
const std::vector<Document>* answers = nullptr;

gs_status answer(std::string_view function, const char* otherwise, const gs_sink& sink) {
  for (const Document& document : *answers) {
    if (document.name == "finding") gpuspec::plugin::diagnose(sink, document.text);
  }
  for (const Document& document : *answers) {
    if (document.name.substr(0, function.size()) != function) continue;
    gpuspec::plugin::write(sink, document.text);
    const std::string status = document.name.substr(function.size());
    return status.size() == 2 ? static_cast<gs_status>((status[1] - '0') & 3) : GS_OK;
  }
  gpuspec::plugin::write(sink, otherwise);
  return GS_OK;
}

gs_status describe(const gs_sink& sink) {
  return answer("describe", kDescribe, sink);
}
gs_status partition(std::string_view, const gs_sink& sink) {
  return answer("partition", kPartition, sink);
}
gs_status emit(std::string_view, const gs_sink& sink) {
  return answer("emit", kEmit, sink);
}
gs_status observe(std::string_view, const gs_sink& sink) {
  return answer("observe", kObserve, sink);
}

const gs_vendor_v1 kApi = {sizeof(gs_vendor_v1),
                           GPUSPEC_ABI_MAJOR,
                           GPUSPEC_ABI_MINOR,
                           gpuspec::plugin::str("nvidia"),
                           gpuspec::plugin::str("1"),
                           &gpuspec::plugin::guarded<describe>,
                           &gpuspec::plugin::guarded<partition>,
                           &gpuspec::plugin::guarded<emit>,
                           &gpuspec::plugin::guarded<observe>};

void observeOnce(const ir::Vendor& vendor) {
  llvm::Expected<ir::NodeReport> report = vendor.observe({});
  if (!report)
    GPUSPEC_CHECK(!llvm::toString(report.takeError()).empty(), "a refusal without a reason");
}

}  // namespace

void plugin(std::string_view input) {
  const std::vector<Document> documents = documentsOf(input);
  answers = &documents;
  llvm::Expected<std::unique_ptr<ir::Vendor>> vendor = host::makeVendor(kApi, "hostile");
  if (!vendor) {
    GPUSPEC_CHECK(!llvm::toString(vendor.takeError()).empty(), "a refusal without a reason");
    return;
  }
  observeOnce(**vendor);
  ir::VendorSet vendors;
  vendors.add(std::move(*vendor));
  const bool good = Project({{"", textOf(documents, "spec", kSpec)}}).compile(vendors);
  GPUSPEC_CHECK(good || !input.empty(),
                "the answers of this file are not as good as they should be");
}

}  // namespace gpuspec::fuzz
