#include "plugins/nvidia/request.h"

namespace gpuspec::nvidia {

namespace {

template <class T>
At<T> placed(const Json& json) {
  return {json.at("value").get<T>(), json.at("at").get<Node>()};
}

template <class T>
std::optional<At<T>> optionalPlaced(const Json& owner, const char* key) {
  const auto found = owner.find(key);
  if (found == owner.end() || found->is_null()) return std::nullopt;
  return placed<T>(*found);
}

SliceList sliceList(const Json& json) {
  SliceList list{json.at("at").get<Node>(), {}};
  for (const Json& item : json.at("value")) {
    const Json& value = item.at("value");
    const Node at = item.at("at").get<Node>();
    if (value.is_object())
      list.items.push_back(
          {value.at("count").get<std::int64_t>(), value.at("profile").get<std::string>(), at});
    else
      list.items.push_back({1, value.get<std::string>(), at});
  }
  return list;
}

GpuLayout gpuLayout(const Json& call) {
  GpuLayout layout;
  const Json& arg = call.at("args").at(0);
  layout.at = arg.at("at").get<Node>();
  const Json& value = arg.at("value");
  layout.first =
      value.is_object() ? value.at("first").get<std::int64_t>() : value.get<std::int64_t>();
  layout.last = value.is_object() ? value.at("last").get<std::int64_t>() : layout.first;
  layout.slices = sliceList(call.at("value"));
  return layout;
}

MigBlock migBlock(const Json& json) {
  MigBlock block;
  block.at = json.at("at").get<Node>();
  const Json& attributes = json.at("attributes");
  block.strategy = optionalPlaced<std::string>(attributes, "strategy");
  block.profile = optionalPlaced<std::string>(attributes, "profile");
  if (const auto layout = attributes.find("layout"); layout != attributes.end()) {
    if (layout->at("value").is_array())
      block.layout = sliceList(*layout);
    else
      block.layout_auto = layout->at("at").get<Node>();
  }
  const auto layouts = json.at("blocks").find("layouts");
  if (layouts == json.at("blocks").end()) return block;
  block.layouts_at = layouts->at("at").get<Node>();
  const auto calls = layouts->at("calls").find("gpus");
  if (calls == layouts->at("calls").end()) return block;
  for (const Json& call : *calls) block.layouts.push_back(gpuLayout(call));
  return block;
}

SharingBlock sharingBlock(const Json& json) {
  const Json& attributes = json.at("attributes");
  return {json.at("at").get<Node>(), optionalPlaced<std::int64_t>(attributes, "time_slicing"),
          optionalPlaced<std::int64_t>(attributes, "mps")};
}

Taint taint(const Json& json) {
  return {json.at("key").get<std::string>(), json.at("value").get<std::string>(),
          json.at("effect").get<std::string>()};
}

Pool pool(const Json& json) {
  Pool pool;
  pool.at = json.at("at").get<Node>();
  pool.address = json.at("address").get<std::string>();
  pool.name = json.at("name").get<std::string>();
  pool.model = json.at("model").get<std::string>();
  pool.gpu_title = json.value("gpu_title", "");
  pool.driver_kind = json.value("driver_kind", "");
  pool.vm = optionalPlaced<std::string>(json, "vm");
  pool.gpus = json.at("gpus_per_node").get<std::int64_t>();
  pool.fractional = json.at("fractional").get<bool>();
  pool.spot = json.at("spot").get<bool>();
  pool.system = json.at("mode").at("value") == "system";
  const Json& nodes = json.at("nodes");
  pool.nodes_at = nodes.at("at").get<Node>();
  pool.min_nodes = nodes.at("min").get<std::int64_t>();
  pool.max_nodes = nodes.at("max").get<std::int64_t>();
  pool.autoscaled = nodes.at("autoscaled").get<bool>();
  pool.os = placed<std::string>(json.at("os"));
  pool.driver = placed<std::string>(json.at("driver"));
  pool.max_pods = optionalPlaced<std::int64_t>(json, "max_pods");
  for (const Json& label : json.at("selector")) {
    pool.selector.push_back(
        {label.at("key").get<std::string>(), label.at("value").get<std::string>()});
  }
  const Json& blocks = json.at("blocks");
  if (blocks.contains("mig")) pool.mig = migBlock(blocks.at("mig"));
  if (blocks.contains("sharing")) pool.sharing = sharingBlock(blocks.at("sharing"));
  if (const auto taints = json.find("final_taints"); taints != json.end()) {
    for (const Json& item : *taints) pool.final_taints.push_back(taint(item));
  }
  return pool;
}

Cluster cluster(const Json& json) {
  return {
      json.at("at").get<Node>(),          json.at("address").get<std::string>(),
      json.at("name").get<std::string>(), json.at("network_plugin").at("value").get<std::string>(),
      json.at("platform") == "aks",       json.at("prometheus").get<bool>()};
}

Accelerator accelerator(const Json& json) {
  Accelerator out;
  out.at = json.at("at").get<Node>();
  out.stack = placed<std::string>(json.at("stack"));
  out.version = placed<std::string>(json.at("version"));
  out.metrics = placed<bool>(json.at("metrics"));
  out.health = placed<bool>(json.at("health"));
  out.discovery = placed<bool>(json.at("discovery"));
  out.dra = placed<bool>(json.at("dra"));
  out.has_values = !json.at("values").is_null();
  return out;
}

Demand demand(const Json& json) {
  Demand out{json.at("at").get<Node>(),
             json.at("workload").get<std::string>(),
             json.at("team").get<std::string>(),
             std::nullopt,
             json.at("count").get<std::int64_t>(),
             json.at("profile").get<std::string>()};
  if (!json.at("pool").is_null()) out.pool = json.at("pool").get<std::size_t>();
  return out;
}

}  // namespace

std::optional<Request> parseRequest(std::string_view text, std::string_view schema) {
  const Json json = Json::parse(text);
  if (json.at("schema") != schema) return std::nullopt;
  Request request;
  request.cluster = cluster(json.at("cluster"));
  if (!json.at("accelerator").is_null()) request.accelerator = accelerator(json.at("accelerator"));
  for (const Json& item : json.at("pools")) request.pools.push_back(pool(item));
  for (const Json& item : json.at("requests")) request.demands.push_back(demand(item));
  for (const Json& item : json.at("quotas")) {
    request.quotas.push_back({item.at("at").get<Node>(), item.at("team").get<std::string>(),
                              item.at("pool").get<std::size_t>()});
  }
  return request;
}

}  // namespace gpuspec::nvidia
