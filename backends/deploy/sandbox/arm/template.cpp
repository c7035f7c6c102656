#include "backends/deploy/sandbox/arm/template.h"

#include <algorithm>
#include <set>

#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::size_t kMaxResources = 800;

bool hasType(const Tree& value, const std::string& type) {
  const std::string name = lower(type);
  if (name == "string" || name == "securestring") return value.isString();
  if (name == "int") return value.isInt();
  if (name == "bool") return value.isBool();
  if (name == "array") return value.isList();
  return value.isMap();
}

// Parameters and variables, evaluated when somebody asks.
class Names {
 public:
  Names(const Tree& text, const Tree& given, const Scope& scope)
      : text_(text), given_(given), scope_(scope) {}

  llvm::Expected<Tree> parameter(const std::string& name) const {
    const Tree* declared =
        at(text_, "parameters") == nullptr ? nullptr : at(text_, "parameters")->find(name);
    if (declared == nullptr)
      return invalidTemplate("The template parameter '" + name + "' is not found");
    const Tree* given = given_.find(name);
    const Tree* value = given == nullptr ? nullptr : given->find("value");
    if (value == nullptr) value = declared->find("defaultValue");
    if (value == nullptr)
      return invalidTemplate("The value for the template parameter '" + name + "' is not provided");
    llvm::Expected<Tree> result = given != nullptr ? *value : evaluateAll(*value, scope_);
    if (result && !hasType(*result, textAt(*declared, "type")))
      return invalidTemplate("The provided value for the template parameter '" + name +
                             "' is not of type '" + textAt(*declared, "type") + "'");
    return result;
  }

  llvm::Expected<Tree> variable(const std::string& name) const {
    const Tree* variables = text_.find("variables");
    const Tree* value = variables == nullptr ? nullptr : variables->find(name);
    if (value == nullptr)
      return invalidTemplate("The template variable '" + name + "' is not found");
    if (!open_.insert(name).second)
      return invalidTemplate("The template variable '" + name + "' is made from itself");
    llvm::Expected<Tree> result = evaluateAll(*value, scope_);
    open_.erase(name);
    return result;
  }

 private:
  const Tree& text_;
  const Tree& given_;
  const Scope& scope_;
  mutable std::set<std::string> open_;
};

llvm::Error checkShape(const Tree& text, const Tree& parameters) {
  if (!text.isMap()) return invalidTemplate("The template is no object");
  constexpr std::string_view kKnown[] = {
      "$schema",    "contentVersion", "apiProfile", "languageVersion", "metadata",
      "parameters", "variables",      "functions",  "resources",       "outputs"};
  for (const auto& [key, value] : text.asMap()) {
    if (std::ranges::find(kKnown, key) == std::end(kKnown))
      return invalidTemplate("Could not find member '" + key + "' on object of type 'Template'");
  }
  if (textAt(text, "$schema").empty() || textAt(text, "contentVersion").empty())
    return invalidTemplate("The required properties '$schema' and 'contentVersion' are missing");
  const Tree* resources = text.find("resources");
  if (resources == nullptr || !resources->isList())
    return invalidTemplate("The required property 'resources' is missing or no array");
  const Tree* declared = text.find("parameters");
  for (const auto& [name, value] : parameters.isMap() ? parameters.asMap() : Tree::Map()) {
    if (declared == nullptr || declared->find(name) == nullptr)
      return invalidTemplate(
          "The following parameters were supplied, but do not correspond to any parameters defined "
          "in the template: '" +
          name + "'");
  }
  return llvm::Error::success();
}

class Reader {
 public:
  Reader(const Scope& scope, Template& made) : scope_(scope), made_(made) {}

  llvm::Error read(const Tree& resources) {
    if (llvm::Error error = readAll(resources, "", "")) return error;
    if (made_.resources.size() > kMaxResources)
      return invalidTemplate("The template has more than 800 resources");
    for (std::size_t i = 0; i < made_.resources.size(); ++i) {
      if (llvm::Error error = link(i)) return error;
    }
    return checkOrder();
  }

 private:
  // Resources inside of another have their types and names relative to it.
  llvm::Error readAll(const Tree& resources, const std::string& type, const std::string& name) {
    if (!resources.isList()) return invalidTemplate("'resources' has to be an array");
    for (const Tree& resource : resources.asList()) {
      if (llvm::Error error = readOne(resource, type, name)) return error;
    }
    return llvm::Error::success();
  }

  llvm::Error readOne(Tree text, const std::string& type, const std::string& name) {
    for (const char* field : {"copy", "scope", "subscriptionId", "resourceGroup"}) {
      if (text.find(field) != nullptr)
        return invalidTemplate(std::string("The sandbox does not know '") + field +
                               "' of resources");
    }
    if (const Tree* condition = text.find("condition")) {
      llvm::Expected<Tree> value = evaluateAll(*condition, scope_);
      if (!value) return value.takeError();
      if (!value->isBool())
        return invalidTemplate("A resource's condition has to be true or false");
      if (!value->asBool()) return llvm::Error::success();
    }
    const Tree inner = text.find("resources") == nullptr ? Tree::list() : *text.find("resources");
    text.erase("resources");
    llvm::Expected<Tree> evaluated = evaluateAll(text, scope_);
    if (!evaluated) return evaluated.takeError();
    const std::string full_type =
        type.empty() ? textAt(*evaluated, "type") : type + "/" + textAt(*evaluated, "type");
    const std::string full_name =
        name.empty() ? textAt(*evaluated, "name") : name + "/" + textAt(*evaluated, "name");
    if (llvm::Error error = add(std::move(*evaluated), full_type, full_name)) return error;
    return readAll(inner, full_type, full_name);
  }

  llvm::Error add(Tree resource, const std::string& type, const std::string& name) {
    TemplateResource one;
    one.type = type;
    one.api_version = textAt(resource, "apiVersion");
    if (one.type.empty() || one.api_version.empty() || name.empty())
      return invalidTemplate("A resource needs the properties 'type', 'apiVersion' and 'name'");
    one.names = split(name, '/');
    llvm::Expected<std::string> id =
        resourceId(scope_.subscription_id, textAt(scope_.group, "name"), one.type, one.names);
    if (!id) {
      llvm::consumeError(id.takeError());
      return invalidTemplate("The template resource '" + name + "' for type '" + one.type +
                             "' has incorrect segment lengths. A nested resource type must have "
                             "identical number of segments as its resource name");
    }
    one.id = std::move(*id);
    for (const TemplateResource& other : made_.resources) {
      if (sameName(other.id, one.id))
        return invalidTemplate("The resource '" + one.id +
                               "' is defined multiple times in a template");
    }
    const Tree* needs = resource.find("dependsOn");
    needs_.push_back(needs == nullptr ? Tree::list() : *needs);
    for (const char* field :
         {"type", "apiVersion", "name", "dependsOn", "condition", "comments", "metadata"})
      resource.erase(field);
    one.body = std::move(resource);
    made_.resources.push_back(std::move(one));
    return llvm::Error::success();
  }

  // "/subscriptions/...", "Microsoft.X/type/name" and a plain name all name a resource.
  static bool names(const TemplateResource& resource, const std::string& text) {
    if (sameName(resource.id, text) || sameName(join(resource.names, "/"), text)) return true;
    const std::size_t providers = resource.id.find("/providers/");
    return sameName(resource.id.substr(providers + 11), text);
  }

  llvm::Error link(std::size_t at_place) {
    TemplateResource& resource = made_.resources[at_place];
    if (!needs_[at_place].isList()) return invalidTemplate("'dependsOn' has to be an array");
    for (const Tree& need : needs_[at_place].asList()) {
      if (!need.isString()) return invalidTemplate("'dependsOn' has to hold text only");
      const auto found = std::ranges::find_if(made_.resources, [&](const TemplateResource& other) {
        return names(other, need.asString());
      });
      if (found == made_.resources.end())
        return invalidTemplate("The resource '" + need.asString() +
                               "' is not defined in the template. Please see "
                               "https://aka.ms/arm-syntax for usage details");
      resource.needs.push_back(static_cast<std::size_t>(found - made_.resources.begin()));
    }
    return llvm::Error::success();
  }

  llvm::Error checkOrder() const {
    std::vector<bool> done(made_.resources.size(), false);
    for (std::size_t left = done.size(), last = left + 1; left > 0;) {
      if (left == last)
        return invalidTemplate(
            "Circular dependency detected on resource '" + firstOpen(done) +
            "'. Please see https://aka.ms/arm-syntax-resources for usage details");
      last = left;
      for (std::size_t i = 0; i < done.size(); ++i) {
        const auto& needs = made_.resources[i].needs;
        if (done[i] || !std::ranges::all_of(needs, [&](std::size_t need) { return done[need]; }))
          continue;
        done[i] = true;
        --left;
      }
    }
    return llvm::Error::success();
  }

  std::string firstOpen(const std::vector<bool>& done) const {
    return made_.resources[static_cast<std::size_t>(std::ranges::find(done, false) - done.begin())]
        .id;
  }

  const Scope& scope_;
  Template& made_;
  std::vector<Tree> needs_;
};

llvm::Error readOutputs(const Tree& text, const Scope& scope, Template& made) {
  made.outputs = Tree::map();
  const Tree* outputs = text.find("outputs");
  if (outputs == nullptr || !outputs->isMap()) return llvm::Error::success();
  for (const auto& [name, output] : outputs->asMap()) {
    const Tree* value = output.find("value");
    if (value == nullptr) return invalidTemplate("The output '" + name + "' has no value");
    llvm::Expected<Tree> result = evaluateAll(*value, scope);
    if (!result) return result.takeError();
    made.outputs.set(name, ir::mapOf("type", textAt(output, "type"), "value", std::move(*result)));
  }
  return llvm::Error::success();
}

llvm::Error readParameters(const Tree& text, const Names& names, Template& made) {
  made.parameters = Tree::map();
  const Tree* declared = text.find("parameters");
  if (declared == nullptr || !declared->isMap()) return llvm::Error::success();
  for (const auto& [name, parameter] : declared->asMap()) {
    llvm::Expected<Tree> value = names.parameter(name);
    if (!value) return value.takeError();
    Tree shown = ir::mapOf("type", textAt(parameter, "type"));
    // What is secure is never shown again.
    if (!lower(textAt(parameter, "type")).starts_with("secure"))
      shown.set("value", std::move(*value));
    made.parameters.set(name, std::move(shown));
  }
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<Template> readTemplate(const Tree& text, const Tree& parameters, Scope scope) {
  if (llvm::Error error = checkShape(text, parameters)) return error;
  const Names names(text, parameters, scope);
  scope.parameter = [&](const std::string& name) { return names.parameter(name); };
  scope.variable = [&](const std::string& name) { return names.variable(name); };
  Template made;
  if (llvm::Error error = readParameters(text, names, made)) return error;
  if (llvm::Error error = Reader(scope, made).read(*text.find("resources"))) return error;
  if (llvm::Error error = readOutputs(text, scope, made)) return error;
  return made;
}

}  // namespace gpuspec::deploy::sandbox::arm
