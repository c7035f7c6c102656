#include "backends/deploy/sandbox/store/database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <string_view>
#include <system_error>

#include <sqlite3.h>

#include "compiler/ir/json.h"
#include "lang/source/check.h"

namespace gpuspec::deploy::sandbox {

namespace {

constexpr std::int64_t kFormat = 2;  // 1 had no log
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS entries(key TEXT PRIMARY KEY, created INTEGER NOT NULL,"
    " modified INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS state(id INTEGER PRIMARY KEY CHECK(id = 1), revision INTEGER NOT "
    "NULL);"
    "INSERT OR IGNORE INTO state(id, revision) VALUES(1, 0);"
    "PRAGMA user_version = 2;";
constexpr const char* kLog = "-log";
constexpr const char* kFullLog = "-log-full";
constexpr std::uint64_t kMuch = 16u << 20;  // of a log
// What is in the log stays there until it is on disk in the tables.
constexpr const char* kSettings =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
    "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;";

// A statement that goes away with its scope.
class Query {
 public:
  Query(sqlite3* connection, const char* sql) {
    sqlite3_prepare_v2(connection, sql, -1, &statement_, nullptr);
  }
  ~Query() { sqlite3_finalize(statement_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  // SQLITE_ROW, SQLITE_DONE or what went wrong.
  int next() { return statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_); }
  std::int64_t number(int column) { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

bool isDamage(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

void bindText(sqlite3_stmt* statement, int at, std::string_view text) {
  // The text lives until the statement has run.
  sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

// SQLite would make the file readable for others.
llvm::Error makePrivate(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return llvm::createStringError(std::error_code(errno, std::generic_category()),
                                   "cannot open `%s`: %s", file.c_str(), std::strerror(errno));
  ::close(descriptor);
  return llvm::Error::success();
}

}  // namespace

llvm::Expected<std::unique_ptr<Database>> Database::open(const std::string& file) {
  if (llvm::Error error = makePrivate(file)) return error;
  std::unique_ptr<Database> database(new Database(file));
  if (llvm::Error error = database->connect()) return error;
  if (llvm::Error error = database->check()) return error;
  if (llvm::Error error = database->run(kSchema, "open")) return error;
  // Only now is it sure that no other process has it.
  if (llvm::Error error = database->full_.open(file + kFullLog)) return error;
  if (llvm::Error error = database->log_.open(file + kLog)) return error;
  if (llvm::Error error = database->prepare()) return error;
  if (llvm::Error error = database->settleAll()) return error;
  return database;
}

Database::Database(std::string file) : file_(std::move(file)), settle_at_(kMuch) {}

Database::~Database() {
  // What cannot be stored now stays in the log.
  if (settler_.joinable()) settler_.join();
  if (revision_ != nullptr) llvm::consumeError(settleAll());
  for (sqlite3_stmt* statement : {begin_, commit_, put_, remove_, revision_})
    sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

llvm::Error Database::connect() {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(file_.c_str(), &connection_, kFlags, nullptr) != SQLITE_OK)
    return fail("open");
  sqlite3_extended_result_codes(connection_, 1);
  return run(kSettings, "open");
}

llvm::Error Database::check() {
  Query version(connection_, "PRAGMA user_version");
  if (version.next() != SQLITE_ROW) return fail("read");
  if (version.number(0) > kFormat)
    return llvm::createStringError(std::errc::not_supported,
                                   "`%s` was written by a newer gpuspec: use that one, or `gpuspec "
                                   "sandbox reset` to begin anew",
                                   file_.c_str());
  Query query(connection_, "PRAGMA quick_check(1)");
  if (query.next() != SQLITE_ROW) return fail("read");
  if (query.text(0) != "ok") return damaged(std::string(query.text(0)));
  return llvm::Error::success();
}

llvm::Error Database::prepare() {
  struct Text {
    sqlite3_stmt** statement;
    const char* sql;
  };
  const Text texts[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&put_, "INSERT OR REPLACE INTO entries(key, created, modified, value) VALUES(?, ?, ?, ?)"},
      {&remove_, "DELETE FROM entries WHERE key = ?"},
      {&revision_, "UPDATE state SET revision = ? WHERE id = 1"},
  };
  for (const Text& text : texts) {
    if (sqlite3_prepare_v3(connection_, text.sql, -1, SQLITE_PREPARE_PERSISTENT, text.statement,
                           nullptr) != SQLITE_OK)
      return fail("read");
  }
  return llvm::Error::success();
}

llvm::Expected<Database::Contents> Database::read() {
  Contents contents;
  llvm::Expected<std::int64_t> stored = revision();
  if (!stored) return stored.takeError();
  contents.revision = *stored;
  Query rows(connection_, "SELECT key, created, modified, value FROM entries");
  int code = rows.next();
  for (; code == SQLITE_ROW; code = rows.next()) {
    llvm::Expected<Tree> value = ir::parseJson(rows.text(3));
    if (!value) return damaged(llvm::toString(value.takeError()));
    contents.entries.push_back({std::string(rows.text(0)),
                                std::make_shared<const Tree>(std::move(*value)), rows.number(1),
                                rows.number(2)});
  }
  if (code != SQLITE_DONE) return fail("read");
  return contents;
}

llvm::Error Database::write(const std::vector<Event>& events) {
  GPUSPEC_CHECK(!events.empty(), "a write changes something");
  if (llvm::Error error = log_.append(events)) return error;
  if (log_.size() >= settle_at_ && !settling_) settleApart();
  return llvm::Error::success();
}

// What was written is safe in a log; when there is no place for another one, writes will say so.
void Database::settleApart() {
  if (settler_.joinable()) settler_.join();
  settle_at_ = log_.size() + kMuch;
  if (full_.size() == 0) {
    if (llvm::Error error = startLog()) return llvm::consumeError(std::move(error));
  }
  settling_ = true;
  try {
    settler_ = std::thread([this] {
      llvm::consumeError(settle(full_));
      settling_ = false;
    });
  } catch (const std::system_error&) {
    settling_ = false;  // no thread to be had: the next time
  }
}

llvm::Error Database::startLog() {
  WriteLog next;
  if (llvm::Error error = log_.rename(file_ + kFullLog)) return error;
  if (llvm::Error error = next.open(file_ + kLog))
    return llvm::joinErrors(std::move(error), log_.rename(file_ + kLog));
  full_ = std::exchange(log_, std::move(next));
  settle_at_ = kMuch;
  return llvm::Error::success();
}

llvm::Error Database::settleAll() {
  if (llvm::Error error = settle(full_)) return error;
  return settle(log_);
}

llvm::Error Database::settle(WriteLog& log) {
  if (log.size() == 0) return llvm::Error::success();
  llvm::Error error = log.read([this](const std::vector<Logged>& events) { return store(events); });
  if (error) return error;
  if (llvm::Error left = run("PRAGMA wal_checkpoint(TRUNCATE)", "write")) return left;
  return log.clear();
}

llvm::Error Database::store(const std::vector<Logged>& events) {
  llvm::Expected<std::int64_t> stored = revision();
  if (!stored) return stored.takeError();
  // A process that was killed between the two may have left what is stored already.
  std::map<std::string_view, const Logged*> last;
  for (const Logged& event : events) {
    if (event.modified > *stored) last[event.key] = &event;
  }
  if (last.empty()) return llvm::Error::success();
  llvm::Error error = step(begin_);
  if (error) return error;
  for (const auto& [key, event] : last) {
    if (!error) error = storeOne(*event);
  }
  if (!error) {
    sqlite3_bind_int64(revision_, 1, events.back().modified);
    error = step(revision_);
  }
  if (!error) error = step(commit_);
  if (error) sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
  return error;
}

llvm::Error Database::storeOne(const Logged& event) {
  if (event.removed) {
    bindText(remove_, 1, event.key);
    return step(remove_);
  }
  bindText(put_, 1, event.key);
  sqlite3_bind_int64(put_, 2, event.created);
  sqlite3_bind_int64(put_, 3, event.modified);
  bindText(put_, 4, event.value);
  return step(put_);
}

llvm::Expected<std::int64_t> Database::revision() {
  Query state(connection_, "SELECT revision FROM state WHERE id = 1");
  if (state.next() != SQLITE_ROW) return fail("read");
  return state.number(0);
}

llvm::Error Database::run(const char* sql, const char* what) {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) == SQLITE_OK)
    return llvm::Error::success();
  return fail(what);
}

llvm::Error Database::step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  llvm::Error error = code == SQLITE_DONE ? llvm::Error::success() : fail("write");
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return error;
}

llvm::Error Database::fail(const char* what) const {
  const int code = sqlite3_extended_errcode(connection_);
  if (isDamage(code)) return damaged(sqlite3_errmsg(connection_));
  if ((code & 0xff) == SQLITE_BUSY)
    return llvm::createStringError(std::errc::resource_unavailable_try_again,
                                   "`%s` is in use by another process", file_.c_str());
  return llvm::createStringError(std::errc::io_error, "cannot %s `%s`: %s", what, file_.c_str(),
                                 sqlite3_errmsg(connection_));
}

llvm::Error Database::damaged(const std::string& why) const {
  return llvm::createStringError(std::errc::io_error,
                                 "`%s` is damaged (%s): `gpuspec sandbox reset` makes a new one, "
                                 "without what was in it",
                                 file_.c_str(), why.c_str());
}

}  // namespace gpuspec::deploy::sandbox
