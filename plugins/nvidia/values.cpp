#include <set>

#include "plugins/nvidia/documents.h"

namespace gpuspec::nvidia {

namespace {

// Added by AKS on Spot pools.
const Taint kSpotTaint = {"kubernetes.azure.com/scalesetpriority", "spot", "NoSchedule"};

bool isUsual(const Taint& taint) {
  return taint.key == kGpu && taint.effect == "NoSchedule";
}

}  // namespace

void Values::note(const std::string& pointer, const std::string& text, Node at) {
  Json remark = {{"path", pointer}};
  if (!text.empty()) remark["text"] = text;
  if (at != 0) remark["at"] = at;
  notes.push_back(std::move(remark));
}

Json toleration(const Taint& taint) {
  return {
      {"key", taint.key}, {"operator", "Equal"}, {"value", taint.value}, {"effect", taint.effect}};
}

Json tolerations(const std::vector<const Pool*>& pools) {
  Json out = Json::array();
  out.push_back({{"key", kGpu}, {"operator", "Exists"}, {"effect", "NoSchedule"}});
  std::set<std::string> seen;
  const auto add = [&](const Taint& taint) {
    if (isUsual(taint) || taint.effect == "PreferNoSchedule") return;
    Json entry = toleration(taint);
    if (seen.insert(entry.dump()).second) out.push_back(std::move(entry));
  };
  for (const Pool* pool : pools) {
    for (const Taint& taint : pool->final_taints) add(taint);
    if (pool->spot) add(kSpotTaint);
  }
  return out;
}

Json poolAffinity(const std::vector<const Pool*>& pools) {
  Json terms = Json::array();
  for (const Pool* pool : pools) {
    Json expressions = Json::array();
    for (const Label& label : pool->selector) {
      expressions.push_back(
          {{"key", label.key}, {"operator", "In"}, {"values", Json::array({label.value})}});
    }
    if (!expressions.empty()) terms.push_back({{"matchExpressions", std::move(expressions)}});
  }
  return {{"nodeAffinity",
           {{"requiredDuringSchedulingIgnoredDuringExecution",
             {{"nodeSelectorTerms", std::move(terms)}}}}}};
}

std::vector<const Pool*> servedPools(const Analysis& analysis) {
  std::vector<const Pool*> pools;
  for (const PoolState& state : analysis.pools) {
    if (state.served()) pools.push_back(state.pool);
  }
  return pools;
}

std::string namesOf(const std::vector<const Pool*>& pools) {
  std::string text = pools.size() == 1 ? "pool " : "pools ";
  for (std::size_t i = 0; i < pools.size(); ++i) {
    if (i == 8) return text + " and " + std::to_string(pools.size() - i) + " more";
    text += (i == 0 ? "" : ", ") + pools[i]->name;
  }
  return text;
}

Json pluginConfigs(const Analysis& analysis) {
  std::map<std::string, std::string> configs;
  const PoolState* cut = analysis.firstCut();
  const bool by_operator = analysis.stack == Stack::GpuOperator;
  const std::string common =
      by_operator && cut != nullptr ? (cut->cut->mixed ? "mixed" : "single") : "none";
  configs["default"] = "version: v1\nflags:\n  migStrategy: " + common + "\n";
  for (const PoolState& state : analysis.pools) {
    if (state.served()) configs.emplace(state.plugin_config, state.plugin_config_text);
  }
  Json out = Json::object();
  for (const auto& [name, text] : configs) out[name] = text;
  return out;
}

}  // namespace gpuspec::nvidia
