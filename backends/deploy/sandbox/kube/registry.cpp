#include "backends/deploy/sandbox/kube/registry.h"

#include <algorithm>
#include <mutex>

#include "lang/source/check.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

struct Row {
  std::string_view group, version, resource, kind, short_names, categories, type, flags,
      subresources;
};

constexpr Row kRows[] = {
#define GPUSPEC_KIND(group, version, resource, kind, short_names, categories, type, flags, subs) \
  {group, version, resource, kind, short_names, categories, type, flags, subs},
#include "backends/deploy/sandbox/kube/kinds.def"
#undef GPUSPEC_KIND
};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

Resource fromRow(const Row& row) {
  const auto has = [&row](char flag) { return row.flags.find(flag) != std::string_view::npos; };
  auto out = std::make_shared<ResourceInfo>();
  out->group = row.group;
  out->version = row.version;
  out->resource = row.resource;
  out->kind = row.kind;
  out->list_kind = out->kind + "List";
  out->singular = lowered(row.kind);
  out->short_names = words(row.short_names);
  out->categories = words(row.categories);
  out->subresources = words(row.subresources);
  out->namespaced = has('n');
  out->has_status = has('s');
  out->creator_sets_status = has('c');
  out->generations = has('g');
  out->review = has('r');
  out->update_creates = has('u');
  if (has('l')) out->names = NameRule::Label;
  if (has('v')) out->names = NameRule::Label1035;
  if (has('p')) out->names = NameRule::PathSegment;
  out->schema = builtInType(row.type);
  GPUSPEC_CHECK(out->schema != nullptr, "kinds.def names a type that types.inc does not have");
  return out;
}

}  // namespace

bool ResourceInfo::hasSubresource(std::string_view name) const {
  return std::find(subresources.begin(), subresources.end(), name) != subresources.end();
}

Registry::Registry() {
  for (const Row& row : kRows) {
    Resource resource = fromRow(row);
    by_name_[{resource->group, resource->resource}].push_back(resource);
  }
}

const std::vector<Resource>* Registry::lookup(std::string_view group,
                                              std::string_view resource) const {
  const auto found = by_name_.find({std::string(group), std::string(resource)});
  return found == by_name_.end() ? nullptr : &found->second;
}

Resource Registry::find(std::string_view group, std::string_view version,
                        std::string_view resource) const {
  const std::shared_lock lock(mutex_);
  const std::vector<Resource>* versions = lookup(group, resource);
  if (versions == nullptr) return nullptr;
  for (const Resource& each : *versions) {
    if (version.empty() || each->version == version) return each;
  }
  return nullptr;
}

Resource Registry::findKind(std::string_view group, std::string_view kind) const {
  const std::shared_lock lock(mutex_);
  for (const auto& [key, versions] : by_name_) {
    if (key.first == group && versions.front()->kind == kind) return versions.front();
  }
  return nullptr;
}

std::vector<Resource> Registry::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<Resource> out;
  for (const auto& [key, versions] : by_name_) {
    out.insert(out.end(), versions.begin(), versions.end());
  }
  return out;
}

std::uint64_t Registry::stamp() const {
  const std::shared_lock lock(mutex_);
  return stamp_;
}

void Registry::define(const std::string& definition, std::vector<Resource> resources) {
  if (resources.empty()) return forget(definition);
  // In one step: whoever asks meanwhile finds the old ones or the new ones.
  const std::unique_lock lock(mutex_);
  if (const auto before = definitions_.find(definition); before != definitions_.end())
    by_name_.erase(before->second);
  const Key key{resources.front()->group, resources.front()->resource};
  definitions_[definition] = key;
  by_name_[key] = std::move(resources);
  ++stamp_;
}

void Registry::forget(const std::string& definition) {
  const std::unique_lock lock(mutex_);
  const auto found = definitions_.find(definition);
  if (found == definitions_.end()) return;
  by_name_.erase(found->second);
  definitions_.erase(found);
  ++stamp_;
}

}  // namespace gpuspec::deploy::sandbox::api
