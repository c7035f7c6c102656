#pragma once

// What people call the kinds and fields of APIs: `nodes.max` rather than `properties.maxCount`.

#include <string>
#include <vector>

#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

// "resource quota" is "quota", "NetworkPolicy" is "network policy".
std::string kindName(const std::string& kind);
// "namespace, quota, limits, 4 network policies"
std::string kindsText(const std::vector<const Change*>& changes);
std::string kindsText(const std::vector<std::string>& kinds);

// "nodes.max"; "quota example.com/gpu"; "spec.replicas" where nothing better is known.
std::string fieldName(const model::ResourceKey& key, const std::string& path);
// Whether fieldName says already what kind of object it is a field of.
bool namesItsKind(const model::ResourceKey& key, const std::string& path);

// What people want to read of a change, metadata last. Of what is adopted, not the marks that say
// whose it is from now on.
std::vector<const FieldChange*> shownFields(const Change& change);

// "eastus.pool.h100" as people say it: pool eastus.h100.
std::string spokenAddress(const std::string& address);

}  // namespace gpuspec::deploy::plan
