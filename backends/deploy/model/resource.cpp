#include "backends/deploy/model/resource.h"

#include <algorithm>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::model {

namespace {

std::string orDash(const std::string& text) {
  return text.empty() ? "-" : text;
}

// "managedClusters/agentPools" and "shared/h100" to "managedClusters/shared/agentPools/h100".
std::string armPath(const std::string& kind, const std::string& name) {
  std::string out;
  std::size_t at_kind = 0, at_name = 0;
  while (at_kind <= kind.size()) {
    const std::size_t kind_end = std::min(kind.find('/', at_kind), kind.size());
    const std::size_t name_end = std::min(name.find('/', at_name), name.size());
    out += "/" + kind.substr(at_kind, kind_end - at_kind) + "/" +
           name.substr(std::min(at_name, name.size()), name_end - std::min(at_name, name.size()));
    at_kind = kind_end + 1;
    at_name = name_end + 1;
  }
  return out;
}

}  // namespace

std::string ResourceKey::id() const {
  switch (system) {
    case System::Azure:
      return scope + "/providers/" + group + armPath(kind, name);
    case System::Kubernetes:
      return (group.empty() ? "core" : group) + "/" + kind + "/" + orDash(scope) + "/" + name;
    case System::Helm:
      return "helm/" + scope + "/" + name;
  }
  return {};
}

std::string ResourceKey::kindName() const {
  return system == System::Azure ? group + "/" + kind : kind;
}

std::string str(const FieldPath& path) {
  std::string out;
  for (const PathStep& step : path) {
    switch (step.kind) {
      case PathStep::Kind::Key:
        out += (out.empty() ? "" : ".") + step.text;
        break;
      case PathStep::Kind::Index:
        out += "[" + std::to_string(step.index) + "]";
        break;
      case PathStep::Kind::Value:
        out += "[" + step.text + "]";
        break;
      case PathStep::Kind::Item: {
        std::string keys;
        for (const auto& [key, value] : step.keys.asMap()) {
          keys += (keys.empty() ? "" : ",") + key + "=" +
                  (value.isString() ? value.asString() : ir::toJson(value));
        }
        out += "[" + keys + "]";
        break;
      }
    }
  }
  return out;
}

void merge(LiveSet&& part, LiveSet& into) {
  if (into.resources.empty()) {
    into.resources = std::move(part.resources);
  } else {
    for (Live& live : part.resources) into.resources.push_back(std::move(live));
  }
  std::sort(into.resources.begin(), into.resources.end(),
            [](const Live& a, const Live& b) { return a.key < b.key; });
  for (LiveCluster& cluster : part.clusters) {
    const auto known = std::find_if(into.clusters.begin(), into.clusters.end(),
                                    [&](const auto& c) { return c.cluster == cluster.cluster; });
    if (known == into.clusters.end()) {
      into.clusters.push_back(std::move(cluster));
      continue;
    }
    // What ARM said of the cluster stays; the cluster's own API adds the rest.
    cluster.exists = cluster.exists || known->exists;
    if (cluster.state.empty()) cluster.state = known->state;
    for (std::string& stray : known->strays) cluster.strays.push_back(std::move(stray));
    for (std::string& text : known->not_checked) cluster.not_checked.push_back(std::move(text));
    *known = std::move(cluster);
  }
  std::sort(into.clusters.begin(), into.clusters.end(),
            [](const auto& a, const auto& b) { return a.cluster < b.cluster; });
  into.azure_requests += part.azure_requests;
  into.kubernetes_requests += part.kubernetes_requests;
}

}  // namespace gpuspec::deploy::model
