#pragma once

// What Azure and Kubernetes accept as names. Each ...Fault says in a few words what is wrong, ""
// when nothing is.

#include <cstdint>
#include <string>
#include <string_view>

namespace gpuspec::passes {

std::string poolNameFault(std::string_view name, bool windows);
std::string clusterNameFault(std::string_view name);
std::string resourceGroupFault(std::string_view name);
// The nearest legal pool name; "" when nothing is left of it.
std::string poolNameFrom(std::string_view name, bool windows);

std::string dnsLabelFault(std::string_view name, std::size_t longest = 63);     // RFC 1123 label
std::string serviceNameFault(std::string_view name, std::size_t longest = 63);  // RFC 1035 label
std::string portNameFault(std::string_view name);
std::string labelKeyFault(std::string_view key);
std::string labelValueFault(std::string_view value);
std::string envNameFault(std::string_view name);

bool isGuid(std::string_view text);

}  // namespace gpuspec::passes
