#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

constexpr int kPageSize = 2500;  // 5,000 objects of a kind: two pages
constexpr const char* kMetadataOnly =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

class Listing {
 public:
  Listing(Caller& caller, const ApiResource& resource, const ListQuery& query)
      : caller_(caller), resource_(resource), query_(query) {}

  llvm::Expected<std::vector<Tree>> run() {
    // Pages that grew too old: once more from the beginning, then all in one answer.
    for (const int page_size : {kPageSize, kPageSize, 0}) {
      llvm::Error error = pages(page_size);
      if (!error) return std::move(all_);
      // No collection: the kind has gone since the server was asked what it serves, and all of it.
      if (kindOf(error) == ApiError::Kind::NotFound) {
        llvm::consumeError(std::move(error));
        return std::vector<Tree>();
      }
      if (kindOf(error) != ApiError::Kind::Gone || page_size == 0) return error;
      llvm::consumeError(std::move(error));
    }
    return std::move(all_);
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
    all_.clear();
    const std::string first = firstPath(page_size);
    std::string next;
    do {
      Call call;
      call.path = next.empty() ? first : first + "&continue=" + urlEncoded(next);
      if (query_.metadata_only) call.accept = kMetadataOnly;
      llvm::Expected<Tree> page = caller_.tree(call);
      if (!page) return page.takeError();
      next = metadataText(*page, "continue");
      take(*page);
    } while (!next.empty());
    return llvm::Error::success();
  }

  // Items of a list say neither kind nor version; metadata alone says its own.
  void take(Tree& page) {
    Tree* items = page.find("items");
    if (items == nullptr || !items->isList()) return;
    all_.reserve(all_.size() + items->asList().size());
    for (Tree& item : items->asList()) {
      if (!item.isMap()) continue;
      item.set("apiVersion", apiVersionOf(resource_)).set("kind", resource_.kind);
      all_.push_back(std::move(item));
    }
  }

  Caller& caller_;
  const ApiResource& resource_;
  const ListQuery& query_;
  std::vector<Tree> all_;
};

}  // namespace

llvm::Expected<std::vector<Tree>> listAll(Caller& caller, const ApiResource& resource,
                                          const ListQuery& query) {
  return Listing(caller, resource, query).run();
}

}  // namespace gpuspec::deploy::kube
