#include "tools/gpuspec/test_queries.h"

#include <algorithm>
#include <charconv>

#include "compiler/data/yaml_reader.h"
#include "compiler/ir/json.h"
#include "compiler/passes/paths.h"

namespace gpuspec::cli {

namespace {

using eval::Value;
using eval::ValueKind;

Value valueOf(const ir::Tree& tree) {
  if (tree.isBool()) return Value::of(tree.asBool());
  if (tree.isInt()) return Value::ofInt(tree.asInt());
  if (tree.isDouble()) return Value::ofNumber(tree.asDouble());
  if (tree.isString()) return Value::ofString(tree.asString());
  if (tree.isList()) {
    eval::List list;
    for (const ir::Tree& item : tree.asList()) list.push_back(valueOf(item));
    return Value::ofList(std::move(list));
  }
  if (tree.isMap()) {
    eval::Map map;
    for (const auto& [key, item] : tree.asMap()) map.emplace_back(key, valueOf(item));
    return Value::ofMap(std::move(map));
  }
  return Value();
}

bool shaped(const std::vector<Value>& args, std::initializer_list<ValueKind> kinds,
            const char* usage, std::string& error) {
  bool good = args.size() == kinds.size();
  std::size_t i = 0;
  for (const ValueKind kind : kinds) good = good && args[i++].is(kind);
  if (!good) error = std::string("write ") + usage;
  return good;
}

// Amounts of whole things as integers, quantities such as `512Gi` as text.
Value amountOf(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? Value::ofInt(number) : Value::ofString(text);
}

}  // namespace

ir::Address TestQueries::address(const Value& ref) const {
  const eval::Block& block = (*compilation_.program())[ref.asRef()];
  return {block.module, block.kind, block.label};
}

Value TestQueries::allocatable(const Args& args, std::string& error) const {
  if (!shaped(args, {ValueKind::Ref, ValueKind::String}, "allocatable(pool.x, \"resource\")",
              error))
    return Value::poison();
  const ir::Spec& spec = *compilation_.spec();
  for (std::size_t i = 0; i < spec.pools.size(); ++i) {
    if (spec.pools[i].address != address(args[0])) continue;
    const auto& resources = compilation_.placement()->pools[i].plan.allocatable;
    const auto found = resources.find(args[1].asText());
    return Value::ofInt(found != resources.end() ? found->second : 0);
  }
  error = "it asks about a pool";
  return Value::poison();
}

Value TestQueries::quota(const Args& args, std::string& error) const {
  if (!shaped(args, {ValueKind::Ref, ValueKind::String}, "quota(team.x, \"requests.cpu\")", error))
    return Value::poison();
  for (const ir::PlacedQuota& quota : compilation_.placement()->quotas) {
    if ((*compilation_.spec())[quota.team_id].address != address(args[0])) continue;
    for (const auto& [key, amount] : quota.hard) {
      if (key == args[1].asText() || key == "requests." + args[1].asText())
        return amountOf(*amount);
    }
  }
  return Value();
}

const artifact::File* TestQueries::file(const std::string& path, std::string& error) const {
  for (const artifact::File& made : output_.files) {
    if (made.path == path) return &made;
  }
  std::vector<std::string> paths;
  for (const artifact::File& made : output_.files) paths.push_back(made.path);
  const std::vector<std::string> near = diag::nearest(path, paths);
  error =
      "no file `" + path + "` is made" + (near.empty() ? "" : "; did you mean `" + near[0] + "`?");
  return nullptr;
}

Value TestQueries::yaml(const Args& args, std::string& error) const {
  if (!shaped(args, {ValueKind::String}, "yaml(\"cluster/kubernetes/team-x.yaml\")", error))
    return Value::poison();
  const artifact::File* found = file(args[0].asText(), error);
  if (found == nullptr) return Value::poison();
  source::SourceMap sources;
  diag::Sink sink;
  const std::optional<std::vector<ir::Tree>> documents =
      data::readYaml(sources, sources.add(found->path, found->bytes), sink);
  if (!documents) {
    error = "`" + found->path + "` is no YAML";
    return Value::poison();
  }
  eval::List list;
  for (const ir::Tree& document : *documents) list.push_back(valueOf(document));
  return Value::ofList(std::move(list));
}

Value TestQueries::arm(const Args& args, std::string& error) const {
  if (!shaped(args, {ValueKind::String}, "arm(\"cluster\")", error)) return Value::poison();
  const artifact::File* found = file(args[0].asText() + "/arm/azuredeploy.json", error);
  if (found == nullptr) return Value::poison();
  llvm::Expected<ir::Tree> tree = ir::parseJson(found->bytes);
  if (tree) return valueOf(*tree);
  error = llvm::toString(tree.takeError());
  return Value::poison();
}

Value TestQueries::reachable(const Args& args, std::string& error) const {
  if (!shaped(args, {ValueKind::Ref, ValueKind::Ref}, "reachable(team.a, team.b)", error))
    return Value::poison();
  const ir::Spec& spec = *compilation_.spec();
  const auto member = [&](const ir::ClusterPaths& paths, const ir::Address& team) {
    const auto found = std::find_if(paths.team_ids.begin(), paths.team_ids.end(),
                                    [&](ir::TeamId id) { return spec[id].address == team; });
    return found == paths.team_ids.end() ? ir::TeamId() : *found;
  };
  for (const ir::ClusterPaths& paths : compilation_.placement()->paths) {
    const ir::TeamId from_id = member(paths, address(args[0])),
                     to_id = member(paths, address(args[1]));
    if (from_id.valid() && to_id.valid() && from_id != to_id)
      return Value::of(passes::pathBetween(spec, paths.cluster_id, from_id, to_id).open);
  }
  error = "the two teams share no cluster";
  return Value::poison();
}

bool TestQueries::call(std::string_view function, const Args& args, Value& result,
                       std::string& error) {
  if (compilation_.placement() == nullptr) {
    error = "the spec has errors, so nothing was made";
    result = Value::poison();
    return function == "allocatable" || function == "quota" || function == "yaml" ||
           function == "arm" || function == "reachable";
  }
  if (function == "allocatable")
    result = allocatable(args, error);
  else if (function == "quota")
    result = quota(args, error);
  else if (function == "yaml")
    result = yaml(args, error);
  else if (function == "arm")
    result = arm(args, error);
  else if (function == "reachable")
    result = reachable(args, error);
  else
    return false;
  return true;
}

}  // namespace gpuspec::cli
