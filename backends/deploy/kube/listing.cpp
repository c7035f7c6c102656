#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

constexpr const char* kMetadataOnly =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

class Listing {
 public:
  Listing(Caller& caller, const ApiResource& resource, const ListQuery& query, const Listed& listed)
      : caller_(caller), resource_(resource), query_(query), listed_(listed) {}

  llvm::Error run() {
    // Pages that grew too old: once more from the beginning, then all in one answer.
    for (const int page_size : {query_.page, query_.page, 0}) {
      llvm::Error error = pages(page_size);
      if (!error) return error;
      const ApiError::Kind kind = kindOf(error);
      const bool again = kind == ApiError::Kind::Gone && page_size != 0;
      if (!again && kind != ApiError::Kind::NotFound) return error;
      llvm::consumeError(std::move(error));
      if (again) continue;
      // No collection: the kind has gone since the server was asked what it serves, and all of it.
      listed_.again();
      break;
    }
    return llvm::Error::success();
  }

 private:
  std::string firstPath(int page_size) const {
    std::string path = pathOf(resource_, query_.object_namespace, "");
    char sign = '?';
    const auto add = [&](const char* name, const std::string& value) {
      if (value.empty()) return;
      path += sign + std::string(name) + "=" + urlEncoded(value);
      sign = '&';
    };
    if (page_size > 0) add("limit", std::to_string(page_size));
    add("labelSelector", query_.label_selector);
    add("fieldSelector", query_.field_selector);
    return path;
  }

  llvm::Error pages(int page_size) {
    listed_.again();
    const std::string first = firstPath(page_size);
    std::string next;
    do {
      Call call;
      call.path = next.empty() ? first : first + "&continue=" + urlEncoded(next);
      if (query_.metadata_only) call.accept = kMetadataOnly;
      llvm::Expected<Tree> page = caller_.list(call, [this](Tree item) { take(std::move(item)); });
      if (!page) return page.takeError();
      next = metadataText(*page, "continue");
    } while (!next.empty());
    return llvm::Error::success();
  }

  // Items of a list say neither kind nor version; metadata alone says its own.
  void take(Tree item) const {
    if (!item.isMap()) return;
    item.set("apiVersion", apiVersionOf(resource_)).set("kind", resource_.kind);
    listed_.take(std::move(item));
  }

  Caller& caller_;
  const ApiResource& resource_;
  const ListQuery& query_;
  const Listed& listed_;
};

}  // namespace

llvm::Error listEach(Caller& caller, const ApiResource& resource, const ListQuery& query,
                     const Listed& listed) {
  return Listing(caller, resource, query, listed).run();
}

llvm::Expected<std::vector<Tree>> listAll(Caller& caller, const ApiResource& resource,
                                          const ListQuery& query) {
  std::vector<Tree> all;
  const Listed listed{[&all] { all.clear(); },
                      [&all](Tree item) { all.push_back(std::move(item)); }};
  if (llvm::Error error = listEach(caller, resource, query, listed)) return error;
  return all;
}

}  // namespace gpuspec::deploy::kube
