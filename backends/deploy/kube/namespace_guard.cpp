#include <set>

#include "backends/deploy/kube/others.h"
#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

constexpr std::size_t kMostNamed = 10;

class Guarding {
 public:
  Guarding(const Writer& writer, const Tree& found) : writer_(writer), found_(found) {
    const Tree* labels = below(found, {"metadata", "labels"});
    scope_ = {textAt(labels, model::kProject), textAt(labels, model::kEnvironment)};
  }

  llvm::Error run() {
    llvm::Expected<const std::vector<ApiResource>*> known = writer_.directory.all();
    if (!known) return known.takeError();
    std::vector<const ApiResource*> kinds;
    for (const ApiResource& resource : **known) {
      if (standsInNamespaces(resource)) kinds.push_back(&resource);
    }
    std::vector<std::set<std::string>> others(kinds.size());
    if (llvm::Error error =
            sideBySide(kinds.size(), [&](std::size_t i) { return look(*kinds[i], others[i]); }))
      return error;
    std::set<std::string> names;
    for (const auto& part : others) names.insert(part.begin(), part.end());
    return names.empty() ? llvm::Error::success() : refuse(names);
  }

 private:
  llvm::Error look(const ApiResource& resource, std::set<std::string>& others) const {
    ListQuery query;
    query.object_namespace = metadataText(found_, "name");
    query.metadata_only = true;
    llvm::Expected<std::vector<Tree>> objects = listAll(writer_.caller, resource, query);
    if (!objects) return objects.takeError();
    for (const Tree& object : *objects) {
      const std::optional<model::Owner> owner = otherOwner(resource, object, scope_);
      if (!owner) continue;
      others.insert(resource.kind + " " + metadataText(object, "name") +
                    (owner->text.empty() ? "" : " (" + owner->text + ")"));
    }
    return llvm::Error::success();
  }

  llvm::Error refuse(const std::set<std::string>& names) const {
    std::string list;
    std::size_t named = 0;
    for (const std::string& name : names) {
      if (named++ == kMostNamed) break;
      list += (list.empty() ? "" : ", ") + name;
    }
    if (names.size() > kMostNamed)
      list += " and " + std::to_string(names.size() - kMostNamed) + " more";
    ApiError error(
        ApiError::Kind::Conflict, 409, "NamespaceShared",
        "namespace " + metadataText(found_, "name") + " holds what others have made: " + list);
    error.way_out =
        "move these away, or keep the namespace: `removed { what = ...  destroy = false }`";
    return llvm::make_error<ApiError>(std::move(error));
  }

  const Writer& writer_;
  const Tree& found_;
  model::Scope scope_;
};

}  // namespace

llvm::Error refuseShared(const Writer& writer, const Tree& found) {
  return Guarding(writer, found).run();
}

}  // namespace gpuspec::deploy::kube
