#include "backends/deploy/sandbox/arm/groups.h"

#include <algorithm>

#include "backends/deploy/sandbox/arm/checks.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::string_view kType = "Microsoft.Resources/resourceGroups";

llvm::Error checkTags(const Tree* tags) {
  if (tags == nullptr || tags->isNull()) return llvm::Error::success();
  if (!tags->isMap())
    return fail(400, "InvalidRequestContent",
                "The request content was invalid: 'tags' has to be an object.");
  if (tags->asMap().size() > 50)
    return fail(400, "InvalidTagCount", "A resource has at most 50 tags.");
  for (const auto& [key, value] : tags->asMap()) {
    if (!value.isString())
      return fail(400, "InvalidRequestContent",
                  "The request content was invalid: the tag '" + key + "' has to be text.");
  }
  return llvm::Error::success();
}

llvm::Error checkBodyOf(const Tree& body) {
  if (!body.isMap())
    return fail(400, "InvalidRequestContent",
                "The request content was invalid: an object is needed.");
  for (const auto& [key, value] : body.asMap()) {
    constexpr std::string_view kKnown[] = {"id",   "name",      "type",      "location",
                                           "tags", "managedBy", "properties"};
    if (std::ranges::find(kKnown, key) == std::end(kKnown))
      return fail(400, "InvalidRequestContent",
                  "The request content was invalid and could not be deserialized: 'Could not find "
                  "member '" +
                      key + "' on object of type 'ResourceGroupDefinition'.'.");
  }
  return checkTags(body.find("tags"));
}

}  // namespace

Groups::Groups(State& state, Operations& operations, Containers& containers,
               const ArmOptions& options)
    : state_(state), operations_(operations), containers_(containers), options_(options) {
  operations.handle("RemoveGroup", [this](const Tree& record) { return runRemove(record); });
}

std::string Groups::idOf(const std::string& name) const {
  return "/subscriptions/" + options_.subscription_id + "/resourceGroups/" + name;
}

llvm::Expected<Tree> Groups::get(const std::string& name) const {
  if (const std::shared_ptr<const Tree> group = state_.get(groupKey(name))) return *group;
  return fail(404, "ResourceGroupNotFound", "Resource group '" + name + "' could not be found.");
}

llvm::Expected<Accepted> Groups::put(const std::string& name, const Tree& body) {
  if (llvm::Error error = checkGroupName(name)) return error;
  if (llvm::Error error = checkBodyOf(body)) return error;
  const std::string location = regionName(textAt(body, "location"));
  if (location.empty())
    return fail(400, "LocationRequired", "The location property is required for this definition.");
  const std::lock_guard lock(state_.mutex());
  const std::shared_ptr<const Tree> before = state_.get(groupKey(name));
  if (before && textAt(*before, "location") != location)
    return fail(409, "InvalidResourceGroupLocation",
                "Invalid resource group location '" + location +
                    "'. The Resource group already exists in location '" +
                    textAt(*before, "location") + "'.");
  if (before && textAt(*before, "properties.provisioningState") == "Deleting")
    return fail(409, "ResourceGroupBeingDeleted",
                "The resource group '" + name +
                    "' is in deprovisioning state and cannot perform this operation.");
  const std::string kept_name = before ? textAt(*before, "name") : name;
  Tree group =
      ir::mapOf("id", idOf(kept_name), "name", kept_name, "type", kType, "location", location);
  if (const Tree* tags = body.find("tags"); tags != nullptr && tags->isMap())
    group.set("tags", *tags);
  copyField(body, group, "managedBy");
  group.set("properties", ir::mapOf("provisioningState", "Succeeded"));
  if (llvm::Error error = state_.put(groupKey(name), group)) return error;
  return Accepted{before ? 200 : 201, std::move(group), "", location};
}

llvm::Expected<Tree> Groups::patch(const std::string& name, const Tree& body) {
  if (llvm::Error error = checkBodyOf(body)) return error;
  const std::lock_guard lock(state_.mutex());
  llvm::Expected<Tree> group = get(name);
  if (!group) return group;
  copyField(body, *group, "tags");
  copyField(body, *group, "managedBy");
  if (llvm::Error error = state_.put(groupKey(name), *group)) return error;
  return group;
}

llvm::Expected<Accepted> Groups::remove(const std::string& name) {
  std::unique_lock lock(state_.mutex());
  llvm::Expected<Tree> group = get(name);
  if (!group) return group.takeError();
  const std::string location = textAt(*group, "location");
  if (textAt(*group, "properties.provisioningState") == "Deleting")
    return Accepted{202, Tree(), textAt(*group, "properties.operation"), location};
  llvm::Expected<std::string> operation = operations_.add(
      ir::mapOf("kind", "RemoveGroup", "group", name, "region", location, "doing", "Deleting"));
  if (!operation) return operation.takeError();
  group->set("properties", ir::mapOf("provisioningState", "Deleting", "operation", *operation));
  if (llvm::Error error = state_.put(groupKey(name), std::move(*group))) return error;
  lock.unlock();
  operations_.go(*operation);
  return Accepted{202, Tree(), *operation, location};
}

llvm::Expected<Tree> Groups::runRemove(const Tree& record) {
  const std::string group = textAt(record, "group");
  const std::shared_ptr<const Tree> found = state_.get(groupKey(group));
  if (!found) return Tree();
  if (textAt(*found, "properties.operation") != textAt(record, "id"))
    return fail(409, "OperationCanceled", "The operation was not taken up.");
  std::vector<std::string> running;
  for (const std::shared_ptr<const Tree>& cluster : state_.list(clusterKey(group, ""))) {
    llvm::Expected<Accepted> removed =
        containers_.removeCluster(group, textAt(*cluster, "resource.name"), {});
    if (!removed) return removed.takeError();
    if (!removed->operation.empty()) running.push_back(removed->operation);
  }
  for (const std::string& operation : running) {
    llvm::Expected<Tree> done = operations_.wait(operation);
    if (!done) return done.takeError();
  }
  const std::lock_guard lock(state_.mutex());
  if (llvm::Error error = state_.removeAll(deploymentKey(group, ""))) return error;
  if (llvm::Error error = state_.remove(groupKey(group))) return error;
  return Tree();
}

namespace {

// "a eq 'it''s' and b eq 'c'" as words: a, eq, 'it's, and, ... where text begins with a quote.
std::vector<std::string> wordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == '\'') {
      std::string word = "'";
      for (++at; at < text.size(); ++at) {
        if (text[at] == '\'' && (at + 1 == text.size() || text[at + 1] != '\'')) break;
        if (text[at] == '\'') ++at;
        word += text[at];
      }
      ++at;
      words.push_back(std::move(word));
    } else {
      const std::size_t end = std::min(text.find_first_of(" '", at), text.size());
      words.emplace_back(text.substr(at, end - at));
      at = end;
    }
  }
  return words;
}

}  // namespace

llvm::Expected<ResourceFilter> ResourceFilter::parse(std::string_view text) {
  constexpr std::string_view kFields[] = {"resourcetype", "tagname",       "tagvalue",
                                          "name",         "resourcegroup", "location"};
  ResourceFilter filter;
  const std::vector<std::string> words = wordsOf(text);
  for (std::size_t at = 0; at < words.size(); at += 4) {
    const bool shaped =
        at + 2 < words.size() && words[at + 1] == "eq" && words[at + 2].starts_with('\'') &&
        std::ranges::find(kFields, lower(words[at])) != std::end(kFields) &&
        (at + 3 == words.size() || (words[at + 3] == "and" && at + 4 < words.size()));
    if (!shaped)
      return fail(400, "InvalidFilterInQueryString",
                  "Invalid $filter '" + std::string(text) +
                      "' specified in the query string: the sandbox knows `field eq 'value'`, "
                      "joined by `and`.");
    filter.terms_.emplace_back(lower(words[at]), words[at + 2].substr(1));
  }
  return filter;
}

bool ResourceFilter::matches(const Tree& resource, const std::string& group) const {
  std::string tag;
  for (const auto& [field, value] : terms_) {
    if (field == "tagname") tag = value;
  }
  const Tree* tags = resource.find("tags");
  const auto tagged = [&](const auto& test) {
    return tags != nullptr && tags->isMap() && std::ranges::any_of(tags->asMap(), test);
  };
  return std::ranges::all_of(terms_, [&](const auto& term) {
    const auto& [field, value] = term;
    const std::string& wanted = value;
    if (field == "tagname")
      return tagged([&](const Tree::Entry& one) { return sameName(one.first, wanted); });
    if (field == "tagvalue")
      return tagged([&](const Tree::Entry& one) {
        return (tag.empty() || sameName(one.first, tag)) && one.second == Tree(wanted);
      });
    if (field == "resourcegroup") return sameName(group, wanted);
    return sameName(textAt(resource, field == "resourcetype" ? "type" : field), wanted);
  });
}

}  // namespace gpuspec::deploy::sandbox::arm
