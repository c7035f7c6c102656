#include "compiler/driver/vm_catalogue.h"

#include <algorithm>

namespace gpuspec::driver {

namespace {

using eval::Value;
using eval::ValueKind;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::string textOf(const Value& map, const char* key) {
  const Value* value = map.find(key);
  return value != nullptr && value->is(ValueKind::String) ? value->asText() : std::string();
}

std::int64_t numberOf(const Value& map, const char* key) {
  const Value* value = map.find(key);
  const bool number = value != nullptr && (value->is(ValueKind::Int) || value->is(ValueKind::Size));
  return number ? value->asInt() : 0;
}

ir::VmSize sizeOf(const std::string& name, const Value& map) {
  ir::VmSize size;
  size.name = name;
  size.vendor = textOf(map, "vendor");
  size.model = textOf(map, "model");
  size.gpu_title = textOf(map, "gpu");
  size.gpus = numberOf(map, "gpus");
  size.fractional = !textOf(map, "fraction").empty();
  size.gpu_memory_gib = numberOf(map, "gpu_memory") / kGiB;
  size.vcpus = numberOf(map, "vcpus");
  size.memory_gib = numberOf(map, "memory") / kGiB;
  size.arch = textOf(map, "arch");
  size.driver = textOf(map, "driver");
  size.quota_family = textOf(map, "quota_family");
  size.status = textOf(map, "status");
  size.retired_on = textOf(map, "retired_on");
  size.instead = textOf(map, "instead");
  size.note = textOf(map, "note");
  if (const Value* rdma = map.find("rdma"); rdma != nullptr && rdma->is(ValueKind::Bool))
    size.rdma = rdma->asBool();
  if (const Value* os = map.find("os"); os != nullptr && os->is(ValueKind::List)) {
    for (const Value& item : os->asList()) size.os.push_back(item.asText());
  }
  if (const Value* generations = map.find("generations");
      generations != nullptr && generations->is(ValueKind::List)) {
    for (const Value& item : generations->asList()) size.generations.push_back(item.asInt());
  }
  return size;
}

}  // namespace

const ir::VmSize* VmCatalogue::find(std::string_view name) {
  const std::string wanted = lower(name);
  const auto found = by_lower_name_.find(wanted);
  return found != by_lower_name_.end() ? &found->second : read(wanted);
}

const ir::VmSize* VmCatalogue::read(const std::string& lower_name) {
  if (sizes_ == nullptr) return nullptr;
  const std::vector<std::string>& keys = sizes_->keys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (lower(keys[i]) != lower_name) continue;
    const Value map = sizes_->at(i);
    if (!map.is(ValueKind::Map)) return nullptr;
    return &by_lower_name_.emplace(lower_name, sizeOf(keys[i], map)).first->second;
  }
  return nullptr;
}

std::vector<std::string> VmCatalogue::names() const {
  std::vector<std::string> out;
  if (sizes_ != nullptr) out = sizes_->keys();
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return lower(a) < lower(b); });
  return out;
}

}  // namespace gpuspec::driver
