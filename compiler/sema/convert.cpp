#include "compiler/sema/convert.h"

namespace gpuspec::sema {

namespace {

using eval::ValueKind;
using ir::Tree;

// `amount` of 1/`scale`, without trailing zeros: (125, 100) -> "1.25".
std::string decimalText(std::int64_t amount, std::int64_t scale) {
  const std::string sign = amount < 0 ? "-" : "";
  const std::int64_t positive = amount < 0 ? -amount : amount;
  std::string text = sign + std::to_string(positive / scale);
  std::int64_t rest = positive % scale;
  if (rest == 0) return text;
  text += '.';
  for (std::int64_t place = scale / 10; rest != 0; place /= 10) {
    text += static_cast<char>('0' + rest / place);
    rest %= place;
  }
  return text;
}

Tree unitTree(const eval::Value& value, Units units) {
  const std::int64_t amount = value.asInt();
  if (units == Units::Base) return amount;
  switch (value.kind()) {
    case ValueKind::Size:
      return bytesText(amount);
    case ValueKind::Cpu:
      return milliText(amount);
    case ValueKind::Duration:
      return durationText(amount);
    default:
      return percentText(amount) + "%";
  }
}

Tree countedTree(const eval::CountedValue& counted, Units units) {
  if (units == Units::Kubernetes) return std::to_string(counted.count) + " x " + counted.profile;
  return Tree::map().set("count", counted.count).set("profile", counted.profile);
}

Tree rangeTree(const eval::RangeValue& range, Units units) {
  if (units == Units::Kubernetes)
    return std::to_string(range.first) + ".." + std::to_string(range.last);
  return Tree::map().set("first", range.first).set("last", range.last);
}

Tree secretTree(Analysis& analysis, const eval::Value& value) {
  reportLater(analysis, value.at(), "keyvault(...)",
              "name a Kubernetes Secret that exists, with its own field");
  return nullptr;
}

Tree bare(Analysis& analysis, const eval::Value& value, Units units) {
  switch (value.kind()) {
    case ValueKind::Null:
    case ValueKind::Poison:
      return nullptr;
    case ValueKind::Bool:
      return value.asBool();
    case ValueKind::Int:
      return value.asInt();
    case ValueKind::Number:
      return value.asNumber();
    case ValueKind::String:
    case ValueKind::Profile:
    case ValueKind::Enum:
      return value.asText();
    case ValueKind::Size:
    case ValueKind::Cpu:
    case ValueKind::Duration:
    case ValueKind::Percent:
      return unitTree(value, units);
    case ValueKind::Money:
      return moneyText(value.asMoney().micros);
    case ValueKind::Range:
    case ValueKind::Fit:
      return rangeTree(value.asRange(), units);
    case ValueKind::Counted:
      return countedTree(value.asCounted(), units);
    case ValueKind::Ref:
      return addressOf(analysis.program[value.asRef()]).str();
    case ValueKind::Secret:
      return secretTree(analysis, value);
    case ValueKind::List: {
      Tree list = Tree::list();
      for (const eval::Value& item : value.asList()) list.push(toTree(analysis, item, units));
      return list;
    }
    case ValueKind::Map: {
      Tree map = Tree::map();
      for (const auto& [key, item] : value.asMap()) map.set(key, toTree(analysis, item, units));
      return map;
    }
  }
  return nullptr;
}

Tree callTree(Analysis& analysis, const eval::Attribute& call, Units units) {
  Tree args = Tree::list();
  for (const eval::Value& arg : call.args) args.push(toTree(analysis, arg, units));
  Tree item = Tree::map();
  item.set("args", std::move(args)).set("value", toTree(analysis, call.value, units));
  return std::move(item).from(call.name_at);
}

Tree labelledTree(Analysis& analysis, const eval::Attribute& attribute, Units units) {
  Tree item = Tree::map();
  item.set("label", Tree(attribute.label).from(attribute.name_at));
  item.set("value", toTree(analysis, attribute.value, units));
  return std::move(item).from(attribute.name_at);
}

std::string withSuffix(std::int64_t amount, std::int64_t base, std::string_view suffixes,
                       const char* tail) {
  std::int64_t unit = 1;
  for (std::size_t i = 0; i < suffixes.size(); ++i) unit *= base;
  for (std::size_t i = suffixes.size(); i > 0; --i, unit /= base) {
    if (amount % unit == 0) return std::to_string(amount / unit) + suffixes[i - 1] + tail;
  }
  return "";
}

}  // namespace

Tree toTree(Analysis& analysis, const eval::Value& value, Units units) {
  return bare(analysis, value, units).from(value.at());
}

Tree toTree(Analysis& analysis, const eval::Block& block, Units units) {
  Tree map = Tree::map();
  map.from(block.at);
  for (const eval::Attribute& attribute : block.attributes) {
    if (attribute.value.isPoison()) continue;
    if (!attribute.args.empty()) {
      map.at(attribute.name).push(callTree(analysis, attribute, units));
    } else if (!attribute.label.empty()) {
      map.at(attribute.name).push(labelledTree(analysis, attribute, units));
    } else {
      map.set(attribute.name, toTree(analysis, attribute.value, units));
    }
  }
  for (const eval::Block& child : block.blocks) {
    Tree body = toTree(analysis, child, units);
    if (child.label.empty()) {
      map.set(child.kind, std::move(body));
    } else {
      Tree item = Tree::map();
      item.set("label", Tree(child.label).from(child.at)).set("value", std::move(body));
      map.at(child.kind).push(std::move(item).from(child.at));
    }
  }
  return map;
}

std::string bytesText(std::int64_t bytes) {
  if (bytes == 0) return "0";
  std::string text = withSuffix(bytes, 1024, "KMGTP", "i");
  if (text.empty()) text = withSuffix(bytes, 1000, "kMGTP", "");
  return text.empty() ? std::to_string(bytes) : text;
}

std::string milliText(std::int64_t millicores) {
  return millicores % 1000 == 0 ? std::to_string(millicores / 1000)
                                : std::to_string(millicores) + "m";
}

std::string durationText(std::int64_t millis) {
  if (millis == 0) return "0s";
  if (millis % 3'600'000 == 0) return std::to_string(millis / 3'600'000) + "h";
  if (millis % 60'000 == 0) return std::to_string(millis / 60'000) + "m";
  if (millis % 1000 == 0) return std::to_string(millis / 1000) + "s";
  return std::to_string(millis) + "ms";
}

std::string percentText(std::int64_t hundredths) {
  return decimalText(hundredths, 100);
}

std::string moneyText(std::int64_t micros) {
  return decimalText(micros, 1'000'000);
}

}  // namespace gpuspec::sema
