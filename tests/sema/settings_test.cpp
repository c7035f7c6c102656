// Every row of the schema table whose target is an ARM property reaches a Setting, and what it
// becomes there is legal by the published definition of that property.

#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/ir/json.h"
#include "compiler/schema/target.h"
#include "tests/sema/builder.h"

namespace gpuspec::sema::test {
namespace {

using schema::ArmTarget;
using schema::Conversion;
using schema::Row;
using schema::Type;
using schema::TypeKind;

constexpr const char* kDefinitions = GPUSPEC_SHARED "/schemas/azure/aks-2026-05-01.schema.json";

std::optional<ir::Tree> definitions() {
  std::ifstream file(kDefinitions);
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  auto parsed = ir::parseJson(text.str());
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return std::nullopt;
  }
  return *parsed;
}

// Follows `$ref` and the first of `allOf`.
const ir::Tree* resolve(const ir::Tree& all, const ir::Tree* node) {
  while (node) {
    const ir::Tree* list = node->find("allOf");
    const ir::Tree* reference = list ? list->asList()[0].find("$ref") : node->find("$ref");
    if (!reference) return node;
    const std::string text = reference->asString();
    node = all.find("definitions")->find(text.substr(text.rfind('/') + 1));
  }
  return nullptr;
}

const ir::Tree* propertyAt(const ir::Tree& all, const std::string& kind, std::string_view path) {
  const char* entry =
      kind == "cluster" ? "rest.managedClusters" : "rest.managedClusters.agentPools";
  const ir::Tree* node = resolve(all, all.find("definitions")->find(entry));
  while (node && !path.empty()) {
    const std::size_t dot = path.find('.');
    const ir::Tree* properties = node->find("properties");
    const ir::Tree* next = properties ? properties->find(path.substr(0, dot)) : nullptr;
    if (!next) next = node->find("additionalProperties");
    if (!next || next->isBool()) return nullptr;
    node = resolve(all, next);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return node;
}

bool hasJsonType(const ir::Tree& value, const std::string& type) {
  if (type == "boolean") return value.isBool();
  if (type == "integer") return value.isInt();
  if (type == "number") return value.isInt() || value.isDouble();
  if (type == "string") return value.isString();
  if (type == "array") return value.isList();
  return value.isMap();
}

void expectLegal(const ir::Tree& property, const ir::Tree& value, const std::string& where) {
  const ir::Tree* type = property.find("type");
  if (type && type->isString()) {
    EXPECT_TRUE(hasJsonType(value, type->asString())) << where << " wants " << type->asString();
  }
  if (const ir::Tree* names = property.find("enum")) {
    bool found = false;
    for (const ir::Tree& one : names->asList()) found = found || one == value;
    EXPECT_TRUE(found) << where << " becomes " << ir::toJson(value);
  }
  const ir::Tree* least = property.find("minimum");
  const ir::Tree* most = property.find("maximum");
  if (!value.isInt()) return;
  EXPECT_GE(value.asInt(), least ? least->asInt() : value.asInt()) << where;
  EXPECT_LE(value.asInt(), most ? most->asInt() : value.asInt()) << where;
}

class SettingsTest : public SemaTest {
 protected:
  // Values of the row's type: every name of an enumeration, both ends of a bounded amount.
  std::vector<Value> samples(const Type& type, Conversion conversion) {
    const bool is_mb = conversion == Conversion::Mb;
    const std::int64_t step = is_mb ? 1'000'000 : kGiB;
    switch (type.kind) {
      case TypeKind::Union: {
        std::vector<Value> all;
        for (const schema::TypePtr& one : type.elements) {
          for (Value& value : samples(*one, conversion)) all.push_back(std::move(value));
        }
        return all;
      }
      case TypeKind::Enum: {
        std::vector<Value> all;
        for (const std::string& one : type.names) all.push_back(name(one));
        return all;
      }
      case TypeKind::Bool:
        return {flag(true), flag(false)};
      case TypeKind::Int:
        return {number(type.min.value_or(1)), number(type.max.value_or(100))};
      case TypeKind::Size:
        return {unit(ValueKind::Size, type.min.value_or(step)),
                unit(ValueKind::Size, type.max.value_or(100 * step))};
      case TypeKind::Duration:
        return {unit(ValueKind::Duration, type.min.value_or(kMinute)),
                unit(ValueKind::Duration, type.max.value_or(kMinute))};
      case TypeKind::Percent:
        return {unit(ValueKind::Percent, type.min.value_or(0)), unit(ValueKind::Percent, 3300)};
      case TypeKind::List: {
        const std::vector<Value> items = samples(*type.elements[0], conversion);
        return {list(eval::List(items.begin(), items.end()))};
      }
      default:
        return {text("sample.text")};
    }
  }

  // A cluster and a pool, with `row` set to `value` in one of them, inside the blocks that its path
  // names.
  void build(const Row& row, const Value& value) {
    program_.blocks.clear();
    const eval::BlockId cluster = aks();
    const eval::BlockId pool = add(poolOn(cluster, "h1"));
    std::string path = row.path;
    Block* target = &at(path.starts_with("cluster.") ? cluster : pool);
    path.erase(0, path.find('.') + 1);
    for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
      target = &with(*target, path.substr(0, dot));
      path.erase(0, dot + 1);
    }
    set(*target, path, value);
  }

  const ir::Tree* settingAt(const ir::Spec& spec, const Row& row, const ArmTarget& target) {
    const bool on_cluster =
        target.scheme == schema::Scheme::Arm && std::string_view(row.path).starts_with("cluster.");
    for (const ir::Setting& one : on_cluster ? spec.clusters[0].settings : spec.pools[0].settings) {
      if (one.path == target.path) return &one.value;
    }
    return nullptr;
  }
};

TEST_F(SettingsTest, EveryArmRowReachesASettingAtItsPlace) {
  int rows = 0;
  for (const Row* row : table_.all()) {
    const auto targets = schema::armTargets(*row);
    if (targets.empty()) continue;
    ++rows;
    for (const Value& value : samples(*table_.typeOf(*row), targets[0].conversion)) {
      build(*row, value);
      const ir::Spec spec = clean();
      ASSERT_EQ(spec.pools.size(), 1u) << row->path;
      const ir::Tree* first = settingAt(spec, *row, targets[0]);
      ASSERT_NE(first, nullptr) << row->path << " = " << value.str();
      EXPECT_EQ(first->location(), value.at()) << row->path;
    }
  }
  EXPECT_GT(rows, 100);
}

TEST_F(SettingsTest, EverySettingIsLegalByThePublishedDefinitions) {
  const auto all = definitions();
  if (!all) GTEST_SKIP() << "no API definitions at " << kDefinitions;
  for (const Row* row : table_.all()) {
    const auto targets = schema::armTargets(*row);
    if (targets.empty()) continue;
    for (const Value& value : samples(*table_.typeOf(*row), targets[0].conversion)) {
      build(*row, value);
      const ir::Spec spec = clean();
      for (const ArmTarget& target : targets) {
        const ir::Tree* made = settingAt(spec, *row, target);
        if (!made) continue;
        const bool of_pool = target.scheme == schema::Scheme::Pools ||
                             std::string_view(row->path).starts_with("pool.");
        const ir::Tree* property = propertyAt(*all, of_pool ? "pool" : "cluster", target.path);
        ASSERT_NE(property, nullptr) << row->path << ": no property " << target.path;
        expectLegal(*property, *made, std::string(row->path) + " = " + value.str());
      }
    }
  }
}

TEST_F(SettingsTest, ConversionsChangeUnitAndShape) {
  const auto made = [&](const char* path, Value value) {
    const Row* row = table_.find(path);
    build(*row, value);
    const ir::Spec spec = clean();
    const ir::Tree* tree = settingAt(spec, *row, schema::armTargets(*row)[0]);
    return tree ? *tree : ir::Tree();
  };
  EXPECT_EQ(made("pool.upgrade.drain_timeout", unit(ValueKind::Duration, 90 * kMinute)),
            ir::Tree(90));
  EXPECT_EQ(made("pool.upgrade.max_surge", unit(ValueKind::Percent, 3300)), ir::Tree("33%"));
  EXPECT_EQ(made("pool.upgrade.max_surge", number(1)), ir::Tree("1"));
  EXPECT_EQ(made("pool.disk.size", unit(ValueKind::Size, 128 * kGiB)), ir::Tree(128));
  EXPECT_EQ(made("pool.kubelet.cpu_cfs_quota_period", unit(ValueKind::Duration, 100)),
            ir::Tree("100ms"));
  EXPECT_EQ(made("pool.kubelet.container_log_max_size", unit(ValueKind::Size, 50'000'000)),
            ir::Tree(50));
  EXPECT_EQ(made("cluster.access.local_accounts", flag(false)), ir::Tree(true));
  EXPECT_EQ(made("cluster.addons.node_provisioning", flag(true)), ir::Tree("Auto"));
  EXPECT_EQ(made("cluster.autoscaler.scan_interval", unit(ValueKind::Duration, kMinute)),
            ir::Tree("60s"));
  EXPECT_EQ(
      made("cluster.autoscaler.max_node_provision_time", unit(ValueKind::Duration, 30 * kMinute)),
      ir::Tree("30m"));
  EXPECT_EQ(
      made("cluster.autoscaler.max_graceful_termination", unit(ValueKind::Duration, 10 * kMinute)),
      ir::Tree("600"));
  EXPECT_EQ(
      made("cluster.autoscaler.scale_down_utilization_threshold", unit(ValueKind::Percent, 5000)),
      ir::Tree("0.5"));
  EXPECT_EQ(made("cluster.autoscaler.skip_nodes_with_system_pods", flag(false)), ir::Tree("false"));
}

}  // namespace
}  // namespace gpuspec::sema::test
