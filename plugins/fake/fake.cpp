#include <nlohmann/json.hpp>

#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/fake/api.h"

namespace gpuspec::fake {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDevice = "fake.example/gpu";

constexpr const char* kHalvesPage =
    R"(# FAKE0001: GPUs cut in halves            (level: warning, fake)

An F1 can be cut into four slices, and this profile makes two of it.

## Example

```gpuspec fails
project "demo"

cluster lab { platform = kubernetes  context = "lab" }
accelerator fake { cluster = lab  stack = plain }
pool f1 { cluster = lab  device = fake.f1  count = 2  nodes = 3  selector { gpu = "f1" }  cut { profile = 2g.8gb } }
```

## What to do

```gpuspec
project "demo"

cluster lab { platform = kubernetes  context = "lab" }
accelerator fake { cluster = lab  stack = plain }
pool f1 { cluster = lab  device = fake.f1  count = 2  nodes = 3  selector { gpu = "f1" }  cut { profile = 1g.4gb } }
```
)";

gs_status reply(const gs_sink& sink, const Json& document) {
  plugin::write(sink, document.dump());
  return GS_OK;
}

gs_status describe(const gs_sink& sink) {
  Json document = Json::parse(R"({
    "schema": "gpuspec.describe/1",
    "name": "fake",
    "version": "1.0.0",
    "stacks": [{"name": "plain", "doc": "The fake device plugin's chart."}],
    "models": [
      {"key": "f1", "title": "F1 16 GB", "memory_gib": 16, "profiles": [{"name": "1g.4gb"}, {"name": "2g.8gb"}]},
      {"key": "f0", "title": "F0 8 GB", "memory_gib": 8, "profiles": []}
    ],
    "rows": [
      {"path": "pool.cut", "form": "block", "doc": "Cuts the pool's GPUs.", "since": "0.1", "target": "a node label"},
      {"path": "pool.cut.profile", "form": "attribute", "type": "profile",
       "doc": "Every GPU is cut into as many slices of this profile as it holds.", "since": "0.1",
       "target": "a node label"}
    ],
    "features": [{"name": "observe"}]
  })");
  document["findings"] = Json::array({{{"code", "FAKE0001"},
                                       {"name", "CutInHalves"},
                                       {"level", "warning"},
                                       {"message", "`{0}` cuts an F1 into {1} slices only"},
                                       {"page", kHalvesPage}}});
  return reply(sink, document);
}

// Slices of a profile on one F1; 0: no such profile.
std::int64_t slicesOf(const std::string& profile) {
  return profile == "1g.4gb" ? 4 : profile == "2g.8gb" ? 2 : 0;
}

const Json* cutProfile(const Json& pool) {
  const auto block = pool.at("blocks").find("cut");
  if (block == pool.at("blocks").end() || !block->at("attributes").contains("profile"))
    return nullptr;
  return &block->at("attributes").at("profile");
}

Json planOf(const Json& pool) {
  const std::int64_t gpus = pool.at("gpus_per_node").get<std::int64_t>();
  Json plan = {{"allocatable", {{kDevice, {{"amount", gpus}}}}}, {"device_resource", kDevice}};
  if (const Json* profile = cutProfile(pool)) {
    const std::string name = profile->at("value").get<std::string>();
    const std::string resource = "fake.example/slice-" + name;
    plan["allocatable"] = {{resource, {{"amount", gpus * slicesOf(name)}}}};
    plan["device_resource"] = "";
    plan["slices"] = Json::array(
        {{{"profile", name}, {"resource", resource}, {"per_node", gpus * slicesOf(name)}}});
    plan["node_labels"] = {{"fake.example/cut", {{"value", name}}}};
  }
  plan["default_taints"] =
      Json::array({{{"key", kDevice}, {"value", "present"}, {"effect", "NoSchedule"}}});
  plan["summary"] = std::to_string(gpus) + " x fake GPU";
  return plan;
}

void diagnoseProfile(const Json& profile, const gs_sink& sink) {
  const Json finding = {{"code", 3200},
                        {"at", profile.at("at")},
                        {"args", Json::array({"`" + profile.at("value").get<std::string>() +
                                              "` is no profile of an F1"})},
                        {"facts", Json::array({{{"text", "it has: 1g.4gb  2g.8gb"}}})}};
  plugin::diagnose(sink, finding.dump());
}

void warnHalves(const Json& profile, const gs_sink& sink) {
  const std::string name = profile.at("value").get<std::string>();
  const Json finding = {{"code", "FAKE0001"},
                        {"at", profile.at("at")},
                        {"args", Json::array({name, slicesOf(name)})}};
  plugin::diagnose(sink, finding.dump());
}

gs_status partition(std::string_view text, const gs_sink& sink) {
  const Json request = Json::parse(text);
  if (request.at("schema") != "gpuspec.partition/1") return GS_UNSUPPORTED;
  Json document = {{"schema", "gpuspec.partition-reply/1"}, {"pools", Json::array()}};
  bool good = true;
  for (const Json& pool : request.at("pools")) {
    const Json* profile = cutProfile(pool);
    if (profile != nullptr && slicesOf(profile->at("value").get<std::string>()) == 0) {
      diagnoseProfile(*profile, sink);
      good = false;
      continue;
    }
    if (profile != nullptr && slicesOf(profile->at("value").get<std::string>()) == 2)
      warnHalves(*profile, sink);
    document["pools"].push_back(planOf(pool));
  }
  return good ? reply(sink, document) : GS_REJECTED;
}

gs_status emit(std::string_view text, const gs_sink& sink) {
  const Json request = Json::parse(text);
  if (request.at("schema") != "gpuspec.emit/1") return GS_UNSUPPORTED;
  Json tolerations = Json::array();
  for (const Json& pool : request.at("pools")) {
    for (const Json& taint : pool.at("final_taints")) {
      tolerations.push_back(
          {{"key", taint.at("key")}, {"operator", "Exists"}, {"effect", taint.at("effect")}});
    }
  }
  Json release = {{"name", "fake-plugin"},
                  {"chart", "fake-plugin"},
                  {"repository", "https://charts.fake.example"},
                  {"version", "1.0.0"},
                  {"namespace", "fake-plugin"},
                  {"order", 10},
                  {"takes_user_values", true},
                  {"values", {{"tolerations", std::move(tolerations)}}}};
  Json document = {
      {"schema", "gpuspec.emit-reply/1"},
      {"releases", Json::array()},
      {"manifests", Json::array()},
      {"metrics",
       {{"gpu_utilization", {{"promql", "avg(fake_gpu_load{namespace=\"{namespace}\"})"}}}}}};
  if (!request.at("accelerator").is_null()) document["releases"].push_back(std::move(release));
  return reply(sink, document);
}

// The label that `partition` gives cuts the GPUs; whatever is installed, the plugin runs.
gs_status observe(std::string_view text, const gs_sink& sink) {
  const Json request = Json::parse(text);
  if (request.at("schema") != "gpuspec.observe/1") return GS_UNSUPPORTED;
  const std::int64_t gpus = request.at("gpus").get<std::int64_t>();
  const Json labels = request.at("properties").value("nodeLabels", Json::object());
  const std::string cut = labels.value("fake.example/cut", "");
  Json document = {{"schema", "gpuspec.observe-reply/1"}, {"driver_version", "1.2.3"}};
  document["allocatable"] = {{kDevice, {{"amount", gpus}}}};
  if (slicesOf(cut) > 0) {
    document["allocatable"] = {{"fake.example/slice-" + cut, {{"amount", gpus * slicesOf(cut)}}}};
  }
  document["node_labels"] = {{"fake.example/gpus", {{"value", std::to_string(gpus)}}}};
  return reply(sink, document);
}

}  // namespace

const gs_vendor_v1& vendorApi() {
  static const gs_vendor_v1 api = {
      sizeof(gs_vendor_v1),        GPUSPEC_ABI_MAJOR,      GPUSPEC_ABI_MINOR,
      plugin::str("fake"),         plugin::str("1.0.0"),   &plugin::guarded<describe>,
      &plugin::guarded<partition>, &plugin::guarded<emit>, &plugin::guarded<observe>};
  return api;
}

}  // namespace gpuspec::fake
