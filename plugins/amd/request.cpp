#include "plugins/amd/request.h"

namespace gpuspec::amd {

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

PartitionBlock partitionBlock(const Json& json) {
  const Json& attributes = json.at("attributes");
  return {json.at("at").get<Node>(), optionalPlaced<std::string>(attributes, "compute"),
          optionalPlaced<std::string>(attributes, "memory"),
          optionalPlaced<std::string>(attributes, "strategy")};
}

Taint taint(const Json& json) {
  return {json.at("key").get<std::string>(), json.at("value").get<std::string>(),
          json.at("effect").get<std::string>()};
}

Label label(const Json& json) {
  return {json.at("key").get<std::string>(), json.at("value").get<std::string>()};
}

void readNodes(const Json& nodes, Pool& pool) {
  pool.nodes_at = nodes.at("at").get<Node>();
  pool.min_nodes = nodes.at("min").get<std::int64_t>();
  pool.max_nodes = nodes.at("max").get<std::int64_t>();
  pool.autoscaled = nodes.at("autoscaled").get<bool>();
}

Pool pool(const Json& json) {
  Pool pool;
  pool.at = json.at("at").get<Node>();
  pool.name = json.at("name").get<std::string>();
  pool.model = json.at("model").get<std::string>();
  pool.vm = optionalPlaced<std::string>(json, "vm");
  pool.gpus = json.at("gpus_per_node").get<std::int64_t>();
  pool.spot = json.at("spot").get<bool>();
  pool.system = json.at("mode").at("value") == "system";
  readNodes(json.at("nodes"), pool);
  pool.os = placed<std::string>(json.at("os"));
  pool.driver = placed<std::string>(json.at("driver"));
  pool.max_pods = optionalPlaced<std::int64_t>(json, "max_pods");
  for (const Json& item : json.at("selector")) pool.selector.push_back(label(item));
  const Json& blocks = json.at("blocks");
  if (blocks.contains("partition")) pool.partition = partitionBlock(blocks.at("partition"));
  if (const auto taints = json.find("final_taints"); taints != json.end()) {
    for (const Json& item : *taints) pool.final_taints.push_back(taint(item));
  }
  return pool;
}

Cluster cluster(const Json& json) {
  return {json.at("address").get<std::string>(), json.at("name").get<std::string>(),
          json.at("platform") == "aks", json.at("prometheus").get<bool>()};
}

Accelerator accelerator(const Json& json) {
  return {placed<std::string>(json.at("stack")), placed<std::string>(json.at("version")),
          placed<bool>(json.at("metrics")), placed<bool>(json.at("health")),
          placed<bool>(json.at("dra"))};
}

}  // namespace

std::optional<Request> parseRequest(std::string_view text, std::string_view schema) {
  const Json json = Json::parse(text);
  if (json.at("schema") != schema) return std::nullopt;
  Request request;
  request.cluster = cluster(json.at("cluster"));
  if (!json.at("accelerator").is_null()) request.accelerator = accelerator(json.at("accelerator"));
  for (const Json& item : json.at("pools")) request.pools.push_back(pool(item));
  for (const Json& item : json.at("quotas")) {
    request.quotas.push_back({item.at("at").get<Node>(), item.at("team").get<std::string>(),
                              item.at("pool").get<std::size_t>()});
  }
  return request;
}

}  // namespace gpuspec::amd
