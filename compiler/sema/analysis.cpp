#include "compiler/sema/analysis.h"

#include <algorithm>

namespace gpuspec::sema {

namespace {

bool hasText(const eval::Value& value) {
  return value.is(eval::ValueKind::String) || value.is(eval::ValueKind::Enum) ||
         value.is(eval::ValueKind::Profile);
}

}  // namespace

ir::Address addressOf(const eval::Block& block) {
  return {block.module, block.kind, block.label};
}

std::string textOf(const eval::Block& block, std::string_view name, std::string_view fallback) {
  const eval::Value* value = block.value(name);
  return value && hasText(*value) ? value->asText() : std::string(fallback);
}

ir::Placed<std::string> placedText(const eval::Block& block, std::string_view name,
                                   std::string_view fallback) {
  const eval::Value* value = block.value(name);
  return {textOf(block, name, fallback), value ? value->at() : block.at};
}

bool boolOf(const eval::Block& block, std::string_view name, bool fallback) {
  const eval::Value* value = block.value(name);
  return value && value->is(eval::ValueKind::Bool) ? value->asBool() : fallback;
}

ir::Placed<bool> placedBool(const eval::Block& block, std::string_view name, bool fallback) {
  const eval::Value* value = block.value(name);
  return {boolOf(block, name, fallback), value ? value->at() : block.at};
}

std::optional<std::int64_t> maybeInt(const eval::Block& block, std::string_view name) {
  const eval::Value* value = block.value(name);
  if (!value) return std::nullopt;
  switch (value->kind()) {
    case eval::ValueKind::Int:
    case eval::ValueKind::Size:
    case eval::ValueKind::Cpu:
    case eval::ValueKind::Duration:
    case eval::ValueKind::Percent:
      return value->asInt();
    default:
      return std::nullopt;
  }
}

std::int64_t intOf(const eval::Block& block, std::string_view name, std::int64_t fallback) {
  return maybeInt(block, name).value_or(fallback);
}

std::optional<std::int64_t> maybeSeconds(const eval::Block& block, std::string_view name) {
  const std::optional<std::int64_t> millis = maybeInt(block, name);
  if (!millis) return std::nullopt;
  return (*millis + 999) / 1000;
}

std::vector<const eval::Value*> itemsOf(const eval::Value* value) {
  std::vector<const eval::Value*> items;
  if (!value) return items;
  if (!value->is(eval::ValueKind::List)) {
    if (!value->isPoison() && !value->isNull()) items.push_back(value);
    return items;
  }
  for (const eval::Value& item : value->asList()) {
    if (!item.isPoison() && !item.isNull()) items.push_back(&item);
  }
  return items;
}

std::vector<std::string> textsOf(const eval::Block& block, std::string_view name) {
  std::vector<std::string> texts;
  for (const eval::Value* item : itemsOf(block.value(name))) {
    if (hasText(*item)) texts.push_back(item->asText());
  }
  return texts;
}

std::vector<ir::Placed<std::string>> placedTexts(const eval::Block& block, std::string_view name) {
  std::vector<ir::Placed<std::string>> texts;
  for (const eval::Value* item : itemsOf(block.value(name))) {
    if (hasText(*item)) texts.push_back({item->asText(), item->at()});
    if (item->is(eval::ValueKind::Int))
      texts.push_back({std::to_string(item->asInt()), item->at()});
  }
  return texts;
}

std::vector<std::pair<std::string, ir::Placed<std::string>>> placedLabels(
    const eval::Block& block, std::string_view map_name) {
  std::vector<std::pair<std::string, ir::Placed<std::string>>> labels;
  const eval::Block* map = block.child(map_name);
  if (!map) return labels;
  for (const eval::Attribute& entry : map->attributes) {
    if (hasText(entry.value))
      labels.push_back({entry.name, {entry.value.asText(), entry.value.at()}});
  }
  std::sort(labels.begin(), labels.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return labels;
}

std::vector<std::pair<std::string, std::string>> labelsOf(const eval::Block& block,
                                                          std::string_view map_name) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (auto& [key, value] : placedLabels(block, map_name)) labels.emplace_back(key, value.value);
  return labels;
}

bool mayBeBroken(const eval::Block& block, std::string_view name) {
  return block.broken || block.poisoned(name);
}

bool isPlainAt(const eval::Value& value) {
  if (!hasText(value) || !value.at().valid()) return false;
  const std::size_t width = value.at().range.end - value.at().range.begin;
  return width == value.asText().size() + (value.is(eval::ValueKind::String) ? 2 : 0);
}

diag::Edit replaceText(const eval::Value& value, const std::string& text) {
  const bool is_string = value.is(eval::ValueKind::String);
  return {value.at().range, is_string ? "\"" + text + "\"" : text};
}

std::string quoted(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ", ";
    out += "`" + name + "`";
  }
  return out;
}

void reportLater(Analysis& analysis, const source::Location& at, const std::string& what,
                 const std::string& instead) {
  analysis.sink.report(at, diag::NotCompiledYet, what).help(instead);
}

void reportAzureOnly(Analysis& analysis, const source::Location& at, const std::string& attribute,
                     const std::string& cluster) {
  analysis.sink.report(at, diag::AzureOnly, attribute, cluster)
      .help("leave it out: no Azure resource is made for this cluster");
}

}  // namespace gpuspec::sema
