#pragma once

// The sandbox's memory: a key-value space with revisions, in the manner of etcd. Every change is in
// a log on disk before the call returns, so that whatever was answered survives kill -9; from there
// it goes to SQLite.
// Keys are paths ("/kube/<cluster>/<group>/<resource>/<namespace>/<name>", "/arm/..."). Safe to
// call from many threads.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox {

using ir::Tree;

struct Entry {
  std::string key;
  std::shared_ptr<const Tree> value;
  std::int64_t created = 0;   // the revision that made the key
  std::int64_t modified = 0;  // the revision that wrote `value`
};

struct Event {
  enum class Type : std::uint8_t { Put, Remove } type = Type::Put;
  Entry entry;  // for Remove: the key and the removing revision in `modified`
  std::shared_ptr<const Tree> before;  // null when the key was new
};

// What came after a revision, in order. Ends when the store closes.
class Watch {
 public:
  virtual ~Watch() = default;
  // Waits up to `timeout` for the first event, then takes all that are there; empty = timeout or
  // closed.
  virtual std::vector<Event> next(std::chrono::milliseconds timeout) = 0;
  virtual bool closed() const = 0;
  // From any thread: wakes and ends `next`.
  virtual void close() = 0;
};

struct Page {
  std::vector<Entry> entries;  // sorted by key
  std::int64_t revision = 0;   // the state that the page shows
  std::string next_key;        // "" = the last page
  std::int64_t remaining = 0;  // entries after this page
};

// The value was changed in between: read again. `found` is the revision that is there, 0 = no key.
class RevisionConflict : public llvm::ErrorInfo<RevisionConflict> {
 public:
  explicit RevisionConflict(std::int64_t found_revision) : found(found_revision) {}
  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override;
  static char ID;
  std::int64_t found;
};

// Older than what is kept: 410 Gone.
class Compacted : public llvm::ErrorInfo<Compacted> {
 public:
  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override;
  static char ID;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual std::int64_t revision() const = 0;
  virtual std::optional<Entry> get(std::string_view key) const = 0;
  // Keys that begin with `prefix`, from `from_key` on (inclusive), as they were at `at_revision`
  // (0 = now). `limit` 0 = all. Fails with Compacted.
  [[nodiscard]] virtual llvm::Expected<Page> list(std::string_view prefix, std::size_t limit = 0,
                                                  std::string_view from_key = {},
                                                  std::int64_t at_revision = 0) const = 0;
  // Writes when the key's `modified` is `expected`: 0 = the key must not be there, kAny = whatever
  // is there. `value` is made from the revision that the write will get, so that it can hold it; it
  // runs in the thread of any writer, so it takes no lock and calls no store.
  static constexpr std::int64_t kAny = -1;
  using MakeValue = std::function<Tree(std::int64_t revision)>;
  [[nodiscard]] virtual llvm::Expected<Entry> put(std::string_view key, const MakeValue& value,
                                                  std::int64_t expected) = 0;
  // The removing revision.
  [[nodiscard]] virtual llvm::Expected<std::int64_t> remove(std::string_view key,
                                                            std::int64_t expected) = 0;
  // All keys with the prefix, in one step; none is no error.
  virtual llvm::Error removeAll(std::string_view prefix) = 0;
  // Events after `after_revision` (0 = from now on). Fails with Compacted.
  [[nodiscard]] virtual llvm::Expected<std::unique_ptr<Watch>> watch(
      std::string_view prefix, std::int64_t after_revision) = 0;
  // Forgets what was before, as etcd's compaction: old pages and watches answer Compacted.
  virtual void compact(std::int64_t before_revision) = 0;
};

// Opens or makes `folder`/store.db; keeps about `history` revisions for old pages and watches.
[[nodiscard]] llvm::Expected<std::unique_ptr<Store>> openStore(const std::string& folder,
                                                               std::int64_t history = 20'000);
// Nothing on disk; for tests.
std::unique_ptr<Store> makeMemoryStore(std::int64_t history = 20'000);

}  // namespace gpuspec::deploy::sandbox
