#include <charconv>
#include <optional>
#include <vector>

#include <llvm/Support/Base64.h>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/reads.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/tables.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// Pages are looked at in steps of this many when a selector leaves objects out.
constexpr std::size_t kStep = 500;

struct Continue {
  std::int64_t revision = 0;  // -1: whatever is there now
  std::string start;          // a key, without the resource's prefix
};

std::string writeToken(const Continue& token) {
  return llvm::encodeBase64(
      ir::toJson(ir::mapOf("v", "meta.k8s.io/v1", "rv", token.revision, "start", token.start)));
}

std::optional<Continue> readToken(std::string_view text) {
  std::vector<char> bytes;
  llvm::Error error = llvm::decodeBase64(text, bytes);
  llvm::Expected<Tree> tree =
      error ? llvm::Expected<Tree>(std::move(error)) : ir::parseJson({bytes.data(), bytes.size()});
  if (!tree) {
    llvm::consumeError(tree.takeError());
    return std::nullopt;
  }
  if (textAt(*tree, {"v"}) != "meta.k8s.io/v1" || textAt(*tree, {"start"}).empty())
    return std::nullopt;
  return Continue{intAt(*tree, {"rv"}), textAt(*tree, {"start"})};
}

std::optional<std::int64_t> numberOf(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

struct Query {
  std::string prefix;
  Selector selector;
  std::size_t limit = 0;
  Continue from;
};

llvm::Expected<Query> readQuery(const ObjectLayer& objects, const Call& call,
                                const HttpRequest& request) {
  Query out;
  const ResourceInfo& resource = *call.resource;
  out.prefix = objects.cluster().prefix(resource.group, resource.resource, call.object_namespace);
  auto selector = parseSelector(request.parameter("labelSelector"),
                                request.parameter("fieldSelector"), resource);
  if (!selector) return selector.takeError();
  out.selector = std::move(*selector);
  if (const std::string_view limit = request.parameter("limit"); !limit.empty()) {
    const auto number = numberOf(limit);
    if (!number)
      return badRequest("strconv.ParseInt: parsing \"" + std::string(limit) + "\": invalid syntax");
    out.limit = static_cast<std::size_t>(*number);
  }
  const std::string_view version = request.parameter("resourceVersion");
  if (const std::string_view token = request.parameter("continue"); !token.empty()) {
    const auto from = readToken(token);
    if (!from) return badRequest("continue key is not valid");
    if (!version.empty() && version != "0") {
      return badRequest("specifying resource version is not allowed when using continue");
    }
    out.from = *from;
    return out;
  }
  if (version.empty() || version == "0") return out;
  const auto number = numberOf(version);
  if (!number) return badRequest("invalid resource version: \"" + std::string(version) + "\"");
  const std::int64_t now = objects.cluster().store().revision();
  if (*number > now) {
    Tree status = failureStatus(504, "Timeout",
                                "Too large resource version: " + std::string(version) +
                                    ", current: " + std::to_string(now));
    status.set("details",
               ir::mapOf("retryAfterSeconds", 1, "causes",
                         Tree(Tree::List{ir::mapOf("reason", "ResourceVersionTooLarge", "message",
                                                   "Too large resource version")})));
    return llvm::make_error<StatusError>(std::move(status));
  }
  if (request.parameter("resourceVersionMatch") == "Exact") out.from.revision = *number;
  return out;
}

struct Found {
  std::vector<Object> objects;
  std::int64_t revision = 0;
  std::string next_key;
  std::optional<std::int64_t> remaining;
};

llvm::Expected<Found> collect(const ObjectLayer& objects, const Query& query) {
  const Store& store = objects.cluster().store();
  Found out;
  std::string from = query.from.start.empty() ? "" : query.prefix + query.from.start;
  std::int64_t revision = query.from.revision < 0 ? 0 : query.from.revision;
  for (;;) {
    const std::size_t missing = query.limit == 0 ? 0 : query.limit - out.objects.size();
    const std::size_t step = query.limit == 0         ? 0
                             : query.selector.empty() ? missing
                                                      : std::max(missing, kStep);
    llvm::Expected<Page> page = store.list(query.prefix, step, from, revision);
    if (!page) return page.takeError();
    if (revision == 0) revision = page->revision;
    out.revision = revision;
    for (std::size_t i = 0; i < page->entries.size(); ++i) {
      Entry& entry = page->entries[i];
      if (query.limit != 0 && out.objects.size() == query.limit) {
        out.next_key = entry.key;
        return out;
      }
      if (query.selector.matches(*entry.value)) out.objects.push_back(std::move(entry.value));
    }
    from = page->next_key;
    if (from.empty()) return out;
    if (query.limit != 0 && out.objects.size() == query.limit) {
      out.next_key = from;
      if (query.selector.empty()) out.remaining = page->remaining;
      return out;
    }
  }
}

// The answer to a token whose snapshot is gone: how to go on without one.
HttpResponse expiredToken(const Query& query) {
  Tree status = failureStatus(410, "Expired",
                              "The provided continue parameter is too old to display a consistent "
                              "list result. You can start a new list "
                              "without the continue parameter, or use the continue token in this "
                              "response to retrieve the remainder of the "
                              "results. Continuing with the provided token results in an "
                              "inconsistent list - objects that were created, "
                              "modified, or deleted between the time the first chunk was returned "
                              "and now may show up in the list.");
  setAt(status, {"metadata", "continue"}, writeToken({-1, query.from.start}));
  return jsonResponse(410, status);
}

std::string itemText(const ResourceInfo& resource, const Tree& object, Form form, RowObject with) {
  if (form == Form::Table) return ir::toJson(tableRow(resource, object, with));
  if (form == Form::Metadata) return ir::toJson(metadataOf(object));
  if (!resource.custom || textAt(object, {"apiVersion"}) == resource.apiVersion())
    return ir::toJson(object);
  return ir::toJson(ObjectLayer::shownAs(resource, object));
}

RowObject rowObject(const HttpRequest& request) {
  const std::string_view include = request.parameter("includeObject");
  if (include == "None") return RowObject::None;
  return include == "Object" ? RowObject::Whole : RowObject::Metadata;
}

std::string header(const ResourceInfo& resource, Form form, const Tree& metadata) {
  Tree out = Tree::map();
  if (form == Form::Table) {
    out.set("kind", "Table").set("apiVersion", "meta.k8s.io/v1");
  } else if (form == Form::Metadata) {
    out.set("kind", "PartialObjectMetadataList").set("apiVersion", "meta.k8s.io/v1");
  } else {
    out.set("kind", resource.list_kind).set("apiVersion", resource.apiVersion());
  }
  out.set("metadata", metadata);
  if (form == Form::Table) out.set("columnDefinitions", tableColumns(resource));
  std::string text = ir::toJson(out);
  text.pop_back();
  return text + (form == Form::Table ? ",\"rows\":[" : ",\"items\":[");
}

}  // namespace

std::string shownObject(const ResourceInfo& resource, const Tree& object,
                        const HttpRequest& request) {
  const Form form = formOf(request);
  if (form == Form::Table) return ir::toJson(tableOf(resource, object, rowObject(request), true));
  return itemText(resource, object, form, RowObject::Metadata);
}

HttpResponse answerGet(const ObjectLayer& objects, const Call& call, const HttpRequest& request) {
  llvm::Expected<Tree> object = objects.readObject(call);
  if (!object) return errorResponse(object.takeError());
  return jsonResponse(200, shownObject(*call.resource, *object, request));
}

HttpResponse answerList(const ObjectLayer& objects, const Call& call, const HttpRequest& request) {
  llvm::Expected<Query> query = readQuery(objects, call, request);
  if (!query) return errorResponse(query.takeError());
  llvm::Expected<Found> found = collect(objects, *query);
  if (!found) {
    llvm::Error error = found.takeError();
    if (!error.isA<Compacted>() || query->from.start.empty())
      return errorResponse(std::move(error));
    llvm::consumeError(std::move(error));
    return expiredToken(*query);
  }
  Tree metadata = ir::mapOf("resourceVersion", std::to_string(found->revision));
  if (!found->next_key.empty()) {
    metadata.set("continue",
                 writeToken({found->revision, found->next_key.substr(query->prefix.size())}));
    if (found->remaining) metadata.set("remainingItemCount", *found->remaining);
  }
  const Form form = formOf(request);
  const RowObject with = rowObject(request);
  std::string body = header(*call.resource, form, metadata);
  for (std::size_t i = 0; i < found->objects.size(); ++i) {
    if (i > 0) body += ',';
    body += itemText(*call.resource, *found->objects[i], form, with);
  }
  body += "]}";
  return jsonResponse(200, std::move(body));
}

}  // namespace gpuspec::deploy::sandbox::api
