#pragma once

// The store's file. The home of SQLite.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gpuspec::deploy::sandbox {

// One thread at a time.
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
  // All of it or nothing, and on disk when it returns.
  [[nodiscard]] llvm::Error write(const std::vector<Event>& events);

 private:
  explicit Database(std::string file) : file_(std::move(file)) {}
  llvm::Error connect();
  llvm::Error prepare();
  llvm::Error check();
  llvm::Error run(const char* sql);
  llvm::Error step(sqlite3_stmt* statement);
  llvm::Error writeOne(const Event& event);
  llvm::Error fail(const char* what) const;
  llvm::Error damaged(const std::string& why) const;

  std::string file_;
  sqlite3* connection_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* remove_ = nullptr;
  sqlite3_stmt* revision_ = nullptr;
};

}  // namespace gpuspec::deploy::sandbox
