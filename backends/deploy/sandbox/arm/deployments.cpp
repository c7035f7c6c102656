#include "backends/deploy/sandbox/arm/deployments.h"

#include <algorithm>

#include "backends/deploy/sandbox/arm/api_versions.h"
#include "backends/deploy/sandbox/arm/checks.h"
#include "backends/deploy/sandbox/arm/schema.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::string_view kType = "Microsoft.Resources/deployments";

llvm::Error checkProperties(const Tree& body) {
  const Tree* properties = body.find("properties");
  if (properties == nullptr || !properties->isMap())
    return fail(
        400, "InvalidRequestContent",
        "The request content was invalid and could not be deserialized: 'properties' is needed.");
  if (properties->find("templateLink") != nullptr || properties->find("parametersLink") != nullptr)
    return fail(400, "InvalidContentLink",
                "The sandbox reads no template from an address: send it in the request.");
  const std::string mode = lower(textAt(*properties, "mode"));
  if (mode == "complete")
    return fail(400, "InvalidTemplate",
                "The sandbox knows the deployment mode 'Incremental' only.");
  if (mode != "incremental")
    return fail(400, "InvalidRequestContent",
                "The request content was invalid: the deployment mode is needed.");
  if (properties->find("template") == nullptr)
    return fail(400, "InvalidTemplate", "Deployment template is required.");
  return llvm::Error::success();
}

llvm::Error notFound(const std::string& name) {
  return fail(404, "DeploymentNotFound", "Deployment '" + name + "' could not be found.");
}

}  // namespace

Deployments::Deployments(State& state, Operations& operations, Containers& containers,
                         const ArmOptions& options)
    : state_(state), operations_(operations), containers_(containers), options_(options) {
  operations.handle("Deployment", [this](const Tree& record) { return run(record); });
  operations.handle("WhatIf", [this](const Tree& record) -> llvm::Expected<Tree> {
    if (llvm::Error error = operations_.sleep(options_.operation_time)) return error;
    return *record.find("answer");
  });
}

llvm::Expected<std::shared_ptr<const Tree>> Deployments::record(const std::string& group,
                                                                const std::string& name) const {
  if (!state_.get(groupKey(group)))
    return fail(404, "ResourceGroupNotFound", "Resource group '" + group + "' could not be found.");
  std::shared_ptr<const Tree> found = state_.get(deploymentKey(group, name));
  if (!found) return notFound(name);
  return found;
}

llvm::Expected<Tree> Deployments::get(const std::string& group, const std::string& name) const {
  llvm::Expected<std::shared_ptr<const Tree>> found = record(group, name);
  if (!found) return found.takeError();
  return *(*found)->find("resource");
}

llvm::Expected<Template> Deployments::read(const std::string& group, const std::string& name,
                                           const Tree& properties) const {
  const std::shared_ptr<const Tree> resource_group = state_.get(groupKey(group));
  if (!resource_group)
    return fail(404, "ResourceGroupNotFound", "Resource group '" + group + "' could not be found.");
  Scope scope;
  scope.subscription_id = options_.subscription_id;
  scope.tenant_id = options_.tenant_id;
  scope.deployment = name;
  scope.group = *resource_group;
  const Tree* parameters = properties.find("parameters");
  return readTemplate(*properties.find("template"),
                      parameters == nullptr ? Tree::map() : *parameters, std::move(scope));
}

llvm::Expected<Tree> Deployments::preview(const std::string& group,
                                          const TemplateResource& resource,
                                          const Template& made) const {
  const std::string type = lower(resource.type);
  const bool is_cluster = type == "microsoft.containerservice/managedclusters";
  if (!is_cluster && type != "microsoft.containerservice/managedclusters/agentpools")
    return invalidTemplate("The sandbox has no resources of type '" + resource.type + "'");
  if (llvm::Error error = checkContainerVersion(resource.api_version, resource.type)) return error;
  const std::string& version = resource.api_version;
  if (is_cluster)
    return containers_.previewCluster(group, resource.names[0], resource.body, version);
  const auto parent = std::ranges::find_if(made.resources, [&](const TemplateResource& other) {
    return other.names.size() == 1 && sameName(other.names[0], resource.names[0]);
  });
  if (parent == made.resources.end())
    return containers_.previewPool(group, resource.names[0], resource.names[1], resource.body,
                                   version, nullptr);
  llvm::Expected<Tree> cluster =
      containers_.previewCluster(group, parent->names[0], parent->body, parent->api_version);
  if (!cluster) return cluster;
  return containers_.previewPool(group, resource.names[0], resource.names[1], resource.body,
                                 version, &*cluster);
}

llvm::Error Deployments::preflight(const std::string& group, const std::string& name,
                                   const Template& made) const {
  Tree details = Tree::list();
  for (const TemplateResource& resource : made.resources) {
    llvm::Expected<Tree> after = preview(group, resource, made);
    if (after) continue;
    Failure failure = failureOf(after.takeError());
    if (textAt(failure.error, "code") == "InvalidTemplate")
      return llvm::make_error<ArmError>(failure.status, std::move(failure.error));
    // A pool below a cluster that is refused repeats the cluster's reason.
    if (std::ranges::find(details.asList(), failure.error) == details.asList().end())
      details.push(std::move(failure.error));
  }
  if (details.empty()) return llvm::Error::success();
  return llvm::make_error<ArmError>(
      400,
      ir::mapOf("code", "InvalidTemplateDeployment", "message",
                "The template deployment '" + name +
                    "' is not valid according to the validation procedure. The tracking id is '" +
                    newId() + "'. See inner errors for details.",
                "details", std::move(details)));
}

Tree Deployments::resourceOf(const std::string& group, const std::string& name,
                             const Tree& properties, const Template& made) const {
  Tree outputs = Tree::list(), dependencies = Tree::list();
  for (const TemplateResource& resource : made.resources) {
    outputs.push(ir::mapOf("id", resource.id));
    Tree needs = Tree::list();
    for (const std::size_t need : resource.needs) {
      const TemplateResource& other = made.resources[need];
      needs.push(ir::mapOf("id", other.id, "resourceType", other.type, "resourceName",
                           join(other.names, "/")));
    }
    if (!needs.empty())
      dependencies.push(ir::mapOf("dependsOn", std::move(needs), "id", resource.id, "resourceType",
                                  resource.type, "resourceName", join(resource.names, "/")));
  }
  Tree shown =
      ir::mapOf("parameters", made.parameters, "mode", "Incremental", "provisioningState",
                "Accepted", "timestamp", nowText(), "duration", "PT0S", "correlationId", newId(),
                "dependencies", std::move(dependencies), "outputResources", std::move(outputs));
  copyField(properties, shown, "debugSetting");
  return ir::mapOf("id",
                   "/subscriptions/" + options_.subscription_id + "/resourceGroups/" + group +
                       "/providers/" + std::string(kType) + "/" + name,
                   "name", name, "type", kType, "properties", std::move(shown));
}

llvm::Expected<Accepted> Deployments::put(const std::string& group, const std::string& name,
                                          const Tree& body) {
  if (llvm::Error error = checkDeploymentName(name)) return error;
  if (llvm::Error error = checkProperties(body)) return error;
  std::unique_lock lock(state_.mutex());
  const Tree& properties = *body.find("properties");
  llvm::Expected<Template> made = read(group, name, properties);
  if (!made) return made.takeError();
  const std::shared_ptr<const Tree> before = state_.get(deploymentKey(group, name));
  if (before && !textAt(*before, "operation").empty())
    return fail(409, "DeploymentActive",
                "Unable to edit or replace deployment '" + name +
                    "': previous deployment is still active. Please see https://aka.ms/arm-deploy "
                    "for usage details.");
  if (llvm::Error error = preflight(group, name, *made)) return error;
  llvm::Expected<std::string> operation = operations_.add(
      ir::mapOf("kind", "Deployment", "group", group, "deployment", name, "doing", "Running"));
  if (!operation) return operation.takeError();
  Tree resource = resourceOf(group, name, properties, *made);
  Tree stored = ir::mapOf("resource", resource, "template", *properties.find("template"));
  copyField(properties, stored, "parameters");
  stored.set("operation", *operation).set("started", nowText()).set("operations", Tree::list());
  if (llvm::Error error = state_.put(deploymentKey(group, name), std::move(stored))) return error;
  lock.unlock();
  operations_.go(*operation);
  return Accepted{before ? 200 : 201, std::move(resource), *operation, ""};
}

llvm::Expected<Tree> Deployments::validate(const std::string& group, const std::string& name,
                                           const Tree& body) const {
  if (llvm::Error error = checkDeploymentName(name)) return error;
  if (llvm::Error error = checkProperties(body)) return error;
  const std::lock_guard lock(state_.mutex());
  const Tree& properties = *body.find("properties");
  llvm::Expected<Template> made = read(group, name, properties);
  if (!made) return made.takeError();
  if (llvm::Error error = preflight(group, name, *made)) return error;
  Tree resource = resourceOf(group, name, properties, *made);
  Tree& shown = resource.at("properties");
  shown.set("provisioningState", "Succeeded");
  shown.set("validatedResources", *shown.find("outputResources"));
  shown.erase("outputResources");
  return resource;
}

llvm::Expected<Accepted> Deployments::whatIf(const std::string& group, const std::string& name,
                                             const Tree& body) {
  if (llvm::Error error = checkDeploymentName(name)) return error;
  if (llvm::Error error = checkProperties(body)) return error;
  Tree changes = Tree::list();
  {
    const std::lock_guard lock(state_.mutex());
    llvm::Expected<Template> made = read(group, name, *body.find("properties"));
    if (!made) return made.takeError();
    if (llvm::Error error = preflight(group, name, *made)) return error;
    for (const TemplateResource& resource : made->resources) {
      llvm::Expected<Tree> after = preview(group, resource, *made);
      if (!after) return after.takeError();
      llvm::Expected<Tree> before = existing(group, resource);
      if (!before) llvm::consumeError(before.takeError());
      changes.push(whatIfChange(resource.id, before ? *before : Tree(), *after,
                                resource.names.size() == 1 ? kClusterKind : kPoolKind));
    }
  }
  Tree answer = ir::mapOf("status", "Succeeded", "properties",
                          ir::mapOf("correlationId", newId(), "changes", std::move(changes)));
  llvm::Expected<std::string> operation =
      operations_.add(ir::mapOf("kind", "WhatIf", "group", group, "deployment", name, "doing",
                                "Running", "answer", std::move(answer)));
  if (!operation) return operation.takeError();
  operations_.go(*operation);
  return Accepted{202, Tree(), *operation, ""};
}

llvm::Expected<Tree> Deployments::existing(const std::string& group,
                                           const TemplateResource& resource) const {
  if (resource.names.size() == 1) return containers_.cluster(group, resource.names[0]);
  return containers_.pool(group, resource.names[0], resource.names[1]);
}

llvm::Error Deployments::cancel(const std::string& group, const std::string& name) {
  const std::lock_guard lock(state_.mutex());
  llvm::Expected<std::shared_ptr<const Tree>> found = record(group, name);
  if (!found) return found.takeError();
  if (textAt(**found, "operation").empty())
    return fail(409, "DeploymentCannotBeCancelled",
                "The deployment '" + name + "' cannot be cancelled: it is not running.");
  Tree changed = **found;
  changed.set("canceled", true);
  return state_.put(deploymentKey(group, name), std::move(changed));
}

llvm::Expected<Accepted> Deployments::remove(const std::string& group, const std::string& name) {
  const std::lock_guard lock(state_.mutex());
  const std::shared_ptr<const Tree> found = state_.get(deploymentKey(group, name));
  if (found && !textAt(*found, "operation").empty())
    return fail(409, "DeploymentActive",
                "The deployment '" + name + "' is still active: cancel it first.");
  if (llvm::Error error = state_.remove(deploymentKey(group, name))) return error;
  return Accepted{204, Tree(), "", ""};
}

llvm::Expected<Tree> Deployments::operationsOf(const std::string& group,
                                               const std::string& name) const {
  llvm::Expected<std::shared_ptr<const Tree>> found = record(group, name);
  if (!found) return found.takeError();
  return ir::mapOf("value", *(*found)->find("operations"));
}

llvm::Expected<Tree> Deployments::operationOf(const std::string& group, const std::string& name,
                                              const std::string& id) const {
  llvm::Expected<Tree> all = operationsOf(group, name);
  if (!all) return all;
  for (const Tree& operation : all->find("value")->asList()) {
    if (textAt(operation, "operationId") == id) return operation;
  }
  return fail(404, "DeploymentOperationNotFound",
              "Deployment operation '" + id + "' of deployment '" + name + "' could not be found.");
}

llvm::Expected<Tree> Deployments::exportTemplate(const std::string& group,
                                                 const std::string& name) const {
  llvm::Expected<std::shared_ptr<const Tree>> found = record(group, name);
  if (!found) return found.takeError();
  return ir::mapOf("template", *(*found)->find("template"));
}

}  // namespace gpuspec::deploy::sandbox::arm
