#pragma once

// The halves of a client's work; internal to the library.

#include <functional>

#include "backends/deploy/kube/caller.h"
#include "backends/deploy/kube/discovery.h"
#include "backends/deploy/kube/factory.h"
#include "backends/deploy/kube/tree_text.h"

namespace gpuspec::deploy::kube {

// listing.cpp
struct ListQuery {
  std::string object_namespace, label_selector, field_selector;
  bool metadata_only = false;
  int page = 2500;  // 5,000 objects of a kind: two pages
};
// In pages; from the beginning again when the pages grew too old in between.
// What is listed, one by one as it is read; `again`: forget what came, it comes once more.
struct Listed {
  std::function<void()> again;
  std::function<void(Tree)> take;
};
[[nodiscard]] llvm::Error listEach(Caller& caller, const ApiResource& resource,
                                   const ListQuery& query, const Listed& listed);
[[nodiscard]] llvm::Expected<std::vector<Tree>> listAll(Caller& caller, const ApiResource& resource,
                                                        const ListQuery& query);

// apply_object.cpp
struct ApplyOptions {
  bool force = false, dry_run = false;
  const http::CancelToken* cancel = nullptr;
};
// Server-side apply of the whole object. What a Secret holds is in no error text.
[[nodiscard]] llvm::Expected<Tree> applyTo(Caller& caller, const ApiResource& resource,
                                           const Tree& object, const ApplyOptions& options);
struct DeleteOptions {
  std::string uid, revision;  // preconditions; "" = none
  const http::CancelToken* cancel = nullptr;
};
// True: gone now, or was not there; false: it is on its way out.
[[nodiscard]] llvm::Expected<bool> deleteFrom(Caller& caller, const ApiResource& resource,
                                              const std::string& object_namespace,
                                              const std::string& name,
                                              const DeleteOptions& options);

// reader.cpp
[[nodiscard]] llvm::Error readCluster(KubeClient& client, Caller& caller,
                                      const model::DesiredSet& desired, const std::string& cluster,
                                      model::LiveSet& live);

// writer.cpp
struct Writer {
  Caller& caller;
  Directory& directory;
  const Patience& patience;
  const apply::Progress& progress;
  const http::CancelToken& cancel;
};
[[nodiscard]] llvm::Error performChange(const Writer& writer, const plan::Change& change);

// namespace_guard.cpp: Conflict, naming them, when a namespace holds what others have made.
[[nodiscard]] llvm::Error refuseShared(const Writer& writer, const Tree& found);

// Runs work(0) ... work(count - 1), at most eight side by side; the first error in their order.
[[nodiscard]] llvm::Error sideBySide(std::size_t count,
                                     const std::function<llvm::Error(std::size_t)>& work);

// adopt.cpp
enum class Inherit : std::uint8_t {
  Appliers,   // who applied the object, or wrote it with a tool of that kind
  Everybody,  // controllers, too
};
// managedFields in which what others set outside of metadata is ours, so that applying the spec
// removes what it does not write. nullopt: there is nothing to take.
std::optional<Tree> inheritedFields(const Tree& managed_fields, const std::string& api_version,
                                    Inherit from);

}  // namespace gpuspec::deploy::kube
