#include "tests/deploy/plan/fixture.h"

#include <algorithm>

#include "backends/deploy/model/managed_fields.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::plan {

namespace {

using ir::mapOf;

constexpr const char* kGroupScope = "/subscriptions/s/resourceGroups/g";

std::string text(const Tree& tree, std::string_view key) {
  const Tree* value = tree.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

ResourceKey keyOf(const Tree& object) {
  const std::string version = text(object, "apiVersion");
  const std::size_t slash = version.find('/');
  const Tree& metadata = *object.find("metadata");
  return {System::Kubernetes,
          kCluster,
          slash == std::string::npos ? "" : version.substr(0, slash),
          text(object, "kind"),
          text(metadata, "namespace"),
          text(metadata, "name")};
}

Tree objectOf(const std::string& object) {
  Tree body = json(object);
  if (body.find("apiVersion") == nullptr) body.set("apiVersion", "v1");
  return body;
}

void markAsOurs(Tree& body, const std::string& owner_address) {
  Tree& metadata = body.at("metadata");
  metadata.at("labels")
      .set(model::kManagedBy, "gpuspec")
      .set(model::kProject, kScope.project)
      .set(model::kEnvironment, kScope.environment);
  metadata.at("annotations").set(model::kAddress, owner_address);
}

ResourceKey azureKey(const std::string& pool) {
  const bool is_pool = !pool.empty();
  return {System::Azure,
          kCluster,
          "Microsoft.ContainerService",
          is_pool ? "managedClusters/agentPools" : "managedClusters",
          kGroupScope,
          is_pool ? std::string(kCluster) + "/" + pool : kCluster};
}

Tree azureBody(const std::string& pool, const std::string& properties) {
  Tree body = mapOf("name", pool.empty() ? kCluster : pool, "properties", json(properties));
  const Tree tags =
      mapOf(model::kProjectTag, kScope.project, model::kEnvironmentTag, kScope.environment);
  if (pool.empty()) {
    body.set("location", "westus").set("tags", tags);
  } else {
    body.at("properties").set("tags", tags);
  }
  return body;
}

Desired azureDesired(const std::string& pool, const std::string& properties) {
  Desired wanted;
  wanted.key = azureKey(pool);
  wanted.api_version = "2026-05-01";
  wanted.address = address(pool.empty() ? "cluster.shared" : "pool." + pool);
  wanted.body = azureBody(pool, properties);
  return wanted;
}

ResourceKey releaseKey(const std::string& name) {
  return {System::Helm, kCluster, "", "Release", "gpu", name};
}

}  // namespace

ir::Address address(const std::string& text) {
  const std::size_t dot = text.find('.');
  return {"", text.substr(0, dot), dot == std::string::npos ? "" : text.substr(dot + 1)};
}

World::World() {
  desired.project = kScope.project;
  desired.environment = kScope.environment;
  model::Target target;
  target.cluster = kCluster;
  target.address = address("cluster.shared");
  desired.targets.push_back(target);
  model::LiveCluster found;
  found.cluster = kCluster;
  found.exists = found.reachable = true;
  live.clusters.push_back(found);
}

Desired& World::want(const std::string& owner_address, const std::string& object) {
  Desired wanted;
  wanted.body = objectOf(object);
  wanted.key = keyOf(wanted.body);
  wanted.api_version = text(wanted.body, "apiVersion");
  wanted.address = address(owner_address);
  wanted.file = "main.gpuspec";
  wanted.line = 7;
  markAsOurs(wanted.body.edit(), owner_address);
  desired.resources.push_back(std::move(wanted));
  return desired.resources.back();
}

Live& World::add(Live resource) {
  ++revision_;
  resource.uid = "uid-" + std::to_string(revision_);
  resource.revision = std::to_string(revision_);
  live.resources.push_back(std::move(resource));
  return live.resources.back();
}

Live& World::have(const std::string& owner_address, const std::string& object) {
  Live resource;
  resource.body = objectOf(object);
  resource.key = keyOf(resource.body);
  resource.api_version = text(resource.body, "apiVersion");
  markAsOurs(resource.body, owner_address);
  resource.owner = {OwnerKind::Us, ""};
  resource.address = owner_address;
  resource.field_owners.push_back({std::string(model::kFieldManager), "Apply", "",
                                   model::leavesOf(resource.key.kind, resource.body),
                                   resource.api_version});
  return add(std::move(resource));
}

Live& World::haveOfOther(const std::string& manager, const std::string& object) {
  Live resource;
  resource.body = objectOf(object);
  resource.key = keyOf(resource.body);
  resource.api_version = text(resource.body, "apiVersion");
  resource.owner = {OwnerKind::Other, manager};
  resource.field_owners.push_back({manager, "Apply", "",
                                   model::leavesOf(resource.key.kind, resource.body),
                                   resource.api_version});
  return add(std::move(resource));
}

Desired& World::wantCluster(const std::string& properties) {
  desired.resources.push_back(azureDesired("", properties));
  return desired.resources.back();
}

Live& World::haveCluster(const std::string& properties) {
  Live resource;
  resource.key = azureKey("");
  resource.body = azureBody("", properties);
  resource.owner = {OwnerKind::Us, ""};
  return add(std::move(resource));
}

Desired& World::wantPool(const std::string& name, const std::string& properties) {
  desired.resources.push_back(azureDesired(name, properties));
  return desired.resources.back();
}

Live& World::havePool(const std::string& name, const std::string& properties) {
  Live resource;
  resource.key = azureKey(name);
  resource.body = azureBody(name, properties);
  resource.owner = {OwnerKind::Us, ""};
  return add(std::move(resource));
}

Desired& World::wantRelease(const std::string& name, const std::string& body) {
  Desired wanted;
  wanted.key = releaseKey(name);
  wanted.address = address("stack." + name);
  wanted.body = json(body);
  desired.resources.push_back(std::move(wanted));
  return desired.resources.back();
}

Live& World::haveRelease(const std::string& name, const std::string& body) {
  Live resource;
  resource.key = releaseKey(name);
  resource.body = json(body);
  resource.owner = {OwnerKind::Us, ""};
  return add(std::move(resource));
}

void World::run(const std::string& pool, const std::string& object_namespace,
                const std::string& name) {
  const std::string node = "node-of-" + pool;
  const bool known =
      std::any_of(cluster().nodes.begin(), cluster().nodes.end(),
                  [&](const Tree& n) { return text(*n.find("metadata"), "name") == node; });
  if (!known)
    cluster().nodes.push_back(mapOf(
        "metadata", mapOf("name", node, "labels", mapOf("kubernetes.azure.com/agentpool", pool))));
  cluster().pods.push_back(mapOf("metadata", mapOf("name", name, "namespace", object_namespace),
                                 "spec", mapOf("nodeName", node), "status",
                                 mapOf("phase", "Running")));
}

const Change& changeOf(const Plan& plan, const std::string& kind, const std::string& name) {
  static const Change kNone;
  const Change* found = nullptr;
  for (const Change& change : plan.changes) {
    if (change.key.kind != kind || change.key.name != name) continue;
    EXPECT_EQ(found, nullptr) << "two changes of " << kind << " " << name;
    found = &change;
  }
  EXPECT_NE(found, nullptr) << "no change of " << kind << " " << name << " in " << actions(plan);
  return found != nullptr ? *found : kNone;
}

bool hasChange(const Plan& plan, const std::string& kind, const std::string& name) {
  return std::any_of(plan.changes.begin(), plan.changes.end(), [&](const Change& change) {
    return change.key.kind == kind && change.key.name == name;
  });
}

std::string actions(const Plan& plan) {
  std::string out;
  for (const Change& change : plan.changes)
    out += (out.empty() ? "" : ", ") + std::string(str(change.action)) + " " + change.key.kind +
           "/" + change.key.name;
  return out;
}

std::vector<std::string> fields(const Change& change) {
  const auto shown = [](const std::optional<Tree>& value) {
    return value ? ir::toJson(*value) : "(none)";
  };
  std::vector<std::string> out;
  for (const FieldChange& field : change.fields)
    out.push_back(field.path + ": " + shown(field.before) + " -> " + shown(field.after) +
                  (field.forces_replacement ? " !" : ""));
  return out;
}

std::set<std::size_t> waitsFor(const Plan& plan, const Change& change) {
  std::set<std::size_t> ids(change.after.begin(), change.after.end());
  for (const std::size_t gate : change.gates)
    ids.insert(plan.gates.at(gate).after.begin(), plan.gates.at(gate).after.end());
  return ids;
}

bool isBefore(const Plan& plan, const Change& first, const Change& second) {
  std::set<std::size_t> seen;
  std::vector<std::size_t> open = {second.id};
  while (!open.empty()) {
    const std::size_t id = open.back();
    open.pop_back();
    for (const std::size_t before : waitsFor(plan, plan.changes.at(id))) {
      if (before == first.id) return true;
      if (seen.insert(before).second) open.push_back(before);
    }
  }
  return false;
}

}  // namespace gpuspec::deploy::plan
