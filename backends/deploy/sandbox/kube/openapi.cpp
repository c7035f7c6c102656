#include "backends/deploy/sandbox/kube/openapi.h"

#include <set>

#include "backends/deploy/sandbox/kube/fields.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using ir::mapOf;

Tree typed(std::string_view type, std::string_view format = {}) {
  Tree out = mapOf("type", type);
  if (!format.empty()) out.set("format", format);
  return out;
}

// The schemas of one document and of everything they refer to.
class Components {
 public:
  Tree reference(const Schema& schema) {
    switch (schema.shape) {
      case Shape::Struct:
        return schema.name.empty() ? customNode(schema) : structReference(schema);
      case Shape::Map:
        return withItems("object", "additionalProperties", schema);
      case Shape::List:
        return withItems("array", "items", schema);
      case Shape::String:
        return withRules(typed("string"), schema);
      case Shape::Int:
        return withRules(typed("integer", schema.bits == 32 ? "int32" : "int64"), schema);
      case Shape::Double:
        return withRules(typed("number", "double"), schema);
      case Shape::Bool:
        return withRules(typed("boolean"), schema);
      case Shape::Bytes:
        return typed("string", "byte");
      case Shape::Time:
      case Shape::MicroTime:
        return typed("string", "date-time");
      case Shape::IntOrString:
        return mapOf("format", "int-or-string", "oneOf",
                     Tree(Tree::List{typed("integer"), typed("string")}));
      case Shape::Quantity:
        return mapOf("oneOf", Tree(Tree::List{typed("string"), typed("number")}));
      case Shape::Any:
        break;
    }
    return schema.join == Join::Granular ? mapOf("x-kubernetes-preserve-unknown-fields", true)
                                         : typed("object");
  }

  static std::string nameOf(const ResourceInfo& resource) {
    if (!resource.custom) return "io.k8s.api." + resource.schema->name;
    std::string reversed;
    std::string_view rest = resource.group;
    while (!rest.empty()) {
      const std::size_t dot = rest.rfind('.');
      reversed += std::string(dot == std::string_view::npos ? rest : rest.substr(dot + 1)) + ".";
      rest = dot == std::string_view::npos ? std::string_view() : rest.substr(0, dot);
    }
    return reversed + resource.version + "." + resource.kind;
  }

  void add(const ResourceInfo& resource) {
    if (resource.custom) {
      schemas_.set(nameOf(resource), structBody(*resource.schema));
    } else {
      structReference(*resource.schema);
    }
    Tree* schema = schemas_.find(nameOf(resource));
    Tree kind = mapOf("group", resource.group, "kind", resource.kind, "version", resource.version);
    schema->set("x-kubernetes-group-version-kind", Tree(Tree::List{std::move(kind)}));
  }

  Tree take() { return std::move(schemas_); }

 private:
  Tree structReference(const Schema& schema) {
    const std::string name = "io.k8s.api." + schema.name;
    if (started_.insert(name).second) {
      Tree body = structBody(schema);
      schemas_.set(name, std::move(body));
    }
    return mapOf("$ref", "#/components/schemas/" + name);
  }

  Tree structBody(const Schema& schema) {
    Tree out = typed("object");
    Tree required = Tree::list(), properties = Tree::map();
    for (const Field& field : schema.fields) {
      Tree property = reference(*field.schema);
      // A reference stands alone in OpenAPI 3.0; what goes with it wraps it.
      const bool extra = field.patch_merges || field.key_default != nullptr;
      if (extra && property.find("$ref") != nullptr)
        property = mapOf("allOf", Tree(Tree::List{std::move(property)}));
      if (field.patch_merges) {
        property.set("x-kubernetes-patch-strategy",
                     field.patch_retains_keys ? "merge,retainKeys" : "merge");
        if (!field.patch_key.empty()) property.set("x-kubernetes-patch-merge-key", field.patch_key);
      }
      if (field.key_default != nullptr) property.set("default", *field.key_default);
      properties.set(field.name, std::move(property));
      if (field.required) required.push(field.name);
    }
    if (schema.rules != nullptr && !listAt(*schema.rules, {"required"}).empty())
      required = *schema.rules->find("required");
    if (!properties.empty()) out.set("properties", std::move(properties));
    if (!required.empty()) out.set("required", std::move(required));
    if (schema.join == Join::Atomic) out.set("x-kubernetes-map-type", "atomic");
    if (schema.preserves_unknown) out.set("x-kubernetes-preserve-unknown-fields", true);
    if (schema.embedded) out.set("x-kubernetes-embedded-resource", true);
    return out;
  }

  Tree customNode(const Schema& schema) { return withRules(structBody(schema), schema); }

  Tree withItems(std::string_view type, std::string_view where, const Schema& schema) {
    Tree out = typed(type);
    out.set(where, reference(*schema.items));
    if (schema.shape == Shape::List) {
      constexpr std::string_view kNames[] = {"atomic", "atomic", "set", "map"};
      out.set("x-kubernetes-list-type", kNames[static_cast<std::size_t>(schema.join)]);
      if (!schema.keys.empty()) out.set("x-kubernetes-list-map-keys", Tree::strings(schema.keys));
    } else if (schema.join == Join::Atomic) {
      out.set("x-kubernetes-map-type", "atomic");
    }
    return withRules(std::move(out), schema);
  }

  static Tree withRules(Tree out, const Schema& schema) {
    if (schema.rules == nullptr) return out;
    for (std::string_view name :
         {"description", "enum", "default", "minimum", "maximum", "pattern", "minLength",
          "maxLength", "minItems", "maxItems", "format", "nullable"}) {
      if (const Tree* value = schema.rules->find(name)) out.set(name, *value);
    }
    return out;
  }

  Tree schemas_ = Tree::map();
  std::set<std::string> started_;
};

std::string collectionPath(const ResourceInfo& resource) {
  const std::string base = resource.group.empty()
                               ? "/api/" + resource.version
                               : "/apis/" + resource.group + "/" + resource.version;
  return base + (resource.namespaced ? "/namespaces/{namespace}/" : "/") + resource.resource;
}

Tree operation(const ResourceInfo& resource, std::string_view action, bool patch) {
  const Tree kind =
      mapOf("group", resource.group, "kind", resource.kind, "version", resource.version);
  const Tree schema =
      mapOf("schema", mapOf("$ref", "#/components/schemas/" + Components::nameOf(resource)));
  Tree out = mapOf(
      "operationId", std::string(action) + resource.kind, "parameters", Tree::list(), "responses",
      mapOf("200", mapOf("description", "OK", "content", mapOf("application/json", schema))),
      "x-kubernetes-action", action, "x-kubernetes-group-version-kind", kind);
  for (std::string_view name : {"dryRun", "fieldManager", "fieldValidation"}) {
    if (action == "get" || action == "list") break;
    out.find("parameters")->push(mapOf("name", name, "in", "query", "schema", typed("string")));
  }
  if (!patch) return out;
  Tree content = Tree::map();
  for (std::string_view type :
       {"application/apply-patch+yaml", "application/json-patch+json",
        "application/merge-patch+json", "application/strategic-merge-patch+json"}) {
    if (resource.custom && type == "application/strategic-merge-patch+json") continue;
    content.set(type, mapOf("schema", typed("object")));
  }
  return out.set("requestBody", mapOf("content", std::move(content), "required", true));
}

Tree pathsOf(const std::vector<Resource>& resources) {
  Tree out = Tree::map();
  for (const Resource& each : resources) {
    const std::string path = collectionPath(*each);
    Tree collection = mapOf("post", operation(*each, "post", false));
    if (!each->review) collection.set("get", operation(*each, "list", false));
    out.set(path, std::move(collection));
    if (each->review) continue;
    out.set(
        path + "/{name}",
        mapOf("get", operation(*each, "get", false), "put", operation(*each, "put", false), "patch",
              operation(*each, "patch", true), "delete", operation(*each, "delete", false)));
  }
  return out;
}

// The version 2 document that kubectl asks for when it finds a kind in no version 3 document:
// swagger "2.0", info {title, version}, no paths, in the wire format of gnostic's OpenAPIv2
// Document.
HttpResponse emptyProtobuf() {
  HttpResponse out;
  out.content_type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
  const std::string title = "Kubernetes", version = "v1.35.4";
  const auto field = [](char tag, const std::string& bytes) {
    return std::string(1, tag) + static_cast<char>(bytes.size()) + bytes;
  };
  const std::string none;
  out.body = field('\x0a', "2.0") + field('\x12', field('\x0a', title) + field('\x12', version)) +
             field('\x42', none);
  return out;
}

std::string documentPath(const ResourceInfo& resource) {
  return resource.group.empty() ? "api/" + resource.version
                                : "apis/" + resource.group + "/" + resource.version;
}

}  // namespace

std::optional<HttpResponse> OpenApi::answer(const HttpRequest& request) {
  if (request.path == "/openapi/v3" || request.path == "/openapi/v3/") {
    return index(std::string(request.header("x-gpuspec-prefix")));
  }
  constexpr std::string_view kPrefix = "/openapi/v3/";
  if (request.path.starts_with(kPrefix)) return document(request.path.substr(kPrefix.size()));
  if (request.path != "/openapi/v2") return std::nullopt;
  if (request.header("accept").find("proto-openapi.spec.v2") != std::string_view::npos)
    return emptyProtobuf();
  return jsonResponse(
      200, mapOf("swagger", "2.0", "info", mapOf("title", "Kubernetes", "version", "v1.35.4"),
                 "paths", Tree::map(), "definitions", Tree::map()));
}

HttpResponse OpenApi::index(const std::string& prefix) {
  // Clients keep documents by their hash: it moves when a definition does.
  const std::string hash = std::to_string(registry_.stamp());
  Tree paths = Tree::map();
  for (const Resource& resource : registry_.all()) {
    const std::string path = documentPath(*resource);
    paths.set(path, mapOf("serverRelativeURL", prefix + "/openapi/v3/" + path + "?hash=" + hash));
  }
  return jsonResponse(200, mapOf("paths", std::move(paths)));
}

std::optional<HttpResponse> OpenApi::document(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (stamp_ != registry_.stamp()) {
    documents_.clear();
    stamp_ = registry_.stamp();
  }
  const auto found = documents_.find(path);
  if (found != documents_.end()) return jsonResponse(200, found->second);
  std::vector<Resource> resources;
  for (const Resource& resource : registry_.all()) {
    if (documentPath(*resource) == path) resources.push_back(resource);
  }
  if (resources.empty()) return std::nullopt;
  Components components;
  for (const Resource& resource : resources) components.add(*resource);
  const Tree out =
      mapOf("openapi", "3.0.0", "info", mapOf("title", "Kubernetes", "version", "v1.35.4"), "paths",
            pathsOf(resources), "components", mapOf("schemas", components.take()));
  return jsonResponse(200, documents_[path] = ir::toJson(out));
}

}  // namespace gpuspec::deploy::sandbox::api
