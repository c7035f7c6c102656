#include "backends/deploy/sandbox/store/store.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>

#include "backends/deploy/sandbox/store/database.h"
#include "backends/deploy/sandbox/store/versions.h"
#include "backends/deploy/sandbox/store/watches.h"

namespace gpuspec::deploy::sandbox {

char RevisionConflict::ID = 0;
char Compacted::ID = 0;

void RevisionConflict::log(llvm::raw_ostream& out) const {
  if (found == 0) {
    out << "the key is not there";
  } else {
    out << "the key is at revision " << found;
  }
}

std::error_code RevisionConflict::convertToErrorCode() const {
  return std::make_error_code(std::errc::operation_canceled);
}

void Compacted::log(llvm::raw_ostream& out) const {
  out << "the revision is no longer kept";
}

std::error_code Compacted::convertToErrorCode() const {
  return std::make_error_code(std::errc::result_out_of_range);
}

namespace {

// What one call wants written. Lives on the caller's stack until it is done.
struct Request {
  std::string key;                          // or the prefix
  const Store::MakeValue* value = nullptr;  // null = remove
  std::int64_t expected = Store::kAny;
  bool prefix = false;                   // remove all below `key`
  std::vector<Entry> written;            // for a prefix: all that went away
  std::optional<std::int64_t> conflict;  // what was found instead of `expected`
  std::string failure;                   // the disk said no

  // Of its own, so that who is woken meets nobody at a lock.
  enum class Turn : std::uint8_t { Waits, Writes, Done };
  std::mutex mutex;
  std::condition_variable wake;
  Turn turn = Turn::Waits;

  Turn wait() {
    std::unique_lock lock(mutex);
    wake.wait(lock, [this] { return turn != Turn::Waits; });
    return turn;
  }
  void tell(Turn what) {
    const std::lock_guard lock(mutex);
    turn = what;
    wake.notify_one();
  }
};

constexpr int kBatchesOfOne = 16;

// The events of several requests, each of which sees what those before it did.
class Batch {
 public:
  explicit Batch(const Versions& versions) : versions_(versions), revision_(versions.revision()) {}

  void add(Request& request) {
    if (request.prefix) {
      for (const std::string& key : keysBelow(request.key)) remove(key, request);
      return;
    }
    const Entry* entry = current(request.key);
    const std::int64_t found = entry == nullptr ? 0 : entry->modified;
    const bool missing = request.value == nullptr && found == 0;
    if (missing || (request.expected != Store::kAny && request.expected != found)) {
      request.conflict = found;
    } else if (request.value == nullptr) {
      remove(request.key, request);
    } else {
      put(request, entry);
    }
  }

  std::vector<Event>& events() { return events_; }

 private:
  const Entry* current(const std::string& key) const {
    const auto changed = changed_.find(key);
    if (changed == changed_.end()) return versions_.find(key);
    const Entry& entry = events_[changed->second].entry;
    return entry.value ? &entry : nullptr;
  }

  std::set<std::string> keysBelow(const std::string& prefix) const {
    const std::vector<std::string> kept = versions_.keys(prefix);
    std::set<std::string> keys(kept.begin(), kept.end());
    for (const auto& [key, event] : changed_) {
      if (key.starts_with(prefix)) keys.insert(key);
    }
    return keys;
  }

  void put(Request& request, const Entry* before) {
    const std::int64_t revision = ++revision_;
    Entry entry{request.key, std::make_shared<const Tree>((*request.value)(revision)),
                before == nullptr ? revision : before->created, revision};
    add(Event{Event::Type::Put, std::move(entry), before == nullptr ? nullptr : before->value},
        request);
  }

  void remove(const std::string& key, Request& request) {
    const Entry* before = current(key);
    if (before == nullptr) return;
    Entry entry{key, nullptr, before->created, ++revision_};
    add(Event{Event::Type::Remove, std::move(entry), before->value}, request);
  }

  void add(Event event, Request& request) {
    changed_[event.entry.key] = events_.size();
    request.written.push_back(event.entry);
    events_.push_back(std::move(event));
  }

  const Versions& versions_;
  std::int64_t revision_;
  std::vector<Event> events_;
  std::unordered_map<std::string, std::size_t> changed_;  // key -> its last event
};

// Writers that wait together are written together: one of them does it for all (group commit).
// Nothing is seen by readers before it is on disk.
class GroupCommitStore final : public Store {
 public:
  GroupCommitStore(std::unique_ptr<Database> database, std::int64_t history)
      : database_(std::move(database)),
        versions_(history),
        capacity_(static_cast<std::size_t>(history)) {}

  llvm::Error load() {
    llvm::Expected<Database::Contents> contents = database_->read();
    if (!contents) return contents.takeError();
    versions_.load(std::move(contents->entries), contents->revision);
    return llvm::Error::success();
  }

  std::int64_t revision() const override {
    const std::shared_lock lock(versions_mutex_);
    return versions_.revision();
  }

  std::optional<Entry> get(std::string_view key) const override {
    const std::shared_lock lock(versions_mutex_);
    const Entry* entry = versions_.find(key);
    return entry == nullptr ? std::nullopt : std::optional<Entry>(*entry);
  }

  llvm::Expected<Page> list(std::string_view prefix, std::size_t limit, std::string_view from_key,
                            std::int64_t at_revision) const override {
    const std::shared_lock lock(versions_mutex_);
    if (at_revision != 0 && at_revision < versions_.oldest()) return llvm::make_error<Compacted>();
    return versions_.list(prefix, limit, from_key, at_revision);
  }

  llvm::Expected<Entry> put(std::string_view key, const MakeValue& value,
                            std::int64_t expected) override {
    Request request;
    request.key = key;
    request.value = &value;
    request.expected = expected;
    if (llvm::Error error = submit(request)) return error;
    return std::move(request.written.front());
  }

  llvm::Expected<std::int64_t> remove(std::string_view key, std::int64_t expected) override {
    Request request;
    request.key = key;
    request.expected = expected;
    if (llvm::Error error = submit(request)) return error;
    return request.written.front().modified;
  }

  llvm::Error removeAll(std::string_view prefix) override {
    Request request;
    request.key = prefix;
    request.prefix = true;
    return submit(request);
  }

  llvm::Expected<std::unique_ptr<Watch>> watch(std::string_view prefix,
                                               std::int64_t after_revision) override {
    // Held until the watch is in the list: no event between the replay and the first push is lost.
    const std::shared_lock lock(versions_mutex_);
    if (after_revision != 0 && after_revision < versions_.oldest())
      return llvm::make_error<Compacted>();
    const std::int64_t after = after_revision == 0 ? versions_.revision() : after_revision;
    std::vector<Event> replay = versions_.eventsAfter(prefix, after);
    auto channel =
        std::make_shared<Channel>(std::string(prefix), after, capacity_ + replay.size() + 1000);
    for (const Event& event : replay) channel->push(event);
    return watches_.add(std::move(channel));
  }

  void compact(std::int64_t before_revision) override {
    const std::unique_lock lock(versions_mutex_);
    versions_.compact(before_revision);
  }

 private:
  llvm::Error submit(Request& request) {
    enqueue(request);
    if (!request.failure.empty())
      return llvm::createStringError(std::errc::io_error, "%s", request.failure.c_str());
    if (request.conflict) return llvm::make_error<RevisionConflict>(*request.conflict);
    return llvm::Error::success();
  }

  void enqueue(Request& request) {
    {
      const std::lock_guard lock(queue_mutex_);
      queue_.push_back(&request);
      if (!std::exchange(writing_, true)) request.turn = Request::Turn::Writes;
    }
    if (request.wait() == Request::Turn::Writes) writeAll(request);
  }

  // What comes while a batch is written is the next one: going on costs less than waking another
  // writer, who then has to wait for a processor. In the end somebody else's answer has to wait.
  void writeAll(const Request& own) {
    for (int turn = 1;; ++turn) {
      std::unique_lock lock(queue_mutex_);
      if (queue_.empty()) {
        writing_ = false;
        return;
      }
      if (turn > kBatchesOfOne) return queue_.front()->tell(Request::Turn::Writes);
      const std::vector<Request*> batch = std::exchange(queue_, {});
      lock.unlock();
      write(batch);
      for (Request* one : batch) {
        if (one != &own) one->tell(Request::Turn::Done);
      }
    }
  }

  // Only one thread is here at a time, so it may read `versions_` without the lock.
  void write(const std::vector<Request*>& requests) {
    Batch batch(versions_);
    for (Request* request : requests) batch.add(*request);
    std::vector<Event>& events = batch.events();
    if (events.empty()) return;
    if (database_) {
      if (llvm::Error error = database_->write(events)) {
        const std::string text = llvm::toString(std::move(error));
        for (Request* request : requests) request->failure = text;
        return;
      }
    }
    const std::unique_lock lock(versions_mutex_);
    for (const Event& event : events) versions_.apply(event);
    watches_.publish(events);
  }

  std::unique_ptr<Database> database_;  // null: nothing on disk
  mutable std::shared_mutex versions_mutex_;
  Versions versions_;
  const std::size_t capacity_;
  Watches watches_;

  std::mutex queue_mutex_;
  std::vector<Request*> queue_;
  bool writing_ = false;
};

}  // namespace

llvm::Expected<std::unique_ptr<Store>> openStore(const std::string& folder, std::int64_t history) {
  llvm::Expected<std::unique_ptr<Database>> database = Database::open(folder + "/store.db");
  if (!database) return database.takeError();
  auto store = std::make_unique<GroupCommitStore>(std::move(*database), history);
  if (llvm::Error error = store->load()) return error;
  return store;
}

std::unique_ptr<Store> makeMemoryStore(std::int64_t history) {
  return std::make_unique<GroupCommitStore>(nullptr, history);
}

}  // namespace gpuspec::deploy::sandbox
