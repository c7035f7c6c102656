#include "compiler/sema/settings.h"

#include <algorithm>
#include <optional>

#include "compiler/sema/convert.h"

namespace gpuspec::sema {

namespace {

using eval::ValueKind;
using ir::Tree;
using schema::ArmTarget;
using schema::Conversion;

// As people write sizes of either kind: 100GB, not 97656250KiB.
std::string shown(const eval::Value& value) {
  for (const auto& [unit, suffix] : {std::pair{1'000'000'000, "GB"}, std::pair{1'000'000, "MB"}}) {
    const bool decimal = value.asInt() % unit == 0 && value.asInt() % (1 << 20) != 0;
    if (value.is(ValueKind::Size) && decimal) return std::to_string(value.asInt() / unit) + suffix;
  }
  return value.str();
}

// `amount` in units of `unit`; reports when it is not a whole number of them.
std::optional<std::int64_t> whole(Analysis& analysis, const eval::Value& value, std::int64_t unit,
                                  const char* unit_name) {
  const std::int64_t amount = value.asInt();
  if (amount % unit == 0) return amount / unit;
  const eval::Value up = eval::Value::ofUnit(value.kind(), (amount / unit + 1) * unit);
  analysis.sink.report(value.at(), diag::NotWholeUnit, shown(value), unit_name)
      .help("the next one up is `" + shown(up) + "`");
  return std::nullopt;
}

std::optional<Tree> wholeTree(Analysis& analysis, const eval::Value& value, std::int64_t unit,
                              const char* unit_name) {
  const auto amount = whole(analysis, value, unit, unit_name);
  if (!amount) return std::nullopt;
  return Tree(*amount);
}

std::optional<Tree> wholeText(Analysis& analysis, const eval::Value& value, std::int64_t unit,
                              const char* unit_name, const char* suffix) {
  const auto amount = whole(analysis, value, unit, unit_name);
  if (!amount) return std::nullopt;
  return Tree(std::to_string(*amount) + suffix);
}

Tree textTree(Analysis& analysis, const eval::Value& value) {
  if (value.is(ValueKind::Bool)) return value.asBool() ? "true" : "false";
  if (value.is(ValueKind::Int)) return std::to_string(value.asInt());
  return toTree(analysis, value, Units::Kubernetes);
}

Tree identityTree(const eval::Value& value) {
  Tree identity = Tree::map();
  if (!value.is(ValueKind::List)) return identity.set("type", "SystemAssigned");
  Tree ids = Tree::map();
  for (const eval::Value* item : itemsOf(&value))
    ids.set(item->asText(), Tree::map().from(item->at()));
  identity.set("type", "UserAssigned").set("userAssignedIdentities", std::move(ids));
  return identity;
}

std::optional<Tree> naturalTree(Analysis& analysis, const eval::Value& value,
                                std::string_view property) {
  std::string name;
  if (value.is(ValueKind::Enum)) name = value.asText();
  if (value.is(ValueKind::Bool)) name = value.asBool() ? "true" : "false";
  if (name.empty()) return toTree(analysis, value, Units::Base);
  const std::optional<std::string_view> spelled = schema::armSpelling(property, name);
  if (!spelled) return std::nullopt;
  if (value.is(ValueKind::Bool) && *spelled == name) return Tree(value.asBool());
  return Tree(*spelled);
}

std::optional<Tree> converted(Analysis& analysis, const eval::Value& value,
                              const ArmTarget& target) {
  switch (target.conversion) {
    case Conversion::None:
      return naturalTree(analysis, value, target.path);
    case Conversion::Minutes:
      return wholeTree(analysis, value, 60'000, "minutes");
    case Conversion::MinutesText:
      return wholeText(analysis, value, 60'000, "minutes", "m");
    case Conversion::SecondsText:
      return wholeText(analysis, value, 1000, "seconds", "");
    case Conversion::SecondsUnit:
      return wholeText(analysis, value, 1000, "seconds", "s");
    case Conversion::MillisUnit:
      return Tree(std::to_string(value.asInt()) + "ms");
    case Conversion::Gib:
      return wholeTree(analysis, value, std::int64_t{1} << 30, "GiB");
    case Conversion::Mb:
      return wholeTree(analysis, value, 1'000'000, "MB");
    case Conversion::Text:
      return textTree(analysis, value);
    case Conversion::PercentText:
      return Tree(percentText(value.asInt()));
    case Conversion::Fraction:
      return Tree(moneyText(value.asInt() *
                            100));  // hundredths of a percent are 1/10000, money counts 1/1000000
    case Conversion::Not:
      return Tree(!value.asBool());
    case Conversion::Identity:
      return identityTree(value);
  }
  return std::nullopt;
}

Tree constantTree(std::string_view constant) {
  if (constant == "true") return true;
  if (constant == "false") return false;
  return constant;
}

bool isFalse(const eval::Value& value) {
  return value.is(ValueKind::Bool) && !value.asBool();
}

struct Collected {
  std::vector<ir::Setting> written;
  std::vector<std::pair<ir::Setting, const eval::Attribute*>>
      constants;  // and the attribute that brings each
};

void addSettings(Analysis& analysis, const eval::Attribute& attribute,
                 const std::vector<ArmTarget>& targets, schema::Scheme scheme, Collected& out) {
  const eval::Value& value = attribute.value;
  for (const ArmTarget& target : targets) {
    if (target.scheme != scheme) continue;
    const std::string path(target.path);
    if (!target.constant.empty()) {
      if (!isFalse(value))
        out.constants.push_back(
            {{path, constantTree(target.constant).from(value.at())}, &attribute});
    } else if (std::optional<Tree> tree = converted(analysis, value, target)) {
      out.written.push_back({path, std::move(*tree).from(value.at())});
    }
  }
}

// Constants that several attributes bring are written once; one that an attribute denies is a
// contradiction.
std::vector<ir::Setting> merged(Analysis& analysis, Collected collected) {
  std::vector<ir::Setting> settings = std::move(collected.written);
  for (auto& [constant, attribute] : collected.constants) {
    const auto same = std::find_if(settings.begin(), settings.end(), [&](const ir::Setting& other) {
      return other.path == constant.path;
    });
    if (same == settings.end()) {
      settings.push_back(std::move(constant));
    } else if (!(same->value == constant.value)) {
      analysis.sink
          .report(same->value.location(), diag::SettingContradicts, attribute->name, constant.path)
          .note(attribute->name_at, "needs it");
    }
  }
  return settings;
}

void collect(const Analysis& analysis, const eval::Block& block, const std::string& path,
             std::vector<PlainAttribute>& found) {
  for (const eval::Attribute& attribute : block.attributes) {
    if (attribute.value.isPoison()) continue;
    const schema::Row* row = analysis.context.table.find(path + "." + attribute.name);
    if (row && !schema::armTargets(*row).empty()) found.push_back({&attribute, row});
  }
  for (const eval::Block& child : block.blocks)
    collect(analysis, child, path + "." + child.kind, found);
}

}  // namespace

std::vector<PlainAttribute> plainAttributes(const Analysis& analysis, const eval::Block& block,
                                            std::string_view path) {
  std::vector<PlainAttribute> found;
  collect(analysis, block, std::string(path), found);
  return found;
}

std::vector<ir::Setting> settingsFrom(Analysis& analysis, const eval::Block& block,
                                      std::string_view path, schema::Scheme scheme) {
  Collected collected;
  for (const auto& [attribute, row] : plainAttributes(analysis, block, path)) {
    addSettings(analysis, *attribute, schema::armTargets(*row), scheme, collected);
  }
  std::vector<ir::Setting> settings = merged(analysis, std::move(collected));
  std::sort(settings.begin(), settings.end(),
            [](const ir::Setting& a, const ir::Setting& b) { return a.path < b.path; });
  return settings;
}

}  // namespace gpuspec::sema
