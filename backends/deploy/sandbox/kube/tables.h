#pragma once

// meta.k8s.io/v1 Tables: what `kubectl get` prints.

#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

enum class RowObject : std::uint8_t { None, Metadata, Whole };

Tree tableColumns(const ResourceInfo& resource);
Tree tableRow(const ResourceInfo& resource, const Tree& object, RowObject with);
// A Table of one object.
Tree tableOf(const ResourceInfo& resource, const Tree& object, RowObject with, bool columns);
// "5m3s", "2d4h", as kubectl writes ages; `since` is RFC 3339.
std::string ageText(const std::string& since);

}  // namespace gpuspec::deploy::sandbox::api
