#pragma once

// Which resources a cluster serves: those of kinds.def and those of its CustomResourceDefinitions.
// Thread-safe; what a lookup gave stays good while it is held.

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/sandbox/kube/schema.h"

namespace gpuspec::deploy::sandbox::api {

enum class NameRule : std::uint8_t { Subdomain, Label, Label1035, PathSegment };

struct PrinterColumn {
  std::string name, type, format, description, path;
  std::int64_t priority = 0;
};

struct ResourceInfo {
  std::string group, version, resource, singular, kind, list_kind;
  std::vector<std::string> short_names, categories, subresources;
  bool namespaced = false;
  bool has_status = false;  // main writes leave status alone
  bool creator_sets_status = false;
  bool generations = false;
  bool review = false;
  bool update_creates = false;
  NameRule names = NameRule::Subdomain;
  const Schema* schema = nullptr;  // of the whole object

  // Custom resources only.
  std::shared_ptr<const void> types;  // keeps `schema`
  bool custom = false;
  std::vector<PrinterColumn> columns;
  std::string scale_spec_path, scale_status_path, scale_selector_path;

  std::string apiVersion() const { return group.empty() ? version : group + "/" + version; }
  // "deployments.apps", as messages name it.
  std::string qualified() const { return group.empty() ? resource : resource + "." + group; }
  bool hasSubresource(std::string_view name) const;
};
using Resource = std::shared_ptr<const ResourceInfo>;

class Registry {
 public:
  Registry();
  // nullptr = not served. "" as the version: any.
  Resource find(std::string_view group, std::string_view version, std::string_view resource) const;
  Resource findKind(std::string_view group, std::string_view kind) const;
  // In the order of groups, versions and names that discovery shows.
  std::vector<Resource> all() const;
  // Grows whenever a definition comes or goes.
  std::uint64_t stamp() const;

  // What one definition serves; replaces what it served before.
  void define(const std::string& definition, std::vector<Resource> resources);
  void forget(const std::string& definition);

 private:
  using Key = std::pair<std::string, std::string>;  // group, resource
  const std::vector<Resource>* lookup(std::string_view group, std::string_view resource) const;

  mutable std::shared_mutex mutex_;
  std::map<Key, std::vector<Resource>> by_name_;
  std::map<std::string, Key> definitions_;
  std::uint64_t stamp_ = 1;
};

}  // namespace gpuspec::deploy::sandbox::api
