#pragma once

// The store's files. A write goes to the log; a log that has grown, and what there is of one when
// the database is opened or closed, goes to the tables in one transaction. The home of SQLite.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/store/log.h"
#include "backends/deploy/sandbox/store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gpuspec::deploy::sandbox {

// One thread at a time. It has one of its own for logs that have grown: writes do not wait for the
// disk.
class Database {
 public:
  struct Contents {
    std::vector<Entry> entries;
    std::int64_t revision = 0;
  };
  // Fails when the file is damaged, not ours, or in use by another process.
  [[nodiscard]] static llvm::Expected<std::unique_ptr<Database>> open(const std::string& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] llvm::Expected<Contents> read();
  // All of it or nothing; survives the process when it returns.
  [[nodiscard]] llvm::Error write(const std::vector<Event>& events);

 private:
  explicit Database(std::string file);
  llvm::Error connect();
  llvm::Error prepare();
  llvm::Error check();
  llvm::Error run(const char* sql, const char* what);
  llvm::Error step(sqlite3_stmt* statement);
  void settleApart();
  llvm::Error startLog();
  llvm::Error settleAll();
  llvm::Error settle(WriteLog& log);
  llvm::Error store(const std::vector<Logged>& events);
  llvm::Error storeOne(const Logged& event);
  llvm::Expected<std::int64_t> revision();
  llvm::Error fail(const char* what) const;
  llvm::Error damaged(const std::string& why) const;

  std::string file_;
  WriteLog log_;
  std::uint64_t settle_at_;  // bytes of the log
  WriteLog full_;            // older than `log_`; the thread's while it is settling
  std::atomic<bool> settling_ = false;
  std::thread settler_;
  sqlite3* connection_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* remove_ = nullptr;
  sqlite3_stmt* revision_ = nullptr;
};

}  // namespace gpuspec::deploy::sandbox
